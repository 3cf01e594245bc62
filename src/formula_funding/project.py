"""The order of a projection, and nothing else: cohorts a year older, figures a year later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.acceptance import check_acceptable, warn_of_idle_acceptances
from formula_funding.diagnostics.problem import (
    Accepted,
    Place,
    Problem,
    Problems,
    ProblemsFoundError,
    stop,
)
from formula_funding.exact.sharing import NothingToShareByError
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.allocation import Allocation
from formula_funding.model.counts import Counts, CountTable, Cut, declared
from formula_funding.model.inputs import Inputs
from formula_funding.model.plan import Plan, Value
from formula_funding.pipeline import checked_rulebook, layout_for, workspace_for
from formula_funding.read.projection_from_yaml import PlacedProjection, projection_from_yaml
from formula_funding.read.register_from_table import school_attributes_read
from formula_funding.rules.period import Period
from formula_funding.rules.projection import OTHERS
from formula_funding.scenario.changed_figures import figures_meant, with_figure
from formula_funding.scenario.cohorts import (
    YEAR,
    Intake,
    Ladder,
    a_year_later,
    by_value,
    intakes_of,
    ladder_of,
)
from formula_funding.scenario.enrolment import Enrolment
from formula_funding.scenario.whole_students import Students
from formula_funding.tally.data_from_files import Data, read_data
from formula_funding.tally.tally import attributes_counted, cuts_of, ledger_cut

_FEBRUARY_29 = (2, 29)


@dataclass(frozen=True)
class Year:
    """One year of a projection. `day` is its date or period; None where no date is known.

    `number` counts the years that have passed. `by_value` are the students on each step of the
    ladder.
    """

    number: int
    day: date | Period | None
    allocation: Allocation
    by_value: Mapping[Value, int]

    @property
    def label(self) -> str:
        """The date or period, or else how many years have passed."""
        return str(self.number if self.day is None else self.day)


@dataclass(frozen=True)
class Projected:
    """The base as year 0 and the years that follow, under one projection.

    `accepted` are the findings that an officer overruled in the base.
    """

    projection: PlacedProjection
    years: tuple[Year, ...]
    warnings: tuple[Problem, ...]
    accepted: tuple[Accepted, ...] = ()


def project(inputs: Inputs, file: Path, years: int) -> Projected:
    """Carry the students of `inputs` forward by the projection of `file`.

    The schools, their attributes and the tables other than that of students stay as they are.

    Raises ProblemsFoundError with everything that is wrong in rulebook, data or projection, or
    with what can't be computed in a year.
    """
    problems = Problems(inputs.accept)
    check_acceptable(inputs.accept, problems)
    checked = checked_rulebook(inputs.rulebook, problems)
    placed = projection_from_yaml(file, problems)
    first = plan_from_rulebook(checked, inputs.as_of, problems)
    ladder, intakes = ladder_of(placed, first, problems), intakes_of(placed, problems)
    _check_indexation(placed, first, problems)
    _check_years(placed, first.period or first.as_of, problems)
    problems.stop_if_errors()
    plans = list(_plans(checked, first, placed, years))
    joint = declared(
        first, [ladder.attribute, *(name for plan in plans for name in attributes_counted(plan))]
    )
    layout = layout_for(inputs, checked.files, first, problems)
    with workspace_for(inputs) as workspace:
        data = read_data(inputs, first, layout, problems, workspace, joint)
        data_of = [
            data
            if _reads_alike(plan, first)
            else read_data(inputs, plan, layout, Problems(inputs.accept), workspace, joint)
            for plan in plans
        ]
    students: Students = Enrolment(data.register, data.counts, joint=joint).students
    at = joint.index(ladder.attribute)
    found: list[Year] = []
    for number, (plan, own) in enumerate(zip(plans, data_of, strict=True)):
        day = plan.period or plan.as_of
        told = f"year {number}" if day is None else str(day)
        if number:
            year = _calendar_year(day)
            intake = intakes.get(year, intakes[OTHERS])
            students = _grown_up(students, at, ladder, intake, placed, (year, told))
        noted = problems if not number else Problems(inputs.accept)
        allocation = _allocated(plan, own, joint, students, told if number else "", noted)
        found.append(Year(number, day, allocation, by_value(students, at, ladder)))
    warn_of_idle_acceptances(inputs.accept, problems)
    accepted = (*data.accepted, *problems.accepted)
    return Projected(placed, tuple(found), problems.warnings, accepted)


def _plans(
    checked: CheckedRulebook, first: Plan, placed: PlacedProjection, years: int
) -> Iterator[Plan]:
    """The plan of each year: the figures in force then, indexed where none is newer."""
    before = first
    yield before
    for number in range(1, years + 1):
        asked = first.period or first.as_of
        plan = plan_from_rulebook(checked, _later(asked, number), Problems())
        for name, text in placed.projection.indexation.items():
            place = placed.places.value(("indexation", name))
            plan = _indexed(plan, before, name, text, place)
        before = plan
        yield plan


def _indexed(plan: Plan, before: Plan, name: str, text: str, place: Place) -> Plan:
    """The plan with the figures of a name raised on those of the year before, but for newer ones.

    Within a period, a figure may change: each part of it carries on the figure of its own date.
    """
    carried = {figure.since: figure.values for figure in figures_meant(name, before)}
    for figure in figures_meant(name, plan):
        if figure.since in carried:
            as_before = replace(figure, values=carried[figure.since])
            plan = replace(plan, parameters={**plan.parameters, figure.name: as_before})
            plan = with_figure(plan, figure.name, text, place, Problems())
    return plan


def _check_indexation(placed: PlacedProjection, plan: Plan, problems: Problems) -> None:
    for name, text in placed.projection.indexation.items():
        place = placed.places.key(("indexation", name))
        if "[" in name or not (text.startswith(("+", "-")) and text.endswith("%")):
            problems.add(
                codes.PROJECTION_VALUE,
                f"`{name}: {text}` indexes nothing",
                place,
                "name a whole parameter and a change a year: norm: +4%",
            )
        else:
            with_figure(plan, name, text, place, problems)


def _later(asked: date | Period | None, years: int) -> date | Period | None:
    """The same day or months so many years later; the last of February for a 29th."""
    if asked is None:
        return None
    if isinstance(asked, Period):
        return Period(asked.start.replace(year=asked.start.year + years), asked.months)
    if (asked.month, asked.day) == _FEBRUARY_29:
        asked = asked.replace(day=28)
    return asked.replace(year=asked.year + years)


def _calendar_year(day: date | Period | None) -> str:
    """The year by which an intake is given; empty where no date is known."""
    return "" if day is None else str(day)[:4]


def _check_years(placed: PlacedProjection, first: date | Period | None, problems: Problems) -> None:
    """Report an intake of a year where none is known, and warn of one that is over already."""
    for year in placed.projection.intake:
        place = placed.places.key(("intake", year))
        if not YEAR.fullmatch(year):
            continue
        if first is None:
            problems.add(
                codes.PROJECTION_NAME,
                f"which year is {year} can't be told: no figure of the rulebook has a date",
                place,
                "give the day of the first year: --as-of 2025-09-01",
            )
        elif year <= _calendar_year(first):
            problems.add(
                codes.PROJECTION_UNUSED,
                f"the intake of {year} is not used: the students of {_calendar_year(first)} are "
                "those of the roster",
                place,
                "an intake is of the year in which the students enter, the next one at the soonest",
            )


def _reads_alike(plan: Plan, first: Plan) -> bool:
    """Whether two plans read the same of schools and of tables other than that of students."""
    return school_attributes_read(plan) == school_attributes_read(first) and all(
        cuts_of(plan, units) == cuts_of(first, units) for units in plan.tables
    )


def _grown_up(
    students: Students,
    at: int,
    ladder: Ladder,
    intake: Intake,
    placed: PlacedProjection,
    entering: tuple[str, str],
) -> Students:
    """A year later; `entering` is its calendar year, if known, and how the year is told."""
    year, told = entering
    try:
        return a_year_later(students, at, ladder, intake)
    except NothingToShareByError:
        path = ("intake", year)
        known = path if path in placed.places.values else ("intake", OTHERS)
        stop(
            codes.PROJECTION_VALUE,
            f"nobody has the first value of the ladder, so the intake of {told} can't be shared",
            placed.places.value(known),
            "the intake goes to schools in proportion to those who are there a year before",
        )


def _allocated(
    plan: Plan, data: Data, joint: Cut, students: Students, label: str, problems: Problems
) -> Allocation:
    cuts = [*cuts_of(plan), joint]
    empty = {cut: CountTable(cut, (), (), (), ()) for cut in cuts}
    counts = Counts(empty, data.counts.read, data.counts.units)
    enrolment = Enrolment(data.register, counts, ledger_cut(plan), joint)
    try:
        with deep_recursion():
            later = enrolment.with_students(students).counts if label else data.counts
            return allocation_from_counts(plan, later, data.register, problems)[0]
    except ProblemsFoundError as error:
        if not label:
            raise
        raise ProblemsFoundError(
            replace(problem, message=f"in {label}: {problem.message}") for problem in error.problems
        ) from None
