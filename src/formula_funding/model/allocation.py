"""The allocation: what each school gets, line by line, and the ledger of students."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from formula_funding.model.ledger import Ledger
from formula_funding.model.plan import Plan
from formula_funding.model.register import Register


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
        nothing = [0] * len(self.register.ids)
        return tuple(map(sum, zip(nothing, *self.lines.values(), strict=True)))

    @cached_property
    def line_totals(self) -> dict[str, int]:
        return {name: sum(amounts) for name, amounts in self.lines.items()}

    @property
    def total(self) -> int:
        return sum(self.line_totals.values())
