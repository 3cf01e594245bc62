"""What differs between two results, and by which causes: whole coins that add up exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from formula_funding.diagnostics.problem import Accepted, Problem
from formula_funding.model.allocation import Allocation
from formula_funding.model.measure import Measure
from formula_funding.model.plan import Plan
from formula_funding.rules.fields import Title

Amounts = Mapping[str, Mapping[str, int]]
"""School id -> line -> amount in whole units of 10^-places."""
TOGETHER = "together"
"""What causes make only with each other (a higher rate for more students)."""
METHOD = "each cause alone against the base; `together` is what they make only together"


@dataclass(frozen=True)
class Difference:
    """One school, before and after, in coins.

    `split` tells for each cause what it makes of each line; all causes of a line, with TOGETHER,
    add up to its change exactly. It is empty where nobody asked why. `students` are those before
    and after, None where nobody counts them. `kind` is a fact of the school by which it is shown.
    """

    school: str
    name: str
    base: Mapping[str, int]
    scenario: Mapping[str, int]
    split: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    students: tuple[int, int] | None = None
    kind: str = ""

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
    def lines(self) -> dict[str, int]:
        """The change of each line."""
        names = dict.fromkeys([*self.base, *self.scenario])
        return {line: self.scenario.get(line, 0) - self.base.get(line, 0) for line in names}

    @property
    def causes(self) -> dict[str, int]:
        """What each cause that moves any line makes of the school."""
        return {
            cause: sum(lines.values())
            for cause, lines in self.split.items()
            if cause != TOGETHER and any(lines.values())
        }

    @property
    def together(self) -> int:
        return sum(self.split.get(TOGETHER, {}).values())

    @property
    def share(self) -> Fraction | None:
        """The change by the amount before; None where there was nothing."""
        return Fraction(self.change, abs(self.before)) if self.before else None

    @property
    def per_student(self) -> tuple[Fraction | None, Fraction | None]:
        """Money per student before and after, in coins; None where there is no student."""
        before, after = self.students or (0, 0)
        return (
            Fraction(self.before, before) if before else None,
            Fraction(self.after, after) if after else None,
        )

    def scaled_to(self, amounts: Mapping[str, int], cause: str) -> Difference:
        """The scenario's amounts scaled to others: what that makes is a cause of its own."""
        scaling = {line: amounts.get(line, 0) - now for line, now in self.scenario.items()}
        return replace(self, scenario=amounts, split={**self.split, cause: scaling})


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A base and something else, school by school, in whole units of 10^-`places`.

    `lines` are the titles of all lines. `plans` name the causes; a comparison of two documents has
    none, and tells what changed but not why. `by` is the fact of schools by which they are shown.
    `accepted` are the findings that an officer overruled in either.
    """

    name: str
    title: Title
    measure: Measure
    places: int
    differences: tuple[Difference, ...]
    lines: Mapping[str, Title]
    plans: tuple[Plan, ...] = ()
    by: str | None = None
    warnings: tuple[Problem, ...] = ()
    accepted: tuple[Accepted, ...] = ()

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes that move any school, in the order of the scenario."""
        found = dict.fromkeys(cause for d in self.differences for cause in d.split)
        moving = {cause for d in self.differences for cause in d.causes}
        return tuple(cause for cause in found if cause in moving)

    @property
    def is_explained(self) -> bool:
        return bool(self.plans)


def amounts_of(
    allocation: Allocation, places: int, goes_to: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """Amounts by school and line, in units of 10^-places; what ceases counts for its successor."""
    scale = 10 ** (places - allocation.places)
    found: dict[str, dict[str, int]] = {}
    for i, school in enumerate(allocation.register.ids):
        of_school = found.setdefault(goes_to.get(school, school), {})
        for line, amounts in allocation.lines.items():
            of_school[line] = of_school.get(line, 0) + amounts[i] * scale
    return found


def students_of(allocation: Allocation, goes_to: Mapping[str, str]) -> dict[str, int]:
    """Students by school; none where the rulebook counts nobody."""
    found: dict[str, int] = {}
    for school, students in zip(allocation.register.ids, allocation.ledger.students, strict=False):
        home = goes_to.get(school, school)
        found[home] = found.get(home, 0) + students
    return found
