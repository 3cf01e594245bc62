"""The sheet of lines: one row per school and line."""

from __future__ import annotations

from collections.abc import Iterator

from formula_funding.export.allocation_workbook.cells import Link, Row, Sheet
from formula_funding.export.allocation_workbook.workings import Workings


def lines(workings: Workings) -> Sheet:
    """One row per school and line, each with a link to its calculation.

    The rows of the explanation must have been made before.
    """
    plan, words = workings.allocation.plan, workings.words
    has_codes = any(line.codes for line in plan.lines)
    keys = ["school_id", "name", "line", "amount", *(["codes"] if has_codes else []), "see"]
    return Sheet(words("lines"), [words(key) for key in keys], _rows(workings, has_codes))


def _rows(workings: Workings, has_codes: bool) -> Iterator[Row]:
    allocation, labels = workings.allocation, workings.labels
    explanation = workings.reference("explanation")
    codes = {line.name: labels.codes(line) for line in allocation.plan.lines}
    for i, (school, name) in enumerate(
        zip(allocation.register.ids, allocation.register.names, strict=True)
    ):
        for (line, amounts), row in zip(
            allocation.lines.items(), workings.total_rows[i], strict=True
        ):
            amount = workings.formula_of_money(f"{explanation}!H{row}", [amounts[i]])
            link = Link(f"{explanation}!H{row}", row)
            known = (school, name, workings.titles[line], amount)
            yield (*known, codes[line], link) if has_codes else (*known, link)
