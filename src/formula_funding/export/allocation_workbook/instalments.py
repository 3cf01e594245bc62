"""The sheet of instalments: each school's total in parts that add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from formula_funding.exact.instalments import Remainder
from formula_funding.exact.number_text import fixed_text
from formula_funding.export.allocation_workbook.cells import FIRST_ROW, Cell, Row, Sheet
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.model.plan import Payment
from formula_funding.workbook.formula_from_tree import number_literal, rounded_formula
from formula_funding.workbook.school_table import letters_of

FIRST_COLUMN = 2


def instalments(workings: Workings, payment: Payment) -> Sheet:
    """One row per school, one column per instalment, and the total that they make."""
    words, allocation = workings.words, workings.allocation
    register, places = allocation.register, allocation.places
    rows: list[Row] = []
    columns: list[list[int]] = [[] for _ in payment.shares]
    for i, school in enumerate(register.ids):
        total = allocation.school_totals[i]
        paid = payment.of(Fraction(total, 10**places)).values()
        units = [int(fixed_text(part, places).replace(".", "")) for part in paid]
        for column, part in zip(columns, units, strict=True):
            column.append(part)
        formulas = _formulas(workings, payment, FIRST_ROW + i)
        cells: list[Cell] = [
            workings.formula_of_money(text, [part, total])
            for text, part in zip(formulas, units, strict=True)
        ]
        whole = f"{workings.reference('summary')}!{workings.total_column}{FIRST_ROW + i}"
        rows.append([school, register.names[i], *cells, workings.formula_of_money(whole, [total])])
    header = [words("school_id"), words("name"), *payment.shares, words("total")]
    totals: list[Cell] = [
        workings.formula_of_money(
            f"SUM({letters}{FIRST_ROW}:{letters}{workings.last_school_row})", [sum(units), *units]
        )
        for letters, units in (
            (letters_of(FIRST_COLUMN + k), units)
            for k, units in enumerate([*columns, list(allocation.school_totals)])
        )
    ]
    return Sheet(words("payments"), header, rows, [words("total"), "", *totals])


def _formulas(workings: Workings, payment: Payment, row: int) -> list[str]:
    """The formula of each instalment of a school; one of them is what the others leave."""
    shares = list(payment.shares.values())
    total = f"{workings.reference('summary')}!{workings.total_column}{row}"
    if payment.remainder is Remainder.CUMULATIVE:
        upto = [_part(total, share, payment) for share in accumulate(shares)]
        upto[-1] = total
        return [text + _less(range(k), row) for k, text in enumerate(upto)]
    rest = 0 if payment.remainder is Remainder.FIRST else len(shares) - 1
    others = [k for k in range(len(shares)) if k != rest]
    found = [_part(total, share, payment) for share in shares]
    found[rest] = total + _less(others, row)
    return found


def _part(total: str, share: Fraction, payment: Payment) -> str:
    return rounded_formula(f"{total}*{number_literal(share)}", payment.rounding)


def _less(columns: Sequence[int], row: int) -> str:
    """What is taken off for the instalments in neighbouring columns."""
    if not columns:
        return ""
    first, last = (letters_of(FIRST_COLUMN + k) for k in (columns[0], columns[-1]))
    return f"-SUM({first}{row}:{last}{row})"
