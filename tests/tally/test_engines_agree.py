"""Engines count the same students by the same texts, whatever a file looks like."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.model.counts import Cut
from formula_funding.read.roster import Roster, open_roster
from formula_funding.rules.layout import Layout, RosterLayout
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.automatic_engine import AutomaticEngine
from formula_funding.tally.csv_count import tally_of_csv
from formula_funding.tally.duckdb_engine import DuckdbEngine
from formula_funding.tally.engines import engine
from formula_funding.tally.plain_engine import PlainEngine
from formula_funding.tally.roster_sql import scans_of
from formula_funding.tally.tally import Engine, Tally, TallyTable
from tests import spark
from tests.text_attribute import text_attribute

CUTS: tuple[Cut, ...] = ((), ("g",), ("g", "note"))
EXPECTED = ("1", "01-7", "Ш-1", "nobody's")
BOM = b"\xef\xbb\xbf"
LONG = "9" * 300_000


def _roster(
    path: Path, attributes: Cut = ("g", "note"), layout: RosterLayout | None = None
) -> Roster:
    return _roster_of([path], layout or Layout().roster, attributes)


def _roster_of(
    paths: Sequence[Path], layout: RosterLayout, attributes: Cut = ("g", "note")
) -> Roster:
    declared = [text_attribute(name) for name in attributes]
    with Workspace() as workspace:
        return open_roster(paths, layout, declared, Problems(), workspace)


@pytest.fixture(params=["auto", "duckdb", "duckdb, as if all files were large", "spark"])
def fast_engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "spark":
        spark.needs_spark()
    if "large" in request.param:
        return DuckdbEngine(large=0)
    return engine(request.param, spark.master_of(request.param))


def _both(roster: Roster, fast_engine: Engine, cuts: Sequence[Cut] = CUTS) -> tuple[Tally, Tally]:
    expecting = replace(roster, expected_schools=EXPECTED)
    return fast_engine.tally(expecting, cuts), PlainEngine().tally(roster, cuts)


def _counted(tally: Tally) -> dict[Cut, Counter[tuple[str, tuple[str, ...]]]]:
    """The students of each cut by school and texts."""
    return {cut: _added_up(table) for cut, table in tally.cuts.items()}


def _added_up(table: TallyTable) -> Counter[tuple[str, tuple[str, ...]]]:
    added: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for school, combination, students in zip(
        table.school, table.combination, table.students, strict=True
    ):
        added[table.schools[school], table.combinations[combination]] += students
    return added


def _assert_same(fast: Tally, plain: Tally) -> None:
    assert not fast.is_doubtful
    assert not plain.is_doubtful
    assert fast.rows == plain.rows
    assert _counted(fast) == _counted(plain)


ODD_FILES = {
    "as usual": b"school_id,g,note\n1,a,x\n2,b,y\n",
    "a byte order mark": BOM + b"school_id,g,note\n1,a,x\n",
    "the ends of lines of Windows": b"school_id,g,note\r\n1,a,x\r\n2,b,y\r\n",
    "the ends of lines of old Macs": b"school_id,g,note\r1,a,x\r2,b,y\r",
    "no end of the last line": b"school_id,g,note\n1,a,x\n2,b,y",
    "blank lines": b"\n\nschool_id,g,note\n\n1,a,x\n\n\n2,b,y\n\n",
    "everything in quotes": b'"school_id","g","note"\n"1","a","x"\n',
    "quotes within": b'school_id,g,note\n1,a,"she said ""x"""\n"""1""",a,""\n',
    "a line end within a cell": b'school_id,g,note\n1,a,"two\nlines"\n2,b,"two\r\nlines"\n',
    "spaces before quotation marks": b'"school_id", "g", "note"\n"1", "a,b", "x ""y"""\n',
    "separators within a cell": b'school_id,g,note\n1,"a,b","x;y"\n',
    "Cyrillic": "school_id,g,note\nШ-1,лицей,«Ёлка»\n".encode(),
    "leading zeros": b"school_id,g,note\n01,1,1.0\n1,01,1.00\n001,1e0,+1\n",
    "very long ids": f"school_id,g,note\n{LONG},a,x\n{LONG}0,a,x\n".encode(),
    "spaces around": "school_id , g,note \n 1 ,\ta, x y \n\u00a01\u3000,a\u2009,\x1fx y\n".encode(),
    "empty cells": b'school_id,g,note\n1,,\n1,"",""\n2, ,\t\n',
    "words of other languages": b"school_id,g,note\nNULL,null,nan\nNone,N/A,-\ntrue,\\N,\\0\n",
    "formulas": b"school_id,g,note\n=1+1,@SUM(A1),'a\n",
    "empty cells beyond the header": b"school_id,g,note\n1,a,x,\n2,b,y,,\n",
    "columns in another order": b"note,other,g,school_id\nx,,a,1\ny,z,b,2\n",
    "two names that differ by their case": b"school_id,g,G,note,Note\n1,a,b,x,y\n",
    "a column without a name": b"school_id,g,,note\n1,a,x,y\n",
    "a zero byte": b"school_id,g,note\n1,a,x\x00y\n1,a,x\n",
    "the same row many times": b"school_id,g,note\n" + b"1,a,x\n" * 5000,
}


