"""`funding schema`: the form of rulebooks, for editors."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from formula_funding.rules.schema import rulebook_schema
from tests.conftest import Funding

PROJECT = Path(__file__).parents[2]
STARTER = PROJECT / "src" / "formula_funding" / "starter"
RULEBOOKS = sorted((PROJECT / "rules").rglob("rulebook.yaml")) + sorted(STARTER.glob("*.yaml"))
GOOD = sorted((PROJECT / "tests" / "cases" / "good").rglob("rulebook.yaml"))
TELLING = {"$schema", "$defs", "title", "description", "format", "then", "else"}
SCHEMA = rulebook_schema()
BASE = "rulebook: b\ntitle: B\ncurrency: RUB\nlines: {a: {title: A, for: each school, amount: 0}}\n"


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value fits a schema. Raises AssertionError for a keyword that it does not know."""
    return all(_keyword(word, rule, value, schema) for word, rule in schema.items())


def _keyword(word: str, rule: Any, value: Any, schema: dict[str, Any]) -> bool:
    match word:
        case "type":
            return _type(value) in ([rule] if isinstance(rule, str) else rule)
        case "$ref":
            return fits(value, SCHEMA["$defs"][rule.removeprefix("#/$defs/")])
        case "if":
            return fits(value, schema["then" if fits(value, rule) else "else"])
        case "anyOf":
            return any(fits(value, choice) for choice in rule)
        case "enum":
            return value in rule
        case "minLength":
            return not isinstance(value, str) or len(value) >= rule
        case "minItems":
            return not isinstance(value, list) or len(value) >= rule
        case "pattern":
            return not isinstance(value, str) or re.search(rule, value) is not None
        case "items":
            return not isinstance(value, list) or all(fits(item, rule) for item in value)
        case "required":
            return not isinstance(value, dict) or set(rule) <= set(value)
        case "properties":
            known = value.items() if isinstance(value, dict) else ()
            return all(fits(inner, rule[key]) for key, inner in known if key in rule)
        case "additionalProperties":
            known = value.items() if isinstance(value, dict) else ()
            others = [inner for key, inner in known if key not in schema.get("properties", {})]
            return all(rule if isinstance(rule, bool) else fits(v, rule) for v in others)
    assert word in TELLING, f"the test does not know the keyword {word}"
    return True


def _type(value: Any) -> str:
    names = {bool: "boolean", str: "string", list: "array", dict: "object", type(None): "null"}
    return names.get(type(value), "number")


def _as_json(value: Any) -> Any:
    """What an editor sees of YAML: numbers and truths as such, dates and keys as text."""
    if isinstance(value, dict):
        return {str(_as_json(key)): _as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def seen(text: str, version: tuple[int, int]) -> Any:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = version
    return _as_json(yaml.load(text))


@pytest.mark.parametrize("version", [(1, 1), (1, 2)], ids=["yaml-1.1", "yaml-1.2"])
@pytest.mark.parametrize(
    "rulebook", RULEBOOKS + GOOD, ids=lambda p: p.relative_to(PROJECT).as_posix()
)
def test_every_sound_rulebook_fits_the_schema(rulebook: Path, version: tuple[int, int]) -> None:
    """An editor marks nothing in a rulebook that passes the check, whichever YAML it speaks."""
    assert fits(seen(rulebook.read_text(encoding="utf-8"), version), SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        "students: {grade: 1..11, sex: [f, m], fte: {range: 0..1}, away: truth}",
        "schools: {area: {kind: number, if_empty: 0}, level: {values: [1..9, 10]}}",
        "define: {twice: 2 * x, size: {from: x, bands: {a: 1, b: [2, 3..4], c: 5..}}}",
        "steps: {two: 2, three: two + 1, four: {formula: 4}}",
        "parameters: {a: 5728, b: 22.35%, c: 11/15, d: {value: 1_000}, e: {by: x, values: {y: 1}}}",
        "rounding: 100",
        "version: 2025\nas_of: 2025-01-01\nlegacy: Kept",
        "sources: {act: {title: {ru: Акт}, page: 12, published: 2024-08-06}}",
    ],
)
def test_shorthands_fit_the_schema_and_the_program(
    funding: Funding, tmp_path: Path, text: str
) -> None:
    """What the program takes as a field, an editor takes too."""
    (tmp_path / "book.yaml").write_text(BASE + text, encoding="utf-8")
    fields = {"R002", "R003", "R004"}
    assert not fields & {problem.code for problem in funding("check", "book.yaml").problems}
    assert fits(seen(BASE + text, (1, 2)), SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        "colour: red",
        "students: {grade: {kind: colour}}",
        "students: {grade: 1-11}",
        "schools: {x: {kind: number, rnage: 0..1}}",
        "parameters: {a: many}",
        "parameters: {a: {kind: money, valeu: 1}}",
        "define: {size: {from: x, bnads: {}}}",
        "steps: {a: {title: A}}",
        "rounding: {to: 1, mode: sideways}",
        "as_of: 01.09.2024",
        "examples: {a: {school: {}}}",
        "sources: {act: {page: 12}}",
    ],
)
def test_what_is_misspelt_does_not_fit(text: str) -> None:
    """An editor marks unknown fields, unknown words, missing fields and wrong figures."""
    assert fits(seen(BASE, (1, 2)), SCHEMA)
    assert not fits(seen(BASE + text, (1, 2)), SCHEMA)


def test_the_command_prints_the_schema_and_nothing_else(funding: Funding) -> None:
    """Standard output is JSON, of the draft that it names, and tells what each section is."""
    shown = json.loads(funding("schema").stdout)
    assert shown == SCHEMA
    assert shown["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    sections = shown["$defs"]["Whole"]["properties"].values()
    assert all("description" in section for section in sections)


@pytest.mark.parametrize("changes", ["lines: {base: {rounding: 100}}", "without: [lines.old]"])
def test_a_set_of_changes_states_only_what_differs(changes: str) -> None:
    named = "rulebook: b\ntitle: B\n"
    assert fits(seen(f"{named}based_on: a.yaml\n{changes}", (1, 2)), SCHEMA)
    assert not fits(seen(f"{named}{changes}", (1, 2)), SCHEMA)
    assert not fits(seen(f"based_on: a.yaml\n{changes}", (1, 2)), SCHEMA)
    assert not fits(seen(f"{named}based_on: a.yaml\nlines: {{base: {{fro: 1}}}}", (1, 2)), SCHEMA)
