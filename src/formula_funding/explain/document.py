"""The explanation document: JSON from which every amount can be computed again.

Amounts and rates are decimal texts, numbers of rows and students whole numbers. The document
carries the method (parameters in force, formulas as trees, bands, roundings, sources and places)
and, for each school, its facts, its groups of students and every step.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from formula_funding.diagnostics.problem import InvariantBrokenError
from formula_funding.exact.number_text import fixed_text, number_to_text, units_text
from formula_funding.exact.rounding import Rounding
from formula_funding.exact.solving import Found, Goal
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.explain.ledger_as_json import json_from_ledger
from formula_funding.explain.values_as_json import text_of, values_as_json
from formula_funding.formula.tree_as_json import json_from_tree
from formula_funding.model.allocation import Allocation
from formula_funding.model.explanation import (
    ExplainedAggregate,
    ExplainedLine,
    ExplainedSchool,
    ExplainedStep,
)
from formula_funding.model.plan import Banding, Calculation, Line, Parameter, Payment, Plan
from formula_funding.model.progress import Progress, no_progress
from formula_funding.rules.fields import Title

Json = dict[str, Any]
FORMAT = 1
_NOTHING_SHARED = "0 / 0 counts as 0"
_END = "]\n }\n}"
"""What follows the explained schools in the readable content."""


def document(allocation: Allocation, explainer: Explainer) -> Json:
    """The whole result of a run with its explanation and fingerprint."""
    content = _without_explained_schools(allocation, explainer)
    content["explanation"]["schools"] += _explained_schools(allocation, explainer)
    return content | {"fingerprint": fingerprint(content)}


def document_text(
    allocation: Allocation, explainer: Explainer, progress: Progress = no_progress
) -> Iterator[str]:
    """The text of `document`, part by part: no two schools' explanations are held at once.

    The explained schools end the content, and in its canonical writing they are the first list of
    the name; within a text the quotation marks of a name would be escaped.
    """
    content = _without_explained_schools(allocation, explainer)
    yield _without_end(_readable(content))
    before, opening, after = _canonical(content).partition('"schools":[')
    digest = hashlib.sha256((before + opening).encode())
    comma = ""
    schools = len(allocation.register.ids)
    for number, school in enumerate(_explained_schools(allocation, explainer), start=1):
        progress("", number, schools)
        digest.update((comma + _canonical(school)).encode())
        yield f"{comma}\n   " + _readable(school).replace("\n", "\n   ")
        comma = ","
    digest.update(after.encode())
    end = "\n  ]" if comma else "]"
    yield f'{end}\n }},\n "fingerprint": "{digest.hexdigest()}"\n}}\n'


def _without_end(text: str) -> str:
    """A readable content up to where its first explained school will stand.

    Raises InvariantBrokenError if the list of explained schools does not end the content.
    """
    if not text.endswith('"schools": [' + _END):
        raise InvariantBrokenError("the explained schools do not end the document")
    return text.removesuffix(_END)


def _without_explained_schools(allocation: Allocation, explainer: Explainer) -> Json:
    plan, register = allocation.plan, allocation.register
    totals = allocation.school_totals
    return {
        "rulebook": plan.rulebook,
        "version": plan.version,
        **plan.paid_in.as_json(),
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "period": str(plan.period) if plan.period else None,
        "legacy": _title(plan.legacy),
        "total": units_text(allocation.total, plan.places),
        "schools": [
            {
                "id": school,
                "name": register.names[i],
                "total": units_text(totals[i], plan.places),
                "lines": [
                    {"id": name, "amount": units_text(amounts[i], plan.places)}
                    for name, amounts in allocation.lines.items()
                ],
            }
            for i, school in enumerate(register.ids)
        ],
        "ledger": json_from_ledger(allocation),
        "explanation": {
            "format": FORMAT,
            "method": _method(plan),
            "system": [_step(step) for step in explainer.system],
            "schools": [],
        },
    }


def _explained_schools(allocation: Allocation, explainer: Explainer) -> Iterator[Json]:
    for number in range(len(allocation.register.ids)):
        yield _school(explainer.school(number), allocation.plan)


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content in a canonical writing: it changes with any digit."""
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _readable(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)


def _title(title: Title | None) -> Json | None:
    return None if title is None else title.as_json()


# the method


def _method(plan: Plan) -> Json:
    return {
        "title": _title(plan.title),
        "sources": {
            name: {
                "title": _title(source.title),
                "published": source.published.isoformat() if source.published else None,
                "page": source.page,
                "url": source.url,
                "note": _title(source.note),
            }
            for name, source in plan.sources.items()
        },
        "attributes": [
            {
                "name": attribute.name,
                "level": attribute.level.name.lower(),
                "kind": attribute.kind.value,
                "title": _title(attribute.title),
                "values": {v: _title(title) for v, title in attribute.values.items() if title},
            }
            for attribute in plan.attributes.values()
        ],
        "parameters": [_parameter(parameter) for parameter in plan.parameters.values()],
        "items": [
            _line_method(item)
            if isinstance(item, Line)
            else (_banding(item) if isinstance(item, Banding) else _calculation(item))
            for item in plan.items
        ],
        "counting": {
            "same_student": plan.counting.same_student.value,
            "main": plan.counting.main,
            "fte": plan.counting.fte,
            "count_date": plan.counting.count_date,
        },
        "places": plan.places,
        "payment": _payment(plan.payment) if plan.payment else None,
    }


