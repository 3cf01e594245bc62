"""Counts: how many students of each kind sit in each school. No student, no name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

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
    schools: tuple[int, ...]
    combination: tuple[int, ...]
    students: tuple[int, ...]


@dataclass(frozen=True)
class Counts:
    """Everything that an allocation knows of the students; `units` counts those of other tables."""

    rows: int
    tables: Mapping[Cut, CountTable]
    units: Mapping[str, Counts] = field(default_factory=dict)

    def table(self, units: str, cut: Cut) -> CountTable:
        """The counts of students, or of the units of another table, by a cut."""
        return (self if units == STUDENTS else self.units[units]).tables[cut]
