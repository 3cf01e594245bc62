"""The order of a comparison, and nothing else: a base, a scenario, what differs and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from formula_funding.compile.checked_rulebook import check_rulebook
from formula_funding.compile.condition import condition_on_students
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.acceptance import check_acceptable, warn_of_idle_acceptances
from formula_funding.diagnostics.problem import Place, Problems, ProblemsFoundError, stop
from formula_funding.exact.sharing import NothingToShareByError
from formula_funding.explain.values_as_json import text_of
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import SCHOOLS, Tree
from formula_funding.model.allocation import Allocation
from formula_funding.model.counts import Cut, declared
from formula_funding.model.inputs import Inputs
from formula_funding.model.plan import Attribute, Best, Plan
from formula_funding.pipeline import checked_rulebook, layout_for, workspace_for
from formula_funding.read.crosswalk import check_crosswalks, layout_across
from formula_funding.read.former_codes import codes_of_today
from formula_funding.read.layered_nodes import beside
from formula_funding.read.register_from_table import register_from_table
from formula_funding.read.result_document import result_from_file
from formula_funding.read.rulebook_from_yaml import rulebook_with_changes
from formula_funding.read.scenario_from_yaml import PlacedScenario, scenario_from_yaml
from formula_funding.rules.layout import Layout
from formula_funding.rules.scenario import Scenario
from formula_funding.scenario.attribution import Question, attributed
from formula_funding.scenario.changed_figures import with_figure
from formula_funding.scenario.changed_roster import RosterChanges
from formula_funding.scenario.closed_schools import note_what_closures_take_along
from formula_funding.scenario.difference import (
    Amounts,
    Compared,
    Difference,
    amounts_of,
    students_of,
)
from formula_funding.scenario.enrolment import Enrolment
from formula_funding.scenario.prorated import prorated
from formula_funding.scenario.side import Side
from formula_funding.sources.remote import on_this_machine
from formula_funding.tally.counted_once import Asked, CountedOnce
from formula_funding.tally.data_from_files import read_data, students_asked
from formula_funding.tally.engines import engine
from formula_funding.tally.tally import Engine, counts_students, cuts_of, ledger_cut

BUDGET = "budget"


@dataclass(frozen=True, kw_only=True)
class ComparedScenario(Compared):
    """A base and a scenario.

    `after` is the allocation under the scenario before a fixed budget scales it.
    """

    base: Allocation
    after: Allocation


def compare(inputs: Inputs, file: Path, by: str | None = None) -> ComparedScenario:
    """The base of `inputs` against the scenario of `file`.

    `by` names a column of the register by which schools are told apart. Raises
    ProblemsFoundError with everything that is wrong in rulebooks, data or scenario.
    """
    return compare_each(inputs, [file], by)[0]


def compare_each(
    inputs: Inputs, files: Sequence[Path], by: str | None = None
) -> list[ComparedScenario]:
    """The base of `inputs` against each scenario of `files`, as `compare` does it.

    A roster is counted once for all sides that take its rows alike. Raises ProblemsFoundError for
    the first scenario with which anything is wrong.
    """
    planned = [_planned(inputs, file) for file in files]
    counter = _counter([one for one in planned if isinstance(one, _Planned)])
    return [_compared(inputs, one, by, counter) for one in planned]


def _compared(
    inputs: Inputs,
    planned: _Planned | ProblemsFoundError,
    by: str | None,
    counter: Engine | None,
) -> ComparedScenario:
    """See `compare`."""
    if isinstance(planned, ProblemsFoundError):
        raise planned
    problems, placed = planned.problems, planned.placed
    scenario = placed.scenario
    read, other, banded_by = planned.read, planned.other, planned.banded_by
    of_base = problems if other is read else Problems()
    base = under = _side(read, placed, banded_by, problems, of_base, counter)
    if other is not read:
        under = _side(other, placed, banded_by, problems, problems, counter)
    with_figures = replace(under, plan=_with_figures(under.plan, placed, problems))
    kinds = _kinds(read, by, problems)
    problems.stop_if_errors()
    whole = with_figures.changed()
    register = with_figures.enrolment.register
    note_what_closures_take_along(placed, whole.plan, register, problems)
    _check_measures(base.plan, whole.plan, placed)
    before, after = base.allocation(problems), whole.allocation(problems)
    problems.stop_if_errors()
    places = max(before.places, after.places)
    goes_to = whole.enrolment.goes_to
    amounts = amounts_of(before, places, goes_to), amounts_of(after, places, goes_to)
    question = Question(base, under, whole, before, after, amounts, places, placed)
    found = _differences(question, kinds)
    if scenario.budget is not None:
        scaled = _within_budget(amounts[1], placed, places)
        found = tuple(d.scaled_to(scaled.get(d.school, {}), BUDGET) for d in found)
    plans = before.plan, after.plan
    warn_of_idle_acceptances(inputs.accept, problems)
    accepted = dict.fromkeys((*base.accepted, *under.accepted, *problems.accepted))
    return ComparedScenario(
        name=scenario.scenario,
        title=scenario.title,
        measure=before.plan.paid_in,
        places=places,
        differences=found,
        lines={line.name: line.title for plan in reversed(plans) for line in plan.lines},
        plans=plans,
        by=by,
        warnings=problems.warnings,
        accepted=tuple(accepted),
        base=before,
        after=after,
    )


def compare_results(first: Path, second: Path) -> Compared:
    """Two earlier results against each other: what changed, school by school and line by line.

    Raises ProblemsFoundError where a file is no result, or the two can't be compared.
    """
    before, after = result_from_file(first), result_from_file(second)
    measures = [result.measure.in_language("en") for result in (before, after)]
    if measures[0] != measures[1]:
        stop(
            codes.RESULTS_UNLIKE,
            f"one result is in {measures[0]}, the other in {measures[1]}",
            Place(after.file),
            f"compare it with a result in {measures[1]}, not with `{before.file}`",
        )
    places = max(before.places, after.places)
    amounts = [
        {
            school: {line: n * 10 ** (places - result.places) for line, n in lines.items()}
            for school, lines in result.amounts.items()
        }
        for result in (before, after)
    ]
    names = {**after.names, **before.names}
    counted = bool(before.students or after.students)
    found = tuple(
        Difference(
            school,
            names[school],
            amounts[0].get(school, {}),
            amounts[1].get(school, {}),
            students=(before.students.get(school, 0), after.students.get(school, 0))
            if counted
            else None,
        )
        for school in sorted(names)
    )
    return Compared(
        name=second.stem,
        title=after.title,
        measure=before.measure,
        places=places,
        differences=found,
        lines={**after.lines, **before.lines},
        accepted=tuple(dict.fromkeys((*before.accepted, *after.accepted))),
    )


def _check_measures(ours: Plan, theirs: Plan, placed: PlacedScenario) -> None:
    """Raise ProblemsFoundError where the scenario gives another currency, or points."""
    measures = [
        "points" if plan.points is not None else plan.currency or "no currency"
        for plan in (ours, theirs)
    ]
    if measures[0] != measures[1]:
        stop(
            codes.RESULTS_UNLIKE,
            f"the base is in {measures[0]}, the scenario's rulebook in {measures[1]}",
            placed.places.value(("rulebook",)),
            f"give its figures in {measures[0]}, and say so: rules: {{currency: {measures[0]}}}",
        )


def _differences(question: Question, kinds: Mapping[str, str]) -> tuple[Difference, ...]:
    """Each school's difference with its causes."""
    split = attributed(question)
    goes_to = question.goes_to
    students = [students_of(result, goes_to) for result in (question.before, question.after)]
    names = {
        school: name
        for register in (question.after.register, question.before.register)
        for school, name in zip(register.ids, register.names, strict=True)
    }
    before, after = question.amounts
    return tuple(
        Difference(
            school,
            names.get(school, ""),
            before.get(school, {}),
            after.get(school, {}),
            split[school],
            (students[0].get(school, 0), students[1].get(school, 0)) if any(students) else None,
            kinds.get(school, ""),
        )
        for school in sorted({*before, *after})
    )


