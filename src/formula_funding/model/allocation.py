"""The allocation: what each school gets, line by line, and the ledger of students."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from formula_funding.model.plan import Plan, Value
from formula_funding.model.register import Register


@dataclass(frozen=True)
class Excluded:
    """Students who were read and whom no line funds, told apart by what decided it."""

    school: int
    values: Mapping[str, Value]
    students: int


@dataclass(frozen=True)
class Ledger:
    """Students read = students funded + students excluded, per school and in total.

    `students` is empty where the rulebook works on figures per school and counts nobody.
    """

    rows: int
    students: tuple[int, ...]
    excluded: tuple[Excluded, ...]

    @property
    def students_read(self) -> int:
        return sum(self.students)

    @property
    def students_excluded(self) -> int:
        return sum(entry.students for entry in self.excluded)

    @property
    def students_funded(self) -> int:
        return self.students_read - self.students_excluded


@dataclass(frozen=True)
class Allocation:
    """Amounts in whole units of 10^-places of the currency, schools in the register's order."""

    plan: Plan
    register: Register
    lines: Mapping[str, tuple[int, ...]]
    ledger: Ledger

    @property
    def places(self) -> int:
        return self.plan.places

    @cached_property
    def school_totals(self) -> tuple[int, ...]:
        return tuple(
            sum(amounts[i] for amounts in self.lines.values())
            for i in range(len(self.register.ids))
        )

    @cached_property
    def line_totals(self) -> dict[str, int]:
        return {name: sum(amounts) for name, amounts in self.lines.items()}

    @property
    def total(self) -> int:
        return sum(self.line_totals.values())
