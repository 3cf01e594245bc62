"""The generated parts of the documents are those of the program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.examples import run_examples
from formula_funding.formula.aggregates import AGGREGATES
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.pipeline import checked_rulebook
from tests.docs.documents import PROJECT


def test_generated_documents_are_up_to_date() -> None:
    script = PROJECT / "tools" / "generate_docs.py"
    finished = subprocess.run(
        [sys.executable, str(script), "--check"],
        check=False,
        capture_output=True,
        text=True,
        cwd=PROJECT,
    )
    assert finished.returncode == 0, finished.stderr


REFERENCE = sorted((PROJECT / "docs" / "reference").glob("*.yaml"))


@pytest.mark.parametrize("page", REFERENCE, ids=lambda page: page.stem)
def test_a_page_of_the_reference_computes_as_by_hand(page: Path) -> None:
    problems = Problems()
    examples = run_examples(checked_rulebook(page, problems), problems)
    assert examples >= 1
    assert [problem for problem in problems if problem.code is not codes.LEGACY_SCHEME] == []


def test_every_function_stands_on_some_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in REFERENCE)
    names = {*FUNCTIONS, *AGGREGATES, CONDITIONAL} - UNSHOWN
    assert {name for name in names if not re.search(rf"\b{name}\(", text)} == set()


UNSHOWN = {"abs", "round_half_even"}
"""Told by the table of functions alone: another sign, another way with ties."""