LEFT_BY_SPARK = ["a line end within a cell", "spaces before quotation marks"]
"""Spark parts a file at the ends of lines, and takes a line as a record only if it is plain."""


@pytest.mark.parametrize("name", ODD_FILES)
def test_engines_agree_on_a_file_with(name: str, tmp_path: Path, fast_engine: Engine) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(ODD_FILES[name])
    fast, plain = _both(_roster(path), fast_engine)
    if isinstance(fast_engine, AutomaticEngine | DuckdbEngine) or name not in LEFT_BY_SPARK:
        _assert_same(fast, plain)
    assert fast.is_doubtful or fast.rows == plain.rows
    assert plain.rows > 0


SLOW_FILES = {
    "ends of lines of two kinds": b"school_id,g,note\r\n1,a,x\n2,b,y\r\n",
    "a quotation mark in the middle": b'school_id,g,note\n1,a,x"y\n',
    "lines of white space": b"school_id,g,note\n  \n1,a,x\n\t\n\x1a",
    "a carriage return in the header": b'school_id,g,note,"x\r\ny"\n1,a,x,y\n1,b,x,y\n',
}


@pytest.mark.parametrize("name", SLOW_FILES)
def test_the_fast_engine_agrees_or_leaves_to_the_slow_one_a_file_with(
    name: str, tmp_path: Path, fast_engine: Engine
) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(SLOW_FILES[name])
    fast, plain = _both(_roster(path), fast_engine)
    assert not plain.is_doubtful
    assert fast.is_doubtful or _counted(fast) == _counted(plain)


TITLES = {
    "one line": "Students",
    "a blank line": "Students\n",
    "texts in quotation marks": '"Students","of ""Hill"""',
    "a line end within a cell": '"Students\non 1 September"',
    "a line end within a second cell": 'Students,"on\n1 September",2025',
    "a quotation mark never closed": '"Students',
}


