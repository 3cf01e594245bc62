"""The examples of docs/scenarios.md: each is run, fits the schema, and gives what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from formula_funding.exact.number_text import units_text
from formula_funding.language.numbers import localised
from formula_funding.rules.scenario import Scenario
from formula_funding.rules.schema import scenario_schema
from formula_funding.whatif import compare
from tests.cli import test_schema
from tests.docs.documents import PROJECT, blocks
from tests.scenario.test_compare import CITY

DOCUMENT = PROJECT / "docs" / "scenarios.md"
EXAMPLES = blocks(DOCUMENT, "yaml")
SAMPLES = sorted((PROJECT / "sample_data" / "what_if").glob("*.yaml"))
SCENARIOS = [p.read_text("utf-8") for p in SAMPLES if "\nscenario: " in p.read_text("utf-8")]


def _name(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("scenario:"))


@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_an_example_gives_the_total_that_it_says(example: str, tmp_path: Path) -> None:
    for folder in ("rules", "sample_data"):
        (tmp_path / folder).symlink_to(PROJECT / folder)
    (tmp_path / "docs").mkdir()
    file = tmp_path / "docs" / "scenario.yaml"
    file.write_text(example, encoding="utf-8")
    compared = compare(CITY, file)
    totals = (sum(getattr(d, side) for d in compared.differences) for side in ("before", "after"))
    told = (localised(units_text(total, compared.places), "en") for total in totals)
    assert example.splitlines()[0] == "# " + " → ".join(told)


@pytest.mark.parametrize("text", [*EXAMPLES, *SCENARIOS], ids=_name)
def test_a_scenario_fits_its_schema(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_schema, "SCHEMA", scenario_schema())
    for version in ((1, 1), (1, 2)):
        assert test_schema.fits(test_schema.seen(text, version), scenario_schema())


@pytest.mark.parametrize(
    "wrong",
    [
        "scenario: a\ntitle: A\ncolour: red\n",
        "scenario: a\nset: {norm: +5%}\n",
        "scenario: a\ntitle: A\nset: {norm: five}\n",
        "scenario: a\ntitle: A\nmove: [{to: x}]\n",
        "scenario: a\ntitle: A\nrules: {lines: {base: {amuont: 1}}}\n",
        "scenario: a\ntitle: A\ngrow: [{by: +5%, schools: []}]\n",
    ],
)
def test_a_slip_does_not_fit_the_schema(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_schema, "SCHEMA", scenario_schema())
    assert not test_schema.fits(test_schema.seen(wrong, (1, 2)), scenario_schema())


def test_every_field_is_told() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    fields: set[str] = set()
    models: list[Any] = [Scenario]
    while models:
        model = models.pop()
        for name, field in model.model_fields.items():
            fields.add(field.alias or name)
            models += [m for m in _models_within(field.annotation) if m.__name__ != "Title"]
    assert {field for field in fields if f"`{field}`" not in text} == set()


def _models_within(annotation: Any) -> list[Any]:
    if hasattr(annotation, "model_fields"):
        return [annotation]
    return [m for inner in getattr(annotation, "__args__", ()) for m in _models_within(inner)]
