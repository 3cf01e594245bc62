"""Plan to plan with every figure found that the rulebook solves for."""

from __future__ import annotations

from fractions import Fraction

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.search import NoSolutionError, figure_that_meets
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.exact.column import Column
from formula_funding.exact.number_text import number_to_text
from formula_funding.model.counts import Counts
from formula_funding.model.plan import Parameter, Plan
from formula_funding.model.register import Register


def plan_with_found_figures(
    plan: Plan, counts: Counts, register: Register, problems: Problems
) -> Plan:
    """The plan in which every parameter has a value.

    Raises ProblemsFoundError where the sum asked for can't be met, or not in a single way.
    """
    for parameter in plan.solved:
        plan = _solved(plan, parameter, counts, register, problems)
    return plan


def _solved(
    plan: Plan, parameter: Parameter, counts: Counts, register: Register, problems: Problems
) -> Plan:
    goal = parameter.goal
    assert goal is not None

    def sums(value: Fraction) -> tuple[Fraction, Fraction]:
        tried = plan.with_value(parameter.name, value)
        evaluation = Evaluation(tried, counts, register, Problems())
        columns = [evaluation.system.read(name) for name in (goal.total, goal.target)]
        found = [column.value(0) for column in columns if isinstance(column, Column)]
        exact = [number for number in found if number is not None]
        if len(exact) < len(columns):
            raise NoSolutionError(
                f"at {number_to_text(value)} the sum or what it must meet does not exist: "
                "something is divided by zero, or can't be shared",
                "narrow `between`",
            )
        return exact[0], exact[1]

    try:
        return plan.with_found(parameter.name, figure_that_meets(goal, sums, number_to_text))
    except NoSolutionError as error:
        code = codes.SEVERAL_SOLUTIONS if error.several else codes.NO_SOLUTION
        message = f"`{parameter.name}` can't be found: {error.message}"
        problems.add(code, message, parameter.place, error.hint)
        raise ProblemsFoundError(problems) from None
