"""Rulebooks, scenarios and projections as JSON Schemas, by which editors complete and check them.

They are made from the fields in `rulebook.py`, `scenario.py` and `projection.py`. An editor sees
YAML's own numbers and truths where the program reads text, and the shorthands as they are
written: both are let in here.
"""

from __future__ import annotations

from typing import Any, get_args

from formula_funding.rules.projection import Projection
from formula_funding.rules.rulebook import AttributeKind, Rulebook
from formula_funding.rules.scenario import Scenario

Schema = dict[str, Any]

_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_DATE: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_PERIOD: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}\.\.\d{4}-\d{2}$"}
_EXACT: Schema = {
    "type": ["number", "string"],
    "pattern": r"^[+-]?[0-9]+(_[0-9]+)*(\.[0-9]+)?$",
}
_FIGURE: Schema = {
    "description": "160_300, 0.5; a ratio also as 22.35% or 11/15.",
    "type": ["number", "string"],
    "pattern": r"^[+-]?[0-9][0-9_]*(\.[0-9]+)? ?%?$|^[+-]?[0-9][0-9_]*/[0-9][0-9_]*$",
}
_RANGE: Schema = {
    "description": "1..11, 0.. or ..5",
    "type": "string",
    "pattern": r"^(-?[0-9][0-9_.]*?)?\.\.<?(-?[0-9][0-9_.]*)?$",
}
_SECTIONS = {
    "based_on": "Another rulebook, of which this one is a set of changes: ../2010/rulebook.yaml.",
    "without": "What is removed from that rulebook: [lines.small_school, parameters.old].",
    "rulebook": "The name of the rulebook.",
    "title": "What readers see: a text, or {en: …, ru: …}.",
    "version": "The edition of the rulebook.",
    "currency": "The code of the currency, such as RUB.",
    "points": "What lines give instead of money, as readers call it: {en: points, ru: баллы}.",
    "as_of": "The date of a run without --as-of; by default the latest date of the figures.",
    "legacy": "The reason to keep a scheme that reads protected attributes, for comparison only.",
    "monotone": "Proves that no student lowers the total of a school and each can raise it.",
    "sources": "Acts and pages from which the figures are taken.",
    "rounding": "How lines are rounded unless they say otherwise.",
    "students": "The attributes that the roster gives of each student.",
    "schools": "The attributes that the register gives of each school.",
    "counting": "What becomes of a student who stands in several rows of the roster.",
    "tables": "What is counted beside students: classes, rooms, events, each in its own file.",
    "define": "Derived attributes: bands, or a formula.",
    "parameters": "The figures of the regulation, by key and date.",
    "steps": "Named numbers on the way: shown, not paid.",
    "lines": "What is paid.",
    "payment": "In what instalments a school's total is paid.",
    "require": "Conditions on the data that the regulation presumes.",
    "examples": "Schools whose amounts are known; `funding test` runs them.",
}


