"""What stands beside the amounts: students whom no line funds, and cells without formulas."""

from __future__ import annotations

from formula_funding.export.allocation_workbook.cells import Row, Sheet
from formula_funding.export.allocation_workbook.workings import Workings


def excluded(workings: Workings) -> Sheet:
    """One row per school and kind of students whom no line funds."""
    register, words = workings.allocation.register, workings.words
    rows: list[Row] = [
        [
            register.ids[entry.school],
            register.names[entry.school],
            workings.labels.group(entry.values),
            entry.students,
            words("no_line"),
        ]
        for entry in workings.allocation.ledger.excluded
    ]
    header = [words(key) for key in ("school_id", "name", "who", "students", "why")]
    return Sheet(words("excluded"), header, rows)


def held(workings: Workings) -> Sheet:
    """Where cells hold values that do not follow a change, and why."""
    words = workings.words
    rows: list[Row] = [[*key, cells] for key, cells in workings.held.items()]
    header = [words(key) for key in ("sheet", "name", "why", "cells")]
    return Sheet(words("held_cells"), header, rows)
