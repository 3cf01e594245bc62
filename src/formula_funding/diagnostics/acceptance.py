"""Which findings an officer may overrule, by code and with a reason."""

from __future__ import annotations

from collections.abc import Mapping

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems


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
