"""What is given in place of a file: standard input, a folder, a pattern; each form alike."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.sources.conftest import Run, places, totals
from tests.sources.workbooks import texts, write_workbook
from tests.spark import OF_THIS_MACHINE

CSV = "school_id,grade\n00125,5\n00126,6\n"
LINES = [line.split(",") for line in CSV.splitlines()]
BOTH = {"00125": "100.00", "00126": "100.00"}


def _workbook(path: Path) -> None:
    write_workbook(path, {"Oct": [texts(i, *line) for i, line in enumerate(LINES, 1)]})


def _parquet(path: Path) -> None:
    (path.parent / "rows.csv").write_text(CSV)
    duckdb.sql(
        f"COPY (FROM read_csv('{path.parent / 'rows.csv'}', all_varchar = true)) TO '{path}'"
    )
    (path.parent / "rows.csv").unlink()


FORMS: dict[str, Callable[[Path], object]] = {
    "roster.csv": lambda path: path.write_text(CSV),
    "roster.tsv": lambda path: path.write_text(CSV.replace(",", "\t")),
    "roster.txt": lambda path: path.write_text(CSV.replace(",", "|")),
    "semicolons.CSV": lambda path: path.write_text(CSV.replace(",", ";")),
    "utf-16.csv": lambda path: path.write_text(CSV, "utf-16"),
    "lines-of-windows.csv": lambda path: path.write_bytes(CSV.replace("\n", "\r\n").encode()),
    "roster.csv.gz": lambda path: path.write_bytes(gzip.compress(CSV.encode())),
    "roster.tsv.gz": lambda path: path.write_bytes(
        gzip.compress(CSV.replace(",", "\t").encode("utf-16"))
    ),
    "roster.xlsx": _workbook,
    "roster.parquet": _parquet,
}


@pytest.mark.parametrize("engine", OF_THIS_MACHINE)
@pytest.mark.parametrize("name", FORMS)
def test_each_form_of_a_roster_gives_the_same(
    run: Run, tmp_path: Path, name: str, engine: str
) -> None:
    FORMS[name](tmp_path / name)
    assert totals(run(name, None, "--engine", engine)) == BOTH


@pytest.mark.parametrize("name", ["roster.csv", "roster.csv.gz", "roster.xlsx", "roster.parquet"])
def test_standard_input_is_known_by_its_first_bytes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    FORMS[name](tmp_path / name)
    given = io.TextIOWrapper(io.BytesIO((tmp_path / name).read_bytes()))
    monkeypatch.setattr(sys, "stdin", given)
    assert totals(run("-")) == BOTH


def test_a_problem_in_standard_input_has_its_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV.replace("6\n", "x\n").encode()))
    )
    assert places(run("-")) == ["D007 -:3:2"]


def test_nothing_on_standard_input_is_an_empty_file(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    assert places(run("-")) == ["D002 -"]


def _folder(tmp_path: Path) -> Path:
    """A folder of two rosters, a note, a file that Excel keeps while one is open, and a folder."""
    folder = tmp_path / "rosters"
    (folder / "old").mkdir(parents=True)
    (folder / "old" / "hill.csv").write_text("school_id,grade\n00125,5\n")
    (folder / "hill.csv").write_text("school_id,grade\n00125,5\n")
    _workbook(folder / "dale.xlsx")
    (folder / "readme.doc").write_text("note")
    (folder / "~$dale.xlsx").write_bytes(b"locked")
    (folder / ".hidden.csv").write_text("x")
    return folder


@pytest.mark.parametrize("given", ["rosters", "rosters/*", "ros*/*"])
def test_all_tables_of_a_folder_or_pattern_are_read_and_the_rest_is_told(
    run: Run, tmp_path: Path, given: str
) -> None:
    _folder(tmp_path)
    finished = run(given)
    assert totals(finished) == {"00125": "200.00", "00126": "100.00"}
    assert [(w.code, w.at) for w in finished.warnings] == [
        ("D063", "rosters/old"),
        ("D063", "rosters/readme.doc"),
    ]


@pytest.mark.parametrize(
    ("given", "total"), [("rosters/*.csv", "100.00"), ("rosters/**/*.csv", "200.00")]
)
def test_a_pattern_may_look_into_folders(run: Run, tmp_path: Path, given: str, total: str) -> None:
    _folder(tmp_path)
    assert totals(run(given))["00125"] == total


def test_the_ledger_tells_each_file_of_a_folder(run: Run, tmp_path: Path) -> None:
    _folder(tmp_path)
    finished = run("rosters", None, "--format", "json")
    assert '"rosters/dale.xlsx"' in finished.stdout
    assert '"rosters/hill.csv"' in finished.stdout


@pytest.mark.parametrize("given", ["nobody", "empty", "empty/*.csv", "rosters/*.doc"])
def test_a_folder_or_pattern_without_tables_is_no_roster(
    run: Run, tmp_path: Path, given: str
) -> None:
    (tmp_path / "empty").mkdir()
    _folder(tmp_path)
    finished = run(given)
    assert places(finished) == [f"Y001 {given}"]
    assert finished.exit_code == 3


def test_the_problems_of_all_files_are_told_at_once(run: Run, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "hill.csv").write_text("school_id,grade\n00125,five\n")
    (folder / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "torn.csv").write_text("school_id\n00125\n")
    (folder / "empty.csv").write_text("")
    assert places(run("rosters")) == [
        "D002 rosters/empty.csv",
        "D064 rosters/old.xls",
        "D003 rosters/torn.csv:1",
    ]


def test_a_file_that_is_given_beside_its_folder_is_given_twice(run: Run, tmp_path: Path) -> None:
    _folder(tmp_path)
    finished = run("rosters", None, "rosters/hill.csv")
    assert places(finished) == ["D012 rosters/hill.csv"]


def test_a_register_may_be_any_table_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(CSV)
    register = [["school_id", "name"], ["00125", "Hill"], ["00126", "Dale"]]
    write_workbook(
        tmp_path / "register.xlsx",
        {"Schools": [texts(i, *line) for i, line in enumerate(register, 1)]},
    )
    finished = run("roster.csv", None, "--schools", "register.xlsx")
    assert totals(finished) == BOTH
    assert "Hill" in finished.stdout


def test_the_problems_of_all_files_of_a_register_are_told_at_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(CSV)
    (tmp_path / "register").mkdir()
    (tmp_path / "register" / "a.csv").write_text("")
    (tmp_path / "register" / "b.xls").write_text("x")
    finished = run("roster.csv", None, "--schools", "register")
    assert places(finished) == ["D002 register/a.csv", "D064 register/b.xls"]


def test_files_without_any_of_the_columns_are_one_problem(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rosters").mkdir()
    for number in range(3):
        (tmp_path / "rosters" / f"{number}.csv").write_text("Код;Класс\n00125;5\n")
    finished = run("rosters")
    assert places(finished) == ["D003 rosters/0.csv:1"]
    assert "`school_id`, `grade` (3 times; also in rosters/1.csv:1, rosters/2.csv:1)" in (
        finished.stderr
    )
    assert "funding roster draft FILE" in finished.errors[0].hint


def test_alike_cells_of_several_workbooks_are_all_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rosters").mkdir()
    for name in ("a", "b"):
        rows = [texts(1, "school_id", "grade"), *(texts(2 + i, "00125", "5", "!") for i in (0, 1))]
        write_workbook(tmp_path / "rosters" / f"{name}.xlsx", {"Oct": rows})
    finished = run("rosters")
    assert places(finished) == ["D005 rosters/a.xlsx › Oct › C2"]
    assert "(4 times; also in C3, rosters/b.xlsx › Oct › C2, rosters/b.xlsx › Oct › C3)" in (
        finished.stderr
    )
