"""A run keeps to the memory and the folder that it is given, or says that they do not suffice."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pytest

from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.model.resources import Resources, size_from_text
from formula_funding.read.roster import Roster, open_roster
from formula_funding.rules.layout import Layout
from formula_funding.sources.workspace import Workspace
from formula_funding.tally import duckdb_engine
from formula_funding.tally.duckdb_engine import DuckdbEngine


def _many_students(folder: Path, students: int) -> Roster:
    path = folder / "roster.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT i::VARCHAR AS student_id, (i % 100)::VARCHAR AS school_id "
            f"FROM range({students}) AS t(i)) TO '{path}' (FORMAT parquet)"
        )
    with Workspace() as workspace:
        return open_roster([path], Layout().roster, [], Problems(), workspace)


def test_a_count_that_memory_does_not_hold_says_what_to_allow(tmp_path: Path) -> None:
    roster = _many_students(tmp_path, 300_000)
    with pytest.raises(ProblemsFoundError) as stopped:
        DuckdbEngine(Resources(memory="1MB")).tally(roster, [()])
    (problem,) = stopped.value.problems
    assert problem.code.id == "E001"
    assert "--memory-limit" in str(problem.hint)
    assert "--temp-dir" in str(problem.hint)


def test_a_count_within_little_memory_is_the_same_and_leaves_no_file(tmp_path: Path) -> None:
    roster = _many_students(tmp_path, 300_000)
    folder = tmp_path / "temporary"
    folder.mkdir()
    little = DuckdbEngine(Resources("40MB", folder)).tally(roster, [()])
    assert list(little.cuts[()].students) == [3_000] * 100
    assert not little.is_doubtful
    assert not list(folder.iterdir())


def test_a_count_that_is_interrupted_ends_as_on_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB tells of it in an error of Python's own, which would look like a fault."""

    def interrupted(*_given: object) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(duckdb_engine, "_tally", interrupted)
    with pytest.raises(KeyboardInterrupt):
        DuckdbEngine(Resources()).tally(_many_students(tmp_path, 10), [()])


def test_copies_of_sources_are_made_in_the_folder_that_was_named(tmp_path: Path) -> None:
    with Workspace(within=tmp_path) as workspace:
        assert workspace.new_file(".csv").is_relative_to(tmp_path)
    with Workspace() as workspace:
        assert workspace.new_file(".csv").is_relative_to(tempfile.gettempdir())


@pytest.mark.parametrize("text", ["200mb", "1 gib", "1.5Tb", "800MB"])
def test_a_size_of_memory_has_its_unit_in_any_case(text: str) -> None:
    assert size_from_text(text) == text
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = ?", [text])


@pytest.mark.parametrize("text", ["", "800", "0MB", "-1GB", "800 kb", "80%", "1GB; SELECT 1"])
def test_what_is_no_size_of_memory_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no size of memory"):
        size_from_text(text)
