"""Cohorts of students who climb a ladder of values, a step a year, in whole students.

Of each value the number for the whole system is rounded half up, then shared to schools and kinds
of students in proportion by largest remainder (see `whole_students`): nobody is lost to rounding,
and no order of the schools decides anything.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.number_text import NotANumberError, number_from_text, number_to_text
from formula_funding.formula.kinds import Level
from formula_funding.model.plan import STUDENTS, Attribute, Plan, Value
from formula_funding.read.projection_from_yaml import PlacedProjection
from formula_funding.read.value_from_text import BadValueError, value_from_text
from formula_funding.rules.projection import OTHERS
from formula_funding.scenario.whole_students import Cell, Students, resized, whole

_CHANGE = re.compile(r"([+-][0-9][0-9_.]*) ?%")
_NUMBER = re.compile(r"[0-9][0-9_]*")
YEAR = re.compile(r"[0-9]{4}")
"""A calendar year by which an intake is given."""
_LONGEST = 200
"""A ladder has at most so many steps."""


@dataclass(frozen=True)
class Ladder:
    """The values from first to last, and how many of each go on. `retention` has one share for
    each value but the last."""

    attribute: str
    values: tuple[Value, ...]
    retention: tuple[Fraction, ...]


@dataclass(frozen=True)
class Intake:
    """Those who enter the first value in a year: a number, or a factor on the year before."""

    number: int | None = None
    factor: Fraction = Fraction(1)


def ladder_of(placed: PlacedProjection, plan: Plan, problems: Problems) -> Ladder:
    """The ladder of a projection in the words of a plan; what does not fit goes to `problems`."""
    given, places = placed.projection, placed.places
    attribute = plan.attributes.get(given.ladder)
    students = [
        a.name for a in plan.attributes.values() if (a.level, a.units) == (Level.STUDENT, STUDENTS)
    ]
    if attribute is None or attribute.name not in students:
        problems.add(
            codes.PROJECTION_NAME,
            f"the ladder `{given.ladder}` is no attribute of students",
            places.value(("ladder",)),
            did_you_mean(given.ladder, students),
        )
        return Ladder(given.ladder, (), ())
    texts = given.order or _declared_order(attribute)
    known: dict[str, Value] = {}
    for number, text in enumerate(texts):
        place = places.value(("order", number) if given.order else ("ladder",))
        try:
            value = value_from_text(text, attribute)
        except BadValueError as error:
            message = f"`{text}` is no value of `{attribute.name}`"
            problems.add(codes.PROJECTION_NAME, message, place, f"expected: {error.expected}")
            continue
        if value in known.values():
            message = f"`{text}` stands twice in the order"
            problems.add(codes.PROJECTION_VALUE, message, place, "name each value once")
        known[text] = value
    if len(known) < 2 and not problems.has_errors:
        problems.add(
            codes.PROJECTION_VALUE,
            f"`{attribute.name}` gives no order of at least two values",
            places.value(("ladder",)),
            "write order: [first, second, …]",
        )
    shares = _retention(placed, list(known), problems)
    return Ladder(attribute.name, tuple(known.values()), shares)


def _declared_order(attribute: Attribute) -> list[str]:
    """The values as declared, or the whole numbers of a short range."""
    if attribute.values:
        return list(attribute.values)
    low, high = attribute.low, attribute.high
    if low is None or high is None or not attribute.whole or high - low > _LONGEST:
        return []
    return [number_to_text(low + step) for step in range(int(high - low) + 1)]


def _retention(
    placed: PlacedProjection, texts: list[str], problems: Problems
) -> tuple[Fraction, ...]:
    given, places = placed.projection.retention, placed.places
    for text, share in given.items():
        if text not in (*texts[:-1], OTHERS):
            is_last = text == texts[-1] if texts else False
            problems.add(
                codes.PROJECTION_NAME,
                f"`{text}` is the last value, whose students leave"
                if is_last
                else f"`{text}` is no value of the ladder",
                places.key(("retention", text)),
                did_you_mean(text, [*texts[:-1], OTHERS]),
            )
        elif share < 0:
            problems.add(
                codes.PROJECTION_VALUE,
                f"a retention of {number_to_text(share * 100)}% leaves less than nobody",
                places.value(("retention", text)),
                "write a share of 0 or more, such as 98.5%",
            )
    others = given.get(OTHERS, Fraction(1))
    return tuple(given.get(text, others) for text in texts[:-1])


def intakes_of(placed: PlacedProjection, problems: Problems) -> dict[str, Intake]:
    """The intake by calendar year; that of all other years under OTHERS."""
    found = {OTHERS: Intake()}
    for year, text in placed.projection.intake.items():
        if year != OTHERS and not YEAR.fullmatch(year):
            problems.add(
                codes.PROJECTION_NAME,
                f"`{year}` is no year",
                placed.places.key(("intake", year)),
                f"write a year such as 2026, or `{OTHERS}`",
            )
        intake = _intake(text)
        if intake is None:
            problems.add(
                codes.PROJECTION_VALUE,
                f"`{text}` is no intake",
                placed.places.value(("intake", year)),
                "write a number of students, or a change of at least -100% such as +1.5%",
            )
        else:
            found[year] = intake
    return found


def _intake(text: str) -> Intake | None:
    if _NUMBER.fullmatch(text):
        return Intake(int(text.replace("_", "")))
    change = _CHANGE.fullmatch(text)
    if change is None:
        return None
    try:
        factor = 1 + number_from_text(change[1]) / 100
    except NotANumberError:
        return None
    return Intake(None, factor) if factor >= 0 else None


def a_year_later(students: Students, at: int, ladder: Ladder, intake: Intake) -> dict[Cell, int]:
    """The students a year later; the value number `at` of each kind is that of the ladder.

    Raises NothingToShareByError where students enter a first value that nobody has.
    """
    cohorts: dict[Value, dict[Cell, int]] = defaultdict(dict)
    for cell, number in students.items():
        cohorts[cell[1][at]][cell] = number
    steps = dict(zip(ladder.values, ladder.values[1:], strict=False))
    found: Counter[Cell] = Counter()
    for value, cohort in cohorts.items():
        if value not in ladder.values:
            found.update(cohort)
    for value, share in zip(ladder.values, ladder.retention, strict=False):
        number = whole(share * sum(cohorts[value].values()))
        for (school, values), stay in _in_proportion(cohorts[value], number).items():
            found[school, (*values[:at], steps[value], *values[at + 1 :])] += stay
    first = cohorts[ladder.values[0]]
    entering = intake.number
    if entering is None:
        entering = whole(intake.factor * sum(first.values()))
    found.update(_in_proportion(first, entering))
    return {cell: number for cell, number in found.items() if number}


def _in_proportion(cohort: Students, number: int) -> dict[Cell, int]:
    return resized(cohort, number) if cohort or number else {}


def by_value(students: Mapping[Cell, int], at: int, ladder: Ladder) -> dict[Value, int]:
    """How many students have each value of the ladder."""
    found: Counter[Value] = Counter()
    for (_, values), number in students.items():
        found[values[at]] += number
    return {value: found[value] for value in ladder.values}