@pytest.mark.parametrize("title", TITLES)
def test_no_engine_loses_the_first_student_below_a_title_of(
    title: str, tmp_path: Path, fast_engine: Engine
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(f"{TITLES[title]}\nschool_id,g,note\n1,a,x\n2,b,y\n")
    layout = RosterLayout.model_validate({"header_row": TITLES[title].count("\n") + 2})
    fast, plain = _both(_roster(path, layout=layout), fast_engine)
    assert plain.rows == 2
    assert fast.is_doubtful or _counted(fast) == _counted(plain)


BAD_FILES = {
    "a row too short": b"school_id,g,note\n1,a,x\n2,b\n",
    "a row too long": b"school_id,g,note\n1,a,x,y\n",
    "a quotation mark never closed": b'school_id,g,note\n1,a,"x\n2,b,y\n',
    "text after a closing quotation mark": b'school_id,g,note\n1,a,"x"y\n',
    "a byte that is no text": b"school_id,g,note\n" + b"1,a,x\n" * 200_000 + b"1,a,\xff\n",
    "a stray carriage return": b"school_id,g,note\n1,a,x\ry\n2,b,y\n",
    "a count that is none": b"school_id,g,note,students\n1,a,x,1\n1,a,x,-1\n",
    "an empty count": b"school_id,g,note,students\n1,a,x,\n",
    "a student id twice": b"school_id,g,note,student_id\n1,a,x,s\n2,a,x, s\t\n",
    "an empty student id": "school_id,g,note,student_id\n1,a,x,\u00a0\n".encode(),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_no_engine_is_sure_of_a_file_with(name: str, tmp_path: Path, fast_engine: Engine) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(BAD_FILES[name])
    roster = _roster(path)
    expecting = replace(roster, expected_schools=EXPECTED)
    assert fast_engine.tally(expecting, CUTS).is_doubtful
    assert _refuses_or_doubts(roster)


def _refuses_or_doubts(roster: Roster) -> bool:
    try:
        return PlainEngine().tally(roster, CUTS).is_doubtful
    except ProblemsFoundError:
        return True


CELLS = st.text(
    alphabet=st.one_of(
        st.sampled_from(" \t\n\r,;\"'\\ab01=лЁ\u00a0\u2028\x00%$-"),
        st.characters(codec="utf-8"),
    ),
    max_size=8,
)


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS, st.integers(0, 10**12 - 1)), min_size=1, max_size=12),
    st.lists(CELLS.filter(lambda text: bool(text.strip())), min_size=3, max_size=3).filter(
        lambda names: len({name.strip() for name in (*names, "students")}) == 4
    ),
    st.sampled_from(("\n", "\r\n")),
    st.booleans(),
)
def test_engines_agree_on_whatever_a_csv_writer_writes(
    rows: list[tuple[str, str, str, int]], names: list[str], line_end: str, with_mark: bool
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([[*names, "students"], *rows])
    layout = RosterLayout.model_validate(
        {
            "columns": {
                "school_id": [names[0].strip()],
                "g": [names[1].strip()],
                "note": [names[2].strip()],
            }
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        path.write_bytes((BOM if with_mark else b"") + buffer.getvalue().encode())
        roster = _roster(path, layout=layout)
        fast, plain = _both(roster, DuckdbEngine())
        in_python = tally_of_csv(roster, CUTS)
    assert in_python is not None
    _assert_same(in_python, plain)
    if fast.is_doubtful and not all(name.isalnum() for name in names):
        return  # a header with separators or ends of lines may be left to the slow engine
    _assert_same(fast, plain)
    total = sum(plain.cuts[()].students)
    assert total == sum(students for *_, students in rows)


def test_a_file_that_the_fast_engine_finds_empty_is_never_left_out(
    tmp_path: Path, fast_engine: Engine
) -> None:
    """DuckDB finds no row in it, because of the carriage return; the other file is as usual."""
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_bytes(b'school_id,g,note,"x\r"\n1,a,x,y\n')
    two.write_bytes(b"school_id,g,note\n1,a,x\n")
    roster = _roster_of([one, two], Layout().roster)
    tally = fast_engine.tally(roster, CUTS)
    assert tally.is_doubtful or tally.rows == 2


def test_engines_agree_on_counted_rows(tmp_path: Path, fast_engine: Engine) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(
        b"school_id,g,note,students\n1,a,x,007\n1,a,x,3\n2,b,y,0\n2,b,z,999999999999\n"
    )
    fast, plain = _both(_roster(path), fast_engine)
    _assert_same(fast, plain)
    assert dict(_counted(plain)[("g",)]) == {
        ("1", ("a",)): 10,
        ("2", ("b",)): 999_999_999_999,
    }


def test_a_school_of_rows_that_are_left_out_is_none(tmp_path: Path, fast_engine: Engine) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"school_id,g,note,status\n1,a,x,in\n2,b,y,in\n999,c,z,left\n")
    layout = RosterLayout.model_validate({"skip": {"status": ["left"]}})
    roster = _roster(path, layout=layout)
    _assert_same(*_both(roster, fast_engine))
    without_register = replace(roster, expected_schools=())
    assert set(fast_engine.tally(without_register, CUTS).cuts[()].schools) == {"1", "2"}


def test_engines_agree_on_a_wide_table(tmp_path: Path, fast_engine: Engine) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"school_id,note,boys,girls\n1,x,3,4\n2,y,0,5\n1,x,1,1\n")
    layout = RosterLayout.model_validate(
        {"counts": {"boys": {"g": 'it\'s "a"; --'}, "girls": {"g": "b"}}}
    )
    fast, plain = _both(_roster(path, layout=layout), fast_engine)
    _assert_same(fast, plain)
    assert plain.rows == 3
    assert dict(_counted(plain)[("g",)]) == {
        ("1", ('it\'s "a"; --',)): 4,
        ("1", ("b",)): 5,
        ("2", ('it\'s "a"; --',)): 0,
        ("2", ("b",)): 5,
    }


def test_engines_agree_on_an_id_made_of_several_columns(
    tmp_path: Path, fast_engine: Engine
) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes("district,number,g,note\n01, 7 ,a,x\n1,7,a,x\n\u00a01,7\t,a,x\n".encode())
    layout = RosterLayout.model_validate({"columns": {"school_id": ["district", "number"]}})
    fast, plain = _both(_roster(path, layout=layout), fast_engine)
    _assert_same(fast, plain)
    assert dict(_counted(plain)[()]) == {("01-7", ()): 1, ("1-7", ()): 2}


def test_engines_agree_on_several_files_of_both_formats(
    tmp_path: Path, fast_engine: Engine
) -> None:
    one, two, three = tmp_path / "one.csv", tmp_path / "two.csv", tmp_path / "three.parquet"
    one.write_bytes(b"school_id,g,note\n1,a,x\n")
    two.write_bytes(b"note,students,school_id,g\nx,4,1,a\n")
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 1 AS school_id, 'a' AS g, NULL AS note UNION ALL SELECT 1, ' a ', 'x') "
            f"TO '{three}' (FORMAT parquet)"
        )
    roster = _roster_of([one, two, three], Layout().roster)
    fast, plain = _both(roster, fast_engine)
    _assert_same(fast, plain)
    assert dict(_counted(plain)[("g", "note")]) == {
        ("1", ("a", "x")): 6,
        ("1", ("a", "")): 1,
    }