def _kinds(read: _Read, by: str | None, problems: Problems) -> dict[str, str]:
    """What a column of the register says of each school, for those who are shown by it."""
    if by is None:
        return {}
    inputs, plan = read.inputs, read.plan
    table = inputs.schools or (None if counts_students(plan) else inputs.rosters[0])
    if table is None:
        stop(
            codes.NO_REGISTER,
            f"`{by}` is a column of the register, but none is given",
            hint="give it with --schools FILE",
        )
    known = plan.attributes.get(by)
    if known is None or known.level is not Level.SCHOOL:
        known = Attribute(
            by, Level.SCHOOL, SCHOOLS, Kind.TEXT, None, {}, None, None, False, False, None
        )
    with workspace_for(inputs) as workspace:
        register = register_from_table(
            on_this_machine(table), read.layout.schools, plan, problems, workspace, (known,)
        )
    values = register.attributes[by]
    return {school: str(text_of(value)) for school, value in zip(register.ids, values, strict=True)}


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

    @property
    def codes_of_today(self) -> list[dict[str, str]]:
        """What each table makes of former codes of schools on the day of the plan."""
        rosters = (self.layout.roster, *self.layout.tables.values())
        return [codes_of_today(roster.former_codes, self.plan.as_of) for roster in rosters]

    @property
    def best(self) -> dict[str, Best | None]:
        """Which rows of each table beside the students are counted."""
        return {name: table.best for name, table in self.plan.tables.items()}


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


