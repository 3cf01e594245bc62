"""What differs between two results, and by which causes: whole coins that add up exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    base: Amounts, scenario: Amounts, alone: Mapping[str, Amounts], names: Mapping[str, str]
) -> tuple[Difference, ...]:
    """Each school's difference; `alone` are the results with one cause each."""
    schools: Sequence[str] = sorted({*base, *scenario})
    before = {school: sum(base.get(school, {}).values()) for school in schools}
    return tuple(
        Difference(
            school,
            names.get(school, ""),
            base.get(school, {}),
            scenario.get(school, {}),
            {
                cause: sum(result.get(school, {}).values()) - before[school]
                for cause, result in alone.items()
            },
        )
        for school in schools
    )
