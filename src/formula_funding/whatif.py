"""The order of a comparison, and nothing else: a base, a scenario, what differs and by what.

Each cause is tried alone: the base with nothing but this one change. So the split depends on
no order of the causes, and what they make only with each other is told as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.compile.checked_rulebook import check_rulebook
from formula_funding.compile.condition import condition_on_students
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
    Problem,
    Problems,
    ProblemsFoundError,
    stop,
)
from formula_funding.exact.sharing import NothingToShareByError
from formula_funding.formula.tree import Tree
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.allocation import Allocation
from formula_funding.model.counts import declared
from formula_funding.model.inputs import Inputs
from formula_funding.model.plan import Plan
from formula_funding.pipeline import checked_rulebook, layout_for
from formula_funding.read.crosswalk import check_crosswalks, layout_across
from formula_funding.read.layered_nodes import beside
from formula_funding.read.rulebook_from_yaml import rulebook_with_changes
from formula_funding.read.scenario_from_yaml import PlacedScenario, scenario_from_yaml
from formula_funding.rules.layout import Layout
from formula_funding.scenario.changed_figures import with_figure
from formula_funding.scenario.changed_roster import ALL, MERGING, RosterChanges
from formula_funding.scenario.difference import Amounts, Difference, amounts_of, differences
from formula_funding.scenario.enrolment import Enrolment
from formula_funding.scenario.prorated import prorated
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.data_from_files import read_data
from formula_funding.tally.tally import cuts_of, ledger_cut

RULES = "rules"
"""The cause that stands for formulas, lines and whatever else is no figure."""
MERGER = "merger"
STUDENTS = "students"
"""The cause that stands for schools opened and closed, and for students moved and grown."""
BUDGET = "budget"
NEW_TABLE = "{…}"
"""Stands in a cause for a table that is given anew."""


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
    """A plan, the data that it reads, and what the scenario makes of schools and students.

    `changes` are None where the scenario's conditions can't be said in this rulebook's words.
    """

    plan: Plan
    enrolment: Enrolment
    changes: RosterChanges | None

    def allocation(self, problems: Problems) -> Allocation:
        """What each school gets. Raises ProblemsFoundError as a run does."""
        with deep_recursion():
            return allocation_from_counts(
                self.plan, self.enrolment.counts, self.enrolment.register, problems
            )[0]

    def changed(self, sections: tuple[str, ...] = ALL) -> _Side:
        """With schools and students as the scenario has them.

        Raises ProblemsFoundError where a change can't be.
        """
        assert self.changes is not None
        with deep_recursion():
            return replace(self, enrolment=self.changes.applied(self.enrolment, sections))

    def changed_if_possible(self, sections: tuple[str, ...]) -> _Side | None:
        """As `changed`; None where the sections can't stand by themselves, or need no doing."""
        try:
            return self.changed(sections) if self.changes else None
        except ProblemsFoundError:
            return None


def compare(inputs: Inputs, file: Path) -> Compared:
    """The base of `inputs` against the scenario of `file`.

    Raises ProblemsFoundError with everything that is wrong in rulebooks, data or scenario.
    """
    problems = Problems()
    placed = scenario_from_yaml(file, problems)
    scenario = placed.scenario
    read = _read(inputs, None, problems)
    is_other = scenario.changes_rules
    base = _side(read, placed, problems, Problems() if is_other else problems)
    under = base
    if is_other:
        rulebook = _rulebook(placed, inputs)
        as_of = scenario.as_of or (None if scenario.rulebook else inputs.as_of)
        others = replace(inputs, rulebook=rulebook, as_of=as_of)
        other = _read(others, placed, problems, read if scenario.crosswalk else None)
        under = _side(other, placed, problems, problems)
    whole = replace(under, plan=_with_figures(under.plan, placed, problems))
    problems.stop_if_errors()
    changed = whole.changed()
    before, after = base.allocation(problems), changed.allocation(problems)
    problems.stop_if_errors()
    places = max(before.places, after.places)
    goes_to = changed.enrolment.goes_to
    alone: dict[str, tuple[Amounts, Amounts]] = {}
    for cause, side, without in _causes(base, under, placed):
        results = _if_possible(without), _if_possible(side)
        if results[0] is not None and results[1] is not None:
            was, is_now = (amounts_of(result, places, goes_to) for result in results if result)
            alone[cause] = was, is_now
    amounts = amounts_of(after, places, goes_to)
    names = {
        school: name
        for register in (after.register, before.register)
        for school, name in zip(register.ids, register.names, strict=True)
    }
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


