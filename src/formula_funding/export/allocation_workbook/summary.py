"""The summary: one row per school with its lines and total."""

from __future__ import annotations

from collections.abc import Iterator

from formula_funding.export.allocation_workbook.cells import FIRST_ROW, Cell, Link, Row, Sheet
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.workbook.names import CellNames
from formula_funding.workbook.school_table import letters_of


def summary(workings: Workings) -> Sheet:
    """One row per school, with its lines and total, and a link to its calculation.

    The rows of the explanation must have been made before.
    """
    words, ledger = workings.words, workings.allocation.ledger
    known = [words("school_id"), words("name")]
    known += [words("students")] if ledger.students else []
    header = [*known, *workings.titles.values(), words("total"), words("explained_from")]
    row = workings.total_row
    known_names = CellNames()
    names = {
        known_names.new(f"total_{name}"): f"${letters_of(workings.first_line + k)}${row}"
        for k, name in enumerate(workings.allocation.lines)
    }
    names["grand_total"] = f"${workings.total_column}${row}"
    return Sheet(words("summary"), header, _rows(workings), _total(workings), names)


def _rows(workings: Workings) -> Iterator[Row]:
    allocation = workings.allocation
    ledger, register = allocation.ledger, allocation.register
    sheet, explanation = workings.reference("lines"), workings.reference("explanation")
    first = letters_of(workings.first_line)
    last = letters_of(workings.first_line + len(allocation.lines) - 1)
    for i, school in enumerate(register.ids):
        own = [amounts[i] for amounts in allocation.lines.values()]
        row = FIRST_ROW + i
        start = workings.first_rows[i]
        yield (
            school,
            register.names[i],
            *ledger.students[i : i + 1],
            *(
                workings.formula_of_money(f"{sheet}!D{workings.line_row(i, k)}", [amount])
                for k, amount in enumerate(own)
            ),
            workings.formula_of_money(
                f"SUM({first}{row}:{last}{row})", [allocation.school_totals[i], *own]
            ),
            Link(f"{explanation}!A{start}", start),
        )


def _total(workings: Workings) -> list[Cell]:
    allocation, end = workings.allocation, workings.last_school_row
    students: list[Cell] = [allocation.ledger.students_read] if allocation.ledger.students else []
    sums = [
        workings.formula_of_money(
            f"SUM({letters_of(column)}{FIRST_ROW}:{letters_of(column)}{end})",
            [sum(amounts), *amounts],
        )
        for column, amounts in enumerate(
            [*allocation.lines.values(), allocation.school_totals], start=workings.first_line
        )
    ]
    return [workings.words("total"), "", *students, *sums, None]
