"""Verifies by the judge's own arithmetic what was solved for: the figure, and the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from formula_funding.exact.solving import is_proof
from formula_funding.judge.evaluate import NoSuchNumberError
from formula_funding.judge.student_by_student import sums_student_by_student
from formula_funding.model.plan import Parameter, Plan
from formula_funding.model.register import Register
from formula_funding.read.roster_rows import RosterRow


def wrongly_found(
    plan: Plan, rows: Mapping[str, Iterable[RosterRow]], register: Register
) -> list[str]:
    """The names of the figures whose proof does not hold, student by student."""
    known = {units: list(found) for units, found in rows.items()}
    return [p.name for p in plan.solved if not _holds(plan, p, known, register)]


def _holds(
    plan: Plan, parameter: Parameter, rows: Mapping[str, list[RosterRow]], register: Register
) -> bool:
    goal, found = parameter.goal, parameter.found
    if goal is None or found is None or not is_proof(goal, found):
        return False

    def sums(value: Fraction) -> list[Fraction]:
        tried = plan.with_value(parameter.name, value)
        return sums_student_by_student(tried, rows, register, [goal.total, goal.target])

    try:
        if sums(found.value) != [found.total, found.target]:
            return False
        return found.beyond is None or sums(found.beyond) == [found.total_beyond, found.target]
    except NoSuchNumberError:
        return False
