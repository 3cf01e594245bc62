"""Counts: how many students of each kind sit in each school. No student, no name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from formula_funding.model.plan import Value

Cut = tuple[str, ...]
"""The attributes by which students are told apart, in declared order."""


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
    """Everything that an allocation knows of the students."""

    rows: int
    tables: Mapping[Cut, CountTable]
