"""A workbook read back: which of its cells were changed by hand, and whether it still adds up.

It is held against the record that it keeps of itself, or, where the files of the run are given,
against the workbook that the engine writes now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem, Problems, stopped
from formula_funding.diagnostics.wording import counted
from formula_funding.export.allocation_workbook.record import Recorded, recorded
from formula_funding.export.to_workbook import write_workbook
from formula_funding.formula.weight import deep_recursion
from formula_funding.language.words import LANGUAGES, Words
from formula_funding.model.limits import Limits
from formula_funding.pipeline import Inputs, run
from formula_funding.sources.open_table import check_is_workbook
from formula_funding.sources.temporary import TemporaryFolder
from formula_funding.sources.workbook_formulas import stored_cells
from formula_funding.verify.comparison import Book, Finding, findings
from formula_funding.workbook.written_formula import NotReadableError

_TOLD, _NAMED = 10, 5
"""So many findings of a kind in one sheet are told singly; of more, so many cells are named.
Of results that differ one has many others in its train: they are always told together."""


class Verdict(Enum):
    """What became of a workbook."""

    AS_WRITTEN = "as written"
    CONSISTENT = "consistent, but not the engine's figures"
    STALE = "not calculated anew"
    CHANGED = "changed by hand"


@dataclass(frozen=True)
class Verified:
    """What was found in a workbook, and how much of it was compared."""

    workbook: str
    findings: Sequence[Finding]
    cells: int
    formulas: int

    @property
    def verdict(self) -> Verdict:
        """Consistent: inputs alone were changed, and every formula shows what follows from them.
        Not calculated anew: no formula was changed, but some show something else."""
        if not self.findings:
            return Verdict.AS_WRITTEN
        others = {finding.code for finding in self.findings if not finding.is_input}
        if not others:
            return Verdict.CONSISTENT
        return Verdict.STALE if others == {codes.RESULT_DIFFERS} else Verdict.CHANGED

    def problems(self) -> Problems:
        """The findings as problems; many of one kind in one sheet are one problem."""
        problems = Problems()
        for (code, sheet), group in groupby(
            sorted(self.findings, key=lambda f: (f.sheet, f.code.id)), lambda f: (f.code, f.sheet)
        ):
            alike = list(group)
            places = [Place(self.workbook, f.row, f.column, sheet=sheet) for f in alike]
            if len(alike) <= (1 if code == codes.RESULT_DIFFERS else _TOLD):
                for finding, place in zip(alike, places, strict=True):
                    problems.add(code, finding.message, place)
                continue
            spots = ", ".join(place.spot for place in places[:_NAMED])
            message = f"{counted(len(alike), 'time')}: {code.title} ({spots} …); the first: "
            whole = Place(self.workbook, sheet=sheet)
            problems.add_problem(Problem(code, message + alike[0].message, whole))
        return problems

    def as_json(self) -> dict[str, Any]:
        """Every finding with its place, what was written and what is found there."""
        return {
            "workbook": self.workbook,
            "verdict": self.verdict.value,
            "cells": self.cells,
            "formulas": self.formulas,
            "findings": [
                {
                    "code": finding.code.id,
                    "title": finding.code.title,
                    "sheet": finding.sheet,
                    "cell": Place("", finding.row, finding.column, sheet=finding.sheet).spot,
                    "message": finding.message,
                    "written": finding.written,
                    "found": finding.found,
                }
                for finding in self.findings
            ],
        }


def verify(workbook: Path, limits: Limits, inputs: Inputs | None = None) -> Verified:
    """Compare a workbook with its own record, or with what the engine makes of `inputs`.

    Raises ProblemsFoundError if a file can't be read, the workbook is no allocation workbook, or it
    has no record and there are no inputs.
    """
    check_is_workbook(workbook, limits)
    found = stored_cells(workbook, limits)
    language = _language(found, workbook)
    words = Words(language)
    written = (
        _record_of(found, words, workbook, limits)
        if inputs is None
        else _written_now(inputs, language)
    )
    try:
        with deep_recursion():
            told = findings(found, written, words)
    except (NotReadableError, RecursionError):
        raise _without_record(workbook, "the record holds formulas not written here") from None
    cells = [cell for sheet in written.sheets.values() for cell in sheet.values()]
    formulas = sum(cell.formula is not None for cell in cells)
    return Verified(workbook.as_posix(), told, len(cells), formulas)


def _language(found: Book, workbook: Path) -> str:
    for language in LANGUAGES:
        words = Words(language)
        if words("record") in found or (words("cover") in found and words("summary") in found):
            return language
    raise stopped(
        codes.NO_ALLOCATION_WORKBOOK,
        "the workbook has no cover and no summary",
        Place(workbook.as_posix()),
        "give a workbook that `funding compute -o FILE.xlsx` wrote",
    )


def _record_of(found: Book, words: Words, workbook: Path, limits: Limits) -> Recorded:
    name = words("record")
    if name not in found:
        raise _without_record(workbook, f"the workbook has no sheet {name}")
    return recorded(found[name], Place(workbook.as_posix(), sheet=name), limits)


def _without_record(workbook: Path, message: str) -> Exception:
    return stopped(
        codes.RECORD_DAMAGED,
        message,
        Place(workbook.as_posix()),
        "compare with the files of the run: funding verify WORKBOOK RULEBOOK ROSTER",
    )


def _written_now(inputs: Inputs, language: str) -> Recorded:
    """The record of the workbook that the engine writes now."""
    with TemporaryFolder(inputs.resources.folder) as folder:
        path = folder / "expected.xlsx"
        write_workbook(run(inputs), path, language)
        name = Words(language)("record")
        cells = stored_cells(path, Limits())[name]
        return recorded(cells, Place(path.as_posix(), sheet=name), Limits())
