"""The tables of the plain formats: a row for each school, or for each line of each school."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from formula_funding.diagnostics.problem import Accepted
from formula_funding.exact.number_text import fixed_text, units_texts
from formula_funding.model.allocation import Allocation
from formula_funding.model.plan import Payment
from formula_funding.rules.instalments import COLUMN

LEGACY = "legacy, for comparison only"
"""What the last column says of every school under a rulebook marked `legacy`."""
CODE = "code_"
"""What the columns of budget codes begin with."""


SCHOOLS_AT_ONCE = 10_000
Cells = list[Sequence[str]]
"""The cells of some rows, column by column."""


@dataclass(frozen=True)
class Table:
    """Texts under names; all columns but `texts` and `counts` hold amounts of `places` decimals.

    `cells_of` makes the rows of a run of schools, so that a large table is never held as a whole.
    """

    columns: tuple[str, ...]
    texts: frozenset[str]
    counts: frozenset[str]
    places: int
    schools: int
    cells_of: Callable[[slice], Cells]

    def parts(self) -> Iterator[Cells]:
        """The whole table, school after school."""
        for first in range(0, self.schools, SCHOOLS_AT_ONCE):
            yield self.cells_of(slice(first, first + SCHOOLS_AT_ONCE))

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The rows one by one."""
        for cells in self.parts():
            yield from zip(*cells, strict=True)


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
            *([[str(number) for number in students[schools]]] if students else []),
            *(units_texts(units, places) for units in [*amounts, totals]),
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
        amounts = [units_texts(allocation.lines[line.name][schools], places) for line in lines]
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


def _instalments(payment: Payment, totals: Sequence[int], places: int) -> list[list[str]]:
    """A column for each instalment."""
    paid = [payment.of(Fraction(total, 10**places)) for total in totals]
    return [[fixed_text(of_school[name], places) for of_school in paid] for name in payment.shares]


def _marks(allocation: Allocation) -> dict[str, str]:
    """What every row says of the run: a legacy scheme, findings that an officer overruled."""
    marks = {"scheme": LEGACY} if allocation.plan.legacy else {}
    found = allocation.ledger.accepted
    return {**marks, **({"accepted": accepted_text(found)} if found else {})}


def accepted_text(accepted: Iterable[Accepted]) -> str:
    """The findings that an officer overruled, with their reasons."""
    return "; ".join(f"{one.problem.code.id}: {one.reason}" for one in accepted)