def rulebook_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of rulebooks, whole or based on another one."""
    schema: Schema = _as_yaml(Rulebook.model_json_schema(by_alias=True))
    forms = schema["$defs"]
    forms["Figures"] = {
        "anyOf": [
            _FIGURE,
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/Figures"}},
        ]
    }
    several = {"type": "array", "items": _SCALAR}
    attribute = forms["Attribute"]["properties"]
    attribute["values"] = {"anyOf": [several, attribute["values"]]}
    bands = forms["Definition"]["properties"]["bands"]
    held = {"anyOf": [_SCALAR, several]}
    by_date = {"type": "object", "additionalProperties": held}
    bands["additionalProperties"] = {"anyOf": [*held["anyOf"], by_date]}
    parameter = forms["Parameter"]["properties"]
    parameter["by"] = {"anyOf": [_SCALAR, several]}
    parameter["value"] = _FIGURE
    parameter["printed"] = {"$ref": "#/$defs/Figures"}
    parameter["values"] = {"$ref": "#/$defs/Figures"}
    shares = forms["Payment"]["properties"]["instalments"]
    forms["Payment"]["properties"]["instalments"] = {"anyOf": [_SCALAR, shares]}
    shares["additionalProperties"] = _FIGURE
    forms["Span"] = _RANGE
    forms["Period"] = _PERIOD
    for form, shorthands in {
        "Title": [_SCALAR],
        "Attribute": [{"enum": list(get_args(AttributeKind))}, _RANGE, several],
        "Definition": [_SCALAR],
        "Step": [_SCALAR],
        "Requirement": [_SCALAR],
        "Parameter": [_FIGURE],
        "RoundingRule": [_EXACT],
        "Base": [_SCALAR],
    }.items():
        forms[form] = {"anyOf": [*shorthands, forms[form]]}
    for name, told in _SECTIONS.items():
        schema["properties"][name]["description"] = told
    del schema["$defs"]
    forms["Whole"] = schema
    forms |= {_PARTIAL + name: _partial(form) for name, form in forms.items()}
    forms[_PARTIAL + "Whole"]["required"] = ["rulebook", "title"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A rulebook of Formula Funding",
        "$defs": forms,
        "if": {"required": ["based_on"]},
        "then": {"$ref": f"#/$defs/{_PARTIAL}Whole"},
        "else": {"$ref": "#/$defs/Whole"},
    }


_OF_SCENARIOS = {
    "scenario": "The name of the scenario.",
    "title": "What readers see: a text, or {en: …, ru: …}.",
    "rulebook": "Another rulebook, named from this file: ../2010/rulebook.yaml.",
    "as_of": "The date of the figures, or a period of months: 2024-09..2025-08.",
    "crosswalk": "How the attributes of that rulebook come from ours.",
    "rules": "Changes laid over the rulebook: lines, parameters, definitions; `without` removes.",
    "set": "Figures by name: norm[primary]: 170_000, norm: +5%, or a whole table.",
    "budget": "A fixed sum to which all lines of all schools are scaled.",
    "open": "Schools that do not exist yet.",
    "merge": "Schools that become one.",
    "close": "Schools that cease, and where their students go.",
    "move": "Students who change school.",
    "grow": "More or fewer students.",
}


def scenario_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of scenarios."""
    schema: Schema = _as_yaml(Scenario.model_json_schema(by_alias=True))
    forms = schema.pop("$defs")
    forms["Figures"] = {
        "anyOf": [
            {**_FIGURE, "pattern": _FIGURE["pattern"] + r"|^[+-][0-9][0-9_.]* ?%$"},
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/Figures"}},
        ],
        "description": "170_000, +5%, or a whole table by its keys.",
    }
    schema["properties"]["set"]["additionalProperties"] = {"$ref": "#/$defs/Figures"}
    shares = {"type": "object", "additionalProperties": _FIGURE}
    forms["Period"] = _PERIOD
    forms["Closure"]["properties"]["to"] = {"anyOf": [_SCALAR, shares]}
    forms["Title"] = {"anyOf": [_SCALAR, forms["Title"]]}
    partial = rulebook_schema()["$defs"]
    forms |= {name: form for name, form in partial.items() if name.startswith(_PARTIAL)}
    whole = forms.pop(_PARTIAL + "Whole")
    forms["Rules"] = {word: rule for word, rule in whole.items() if word != "required"}
    schema["properties"]["rules"] = {"$ref": "#/$defs/Rules"}
    for name, told in _OF_SCENARIOS.items():
        schema["properties"][name]["description"] = told
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A scenario of Formula Funding",
        "description": "What would be otherwise than in a rulebook and a roster.",
        "$defs": forms,
    }


_OF_PROJECTIONS = {
    "projection": "The name of the projection.",
    "title": "What readers see: a text, or {en: …, ru: …}.",
    "ladder": "The attribute of students that rises a step a year.",
    "order": "Its values from the first to the last, by default as declared.",
    "retention": "Which share of each value's students stands one step higher a year later.",
    "intake": "How many enter the first value, by calendar year: 4_200, or +1.5%.",
    "indexation": "Parameters that rise every year without a newer figure: norm: +4%.",
}


def projection_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of projections."""
    schema: Schema = _as_yaml(Projection.model_json_schema(by_alias=True))
    forms = schema.pop("$defs")
    forms["Title"] = {"anyOf": [_SCALAR, forms["Title"]]}
    change = {**_FIGURE, "pattern": _FIGURE["pattern"] + r"|^[+-][0-9][0-9_.]* ?%$"}
    for name in ("retention", "intake"):
        by_name = {"type": "object", "additionalProperties": change}
        schema["properties"][name] = {"anyOf": [change, by_name]}
    for name, told in _OF_PROJECTIONS.items():
        schema["properties"][name]["description"] = told
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A projection of Formula Funding",
        "description": "How students go on from year to year.",
        "$defs": forms,
    }


_PARTIAL = "ChangesOf"
_REFERENCE = "#/$defs/"


def _partial(schema: Any) -> Any:
    """The same form for a set of changes, which states only what differs: nothing is required."""
    if isinstance(schema, list):
        return [_partial(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        keyword: _REFERENCE + _PARTIAL + inner.removeprefix(_REFERENCE)
        if keyword == "$ref"
        else _partial(inner)
        for keyword, inner in schema.items()
        if keyword != "required"
    }


def _as_yaml(schema: Schema) -> Schema:
    """A schema that takes YAML's scalars; without the titles that pydantic makes of names."""
    if schema.get("format") == "date":
        return dict(_DATE)
    if schema.get("type") == "string" and "enum" not in schema:
        return dict(_SCALAR)
    made: Schema = {}
    for keyword, value in schema.items():
        if keyword in {"properties", "$defs"}:
            made[keyword] = {name: _as_yaml(inner) for name, inner in value.items()}
        elif keyword == "anyOf":
            exact = {"type": "string", "format": "fraction"}
            inner = [part for part in value if part != exact]
            made[keyword] = [_as_yaml(part) for part in inner]
            if exact in value:
                made[keyword] = [
                    _EXACT if part == {"type": "number"} else part for part in made[keyword]
                ]
        elif isinstance(value, dict) and keyword in {"items", "additionalProperties"}:
            made[keyword] = _as_yaml(value)
        elif keyword not in {"title", "default"}:
            made[keyword] = value
    return made
