"""The sheet of checks: each compares two figures of the workbook, and calculates."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from formula_funding.export.allocation_workbook.cells import (
    FIRST_ROW,
    Cell,
    Formula,
    Row,
    Sheet,
)
from formula_funding.export.allocation_workbook.instalments import FIRST_COLUMN
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.workbook.school_table import letters_of

_HOLDS = 4
ALL_CHECKS = "all_checks"
"""The name of the cell that says whether all checks hold."""


class Check(NamedTuple):
    """Two figures that must be equal; a text where a spreadsheet can't hold the digits."""

    title: str
    found: Formula | str
    should_be: Formula | Decimal | int | str


def checks(workings: Workings, last_explained: int) -> Sheet:
    """One row per check. `last_explained` is the last row of the explanation."""
    words = workings.words
    found = [*_of_lines(workings), *_of_totals(workings), *_of_students(workings, last_explained)]
    rows = [_row(workings, check, row) for row, check in enumerate(found, start=FIRST_ROW)]
    last = FIRST_ROW + len(rows) - 1
    all_hold = Formula(f"AND(E{FIRST_ROW}:E{last})", all(_holds(check) for check in found))
    header = [words(key) for key in ("check", "in_workbook", "should_be", "difference", "holds")]
    total: Row = [words("all_checks"), None, None, None, all_hold]
    return Sheet(words("checks"), header, rows, total, {ALL_CHECKS: f"$E${last + 1}"}, _HOLDS)


def _row(workings: Workings, check: Check, row: int) -> list[Cell]:
    cells: list[Cell] = [check.title, check.found, check.should_be]
    if isinstance(check.found, str) or isinstance(check.should_be, str):
        return [*cells, workings.words("held_digits"), None]
    difference = Formula(f"B{row}-C{row}", _number(check.found) - _number(check.should_be))
    # Sums of decimals differ in their last binary digits; a coin is far more than that.
    holds = Formula(f"ROUND(D{row},{workings.allocation.places + 1})=0", _holds(check))
    return [*cells, difference, holds]


def _number(cell: Formula | Decimal | int | str) -> Decimal:
    return Decimal(str(cell.value if isinstance(cell, Formula) else cell))


def _holds(check: Check) -> bool:
    if isinstance(check.found, str) or isinstance(check.should_be, str):
        return True
    return _number(check.found) == _number(check.should_be)


def _of_lines(workings: Workings) -> Iterator[Check]:
    """Each line: the rows of the lines make the summary's total, and that is the engine's."""
    words, summary = workings.words, workings.reference("summary")
    titles, amounts = workings.line_cells("C"), workings.line_cells("D")
    for k, (name, units) in enumerate(workings.allocation.lines.items()):
        letters = letters_of(workings.first_line + k)
        # EXACT, because criteria of SUMIFS would take * and > in a title for more than text.
        alike = f"--EXACT({titles},{summary}!{letters}{FIRST_ROW - 1})"
        known = [sum(units), *units]
        total = workings.formula_of_money(f"{summary}!{letters}{workings.total_row}", known)
        sheets = {"a": words("lines"), "b": words("summary")}
        yield Check(
            words("check_line", line=workings.titles[name], **sheets),
            workings.formula_of_money(f"SUMPRODUCT({alike},{amounts})", known),
            total,
        )
        engine = words("check_line_engine", line=workings.titles[name])
        yield Check(engine, total, workings.money(sum(units)))


def _of_totals(workings: Workings) -> Iterator[Check]:
    words, summary, allocation = workings.words, workings.reference("summary"), workings.allocation
    totals, row = allocation.school_totals, workings.total_row
    known = [allocation.total, *totals, *(a for units in allocation.lines.values() for a in units)]
    first = letters_of(workings.first_line)
    last = letters_of(workings.first_line + len(allocation.lines) - 1)
    grid = f"{summary}!{first}{FIRST_ROW}:{last}{workings.last_school_row}"
    ones = f"TRANSPOSE(COLUMN({summary}!{first}{FIRST_ROW}:{last}{FIRST_ROW})^0)"
    of_schools = workings.school_cells("summary", workings.total_column)
    differences = f"SUMPRODUCT(ABS(MMULT({grid},{ones})-{of_schools}))"
    nothing = workings.formula_of_money(differences, [0, *known])
    if isinstance(nothing, Formula):
        yield Check(words("check_each_school"), nothing._replace(is_array=True), workings.money(0))
    total = workings.formula_of_money(f"{summary}!{workings.total_column}{row}", known)
    by_line = workings.formula_of_money(f"SUM({summary}!{first}{row}:{last}{row})", known)
    yield Check(words("check_schools"), by_line, total)
    yield Check(words("check_engine"), total, workings.money(allocation.total))
    payment = allocation.plan.payment
    if payment is not None:
        begin, end = (letters_of(FIRST_COLUMN + k) for k in (0, len(payment.shares) - 1))
        paid = f"{workings.reference('payments')}!{begin}{FIRST_ROW}:{end}{row - 1}"
        yield Check(
            words("check_payments"), workings.formula_of_money(f"SUM({paid})", known), total
        )


def _of_students(workings: Workings, last_explained: int) -> Iterator[Check]:
    """Students and rows of the roster; nothing where the rulebook counts nobody."""
    words, allocation = workings.words, workings.allocation
    ledger = allocation.ledger
    if not ledger.students:
        return
    read, summary = ledger.students_read, workings.reference("summary")
    own = Formula(f"SUM({workings.school_cells('summary', 'C')})", read)
    yield Check(words("check_students"), own, read)
    yield from _of_the_ledger(workings)
    explanation = workings.reference("explanation")
    titles, counts = (
        f"{explanation}!${letters}${FIRST_ROW}:${letters}${last_explained}" for letters in "CF"
    )
    for k, line in enumerate(allocation.plan.lines):
        everyone = line.per_student and line.when is None and line.in_force(allocation.plan.as_of)
        if not everyone:
            continue
        header = f"{summary}!{letters_of(workings.first_line + k)}{FIRST_ROW - 1}"
        yield Check(
            words("check_students_of", line=workings.titles[line.name]),
            Formula(f"SUMPRODUCT(--EXACT({titles},{header}),{counts})", read),
            own,
        )


def _of_the_ledger(workings: Workings) -> Iterator[Check]:
    """Rows and students of the schools' accounts, as the sheet of the ledger shows them."""
    words, ledger = workings.words, workings.allocation.ledger
    sheet, total = workings.reference("ledger_title"), ledger.total
    first = FIRST_ROW + len(ledger.files)
    last = first + len(ledger.schools) + len(ledger.unknown) - 1

    def of_schools(column: int, columns: int = 1) -> str:
        letters = letters_of(column), letters_of(column + columns - 1)
        return f"SUM({sheet}!{letters[0]}{first}:{letters[1]}{last})"

    after = 4 + len(total.left_out)
    counted = Formula(of_schools(3, 1 + len(total.left_out)), total.rows)
    yield Check(words("check_rows"), counted, Formula(of_schools(2), total.rows))
    funded = Formula(of_schools(after + 1, 2), ledger.students_read)
    yield Check(words("check_funded"), funded, Formula(of_schools(after), ledger.students_read))
