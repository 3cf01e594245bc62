"""What schools get by some lines together, in the allocation and in trials beside it."""

from __future__ import annotations

from collections.abc import Sequence

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.diagnostics.problem import Problems
from formula_funding.exact.column import Column, whole_numbers
from formula_funding.model.counts import Counts
from formula_funding.model.plan import Plan
from formula_funding.model.register import Register


def totals(evaluation: Evaluation, lines: Sequence[str]) -> Column:
    """The rounded amounts of some lines together, for each school."""
    total = whole_numbers([0] * len(evaluation.register.ids))
    for name in lines:
        total += evaluation.line(name)
    return total


def totals_tried(
    plan: Plan, counts: Counts, register: Register, lines: Sequence[str], problems: Problems
) -> Column:
    """As `totals`, of an evaluation that nobody needs afterwards."""
    return totals(Evaluation(plan, counts, register, problems), lines)
