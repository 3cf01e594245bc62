"""Finds the rate by which the whole allocation meets a budget, for a parameter of any rulebook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NoReturn

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.allocate.repricing import Repricing
from formula_funding.allocate.search import NoSolutionError, figure_that_meets
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError, stop
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.number_text import number_to_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.exact.solving import Direction, Found, Goal
from formula_funding.formula.kinds import Kind
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.counts import Counts
from formula_funding.model.plan import Parameter, Plan
from formula_funding.model.register import Register
from formula_funding.scenario.changed_figures import key_of, name_and_key, reads_percent


@dataclass(frozen=True)
class Wanted:
    """A parameter by name, or one key of a table as in `norm[primary]`, and the budget.

    For a whole table a factor is found by which all its values are multiplied. Bounds and unit
    that are None are taken from the figures in force. `in_percent` says that a bound or the unit
    was given so.
    """

    parameter: str
    budget: Fraction
    direction: Direction = Direction.AT_MOST
    low: Fraction | None = None
    high: Fraction | None = None
    unit: Fraction | None = None
    in_percent: bool = False


@dataclass(frozen=True)
class Answer:
    """What was found; `is_factor` says that it multiplies the values of a table."""

    goal: Goal
    found: Found
    before: Fraction
    total_before: Fraction
    is_factor: bool


FACTOR_UNIT = Fraction(1, 10_000)
REACH = 10
"""Sought between 0 and so many times the figure in force, unless bounds are given."""


def solve(plan: Plan, counts: Counts, register: Register, wanted: Wanted) -> Answer:
    """Find the figure for which the total of all schools meets the budget.

    Raises ProblemsFoundError where there is no such figure, or more than one.
    """
    parameter, key = _named(plan, wanted.parameter)
    is_factor = key is None
    if wanted.in_percent and not is_factor and not reads_percent(parameter):
        stop(
            codes.BAD_SOLVE,
            f"`{wanted.parameter}` is no ratio, so per cent say nothing of it",
            parameter.place,
            "give --between and --to as numbers such as 100..200",
        )
    before = Fraction(1) if key is None else parameter.values[key]
    unit = wanted.unit
    if unit is None:
        unit = FACTOR_UNIT if is_factor else _unit_of(parameter)
    if unit <= 0:
        stop(
            codes.NO_SOLUTION,
            f"a figure is found to a unit above 0, not to {number_to_text(unit)}",
            hint="give another --to, such as 0.01",
        )
    ends = (REACH * before, Fraction(0)) if before < 0 else (Fraction(0), REACH * max(before, unit))
    low = ends[0] if wanted.low is None else wanted.low
    high = ends[1] if wanted.high is None else wanted.high
    if -(-low // unit) >= high // unit:
        stop(
            codes.NO_SOLUTION,
            f"between {number_to_text(low)} and {number_to_text(high)} there are fewer than two "
            f"multiples of {number_to_text(unit)}",
            hint="give a wider --between, or a smaller --to",
        )

    def total(value: Fraction) -> tuple[Fraction, Fraction]:
        values = (
            {k: v * value for k, v in parameter.values.items()}
            if key is None
            else {**parameter.values, key: value}
        )
        try:
            tried = repricing.priced({parameter.name: replace(parameter, values=values)})
        except ProblemsFoundError as error:
            raise ProblemsFoundError(
                replace(
                    problem,
                    message=f"with {wanted.parameter} = {number_to_text(value)}, "
                    f"which was tried: {problem.message}",
                    hint="give a --between in which every amount exists",
                )
                for problem in error.problems
            ) from None
        return Fraction(tried.total, 10**plan.places), wanted.budget

    goal = Goal("total", "budget", wanted.direction, low, high, unit)
    with deep_recursion():
        allocation, evaluation = allocation_from_counts(plan, counts, register, Problems())
        repricing = Repricing(evaluation)
        total_before = Fraction(allocation.total, 10**plan.places)
        try:
            found = figure_that_meets(goal, total, number_to_text)
            return Answer(goal, found, before, total_before, is_factor)
        except NoSolutionError as error:
            code = codes.SEVERAL_SOLUTIONS if error.several else codes.NO_SOLUTION
            message = f"`{wanted.parameter}` can't be found: {error.message}"
            stop(code, message, parameter.place, error.hint)


def _named(plan: Plan, text: str) -> tuple[Parameter, tuple[str, ...] | None]:
    """The parameter and its key: () for a single figure, None for a whole table."""
    name, inside = name_and_key(text)
    parameter = plan.parameters.get(name)
    if parameter is None:
        _stop_unknown(plan, name)
    if parameter.goal is not None:
        stop(
            codes.BAD_SOLVE,
            f"the rulebook solves for `{name}` itself",
            parameter.place,
            "name another parameter",
        )
    if inside is None:
        return parameter, None if parameter.keys else ()
    key = key_of(inside)
    if key not in parameter.values:
        known = [", ".join(known) for known in parameter.values]
        message = f"`{name}` has no rate of `{', '.join(key)}`"
        stop(codes.UNKNOWN_VALUE, message, parameter.place, did_you_mean(", ".join(key), known))
    return parameter, key


def _stop_unknown(plan: Plan, name: str) -> NoReturn:
    """Refuse a name; one that a period has split is told with the names of its parts."""
    parts = [f"`{part}`" for part in plan.parameters if part.startswith(f"{name}@")]
    if not parts:
        hint = did_you_mean(name, plan.parameters)
        stop(codes.UNKNOWN_NAME, f"the rulebook has no parameter `{name}`", hint=hint)
    stop(
        codes.UNKNOWN_NAME,
        f"`{name}` changes within {plan.period}, and the period splits it: {', '.join(parts)}",
        hint="name one of these parts, or give one date with --as-of",
    )


def _unit_of(parameter: Parameter) -> Fraction:
    """The last decimal to which the parameter's figures are written; of a ratio at least that of a
    factor, for 20% and 11/15 don't say how fine it may be."""
    places = [decimal_places(value) for value in parameter.values.values()]
    last = min(Fraction(1, 10 ** (number or 0)) for number in places)
    return min(last, FACTOR_UNIT) if parameter.kind is Kind.RATIO or None in places else last
