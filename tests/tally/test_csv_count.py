"""Small CSV files are counted in Python as every engine counts them, or left to DuckDB."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from formula_funding.diagnostics.problem import Problems
from formula_funding.model.counting import EACH_STUDENT_ONCE, Counting, SameStudent
from formula_funding.model.counts import Cut
from formula_funding.model.resources import Resources
from formula_funding.read.roster import Roster, open_roster
from formula_funding.rules.layout import RosterLayout
from formula_funding.sources import table
from formula_funding.sources.unreadable import MARK
from formula_funding.sources.workspace import Workspace
from formula_funding.tally import automatic_engine, csv_count
from formula_funding.tally.automatic_engine import AutomaticEngine
from formula_funding.tally.csv_count import tally_of_csv
from formula_funding.tally.plain_engine import PlainEngine
from formula_funding.tally.tally import Tally
from tests.properties.budget import worlds_tried
from tests.sources.workbooks import texts, write_workbook
from tests.tally.test_engines_agree import _counted
from tests.text_attribute import text_attribute

ATTRIBUTES = ("g", "note", "part", "day")
CUTS: tuple[Cut, ...] = ((), ("g",), ("g", "note"), ATTRIBUTES)
LEDGER = ("note",)
COLUMNS = {
    "school_id": st.sampled_from(["1", "01", "1 ", "Ш-1", ""]),
    "branch": st.sampled_from(["7", " 7", ""]),
    "g": st.sampled_from(["", "a", " a", "b", "ё", "\u00a0"]),
    "note": st.sampled_from(["x", "x ", "it's"]),
    "part": st.sampled_from(["0.5", "0.5 ", "1", ""]),
    "day": st.sampled_from(["2025-01-01", " 2025-01-01", "2025-09-01"]),
    "status": st.sampled_from(["in", " in", "in", "out", "", f"{MARK}e|"]),
    "boys": st.sampled_from(["0", "12", "1 234", "1\u00a0234", "", "-1"]),
    "girls": st.sampled_from(["0", "5", " 1234"]),
    "student_id": st.integers(0, 200).map(str) | st.sampled_from(["", " 7", "7", "7\t"]),
}
ROWS = st.lists(st.tuples(*COLUMNS.values()), min_size=1, max_size=12)
OF_STUDENTS: tuple[dict[str, Any], ...] = (
    {},
    {"columns": {"school_id": ["school_id", "branch"], "student_id": ["student_id", "branch"]}},
    {"skip": {"status": ["out"]}},
    {"only": {"status": ["in"], "g": ["a", ""]}, "skip": {"branch": ["7"]}},
    {"constants": {"g": " a"}, "by_file": {"0.csv": {"part": "1"}, "1.csv": {"part": "0.5"}}},
)
OF_COUNTS: tuple[dict[str, Any], ...] = (
    {"students": "girls"},
    {"students": "boys", "numbers": "1 234.50"},
    {"counts": {"boys": {"g": "m"}, "girls": {"g": "f"}}, "skip": {"status": ["out"]}},
)
RULES = (
    EACH_STUDENT_ONCE,
    Counting(SameStudent.ERROR, count_date="day"),
    Counting(SameStudent.SPLIT_FTE, fte="part"),
    Counting(SameStudent.MAIN_ENROLMENT, main="part", count_date="day"),
)


def _roster(
    folder: Path, files: list[list[tuple[str, ...]]], layout: dict[str, Any], counting: Counting
) -> Roster:
    paths = [folder / f"{i}.csv" for i in range(len(files))]
    for path, rows in zip(paths, files, strict=True):
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
    return _opened(paths, layout, counting)


def _opened(
    paths: list[Path], layout: dict[str, Any], counting: Counting = EACH_STUDENT_ONCE
) -> Roster:
    read = RosterLayout.model_validate(layout)
    declared = [text_attribute(name) for name in ATTRIBUTES]
    with Workspace() as workspace:
        return open_roster(paths, read, declared, Problems(), workspace, counting=counting)


def _in_full(tally: Tally | None) -> tuple[object, ...]:
    """Everything that a tally says, whatever the order in which it was found."""
    assert tally is not None
    return (
        _counted(tally),
        sorted(tally.ledger),
        Counter(tally.enrolments),
        Counter(tally.left_out),
        tally.is_doubtful,
    )


@worlds_tried(300)
@given(
    st.lists(ROWS, min_size=1, max_size=2),
    st.tuples(st.sampled_from(OF_STUDENTS), st.sampled_from(RULES))
    | st.tuples(st.sampled_from(OF_COUNTS), st.just(EACH_STUDENT_ONCE)),
    st.sampled_from([1, 3, 1_000]),
)
def test_a_tally_in_python_says_all_that_one_row_by_row_says(
    files: list[list[tuple[str, ...]]], told: tuple[dict[str, Any], Counting], at_once: int
) -> None:
    layout, counting = told
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(table, "_ROWS_AT_ONCE", at_once),
    ):
        roster = _roster(Path(folder), files, layout, counting)
        tally = tally_of_csv(roster, CUTS, LEDGER)
        expected = PlainEngine().tally(roster, CUTS, LEDGER)
    event("doubtful" if expected.is_doubtful else "sure")
    assert _in_full(tally) == _in_full(expected)


HEADER = ",".join(COLUMNS)
GOOD = f"{HEADER}\n1,7,a,x,1,2025-01-01,in,1,1,s1\n"
LEFT_TO_DUCKDB = {
    "a row too short": f"{GOOD}1,7,a\n".encode(),
    "empty cells beyond the header": f"{GOOD}1,7,a,x,1,2025-01-01,in,1,1,s2,\n".encode(),
    "all rows of another length": f"{HEADER}\n1,7\n".encode(),
    "a quotation mark never closed": f'{GOOD}1,7,a,"x,1,2025-01-01,in,1,1,s2\n'.encode(),
    "text behind a quotation mark": f'{GOOD}1,7,a,"x"y,1,2025-01-01,in,1,1,s2\n'.encode(),
    "bytes that are no text": GOOD.encode() + b"1,7,a,x,1,2025-01-01,in,1,1,s\n" * 40_000 + b"\xff",
}


@pytest.mark.parametrize("name", LEFT_TO_DUCKDB)
def test_a_table_is_left_to_duckdb_that_has(name: str, tmp_path: Path) -> None:
    path = tmp_path / "0.csv"
    path.write_bytes(LEFT_TO_DUCKDB[name])
    assert tally_of_csv(_opened([path], {}), CUTS) is None


def test_rows_of_which_few_are_alike_are_left_to_duckdb(tmp_path: Path) -> None:
    """So many texts in both files together."""
    paths = [tmp_path / "0.csv", tmp_path / "1.csv"]
    for number, path in enumerate(paths):
        rows = (f"1,7,a,{number}-{i},1,2025-01-01,in,1,1,{number}-{i}\n" for i in range(6))
        path.write_text(f"{HEADER}\n{''.join(rows)}")
    roster = _opened(paths, {})
    with patch.object(csv_count, "_MOST_ALIKE", 12):
        assert tally_of_csv(roster, CUTS) is not None
    with patch.object(csv_count, "_MOST_ALIKE", 11):
        assert tally_of_csv(roster, CUTS) is None


def test_a_blank_row_is_looked_at_again(tmp_path: Path) -> None:
    """It has no status, but its reason for being left out is another one."""
    path = tmp_path / "0.csv"
    path.write_text(GOOD + "," * (len(COLUMNS) - 1) + "\n")
    tally = tally_of_csv(_opened([path], {"only": {"status": ["in"]}}), CUTS)
    assert tally is not None
    assert tally.is_doubtful


def test_the_copy_of_a_workbook_is_counted_in_python(tmp_path: Path) -> None:
    """Its first column is the row of the sheet."""
    rows = GOOD.splitlines()
    sheet = [texts(i, *row.split(",")) for i, row in enumerate(rows, 1)]
    write_workbook(tmp_path / "0.xlsx", {"Sheet1": sheet})
    declared = [text_attribute(name) for name in ATTRIBUTES]
    with Workspace() as workspace:
        layout = RosterLayout()
        roster = open_roster([tmp_path / "0.xlsx"], layout, declared, Problems(), workspace)
        tally = tally_of_csv(roster, CUTS, LEDGER)
        assert _in_full(tally) == _in_full(PlainEngine().tally(roster, CUTS, LEDGER))
    assert tally is not None
    assert tally.rows == 1


class TestWhoCounts:
    """Python or DuckDB, if no engine is named."""

    @pytest.fixture
    def roster(self, tmp_path: Path) -> Roster:
        (tmp_path / "0.csv").write_text(GOOD)
        return _opened([tmp_path / "0.csv"], {})

    @staticmethod
    def _is_duckdb(roster: Roster, engine: AutomaticEngine) -> bool:
        with patch("formula_funding.tally.duckdb_engine.DuckdbEngine") as duckdb_engine:
            engine.tally(roster, CUTS)
        return bool(duckdb_engine.called)

    def test_python_counts_a_small_file(self, roster: Roster) -> None:
        assert not self._is_duckdb(roster, AutomaticEngine())

    def test_duckdb_counts_files_that_together_are_large(self, roster: Roster) -> None:
        both = replace(roster, files=roster.files * 2)
        with patch.object(automatic_engine, "_SMALL", 2 * len(GOOD)):
            assert not self._is_duckdb(both, AutomaticEngine())
        with patch.object(automatic_engine, "_SMALL", 2 * len(GOOD) - 1):
            assert self._is_duckdb(both, AutomaticEngine())

    def test_duckdb_counts_what_is_no_clean_table(self, roster: Roster) -> None:
        roster.files[0].table.path.write_text(f"{GOOD}1,7\n")
        assert self._is_duckdb(roster, AutomaticEngine())

    def test_duckdb_counts_where_memory_is_limited(self, roster: Roster) -> None:
        assert self._is_duckdb(roster, AutomaticEngine(Resources(memory="100MB")))
