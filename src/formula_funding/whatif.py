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
from formula_funding.diagnostics.problem import (
    Place,
    Problem,
    Problems,
    ProblemsFoundError,
    stop,
)
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.sharing import NothingToShareByError
from formula_funding.formula.kinds import Level
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.allocation import Allocation
from formula_funding.model.inputs import Inputs
from formula_funding.model.plan import Plan, Value
from formula_funding.pipeline import checked_rulebook, layout_for
from formula_funding.read.layered_nodes import beside
from formula_funding.read.scenario_from_yaml import PlacedScenario, scenario_from_yaml
from formula_funding.read.value_from_text import BadValueError, value_from_text
from formula_funding.rules.scenario import Merger
from formula_funding.scenario.changed_figures import with_figure
from formula_funding.scenario.difference import Amounts, Difference, amounts_of, differences
from formula_funding.scenario.merged_schools import (
    merged_counts,
    merged_register,
    successors,
    with_new_values,
)
from formula_funding.scenario.prorated import prorated
from formula_funding.sources.workspace import Workspace
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
    def plans(self) -> tuple[Plan, Plan]:
        return self.base.plan, self.after.plan

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

    def merged(
        self, goes_to: Mapping[str, str], placed: PlacedScenario, problems: Problems
    ) -> _Side:
        register, counts = self.data.register, self.data.counts
        for number, merger in enumerate(placed.scenario.merge):
            place = placed.places.value(("merge", number))
            given = _given(merger, self.plan, place, problems)
            register = with_new_values(given, merger.into, register, place, problems)
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
        rulebook = _rulebook(placed, inputs)
        as_of = scenario.as_of or (None if scenario.rulebook else inputs.as_of)
        under = _side(replace(inputs, rulebook=rulebook, as_of=as_of), problems)
    whole = replace(under, plan=_with_figures(under.plan, placed, problems))
    goes_to = _goes_to(placed, base, problems)
    problems.stop_if_errors()
    merged = whole.merged(goes_to, placed, problems)
    problems.stop_if_errors()
    before, after = base.allocation(problems), merged.allocation(problems)
    problems.stop_if_errors()
    places = max(before.places, after.places)
    alone: dict[str, tuple[Amounts, Amounts]] = {}
    for cause, side, without in _causes(base, under, placed, goes_to):
        results = _if_possible(without), _if_possible(side)
        if results[0] is not None and results[1] is not None:
            was, is_now = (amounts_of(result, places, goes_to) for result in results if result)
            alone[cause] = was, is_now
    amounts = amounts_of(after, places, goes_to)
    names = dict(zip(before.register.ids, before.register.names, strict=True))
    found = differences(amounts_of(before, places, goes_to), amounts, alone, names)
    if scenario.budget is not None:
        scaled = _within_budget(amounts, placed, places)
        found = tuple(d.scaled_to(scaled.get(d.school, {}), BUDGET) for d in found)
    return Compared(placed, before, after, places, found, problems.warnings)


def _rulebook(placed: PlacedScenario, inputs: Inputs) -> Path:
    """The scenario's own rulebook, else that of the base."""
    named = placed.scenario.rulebook
    if named is None:
        return inputs.rulebook
    rulebook = beside(placed.file, named)
    if not rulebook.is_file():
        stop(
            codes.FILE_NOT_FOUND,
            f"there is no file `{rulebook.as_posix()}`",
            placed.places.value(("rulebook",)),
            "write the way to it from the scenario's file: ../2010/rulebook.yaml",
        )
    return rulebook


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
    with Workspace(inputs.limits, inputs.progress) as workspace:
        return _Side(plan, read_data(inputs, plan, layout, problems, workspace))


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


def _given(merger: Merger, plan: Plan, place: Place, problems: Problems) -> dict[str, Value]:
    """The values that a merger states of the school that remains."""
    found: dict[str, Value] = {}
    for name, text in merger.with_.items():
        attribute = plan.attributes.get(name)
        if attribute is None or attribute.level is not Level.SCHOOL:
            known = [a.name for a in plan.attributes.values() if a.level is Level.SCHOOL]
            message = f"the rulebook declares no `{name}` of schools"
            problems.add(codes.SCENARIO_NAME, message, place, did_you_mean(name, known))
            continue
        try:
            found[name] = value_from_text(text, attribute)
        except BadValueError as error:
            message = f"`{text}` is no value of `{name}`"
            problems.add(codes.SCENARIO_VALUE, message, place, f"expected: {error.expected}")
    return found


def _causes(
    base: _Side, under: _Side, placed: PlacedScenario, goes_to: Mapping[str, str]
) -> Iterator[tuple[str, _Side, _Side]]:
    """Each cause: the base with it alone, and without it.

    A figure that only the other rulebook has is tried on that rulebook.
    """
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
                yield name, replace(base, plan=plan), base
        rules = replace(under.plan, parameters={**under.plan.parameters, **shared})
        yield RULES, replace(under, plan=rules), base
    for target, text in placed.scenario.set.items():
        place = placed.places.key(("set", target))
        for side in (base, under):
            problems = Problems()
            plan = with_figure(side.plan, target, text, place, problems)
            if not problems.has_errors:
                yield f"{target} {text}", replace(side, plan=plan), side
                break
    if goes_to:
        yield MERGER, base.merged(goes_to, placed, Problems()), base


def _if_possible(side: _Side) -> Allocation | None:
    """The result of one cause alone; None where it can't stand without the others."""
    try:
        return side.allocation(Problems())
    except (ProblemsFoundError, KeyError):
        return None
