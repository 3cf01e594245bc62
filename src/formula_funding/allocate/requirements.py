"""Conditions on the data that the rulebook presumes: told where they fail, with what was read."""

from __future__ import annotations

from fractions import Fraction

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.units import value_at
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import counted
from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import names_outside_aggregates
from formula_funding.model.plan import Calculation, Role, Value

_SHOWN = 5


def check_requirements(evaluation: Evaluation, problems: Problems) -> None:
    """Note each requirement that fails, and for which schools.

    A condition that comes down to a number that does not exist (x ÷ 0) does not hold.
    """
    for requirement in evaluation.plan.requirements:
        failure = failure_of(requirement, evaluation)
        is_required = requirement.role is Role.REQUIRED
        if failure is not None:
            problems.add(
                codes.NOT_AS_REQUIRED if is_required else codes.NOT_AS_EXPECTED,
                failure,
                requirement.place,
                f"required is {requirement.text}: correct the data, or the rule",
            )


def failure_of(requirement: Calculation, evaluation: Evaluation) -> str | None:
    """Where a requirement does not hold, and with what was read; None where it holds."""
    is_of_schools = requirement.level is Level.SCHOOL
    units = evaluation.schools if is_of_schools else evaluation.system
    holds = units.truths(requirement.tree)
    failing = [i for i, truth in enumerate(holds) if truth is not True]
    if not failing:
        return None
    read = [_read(requirement, evaluation, i) for i in failing[:_SHOWN]]
    if not is_of_schools:
        return f"`{requirement.name}` does not hold" + (f": {read[0]}" if read[0] else "")
    ids = [f"`{evaluation.register.ids[i]}`" for i in failing]
    told = "; ".join(
        f"{school} ({values})" if values else school
        for school, values in zip(ids, read, strict=False)
    )
    more = "; …" if len(failing) > _SHOWN else ""
    whom = f"{counted(len(failing), 'school')}: {told}{more}"
    return f"`{requirement.name}` does not hold for {whom}"


def _read(requirement: Calculation, evaluation: Evaluation, index: int) -> str:
    """What the condition reads of a school or of the system, by name."""
    units = evaluation.schools if requirement.level is Level.SCHOOL else evaluation.system
    plan = evaluation.plan
    names = dict.fromkeys(names_outside_aggregates(requirement.tree))
    return ", ".join(
        f"{name} {value_shown(value_at(units.read(name), index))}"
        for name in names
        if name not in plan.parameters or not plan.parameters[name].keys
    )


def value_shown(value: Value | None) -> str:
    """A value as messages show it."""
    if value is None:
        return "÷ 0"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_to_text(value) if isinstance(value, Fraction) else str(value)