def _other(inputs: Inputs, placed: PlacedScenario, ours: _Read, problems: Problems) -> _Read:
    """The rules of a scenario that changes them."""
    scenario = placed.scenario
    rulebook = _rulebook(placed, inputs)
    as_of = scenario.as_of or (None if scenario.rulebook else inputs.as_of)
    others = replace(inputs, rulebook=rulebook, as_of=as_of, crosswalk=scenario.crosswalk)
    return _read(others, placed, problems, ours if scenario.crosswalk else None)


@dataclass(frozen=True)
class _Planned:
    """A scenario before any data is read: the rules of both sides, and what is found so far."""

    placed: PlacedScenario
    problems: Problems
    read: _Read
    other: _Read

    @property
    def banded_by(self) -> tuple[Plan, ...]:
        """See `_banded_by`."""
        return _banded_by(self.read, self.other, self.placed.scenario)

    @property
    def sides(self) -> list[_Read]:
        """What is read; one for both sides where the scenario leaves the rules."""
        return [self.read] if self.other is self.read else [self.read, self.other]


def _planned(inputs: Inputs, file: Path) -> _Planned | ProblemsFoundError:
    """A scenario and its rules; or why there is none, which is told when it is its turn."""
    try:
        problems = Problems(inputs.accept)
        check_acceptable(inputs.accept, problems)
        placed = scenario_from_yaml(file, problems)
        read = _read(inputs, None, problems)
        changes = placed.scenario.changes_rules
        other = _other(inputs, placed, read, problems) if changes else read
    except ProblemsFoundError as error:
        return error
    return _Planned(placed, problems, read, other)


def _counter(planned: Sequence[_Planned]) -> Engine | None:
    """What counts for several sides; None where only one is to be read."""
    sides = [(one, side) for one in planned for side in one.sides]
    if len(sides) < 2:
        return None
    foreseen: list[Asked] = []
    for one, side in sides:
        where = _conditions(side.plan, one.placed, Problems())
        joint = _joint(side.plan, one.placed, where)
        with workspace_for(side.inputs) as workspace:
            asked = students_asked(
                side.inputs, side.plan, side.layout, workspace, joint, banded_by=one.banded_by
            )
        if asked is None:
            break
        foreseen.append(asked)
    inputs = sides[0][1].inputs
    return CountedOnce(engine(inputs.engine, inputs.master, inputs.resources), foreseen)


def _banded_by(ours: _Read, theirs: _Read, scenario: Scenario) -> tuple[Plan, ...]:
    """The plans by whose bands numbers are counted; none where every number counts for itself.

    That is where students are shared out, which goes by all that is known of them, or where the
    two sides may take other students from the files: causes are told of groups that both have.
    """
    if scenario.changes_schools or not _take_alike(ours, theirs):
        return ()
    return (ours.plan, theirs.plan)


def _take_alike(ours: _Read, theirs: _Read) -> bool:
    """Whether two rulebooks take the same students from the same files, with the same values."""
    shared = ours.plan.attributes.keys() & theirs.plan.attributes.keys()
    return (
        ours.layout == theirs.layout
        and ours.codes_of_today == theirs.codes_of_today
        and ours.plan.counting == theirs.plan.counting
        and ours.best == theirs.best
        and all(ours.plan.attributes[name] == theirs.plan.attributes[name] for name in shared)
    )


def _side(
    read: _Read,
    placed: PlacedScenario,
    banded_by: Sequence[Plan],
    problems: Problems,
    of_conditions: Problems,
    counter: Engine | None,
) -> Side:
    """A rulebook with its data; what is wrong with conditions on students is told apart."""
    inputs, plan, layout = read.inputs, read.plan, read.layout
    where = _conditions(plan, placed, of_conditions)
    joint = _joint(plan, placed, where)
    with workspace_for(inputs) as workspace:
        data = read_data(
            inputs, plan, layout, problems, workspace, joint, banded_by=banded_by, counter=counter
        )
    enrolment = Enrolment(
        data.register, data.counts, ledger_cut(plan), joint if data.counts.tables else None
    )
    is_sound = len(where) == len(placed.scenario.conditions)
    changes = RosterChanges(plan, placed.scenario, placed.places, where)
    return Side(plan, enrolment, changes if is_sound else None, data.accepted)


def _joint(plan: Plan, placed: PlacedScenario, where: Mapping[str, Tree]) -> Cut | None:
    """The cut by all that rules and conditions read, where students change; see `Enrolment`."""
    if not placed.scenario.changes_schools:
        return None
    counted = [name for cut in cuts_of(plan) for name in cut]
    return declared(plan, [*counted, *plan.student_attributes(list(where.values()))])


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
