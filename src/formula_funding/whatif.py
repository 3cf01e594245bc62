"""The order of a comparison, and nothing else: a base, a scenario, what differs and by what.

Each cause is tried alone: the base with nothing but this one change. So the split depends on
no order of the causes, and what they make only with each other is told as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problem, Problems, ProblemsFoundError, stop
from formula_funding.exact.sharing import NothingToShareByError
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.allocation import Allocation
from formula_funding.model.inputs import Inputs
from formula_funding.model.plan import Plan
from formula_funding.pipeline import checked_rulebook, layout_for
from formula_funding.read.scenario_from_yaml import PlacedScenario, scenario_from_yaml
from formula_funding.scenario.changed_figures import with_figure
from formula_funding.scenario.difference import Amounts, Difference, amounts_of, differences
from formula_funding.scenario.merged_schools import merged_counts, merged_register, successors
from formula_funding.scenario.prorated import prorated
from formula_funding.tally.data_from_files import Data, read_data

RULES = "rules"
"""The cause that stands for formulas, lines and whatever else is no figure."""
MERGER = "merger"
BUDGET = "budget"


@dataclass(frozen=True)
class Compared:
    """A base, a scenario and what differs, in whole units of 10^-`places`.

    `after` is the allocation under the scenario before a fixed budget scales it.
    """

    scenario: PlacedScenario
    base: Allocation
    after: Allocation
    places: int
    differences: tuple[Difference, ...]
    warnings: tuple[Problem, ...]

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes that move any school, in the order of the scenario."""
        causes = self.differences[0].causes if self.differences else ()
        return tuple(c for c in causes if any(d.causes[c] for d in self.differences))


@dataclass(frozen=True)
class _Side:
    """A plan and the data that it reads."""

    plan: Plan
    data: Data

    def allocation(self, problems: Problems) -> Allocation:
        with deep_recursion():
            return allocation_from_counts(
                self.plan, self.data.counts, self.data.register, problems
            )[0]

    def merged(self, goes_to: Mapping[str, str]) -> _Side:
        register, counts = self.data.register, self.data.counts
        data = replace(
            self.data,
            register=merged_register(register, goes_to),
            counts=merged_counts(counts, register, goes_to),
        )
        return replace(self, data=data)


def compare(inputs: Inputs, file: Path) -> Compared:
    """The base of `inputs` against the scenario of `file`.

    Raises ProblemsFoundError with everything that is wrong in rulebooks, data or scenario.
    """
    problems = Problems()
    base = _side(inputs, problems)
    placed = scenario_from_yaml(file, problems)
    scenario = placed.scenario
    under = base
    if scenario.rulebook is not None or scenario.as_of is not None:
        rulebook = file.parent / scenario.rulebook if scenario.rulebook else inputs.rulebook
        as_of = scenario.as_of or (None if scenario.rulebook else inputs.as_of)
        under = _side(replace(inputs, rulebook=rulebook, as_of=as_of), problems)
    whole = replace(under, plan=_with_figures(under.plan, placed, problems))
    goes_to = _goes_to(placed, base, problems)
    problems.stop_if_errors()
    before = base.allocation(problems)
    after = whole.merged(goes_to).allocation(problems)
    problems.stop_if_errors()
    places = max(before.places, after.places)
    alone = {
        cause: amounts_of(result, places, goes_to)
        for cause, side in _causes(base, under, placed, goes_to)
        if (result := _if_possible(side)) is not None and result.places <= places
    }
    amounts = amounts_of(after, places, goes_to)
    if scenario.budget is not None:
        alone[BUDGET] = _within_budget(amounts_of(before, places, goes_to), placed, places)
        amounts = _within_budget(amounts, placed, places)
    names = dict(zip(before.register.ids, before.register.names, strict=True))
    found = differences(amounts_of(before, places, goes_to), amounts, alone, names)
    return Compared(placed, before, after, places, found, problems.warnings)


def _within_budget(
    amounts: Amounts, placed: PlacedScenario, places: int
) -> dict[str, dict[str, int]]:
    """The amounts scaled to the scenario's budget; raises ProblemsFoundError if they can't be."""
    place = placed.places.value(("budget",))
    coins = (placed.scenario.budget or Fraction(0)) * 10**places
    if coins.denominator != 1 or coins < 0:
        stop(codes.SCENARIO_VALUE, "a budget is a sum of 0 or more in whole coins", place)
    try:
        return prorated(amounts, coins.numerator)
    except NothingToShareByError as error:
        stop(
            codes.SCENARIO_VALUE,
            f"the lines can't be scaled to a budget: {error}",
            place,
            "only amounts of 0 or more can be scaled, and some must be above 0",
        )


def _side(inputs: Inputs, problems: Problems) -> _Side:
    checked = checked_rulebook(inputs.rulebook, problems)
    plan = plan_from_rulebook(checked, inputs.as_of, problems)
    layout = layout_for(inputs, checked.files, plan, problems)
    return _Side(plan, read_data(inputs, plan, layout, problems))


def _with_figures(plan: Plan, placed: PlacedScenario, problems: Problems) -> Plan:
    for target, text in placed.scenario.set.items():
        plan = with_figure(plan, target, text, placed.places.key(("set", target)), problems)
    return plan


def _goes_to(placed: PlacedScenario, base: _Side, problems: Problems) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, merger in enumerate(placed.scenario.merge):
        place = placed.places.value(("merge", number))
        left = [school for school in base.data.register.ids if school not in found]
        found |= successors(merger.schools, merger.into, left, place, problems)
    return {school: found.get(into, into) for school, into in found.items()}


def _causes(
    base: _Side, under: _Side, placed: PlacedScenario, goes_to: Mapping[str, str]
) -> Iterator[tuple[str, _Side]]:
    """Each cause with the base under it alone."""
    if under is not base:
        shared = {
            name: figure
            for name, figure in base.plan.parameters.items()
            if name in under.plan.parameters and under.plan.parameters[name].keys == figure.keys
        }
        for name, figure in shared.items():
            new = under.plan.parameters[name]
            if new.values != figure.values:
                plan = replace(base.plan, parameters={**base.plan.parameters, name: new})
                yield name, replace(base, plan=plan)
        rules = replace(under.plan, parameters={**under.plan.parameters, **shared})
        yield RULES, replace(under, plan=rules)
    for target, text in placed.scenario.set.items():
        problems = Problems()
        place = placed.places.key(("set", target))
        plan = with_figure(base.plan, target, text, place, problems)
        if not problems.has_errors:
            yield f"{target} {text}", replace(base, plan=plan)
    if goes_to:
        yield MERGER, base.merged(goes_to)


def _if_possible(side: _Side) -> Allocation | None:
    """The result of one cause alone; None where it can't stand without the others."""
    try:
        return side.allocation(Problems())
    except (ProblemsFoundError, KeyError):
        return None
