"""Which findings an officer may overrule, by code and with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Accepted, Problems


def check_acceptable(reasons: Mapping[str, str], problems: Problems) -> None:
    """Stop if a code can't be accepted or a reason is empty."""
    acceptable = [code.id for code in codes.CODES.values() if code.accepting is not None]
    for code, reason in reasons.items():
        if code not in acceptable:
            title = f" ({codes.CODES[code].title})" if code in codes.CODES else ""
            problems.add(
                codes.CANT_ACCEPT,
                f"{code}{title} can't be accepted",
                hint=f"these can: {', '.join(acceptable)}; correct everything else in the files",
            )
        elif not reason.strip():
            problems.add(codes.CANT_ACCEPT, f"{code} is accepted without a reason")
    problems.stop_if_errors()


def warn_of_idle_acceptances(reasons: Mapping[str, str], problems: Problems) -> None:
    """Warn of accepted codes of which the run has no finding."""
    found = {accepted.problem.code.id for accepted in problems.accepted}
    for code in reasons:
        if code not in found:
            problems.add(
                codes.NOTHING_ACCEPTED, f"{code} is accepted, but there is no such finding"
            )


def accepted_as_json(accepted: Iterable[Accepted]) -> list[dict[str, Any]]:
    """The findings that an officer overruled, as every JSON document tells them."""
    return [
        {
            "code": one.problem.code.id,
            "title": one.problem.code.title,
            "message": one.problem.message,
            "times": one.problem.count,
            "place": str(one.problem.place) if one.problem.place else None,
            "reason": one.reason,
        }
        for one in accepted
    ]
