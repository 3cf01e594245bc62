"""What differs between two results, and by which causes: whole coins that add up exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from formula_funding.model.allocation import Allocation

Amounts = Mapping[str, Mapping[str, int]]
"""School id -> line -> amount in whole units of 10^-places."""


@dataclass(frozen=True)
class Difference:
    """One school, before and after. `causes` and `together` add up to the change exactly.

    A cause is the change that it alone makes to the base; `together` is what the causes make
    only with each other (a higher rate for more students), which belongs to none of them.
    """

    school: str
    name: str
    base: Mapping[str, int]
    scenario: Mapping[str, int]
    causes: Mapping[str, int]

    @property
    def before(self) -> int:
        return sum(self.base.values())

    @property
    def after(self) -> int:
        return sum(self.scenario.values())

    @property
    def change(self) -> int:
        return self.after - self.before

    @property
    def together(self) -> int:
        return self.change - sum(self.causes.values())

    def scaled_to(self, amounts: Mapping[str, int], cause: str) -> Difference:
        """The scenario's amounts scaled to others: what that makes is a cause of its own."""
        by_scaling = sum(amounts.values()) - self.after
        return replace(self, scenario=amounts, causes={**self.causes, cause: by_scaling})

    @property
    def share(self) -> Fraction | None:
        """The change by the amount before; None where there was nothing."""
        return Fraction(self.change, abs(self.before)) if self.before else None


def amounts_of(
    allocation: Allocation, places: int, goes_to: Mapping[str, str] | None = None
) -> dict[str, dict[str, int]]:
    """Amounts by school and line, in units of 10^-places; what ceases counts for its successor."""
    scale = 10 ** (places - allocation.places)
    found: dict[str, dict[str, int]] = {}
    for i, school in enumerate(allocation.register.ids):
        of_school = found.setdefault((goes_to or {}).get(school, school), {})
        for line, amounts in allocation.lines.items():
            of_school[line] = of_school.get(line, 0) + amounts[i] * scale
    return found


def differences(
    base: Amounts,
    scenario: Amounts,
    alone: Mapping[str, tuple[Amounts, Amounts]],
    names: Mapping[str, str],
) -> tuple[Difference, ...]:
    """Each school's difference; `alone` are the results without and with each cause."""
    schools: Sequence[str] = sorted({*base, *scenario})
    return tuple(
        Difference(
            school,
            names.get(school, ""),
            base.get(school, {}),
            scenario.get(school, {}),
            {
                cause: sum(now.get(school, {}).values()) - sum(was.get(school, {}).values())
                for cause, (was, now) in alone.items()
            },
        )
        for school in schools
    )
