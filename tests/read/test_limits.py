"""Budgets: a file can be too large, too deep or too long for its cells, and is then refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Funding
from tests.spark import OF_THIS_MACHINE

HEAD = "rulebook: city\ntitle: City\ncurrency: RUB\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + "# " + "x" * 2_000_000, "Y006"),
        ("[" * 50_000, "Y006"),
        (HEAD + "lines: " + "{a: " * 50_000, "Y006"),
        ("a:\n" + "".join(" " * i + "a:\n" for i in range(1, 500)), "Y006"),
        ("- " * 10_000 + "a", "Y006"),
    ],
    ids=["too large", "brackets", "braces", "indented", "dashes"],
)
def test_a_rulebook_beyond_all_bounds_is_refused(
    funding: Funding, tmp_path: Path, text: str, code: str
) -> None:
    """It is unsafe to read, and exit code 3 says so."""
    (tmp_path / "rulebook.yaml").write_text(text)
    finished = funding("check", "rulebook.yaml")
    assert (finished.exit_code, [p.code for p in finished.problems]) == (3, [code])
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("engine", OF_THIS_MACHINE)
def test_a_cell_without_end_is_refused(funding: Funding, tmp_path: Path, engine: str) -> None:
    """A quotation mark that swallows the file is found where it opens, whatever the engine."""
    parameters = "parameters: {norm: {kind: money, value: 1}}\n"
    lines = "lines: {base: {title: Base, for: each student, amount: norm}}\n"
    (tmp_path / "rulebook.yaml").write_text(HEAD + parameters + lines)
    (tmp_path / "roster.csv").write_text('school_id,note\n001,a\n001,"' + "x\n" * 100_000)
    finished = funding("compute", "rulebook.yaml", "roster.csv", "--engine", engine)
    assert (finished.exit_code, [p.code for p in finished.errors]) == (1, ["D005"])
    assert finished.errors[0].at == "roster.csv:3"
