"""Counts: how many students of each kind sit in each school. No student, no name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from formula_funding.model.plan import STUDENTS, Plan, Value

Cut = tuple[str, ...]
"""The attributes by which students are told apart, in declared order."""


def declared(plan: Plan, names: Collection[str]) -> Cut:
    """Names of attributes in the order in which the rulebook declares them, each once."""
    return tuple(name for name in plan.attributes if name in names)


@dataclass(frozen=True)
class CountTable:
    """Students by school and by the attributes of one cut.

    `combinations` are the distinct values of the cut's attributes. Row i says: in school
    number `schools[i]` sit `students[i]` students of `combinations[combination[i]]`.
    """

    cut: Cut
    combinations: tuple[tuple[Value, ...], ...]
    schools: Sequence[int]
    combination: Sequence[int]
    students: Sequence[int]


class LeftOut(Enum):
    """Why a row that was read counts nobody."""

    NOT_MAIN_ENROLMENT = "not_main_enrolment"
    UNKNOWN_SCHOOL = "unknown_school"
    NOT_ASKED_FOR = "not_asked_for"
    SKIPPED = "skipped"
    HIDDEN = "hidden"
    BLANK = "blank"
    NOT_ENROLLED = "not_enrolled"


@dataclass(frozen=True)
class RowsRead:
    """Rows of one file and school that are alike in whatever decides what becomes of them.

    `school` is the id as the roster gives it; `values` are those of the plan's ledger cut (none
    for rows that are left out). `students` are those whom the rows count.
    """

    file: str
    school: str
    values: tuple[Value, ...]
    rows: int
    students: int
    left_out: LeftOut | None = None


@dataclass(frozen=True)
class Counts:
    """Everything that an allocation knows of the students, and of each row what became of it.

    `units` counts those of other tables.
    """

    tables: Mapping[Cut, CountTable]
    read: tuple[RowsRead, ...] = ()
    units: Mapping[str, Counts] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(entry.rows for entry in self.read)

    def table(self, units: str, cut: Cut) -> CountTable:
        """The counts of students, or of the units of another table, by a cut."""
        return (self if units == STUDENTS else self.units[units]).tables[cut]
