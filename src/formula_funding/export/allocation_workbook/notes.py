"""What every sheet says of an allocation that is not as any other."""

from __future__ import annotations

from formula_funding.language.labels import Labels
from formula_funding.model.allocation import Allocation


def notes(allocation: Allocation, labels: Labels) -> str:
    """That the scheme is a former one, and what an officer accepted and why; empty if neither."""
    plan, words = allocation.plan, labels.words
    told = [f"{words('legacy')}: {plan.legacy.in_language(labels.language)}"] if plan.legacy else []
    told += [
        f"{words('accepted')} {accepted.problem.code.id}: {accepted.reason}"
        for accepted in allocation.ledger.accepted
    ]
    return "; ".join(told)