@dataclass(frozen=True)
class _Read:
    """What is known before any data is read: inputs, the plan, the layout of the data."""

    inputs: Inputs
    plan: Plan
    layout: Layout


def _read(
    inputs: Inputs, placed: PlacedScenario | None, problems: Problems, ours: _Read | None = None
) -> _Read:
    """The rulebook of some inputs, with the changes that a scenario lays over it.

    With `ours`, the files are read as our rulebook reads them and turned into its words.
    """
    changes = placed.rules if placed is not None else None
    if changes is None:
        checked = checked_rulebook(inputs.rulebook, problems)
    else:
        changed = rulebook_with_changes(inputs.rulebook, changes, problems)
        checked = check_rulebook(changed, problems)
    plan = plan_from_rulebook(checked, inputs.as_of, problems)
    if ours is None or placed is None:
        return _Read(inputs, plan, layout_for(inputs, checked.files, plan, problems))
    crosswalk = placed.scenario.crosswalk
    check_crosswalks(crosswalk, ours.plan, plan, placed.places, problems)
    problems.stop_if_errors()
    return _Read(inputs, plan, layout_across(ours.layout, crosswalk, plan))


def _side(
    read: _Read, placed: PlacedScenario, problems: Problems, of_conditions: Problems
) -> _Side:
    """A rulebook with its data; what is wrong with conditions on students is told apart."""
    inputs, plan, layout = read.inputs, read.plan, read.layout
    where = _conditions(plan, placed, of_conditions)
    joint = None
    if placed.scenario.changes_schools:
        counted = [name for cut in cuts_of(plan) for name in cut]
        joint = declared(plan, [*counted, *plan.student_attributes(list(where.values()))])
    with Workspace(inputs.limits, inputs.progress) as workspace:
        data = read_data(inputs, plan, layout, problems, workspace, joint)
    enrolment = Enrolment(
        data.register, data.counts, ledger_cut(plan), joint if data.roster else None
    )
    is_sound = len(where) == len(placed.scenario.conditions)
    changes = RosterChanges(plan, placed.scenario, placed.places, where)
    return _Side(plan, enrolment, changes if is_sound else None)


def _conditions(plan: Plan, placed: PlacedScenario, problems: Problems) -> dict[str, Tree]:
    """The scenario's conditions on students, as far as they are sound."""
    found: dict[str, Tree] = {}
    for section in ("move", "grow"):
        for number, change in enumerate(getattr(placed.scenario, section)):
            if change.where is None:
                continue
            place = placed.places.value((section, number, "where"))
            tree = condition_on_students(change.where, plan, place, problems)
            if tree is not None:
                found[change.where] = tree
    return found


def _with_figures(plan: Plan, placed: PlacedScenario, problems: Problems) -> Plan:
    for target, new in placed.scenario.set.items():
        plan = with_figure(plan, target, new, placed.places.key(("set", target)), problems)
    return plan


def _causes(
    base: _Side, under: _Side, placed: PlacedScenario
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
            theirs = under.plan.parameters[name]
            if theirs.values != figure.values:
                plan = replace(base.plan, parameters={**base.plan.parameters, name: theirs})
                yield name, replace(base, plan=plan), base
        rules = replace(under.plan, parameters={**under.plan.parameters, **shared})
        yield RULES, replace(under, plan=rules), base
    for target, new in placed.scenario.set.items():
        text = new if isinstance(new, str) else NEW_TABLE
        place = placed.places.key(("set", target))
        for side in (base, under):
            problems = Problems()
            plan = with_figure(side.plan, target, new, place, problems)
            if not problems.has_errors:
                yield f"{target} {text}", replace(side, plan=plan), side
                break
    if placed.scenario.changes_schools:
        yield from _roster_causes(base if base.changes is not None else under, placed)


def _roster_causes(side: _Side, placed: PlacedScenario) -> Iterator[tuple[str, _Side, _Side]]:
    """Mergers by themselves; then what else becomes of schools and students, after them."""
    merged: _Side | None = side
    if placed.scenario.merge:
        merged = side.changed_if_possible(("merge",)) or side.changed_if_possible(MERGING)
        if merged is not None:
            yield MERGER, merged, side
    changed = side.changed_if_possible(ALL)
    before = merged or side
    if changed is not None and changed.enrolment != before.enrolment:
        yield STUDENTS, changed, before


def _if_possible(side: _Side) -> Allocation | None:
    """The result of one cause alone; None where it can't stand without the others."""
    try:
        return side.allocation(Problems())
    except (ProblemsFoundError, KeyError):
        return None