def _payment(payment: Payment) -> Json:
    return {
        "instalments": [
            {"name": name, "share": number_to_text(share)} for name, share in payment.shares.items()
        ],
        "rounding": _rounding(payment.rounding),
        "remainder": payment.remainder.value,
        "place": str(payment.place),
    }


def _rounding(rounding: Rounding) -> Json:
    return {"to": number_to_text(rounding.unit), "mode": rounding.mode.value}


def _parameter(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "title": _title(parameter.title),
        "kind": parameter.kind.value,
        "unit": _title(parameter.unit),
        "by": list(parameter.keys),
        "values": [
            {"key": list(key), "value": number_to_text(value)}
            for key, value in parameter.values.items()
        ],
        "in_force_from": parameter.since.isoformat() if parameter.since else None,
        "source": parameter.source,
        "place": str(parameter.place),
        **({"sources_by_key": dict(parameter.sources)} if parameter.sources else {}),
        **({"solved": _solved(parameter.goal, parameter.found)} if parameter.goal else {}),
    }


def _solved(goal: Goal, found: Found | None) -> Json:
    """What was asked for and what was found, with its proof: the sum one unit on."""
    assert found is not None
    return {
        "so_that": goal.total,
        goal.direction.value: goal.target,
        "between": [number_to_text(goal.low), number_to_text(goal.high)],
        "to": number_to_text(goal.unit),
        "value": number_to_text(found.value),
        "sum": number_to_text(found.total),
        "target": number_to_text(found.target),
        "remainder": number_to_text(found.remainder),
        "next": text_of(found.beyond),
        "sum_at_next": text_of(found.total_beyond),
        "goes_one_way": "proved" if goal.goes_one_way else f"tried at {found.tried} figures",
    }


def _banding(banding: Banding) -> Json:
    def end(number: Fraction | None) -> str | None:
        return None if number is None else number_to_text(number)

    return {
        "bands_of": banding.source,
        "name": banding.name,
        "level": banding.level.name.lower(),
        "title": _title(banding.title),
        "titles": {name: _title(title) for name, title in banding.titles.items()},
        "bands": [
            {
                "name": band.name,
                "value": band.value,
                "low": end(band.low),
                "high": end(band.high),
                "without_high": band.without_high,
            }
            for band in banding.bands
        ],
        "place": str(banding.place),
    }


def _calculation(calculation: Calculation) -> Json:
    return {
        "calculation": calculation.role.value,
        "name": calculation.name,
        "level": calculation.level.name.lower(),
        "kind": calculation.kind.value,
        "title": _title(calculation.title),
        "formula": calculation.text,
        "tree": json_from_tree(calculation.tree),
        "source": calculation.source,
        "place": str(calculation.place),
    }


def _line_method(line: Line) -> Json:
    return {
        "line": line.name,
        "title": _title(line.title),
        "for": "each student" if line.per_student else "each school",
        "amount": line.amount_text,
        "amount_tree": json_from_tree(line.amount),
        "when": line.when_text,
        "when_tree": json_from_tree(line.when) if line.when is not None else None,
        "rounding": _rounding(line.rounding),
        "codes": dict(line.codes),
        "in_force_from": line.from_.isoformat() if line.from_ else None,
        "in_force_until": line.until.isoformat() if line.until else None,
        "source": line.source,
        "place": str(line.place),
    }


# schools


def _school(school: ExplainedSchool, plan: Plan) -> Json:
    paid = plan.payment.of(Fraction(school.total, 10**plan.places)) if plan.payment else {}
    return {
        "id": school.id,
        "name": school.name,
        "facts": values_as_json(school.facts),
        "aggregates": [_aggregate(aggregate) for aggregate in school.aggregates],
        "steps": [_step(step) for step in school.steps],
        "lines": [_line(line, plan) for line in school.lines],
        "total": units_text(school.total, plan.places),
        "instalments": [
            {"name": name, "amount": fixed_text(amount, plan.places)}
            for name, amount in paid.items()
        ],
    }


def _aggregate(explained: ExplainedAggregate) -> Json:
    return {
        "tree": json_from_tree(explained.aggregate),
        "groups": [
            {"values": values_as_json(group.values), "students": group.students}
            for group in explained.groups
        ],
        "value": text_of(explained.value),
    }


def _step(step: ExplainedStep) -> Json:
    found: Json = {"name": step.calculation.name, "value": text_of(step.value)}
    if step.nothing_shared:
        found["note"] = _NOTHING_SHARED
    return found


def _line(explained: ExplainedLine, plan: Plan) -> Json:
    found: Json = {"id": explained.line.name}
    if explained.line.per_student:
        found["groups"] = [
            {
                "values": values_as_json(group.values),
                "students": group.students,
                "rate": number_to_text(group.rate),
                "amount": number_to_text(group.amount),
            }
            for group in explained.groups
        ]
    found["unrounded"] = number_to_text(explained.unrounded)
    found["amount"] = units_text(explained.amount, plan.places)
    if explained.zero_reason is not None:
        found["zero_because"] = explained.zero_reason.value
    if explained.nothing_shared:
        found["note"] = _NOTHING_SHARED
    return found
