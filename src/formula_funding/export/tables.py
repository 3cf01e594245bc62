"""The tables of the plain formats: a row for each school, or for each line of each school."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from formula_funding.diagnostics.problem import Accepted
from formula_funding.exact.number_text import fixed_text, units_text
from formula_funding.model.allocation import Allocation
from formula_funding.rules.instalments import COLUMN

LEGACY = "legacy, for comparison only"
"""What the last column says of every school under a rulebook marked `legacy`."""
CODE = "code_"
"""What the columns of budget codes begin with."""


@dataclass(frozen=True)
class Table:
    """Rows of texts under names; all columns but `texts` and `counts` hold amounts.

    Amounts have `places` decimals.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: frozenset[str]
    counts: frozenset[str]
    places: int


def by_school(allocation: Allocation) -> Table:
    """school_id, name, students if any are counted, each line, total, each instalment of it."""
    payment = allocation.plan.payment
    students = ("students",) if allocation.ledger.students else ()
    instalments = tuple(COLUMN + name for name in payment.shares) if payment else ()
    marks = _marks(allocation)
    columns = (
        *("school_id", "name", *students, *allocation.lines, "total", *instalments),
        *marks,
    )
    return Table(
        columns,
        tuple((*row, *marks.values()) for row in _school_rows(allocation)),
        frozenset({"school_id", "name", *marks}),
        frozenset({"students"}),
        allocation.places,
    )


def by_line(allocation: Allocation) -> Table:
    """school_id, name, line, each budget code that some line has, amount."""
    lines = allocation.plan.lines
    codes = tuple(dict.fromkeys(name for line in lines for name in line.codes))
    marks = _marks(allocation)
    texts = ("school_id", "name", "line", *(CODE + name for name in codes))
    rows = tuple(
        (
            *(school, allocation.register.names[i], line.name),
            *(line.codes.get(name, "") for name in codes),
            units_text(allocation.lines[line.name][i], allocation.places),
            *marks.values(),
        )
        for i, school in enumerate(allocation.register.ids)
        for line in lines
    )
    columns = (*texts, "amount", *marks)
    return Table(columns, rows, frozenset({*texts, *marks}), frozenset(), allocation.places)


def _school_rows(allocation: Allocation) -> Iterator[tuple[str, ...]]:
    payment, places = allocation.plan.payment, allocation.places
    for i, school in enumerate(allocation.register.ids):
        total = allocation.school_totals[i]
        paid = payment.of(Fraction(total, 10**places)) if payment else {}
        yield (
            school,
            allocation.register.names[i],
            *(str(students) for students in allocation.ledger.students[i : i + 1]),
            *(units_text(amounts[i], places) for amounts in allocation.lines.values()),
            units_text(total, places),
            *(fixed_text(amount, places) for amount in paid.values()),
        )


def _marks(allocation: Allocation) -> dict[str, str]:
    """What every row says of the run: a legacy scheme, findings that an officer overruled."""
    marks = {"scheme": LEGACY} if allocation.plan.legacy else {}
    found = allocation.ledger.accepted
    return {**marks, **({"accepted": accepted_text(found)} if found else {})}


def accepted_text(accepted: Iterable[Accepted]) -> str:
    """The findings that an officer overruled, with their reasons."""
    return "; ".join(f"{one.problem.code.id}: {one.reason}" for one in accepted)
