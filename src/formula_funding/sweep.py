"""One figure over a range, or a grid of several: what every point costs, and who gains by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.repricing import Priced, Repricing
from formula_funding.audit.equity import Figure, SchoolFigures, TooFewSchoolsError, figure_of
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems, ProblemsFoundError, stop
from formula_funding.exact.number_text import number_from_text, number_to_text
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.allocation import Allocation
from formula_funding.model.plan import Parameter, Plan
from formula_funding.scenario.changed_figures import (
    figures_meant,
    key_of,
    name_and_key,
    reads_percent,
    with_figure,
)

MOST_POINTS = 10_000
_VARY = re.compile(r"(?P<target>[^=]+)=(?P<from>[^=]+?)\.\.(?P<to>[^=]+?)\.\.(?P<step>[^=]+)")


@dataclass(frozen=True)
class Axis:
    """A figure and the texts to which it is set, one after the other, as a scenario sets it.

    `given` is what the user wrote; problems are placed there.
    """

    target: str
    texts: tuple[str, ...]
    given: str

    @property
    def figure(self) -> tuple[str, tuple[str, ...] | None]:
        """What the target names: a parameter, and the key of its table, if it gives one."""
        name, inside = name_and_key(self.target)
        return name, None if inside is None else key_of(inside)

    @property
    def place(self) -> Place:
        """Where the user wrote it."""
        return Place(f"--vary {self.given}")


@dataclass(frozen=True)
class Point:
    """What comes out where the axes are set to `texts`; amounts in whole units of 10^-places."""

    texts: tuple[str, ...]
    total: int
    change: int
    gain: int
    lose: int
    unchanged: int
    measure: Fraction | None


@dataclass(frozen=True)
class Swept:
    """All points in the order of the axes, the last axis moving fastest."""

    axes: tuple[Axis, ...]
    base: Allocation
    measure: Figure
    points: tuple[Point, ...]


def axis_from_text(text: str) -> Axis:
    """Read `norm[primary]=150_000..180_000..5_000`, `norm=-10%..10%..1%` or `share=20%..25%..1%`.

    Raises NotANumberError (a ValueError) for another text, and ProblemsFoundError for a range
    without a point or with too many.
    """
    match = _VARY.fullmatch(text.strip())
    if match is None:
        raise ValueError("write NAME=FROM..TO..STEP")
    ends = [match[name].strip() for name in ("from", "to", "step")]
    in_percent = [end.endswith("%") for end in ends]
    if len(set(in_percent)) > 1:
        raise ValueError("write all three numbers in per cent, or none")
    first, last, step = (number_from_text(end.removesuffix("%")) for end in ends)
    place = Place(f"--vary {text}")
    if step <= 0 or last < first:
        stop(
            codes.SWEEP_SIZE,
            "the range has no point: " + ("the step is not above 0" if step <= 0 else _ends(ends)),
            place,
            "write FROM..TO..STEP with FROM at most TO and a step above 0",
        )
    number = (last - first) // step + 1
    if number > MOST_POINTS:
        _refuse_so_many(number, place)
    values = (first + i * step for i in range(number))
    is_signed = any(end[0] in "+-" for end in ends[:2])
    texts = tuple(_text(v, in_percent=in_percent[0], is_signed=is_signed) for v in values)
    return Axis(match["target"].strip(), texts, text)


def swept(
    allocation: Allocation, evaluation: Evaluation, axes: Sequence[Axis], measure: str
) -> Swept:
    """Price every point of the grid of the axes; `measure` is a figure of dispersion.

    Raises ProblemsFoundError where an axis names what does not exist, where there are too many
    points, or where the amounts of a point do not exist.
    """
    axes = [_as_set(axis, allocation.plan) for axis in axes]
    number = 1
    for axis in axes:
        number *= len(axis.texts)
    if number > MOST_POINTS:
        _refuse_so_many(number, axes[-1].place)
    _check_axes(axes, allocation.plan)
    repricing = Repricing(evaluation)
    with deep_recursion():
        base_measure = _measured(allocation, allocation.school_totals, measure)
        points = tuple(_points(allocation, repricing, axes, measure))
    return Swept(tuple(axes), allocation, base_measure, points)


def _as_set(axis: Axis, plan: Plan) -> Axis:
    """Per cent without a sign as a scenario sets it: a change, but the figure itself of a ratio."""
    is_unsigned = axis.texts[0].endswith("%") and axis.texts[0][0] not in "+-"
    figures = figures_meant(axis.figure[0], plan)
    if not is_unsigned or (figures and all(map(reads_percent, figures))):
        return axis
    return replace(axis, texts=tuple(f"+{text}" for text in axis.texts))


def _points(
    allocation: Allocation, repricing: Repricing, axes: Sequence[Axis], measure: str
) -> Iterator[Point]:
    before = allocation.school_totals
    for texts in product(*(axis.texts for axis in axes)):
        priced = _priced(allocation.plan, repricing, axes, texts)
        changes = [now - was for now, was in zip(priced.school_totals, before, strict=True)]
        gain, lose = sum(c > 0 for c in changes), sum(c < 0 for c in changes)
        yield Point(
            texts,
            priced.total,
            priced.total - allocation.total,
            gain,
            lose,
            len(changes) - gain - lose,
            _measured(allocation, priced.school_totals, measure).value,
        )


def _priced(plan: Plan, repricing: Repricing, axes: Sequence[Axis], texts: Sequence[str]) -> Priced:
    """One point. Raises ProblemsFoundError that names it, where an amount does not exist."""
    figures = _figures(plan, axes, texts)
    try:
        return repricing.priced(figures)
    except ProblemsFoundError as error:
        point = ", ".join(f"{axis.target} = {text}" for axis, text in zip(axes, texts, strict=True))
        raise ProblemsFoundError(
            replace(problem, message=f"at {point}: {problem.message}") for problem in error.problems
        ) from None


def _figures(plan: Plan, axes: Sequence[Axis], texts: Sequence[str]) -> dict[str, Parameter]:
    """The changed parameters of one point. Raises ProblemsFoundError."""
    problems, changed = Problems(), plan
    for axis, text in zip(axes, texts, strict=True):
        changed = with_figure(changed, axis.target, text, axis.place, problems)
    problems.stop_if_errors()
    return {
        name: parameter
        for name, parameter in changed.parameters.items()
        if parameter is not plan.parameters[name]
    }


def _check_axes(axes: Sequence[Axis], plan: Plan) -> None:
    """Each axis names a figure that can be set, and none is named twice."""
    problems = Problems()
    for number, axis in enumerate(axes):
        if axis.figure in {other.figure for other in axes[:number]}:
            message, hint = f"`{axis.target}` is varied twice", "give each figure one range"
            problems.add(codes.SCENARIO_VALUE, message, axis.place, hint)
        with_figure(plan, axis.target, axis.texts[0], axis.place, problems)
    problems.stop_if_errors()


def _measured(allocation: Allocation, totals: Sequence[int], measure: str) -> Figure:
    """A figure of dispersion of the money per student; without a value for too few schools."""
    schools = [
        SchoolFigures(Fraction(students), Fraction(total, students * 10**allocation.places))
        for students, total in zip(allocation.ledger.students, totals, strict=False)
        if students
    ]
    try:
        return figure_of(measure, schools)
    except TooFewSchoolsError:
        return Figure(measure, "", None)


def _refuse_so_many(number: int, place: Place) -> None:
    stop(
        codes.SWEEP_SIZE,
        f"the sweep has {number:,} points, and at most {MOST_POINTS:,} are computed",
        place,
        "take larger steps, or a shorter range",
    )


def _ends(ends: Sequence[str]) -> str:
    return f"{ends[0]} is above {ends[1]}"


def _text(value: Fraction, *, in_percent: bool, is_signed: bool) -> str:
    if not in_percent:
        return number_to_text(value)
    sign = "-" if value < 0 else "+"
    return f"{sign if is_signed else ''}{number_to_text(abs(value))}%"
