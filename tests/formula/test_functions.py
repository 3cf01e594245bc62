"""Every function's documented example holds, in both ways of computing."""

from __future__ import annotations

from pathlib import Path

import pytest

from formula_funding import compute
from formula_funding.formula.aggregates import AGGREGATES
from formula_funding.formula.functions import FUNCTIONS

EXAMPLES = {name: function.example for name, function in FUNCTIONS.items()}
RULEBOOK = """\
rulebook: examples
title: Examples
currency: RUB
parameters:
  one: {{kind: money, value: 1}}
steps:
  example: {formula}
lines:
  base: {{title: Base, for: each school, amount: one * example, rounding: 0.0001}}
"""


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_function_holds(name: str, tmp_path: Path) -> None:
    """`round(2.345, 2) = 2.35` is true of the columns and of the judge, who must agree."""
    formula, _, result = EXAMPLES[name].rpartition(" = ")
    assert formula.startswith(f"{name}(")
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK.format(formula=formula))
    (tmp_path / "schools.csv").write_text("school_id\n1\n")
    computed = compute(tmp_path / "rulebook.yaml", tmp_path / "schools.csv", engine="plain")
    step = computed.document["explanation"]["system"][0]
    assert (step["name"], step["value"]) == ("example", result)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_signature_of_a_function_says_how_to_write_it(name: str) -> None:
    """What a message shows as the way to write a function begins with its name."""
    assert FUNCTIONS[name].signature.startswith(f"{name}(")
    assert FUNCTIONS[name].purpose.endswith(".")


@pytest.mark.parametrize("name", AGGREGATES)
def test_the_signature_of_an_aggregate_says_how_to_write_it(name: str) -> None:
    """The same for aggregates."""
    assert AGGREGATES[name].signature.startswith(f"{name}(")
    assert AGGREGATES[name].purpose.endswith(".")
