"""An audit as a JSON document: every number as text, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from formula_funding.analysis.cliffs import Cliff, without_repetitions
from formula_funding.analysis.exceptions import ToldApart
from formula_funding.audit.audit import Audit
from formula_funding.audit.equity import Figure
from formula_funding.diagnostics.acceptance import accepted_as_json
from formula_funding.exact.number_text import number_to_text
from formula_funding.model.plan import Value


def audit_document(audit: Audit) -> dict[str, Any]:
    """The audit as plain maps and lists. Fractions are written `7/41`; what is not is null."""
    plan = audit.plan
    return {
        "rulebook": plan.rulebook,
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        **plan.paid_in.as_json(),
        "accepted": accepted_as_json(audit.accepted),
        "passed": audit.is_passed,
        "neutrality": {
            "protected": list(audit.statuses),
            "lines": [
                {"line": read.line, "reads": list(read.attributes), "way": list(read.way)}
                for read in audit.reads
            ],
            "exchanges": [
                {
                    "attribute": exchange.attribute,
                    "all_are": _text(exchange.value),
                    "schools_moved": exchange.schools_moved,
                    "moved": _text(exchange.moved),
                    "largest": _text(exchange.largest),
                }
                for exchange in audit.exchanges
            ],
            "money_by_status": [
                {
                    "attribute": entry.attribute,
                    "value": _text(entry.value),
                    "schools": entry.schools,
                    "students": entry.students,
                    "weighted_students": _text(entry.weighted_students),
                    "money": _text(entry.money),
                    "per_weighted_student": _text(entry.per_weighted_student),
                }
                for entry in audit.by_status
            ],
            "unequal": list(audit.unequal),
        },
        "exceptions": [_exception(exception) for exception in audit.exceptions],
        "cliffs": {
            "counted": list(audit.cliffs.counted),
            "up_to": audit.cliffs.up_to,
            "complete": audit.cliffs.is_complete,
            "not_searched": list(audit.cliffs.unsearched),
            "found": [_cliff(cliff) for cliff in without_repetitions(audit.cliffs.cliffs)],
        },
        "one_more_student": {
            "tried": audit.one_more.tried,
            "complete": audit.one_more.is_complete,
            "losses": [
                {
                    "school": loss.school,
                    "kind": {name: _text(value) for name, value in loss.kind.items()},
                    "loss": number_to_text(loss.loss),
                }
                for loss in audit.one_more.losses
            ],
        },
        "equity": [_figure(figure) for figure in audit.equity],
        "equity_need_weighted": [_figure(figure) for figure in audit.need_weighted],
        "wealth_neutrality": [_figure(figure) for figure in audit.wealth],
    }


def _text(value: Value | None) -> str | None:
    return (
        number_to_text(value)
        if isinstance(value, Fraction)
        else (None if value is None else str(value))
    )


def _exception(exception: ToldApart) -> dict[str, Any]:
    return {
        "sort": exception.sort.value,
        "name": exception.name,
        "by": list(exception.by),
        "values": {", ".join(key): number_to_text(v) for key, v in exception.values.items()},
        "read_by": list(exception.read_by),
        "sources": list(exception.sources),
        "place": str(exception.place),
    }


def _cliff(cliff: Cliff) -> dict[str, Any]:
    return {
        "counted": cliff.counted,
        "before": cliff.before,
        "school": {name: _text(value) for name, value in cliff.school.items()},
        "loss": number_to_text(cliff.loss),
        "lines": {name: number_to_text(change) for name, change in cliff.lines.items()},
        "regained_at": cliff.regained_at,
        "place": str(cliff.place),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "formula": figure.formula,
        "value": _text(figure.value),
        "exact": figure.exact,
    }