USUAL = ODD_FILES["as usual"]


def _between_usual_ones(folder: Path, text: bytes) -> Roster:
    """A roster of three files: one as usual, one of another text, one as usual."""
    paths = [folder / f"{number}.csv" for number in range(3)]
    for path, content in zip(paths, [USUAL, text, USUAL], strict=True):
        path.write_bytes(content)
    return _roster_of(paths, Layout().roster)


@pytest.mark.parametrize("name", ODD_FILES)
def test_engines_agree_on_files_of_which_one_has(
    name: str, tmp_path: Path, fast_engine: Engine
) -> None:
    fast, plain = _both(_between_usual_ones(tmp_path, ODD_FILES[name]), fast_engine)
    if isinstance(fast_engine, AutomaticEngine | DuckdbEngine) or name not in LEFT_BY_SPARK:
        _assert_same(fast, plain)
    assert fast.is_doubtful or _rows_of_files(fast) == _rows_of_files(plain)


def _rows_of_files(tally: Tally) -> Counter[tuple[int, str]]:
    rows = Counter[tuple[int, str]]()
    for file, school, _, number, _ in tally.ledger:
        rows[file, school] += number
    return rows


@pytest.mark.parametrize("name", [*BAD_FILES, *SLOW_FILES])
def test_no_engine_is_surer_of_files_of_which_one_has(
    name: str, tmp_path: Path, fast_engine: Engine
) -> None:
    roster = _between_usual_ones(tmp_path, {**BAD_FILES, **SLOW_FILES}[name])
    fast = fast_engine.tally(replace(roster, expected_schools=EXPECTED), CUTS)
    assert fast.is_doubtful or _counted(fast) == _counted(PlainEngine().tally(roster, CUTS))
    assert fast.is_doubtful or not _refuses_or_doubts(roster)


def test_files_of_one_form_are_one_table_for_the_engine(tmp_path: Path) -> None:
    forms = [b"school_id,g,note\n1,a,x\n"] * 3 + [b"g,school_id,note\na,1,x\n"] * 2
    forms += [b"school_id;g;note\n1;a;x\n"] + [b"school_id,g,note\n2,b,y\n"] * 300
    paths = [tmp_path / f"{number}.csv" for number in range(len(forms))]
    for path, text in zip(paths, forms, strict=True):
        path.write_bytes(text)
    whole, texts = tmp_path / "whole.parquet", tmp_path / "texts.parquet"
    with duckdb.connect() as connection:
        for path, school in ((whole, "1"), (texts, "'01'")):
            connection.execute(
                f"COPY (SELECT {school} AS school_id, 'a' AS g, 'x' AS note) TO '{path}'"
            )
    roster = _roster_of([*paths, whole, texts], Layout().roster)
    scans = scans_of(roster)
    assert [(scan.first, len(scan.files)) for scan in scans] == [
        (0, 3),
        (3, 2),
        (5, 1),
        (6, 300),
        (306, 1),
        (307, 1),
    ]
    _assert_same(*_both(roster, DuckdbEngine(large=0)))
