"""Every command that reads a roster keeps to the room that it is told, as its messages advise."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest

from formula_funding.sources.workspace import Workspace
from tests.conftest import Funding

FILES = ("city/rulebook.yaml", "city/roster.csv.gz", "--schools", "city/schools.csv")
COUNTING = [
    ("compute", *FILES),
    ("explain", *FILES, "--school", "001"),
    ("check", *FILES),
    ("audit", *FILES),
    ("compare", *FILES, "--with", "more.yaml"),
    ("solve", *FILES, "--parameter", "norm", "--budget", "10_000_000"),
    ("sweep", *FILES, "--vary", "norm=-10%..10%..10%"),
    ("project", *FILES, "--cohorts", "cohorts.yaml", "--years", "1"),
    ("tally", *FILES[1:], "--rulebook", FILES[0], "-o", "city.tally.parquet"),
]
WRITING = [
    ("compute", *FILES, "-o", "out.xlsx"),
    ("compute", *FILES, "-o", "out.parquet", "--engine", "duckdb"),
    ("compute", *FILES, "--per-school", "schools"),
    ("compare", *FILES, "--with", "more.yaml", "-o", "out.xlsx"),
    ("verify", "city.xlsx", *FILES),
    ("roster", "check", FILES[0], "flawed.csv", "-o", "out.xlsx"),
]
READING = [
    ("roster", "check", *FILES),
    ("roster", "draft", *FILES[1:], "--rulebook", FILES[0]),
]


@pytest.fixture(autouse=True)
def inputs(funding: Funding, tmp_path: Path) -> None:
    assert funding("init", "city").exit_code == 0
    (tmp_path / "temporary").mkdir()
    roster = (tmp_path / "city" / "roster.csv").read_bytes()
    (tmp_path / FILES[1]).write_bytes(gzip.compress(roster))
    (tmp_path / "more.yaml").write_text("scenario: more\ntitle: More\nset: {norm: +10%}\n")
    cohorts = "projection: calm\ntitle: Calm\nladder: grade\nretention: 100%\nintake: +0%\n"
    (tmp_path / "cohorts.yaml").write_text(cohorts)


def _name(words: tuple[str, ...]) -> str:
    return " ".join(word for word in words[:2] if "/" not in word)


@pytest.mark.parametrize("words", [*COUNTING, *READING], ids=_name)
def test_copies_of_a_roster_are_made_in_the_folder_that_is_named(
    funding: Funding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    new_file, made = Workspace.new_file, list[Path]()

    def noted(workspace: Workspace, ending: str) -> Path:
        made.append(new_file(workspace, ending))
        return made[-1]

    monkeypatch.setattr(Workspace, "new_file", noted)
    finished = funding(*words, "--temp-dir", "temporary")
    assert not finished.errors
    assert made
    assert all(path.is_relative_to(tmp_path / "temporary") for path in made)
    assert not list((tmp_path / "temporary").iterdir())


@pytest.mark.parametrize("words", [*COUNTING, *WRITING, *READING], ids=_name)
def test_no_temporary_file_is_made_elsewhere_than_in_the_folder_that_is_named(
    funding: Funding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Libraries make them too; whatever would go to the system's folder meets none here."""
    if "city.xlsx" in words:
        assert funding("compute", *FILES, "-o", "city.xlsx").exit_code == 0
    if "flawed.csv" in words:
        roster = (tmp_path / "city" / "roster.csv").read_text()
        (tmp_path / "flawed.csv").write_text(roster + "S-9999,001,no grade\n")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    before = set(tmp_path.iterdir())
    finished = funding(*words, "--temp-dir", "temporary")
    assert finished.exit_code == ("flawed.csv" in words)
    assert not any((tmp_path / "temporary").iterdir())
    made = {path.name.partition(".")[0] for path in set(tmp_path.iterdir()) - before}
    assert made <= {"out", "schools", "city"}


@pytest.mark.parametrize("words", COUNTING, ids=_name)
def test_a_count_that_the_memory_allowed_does_not_hold_is_told(
    funding: Funding, words: tuple[str, ...]
) -> None:
    finished = funding(*words, "--engine", "duckdb", "--memory-limit", "1MB")
    assert [problem.code for problem in finished.errors] == ["E001"]
    assert "--memory-limit" in finished.errors[0].hint


@pytest.mark.parametrize(("asked", "meant"), [("1", "001"), ("0002", "002")])
def test_a_school_that_is_asked_for_without_its_zeros_is_named(
    funding: Funding, asked: str, meant: str
) -> None:
    (problem,) = funding("explain", *FILES, "--school", asked).errors
    assert f"`{meant}`" in problem.hint
