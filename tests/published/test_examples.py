"""Every rulebook's worked examples come out as stated."""

from __future__ import annotations

from pathlib import Path

import pytest

from formula_funding.diagnostics.problem import Problems
from formula_funding.examples import run_examples
from formula_funding.pipeline import checked_rulebook
from tests.published.tables import PROJECT

RULEBOOKS = [
    *sorted((PROJECT / "rules").rglob("rulebook.yaml")),
    PROJECT / "src" / "formula_funding" / "starter" / "rulebook.yaml",
]


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda p: p.parent.relative_to(PROJECT).as_posix())
def test_worked_examples_come_out_as_stated(path: Path) -> None:
    problems = Problems()
    assert run_examples(checked_rulebook(path, problems), problems) > 0
    assert [problem for problem in problems if problem.is_error] == []
