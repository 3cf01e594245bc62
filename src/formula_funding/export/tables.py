"""The tables of the plain formats: a row for each school, or for each line of each school."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from formula_funding.diagnostics.problem import Accepted
from formula_funding.exact.number_text import units_texts, whole_units
from formula_funding.model.allocation import Allocation
from formula_funding.model.plan import Payment
from formula_funding.rules.instalments import COLUMN

LEGACY = "legacy, for comparison only"
"""What the last column says of every school under a rulebook marked `legacy`."""
CODE = "code_"
"""What the columns of budget codes begin with."""


SCHOOLS_AT_ONCE = 10_000
Cells = list[Sequence[Any]]
"""The values of some rows, column by column."""


@dataclass(frozen=True)
class Table:
    """Texts under names, whole numbers in the columns `counts`, in all others amounts.

    An amount is a whole number of 10^-`places`. `cells_of` makes the rows of a run of schools.
    """

    columns: tuple[str, ...]
    texts: frozenset[str]
    counts: frozenset[str]
    places: int
    schools: int
    cells_of: Callable[[slice], Cells]

    def values(self) -> Cells:
        """The whole table."""
        return self.cells_of(slice(0, self.schools))

    def parts(self) -> Iterator[list[Sequence[str]]]:
        """All cells as texts, school after school, so that a large table is not held as a whole."""
        for first in range(0, self.schools, SCHOOLS_AT_ONCE):
            cells = self.cells_of(slice(first, first + SCHOOLS_AT_ONCE))
            yield [self._told(*column) for column in zip(self.columns, cells, strict=True)]

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The rows one by one, as texts."""
        for cells in self.parts():
            yield from zip(*cells, strict=True)

    def _told(self, name: str, values: Sequence[Any]) -> Sequence[str]:
        if name in self.texts:
            return values
        return units_texts(values, 0 if name in self.counts else self.places)


def by_school(allocation: Allocation) -> Table:
    """school_id, name, students if any are counted, each line, total, each instalment of it."""
    register, places, marks = allocation.register, allocation.places, _marks(allocation)
    payment, students = allocation.plan.payment, allocation.ledger.students

    def cells_of(schools: slice) -> Cells:
        totals = allocation.school_totals[schools]
        amounts = [units[schools] for units in allocation.lines.values()]
        return [
            register.ids[schools],
            register.names[schools],
            *([students[schools]] if students else []),
            *amounts,
            totals,
            *(_instalments(payment, totals, places) if payment else []),
            *([text] * len(totals) for text in marks.values()),
        ]

    columns = (
        *("school_id", "name", *(["students"] if students else []), *allocation.lines, "total"),
        *(COLUMN + name for name in (payment.shares if payment else ())),
        *marks,
    )
    texts = frozenset({"school_id", "name", *marks})
    return Table(columns, texts, frozenset({"students"}), places, len(register.ids), cells_of)


def by_line(allocation: Allocation) -> Table:
    """school_id, name, line, each budget code that some line has, amount."""
    register, places, marks = allocation.register, allocation.places, _marks(allocation)
    lines = allocation.plan.lines
    codes = tuple(dict.fromkeys(name for line in lines for name in line.codes))

    def cells_of(schools: slice) -> Cells:
        ids, names = register.ids[schools], register.names[schools]
        amounts = [allocation.lines[line.name][schools] for line in lines]
        return [
            [school for school in ids for _ in lines],
            [name for name in names for _ in lines],
            [line.name for line in lines] * len(ids),
            *([line.codes.get(name, "") for line in lines] * len(ids) for name in codes),
            [amount for of_school in zip(*amounts, strict=True) for amount in of_school],
            *([text] * (len(ids) * len(lines)) for text in marks.values()),
        ]

    texts = ("school_id", "name", "line", *(CODE + name for name in codes))
    return Table(
        (*texts, "amount", *marks),
        frozenset({*texts, *marks}),
        frozenset(),
        places,
        len(register.ids),
        cells_of,
    )


def _instalments(payment: Payment, totals: Sequence[int], places: int) -> list[list[int]]:
    """A column for each instalment."""
    paid = [payment.of(Fraction(total, 10**places)) for total in totals]
    return [[whole_units(of_school[name], places) for of_school in paid] for name in payment.shares]


def _marks(allocation: Allocation) -> dict[str, str]:
    """What every row says of the run: a legacy scheme, findings that an officer overruled."""
    marks = {"scheme": LEGACY} if allocation.plan.legacy else {}
    found = allocation.ledger.accepted
    return {**marks, **({"accepted": accepted_text(found)} if found else {})}


def accepted_text(accepted: Iterable[Accepted]) -> str:
    """The findings that an officer overruled, with their reasons."""
    return "; ".join(f"{one.problem.code.id}: {one.reason}" for one in accepted)
