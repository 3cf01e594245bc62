"""Counts: how many students of each kind sit in each school. No student, no name."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import NamedTuple

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
    number `schools[i]` sit `students[i]` students of `combinations[combination[i]]`. The rows are
    in order of combination and school, one for both: `count_table` makes them so.
    """

    cut: Cut
    combinations: tuple[tuple[Value, ...], ...]
    schools: Sequence[int]
    combination: Sequence[int]
    students: Sequence[int]

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """The rows of each combination."""
        return spans_of(self.combination, len(self.combinations))

    @cached_property
    def rows_by_school(self) -> Mapping[int, Sequence[int]]:
        """The rows of each school that has any."""
        found: dict[int, list[int]] = {}
        for row, school in enumerate(self.schools):
            found.setdefault(school, []).append(row)
        return found


def spans_of(numbers: Sequence[int], length: int) -> tuple[slice, ...]:
    """Where each number below `length` stands among numbers in ascending order."""
    ends = [bisect_right(numbers, number) for number in range(length)]
    return tuple(slice(start, end) for start, end in zip([0, *ends], ends, strict=False))


def count_table(
    cut: Cut,
    combinations: Sequence[tuple[Value, ...]],
    counted: Mapping[tuple[int, int], int],
) -> CountTable:
    """The table of students counted by number of the combination and of the school."""
    rows = sorted(counted.items())
    return CountTable(
        cut,
        tuple(combinations),
        array("q", [school for (_, school), _ in rows]),
        array("q", [combination for (combination, _), _ in rows]),
        array("q", [students for _, students in rows]),
    )


class LeftOut(Enum):
    """Why a row that was read counts nobody."""

    NOT_MAIN_ENROLMENT = "not_main_enrolment"
    UNKNOWN_SCHOOL = "unknown_school"
    NOT_ASKED_FOR = "not_asked_for"
    SKIPPED = "skipped"
    HIDDEN = "hidden"
    BLANK = "blank"
    NOT_ENROLLED = "not_enrolled"


class RowsRead(NamedTuple):
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

    @property
    def has_rows_counted(self) -> bool:
        """Whether any row is not left out."""
        return any(entry.left_out is None for entry in self.read)

    def table(self, units: str, cut: Cut) -> CountTable:
        """The counts of students, or of the units of another table, by a cut."""
        return (self if units == STUDENTS else self.units[units]).tables[cut]
