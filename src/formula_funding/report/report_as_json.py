"""A roster's report as JSON. Values of students stand in it only where a person asked for them."""

from __future__ import annotations

import json
from typing import Any

from formula_funding.diagnostics.problem import SHOWN, Place, Problem
from formula_funding.report.checks import CheckResult, Outcome
from formula_funding.report.roster_report import RosterReport

FORMAT = 1


def report_as_json(report: RosterReport, *, show_values: bool) -> str:
    """The report as text; the same report gives the same bytes."""
    failed = bool(report.having(Outcome.FAIL))
    content = {
        "report": "roster check",
        "format": FORMAT,
        "rulebook": report.rulebook,
        "outcome": Outcome.FAIL.value if failed else Outcome.PASS.value,
        "files": [
            {
                "file": file.name,
                "units": file.units,
                "rows": file.rows,
                "read_to_the_end": file.is_whole,
            }
            for file in report.files
        ],
        "register": {"file": report.register, "schools": report.schools},
        "checks": [_check(result, show_values) for result in report.results],
        "not_in_register": [
            {"id": school, "students": students}
            for school, students in report.unknown_schools.items()
        ],
        "without_students": list(report.without_students),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _check(result: CheckResult, show_values: bool) -> dict[str, Any]:
    return {
        "name": result.check.name,
        "claim": result.check.claim,
        "outcome": result.outcome.value,
        "not_evaluated": list(result.not_evaluated),
        "findings": [_finding(problem, show_values) for problem in result.findings],
    }


def _finding(problem: Problem, show_values: bool) -> dict[str, Any]:
    places = [problem.place, *problem.more_places] if problem.place else []
    found: dict[str, Any] = {"different_values": problem.different or None}
    if show_values:
        found["values"] = [{"value": text, "times": n} for text, n in problem.texts]
    return {
        "code": problem.code.id,
        "severity": problem.code.severity.value,
        "title": problem.code.title,
        "message": problem.message,
        "expected": problem.expected,
        "found": found,
        "times": problem.count,
        "places": [_place(place) for place in places[:SHOWN]],
        "hint": problem.hint,
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "sheet": place.sheet or None,
        "line": place.line or None,
        "column": place.column or None,
        "cell": place.cell,
        "earlier": _place(place.earlier) if place.earlier else None,
    }
