"""Every rulebook of the project carries worked examples, and gives what they state."""

from __future__ import annotations

from pathlib import Path

import pytest

from formula_funding.diagnostics.problem import Problems
from formula_funding.examples import run_examples
from formula_funding.pipeline import checked_rulebook

PROJECT = Path(__file__).parents[2]
STARTER = PROJECT / "src" / "formula_funding" / "starter" / "rulebook.yaml"
RULEBOOKS = [STARTER, *sorted((PROJECT / "rules").rglob("rulebook.yaml"))]


@pytest.mark.parametrize(
    "rulebook", RULEBOOKS, ids=lambda path: path.parent.relative_to(PROJECT).as_posix()
)
def test_the_worked_examples_come_out_as_stated(rulebook: Path) -> None:
    problems = Problems()
    assert run_examples(checked_rulebook(rulebook, problems), problems) > 0
    assert [problem.message for problem in problems if problem.is_error] == []
