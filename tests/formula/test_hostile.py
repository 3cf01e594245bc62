"""Hostile formulas are refused, with a code, and at once."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from formula_funding.formula.parse import MAX_DEPTH, MAX_LENGTH
from tests.conftest import Funding

HEAD = """\
rulebook: hostile
title: Hostile
currency: RUB
schools: {area: number, rooms: number}
parameters:
  one: {kind: money, value: 1}
"""
LINES = "lines:\n  base: {title: Base, for: each school, amount: one * last}\n"
PATIENCE = 5.0
"""Seconds; without its guards the program would need hours or die."""

FORMULAS = {
    "an import": "__import__('os').system('ls')",
    "an import as a name": "__import__",
    "an attribute": "area.real",
    "a method": "area.bit_length()",
    "a lambda": "lambda x: x",
    "a comprehension": "[x for x in area]",
    "an assignment": "area := 5",
    "a string": "'a' * 1000000000",
    "a format": "f'{area}'",
    "a template": "{{ area }}",
    "a macro": "=cmd|' /C calc'!A0",
    "a query": "1; DROP TABLE students",
    "a comment": "1 # 2",
    "two lines": "1\n2",
    "a null character": "area\x00",
    "a power tower": "9^9^9^9^9",
    "a huge exponent": "9^999999999",
    "powers of powers": "(" * 20 + "9^9" + ")^9" * 20,
    "a huge number": "9" * 1000,
    "a huge decimal": "0." + "9" * 1000,
    "scientific notation": "1e999999999",
    "a hexadecimal number": "0xFF",
    "infinity": "inf",
    "not a number": "nan",
    "digits of another script": "٣ * ٣",
    "full-width digits": "１２",
    "a superscript": "area²",
    "a multiplication sign": "area × 2",
    "a homoglyph": "аrea",
    "a zero-width space": "ar\u200bea",
    "text that runs backwards": "\u202earea",
    "a no-break space in a name": "ar\u00a0ea",
    "too long": "1" + " + 1" * MAX_LENGTH,
    "too deep": "(" * 3000 + "1" + ")" * 3000,
    "too deep minus": "-" * (MAX_DEPTH + 10) + "1",
    "too deep not": "if(" + "not " * (MAX_DEPTH + 10) + "1 = 1, 1, 2)",
    "too deep calls": "abs(" * 400 + "area" + ")" * 400,
    "unclosed": "(" * 500,
    "an endless range": "if(area in 1..99999999999999999999999, 1, 2)",
    "nothing": "' '",
}
ALLOWED = {"an endless range"}
"""Harmless, and done as quickly as the others are refused."""


@pytest.mark.parametrize("name", FORMULAS)
def test_a_hostile_formula_is_refused(name: str, funding: Funding, tmp_path: Path) -> None:
    """Whatever is written as a formula, the check ends at once with a code of a formula."""
    steps = f"steps:\n  last: {json.dumps(FORMULAS[name])}\n"
    (tmp_path / "rulebook.yaml").write_text(HEAD + steps + LINES, encoding="utf-8")
    began = time.monotonic()
    finished = funding("check", "rulebook.yaml")
    assert time.monotonic() - began < PATIENCE
    assert "Traceback" not in finished.stderr
    if name in ALLOWED:
        assert finished.exit_code == 0
        return
    assert finished.exit_code in (1, 3)
    assert finished.errors
    assert {problem.code[0] for problem in finished.errors} <= {"F", "Y"}


@pytest.mark.parametrize(
    "step",
    ["{0} * {0}", "{0} + area / {0}", "{0}^9", "{0} / {0} / area + {0} / rooms"],
)
def test_steps_that_grow_without_end_are_refused(
    step: str, funding: Funding, tmp_path: Path
) -> None:
    """A hundred small steps can make a number of a million digits as well as one formula can."""
    steps = "steps:\n  step_0: area / rooms\n"
    for i in range(1, 100):
        steps += f"  step_{i}: {step.format(f'step_{i - 1}')}\n"
    steps += "  last: step_99\n"
    (tmp_path / "rulebook.yaml").write_text(HEAD + steps + LINES)
    began = time.monotonic()
    finished = funding("check", "rulebook.yaml")
    assert time.monotonic() - began < PATIENCE
    assert [problem.code for problem in finished.errors] == ["F012"]


def test_a_long_chain_of_steps_is_computed(funding: Funding, tmp_path: Path) -> None:
    """Two thousand steps that add up are a long regulation and no attack: 1 + 2,000 = 2,001."""
    steps = "steps:\n  step_0: area\n"
    for i in range(1, 2001):
        steps += f"  step_{i}: step_{i - 1} + 1\n"
    steps += "  last: step_2000\n"
    (tmp_path / "rulebook.yaml").write_text(HEAD + steps + LINES)
    (tmp_path / "schools.csv").write_text("school_id,area,rooms\n1,1,1\n")
    words = ("compute", "rulebook.yaml", "schools.csv", "--engine", "plain", "-o", "out.json")
    finished = funding(*words, "--format", "csv")
    assert finished.stdout.splitlines()[1] == "1,,2001.00,2001.00"
    assert funding("replay", "out.json").exit_code == 0
