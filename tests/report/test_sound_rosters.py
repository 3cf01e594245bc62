"""A sound roster is told sound by counting it; the report is the one of reading row by row."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

import duckdb
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from formula_funding.model.inputs import Inputs
from formula_funding.model.resources import Resources
from formula_funding.read.findings import Detail
from formula_funding.report import roster_report as reporting
from formula_funding.report.report_as_json import report_as_json
from formula_funding.report.roster_report import roster_report
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.automatic_engine import AutomaticEngine
from formula_funding.tally.duckdb_engine import DuckdbEngine
from formula_funding.tally.tally import Engine
from tests.conftest import Finished, Funding
from tests.properties.budget import worlds_tried
from tests.sources.workbooks import texts, write_workbook

RULES = """\
rulebook: city
title: City
currency: RUB
students:
  g: {values: [a, b, m, f], if_empty: a}
  way: number
  part: {range: 0..1}
  day: date
COUNTING
define:
  distance: {from: way, bands: {near: ..<2, far: 2..}}
parameters: {norm: {kind: money, value: 100}}
lines:
  base: {title: Base, for: each student, amount: "norm * if(g = a, part, 1)"}
  bus: {title: Bus, for: each student, when: distance = far, amount: norm}
"""
COUNTED_ONCE = ""
COUNTINGS = (
    COUNTED_ONCE,
    "counting: {count_date: day}",
    "counting: {same_student: split_fte, fte: part}",
)
COLUMNS = {
    "student_id": st.integers(0, 400).map(str) | st.sampled_from(["", " 7", "7"]),
    "school_id": st.sampled_from(["1", "2", " 2", "3"]),
    "branch": st.sampled_from(["7", " 7"]),
    "g": st.sampled_from(["", "a", " a", "b"]),
    "way": st.sampled_from(["0", "1.9", "2", "2.0", "17.5"]),
    "part": st.sampled_from(["0.5", "0.5 ", "1", "0"]),
    "day": st.sampled_from(["2025-01-01", " 2025-01-01", "2025-09-01"]),
    "status": st.sampled_from(["in", " in", "out"]),
    "boys": st.sampled_from(["0", "12", "1 234", "1\u00a0234"]),
    "girls": st.sampled_from(["0", "5", " 1234"]),
}
BAD = {
    "school_id": ["", "01", "4", "Total", "school_id", "-", "2025-01-01", "1.0"],
    "g": ["c", "\u0430", "-"],
    "way": ["", "x", "1,5", "1e3"],
    "part": ["", "1.5", "x"],
    "day": ["", "2025-02-30", "x"],
    "boys": ["", "-1", "1.5"],
    "girls": ["x"],
}
LAYOUTS: tuple[dict[str, Any], ...] = (
    {},
    {"columns": {"school_id": ["school_id", "branch"], "student_id": ["student_id", "branch"]}},
    {"skip": {"status": ["out"]}},
    {"only": {"status": ["in"], "g": ["a", ""]}, "skip": {"branch": ["7"]}},
    {"constants": {"g": "b"}, "by_file": {"0.csv": {"part": "1"}, "1.csv": {"part": "0.5"}}},
    {"former_codes": {"2": {"now": "1", "since": "2025-06-01"}}},
    {"students": "girls"},
    {"students": "boys", "numbers": "1 234.50"},
    {"counts": {"boys": {"g": "m"}, "girls": {"g": "f"}}, "skip": {"status": ["out"]}},
)
ENGINES: dict[str, Callable[[Resources | None], Engine]] = {
    "auto": AutomaticEngine,
    "duckdb": DuckdbEngine,
    "coded": partial(DuckdbEngine, large=0),
}
"""Small rosters are counted by Python itself, others as groups, and large ones as numbers."""


@contextmanager
def counted_by(engine: str) -> Iterator[None]:
    with patch.object(reporting, "engine", lambda _name, resources: ENGINES[engine](resources)):
        yield


@contextmanager
def never_read_row_by_row() -> Iterator[None]:
    def fail(*_: object, **_named: object) -> NoReturn:
        pytest.fail("a sound roster was read row by row")

    with patch.object(reporting, "read_row_by_row", fail):
        yield


@contextmanager
def never_counted() -> Iterator[None]:
    with patch.object(reporting, "reading_if_sound", lambda *_: (None, None)):
        yield


@worlds_tried(80)
@given(
    st.lists(
        st.lists(st.fixed_dictionaries(COLUMNS), min_size=1, max_size=6), min_size=1, max_size=2
    ),
    st.none() | st.sampled_from([(column, text) for column in BAD for text in BAD[column]]),
    st.sampled_from(LAYOUTS),
    st.sampled_from(COUNTINGS),
    st.booleans(),
    st.sampled_from(sorted(ENGINES)),
)
def test_a_count_reports_what_reading_row_by_row_does(
    files: list[list[dict[str, str]]],
    bad: tuple[str, str] | None,
    layout: dict[str, Any],
    counting: str,
    has_register: bool,
    engine: str,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if bad is not None:
            files[-1][-1] |= {bad[0]: bad[1]}
        inputs = _inputs(folder, files, layout, counting, has_register=has_register)
        with counted_by(engine):
            counted = _report(inputs)
        with never_counted():
            read = _report(inputs)
    event(json.loads(read)["outcome"])
    assert counted == read


def _inputs(
    folder: Path,
    files: list[list[dict[str, str]]],
    layout: dict[str, Any],
    counting: str,
    *,
    has_register: bool,
) -> Inputs:
    (folder / "rulebook.yaml").write_text(RULES.replace("COUNTING", counting))
    (folder / "layout.yaml").write_text(json.dumps({"roster": layout}))
    (folder / "schools.csv").write_text("school_id\n1\n2\n3\n1-7\n2-7\n3-7\n")
    is_counted = bool(layout.keys() & {"students", "counts"})
    columns = [name for name in COLUMNS if not (is_counted and name == "student_id")]
    rosters = [folder / f"{number}.csv" for number in range(len(files))]
    for path, rows in zip(rosters, files, strict=True):
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(
                [columns, *([row[name] for name in columns] for row in rows)]
            )
    return Inputs(
        folder / "rulebook.yaml",
        tuple(rosters),
        schools=folder / "schools.csv" if has_register else None,
        layout=folder / "layout.yaml",
    )


def _report(inputs: Inputs) -> str:
    with Workspace() as workspace:
        return report_as_json(
            roster_report(inputs, Detail(texts=True), workspace), show_values=True
        )


HEADER = "student_id,school_id,g,way,part,day,status\n"
ROWS = "".join(
    f"{number},{number % 3 + 1},{'ab'[number % 2]},{number}.5,1,2025-01-01,in\n"
    for number in range(30)
)
SOUND = HEADER + ROWS
FILES: dict[str, bytes] = {
    "roster.csv": SOUND.encode(),
    "semicolons.csv": SOUND.replace(",", ";").encode("utf-16"),
    "roster.csv.gz": gzip.compress(SOUND.encode(), mtime=0),
    "with lines before.csv": f"A city\n\n{SOUND}".encode(),
    "blank lines.csv": SOUND.replace("\n", "\n\n").encode() + b"\n\n",
    "blank rows.csv": SOUND.encode() + b",,,,,,\n" * 3,
    "few cells beyond.csv": SOUND.encode() + b"77,1,a,1,1,2025-01-01,in,,\n",
    "counts.csv": b"school_id,g,way,part,day,students\n1,a,1,1,2025-01-01,30\n2,b,1,1,2025-01-01,0",
    "one column.csv": b"school_id\n1\n\n2\n3\n\n",
    "former codes.csv": (SOUND + "77,0,a,1,1,2025-01-01,in\n").encode(),
    "only some.csv": (SOUND + "77,9,x,x,x,x,out\n").encode(),
    "no row.csv": HEADER.encode(),
    "one school.csv": (HEADER + "".join(r for r in ROWS.splitlines(True) if ",1,a" in r)).encode(),
    "unknown school.csv": (SOUND + "77,9,a,1,1,2025-01-01,in\n").encode(),
    "twice.csv": (SOUND + "7,1,a,1,1,2025-01-01,in\n").encode(),
    "bad value.csv": (SOUND + "77,1,x,1,1,2025-01-01,in\n").encode(),
    "too short.csv": (SOUND + "77,1,a\n").encode(),
    "no text.csv": SOUND.encode() + b"77,1,\xff,1,1,2025-01-01,in\n",
    "columns missing.csv": b"student_id,school_id,g,way\n1,1,a,1\n",
}
ONLY_IN = "roster: {only: {status: [in]}}"
ONE_COLUMN = """\
roster:
  only: {school_id: ["1", "2"]}
  constants: {g: a, way: "1", part: "1", day: "2025-01-01"}
"""
CHECKS: dict[str, tuple[tuple[str, ...], bool]] = {
    "a CSV file": (("roster.csv",), True),
    "a Parquet file": (("roster.parquet",), True),
    "a workbook": (("roster.xlsx",), True),
    "a workbook with hidden rows": (("hidden.xlsx", "--layout", "shown.yaml"), True),
    "another encoding": (("semicolons.csv",), True),
    "a gzip file": (("roster.csv.gz",), True),
    "standard input": (("-",), True),
    "a folder": (("parts",), True),
    "lines before the header": (("with lines before.csv", "--layout", "from_line_3.yaml"), True),
    "blank lines": (("blank lines.csv",), True),
    "blank lines of one column": (("one column.csv", "--layout", "one_column.yaml"), True),
    "cells beyond the header": (("few cells beyond.csv",), True),
    "rows of counts": (("counts.csv",), True),
    "rows left out": (("only some.csv", "--layout", "only_in.yaml"), True),
    "blank rows left out": (("blank rows.csv", "--layout", "only_in.yaml"), False),
    "schools without students": (("one school.csv",), True),
    "a previous run": (("roster.csv", "--previous", "before.json"), True),
    "other numbers than before": (
        ("roster.csv", "counts.csv", "--previous", "before.json"),
        False,
    ),
    "former codes": (("former codes.csv", "--layout", "former.yaml"), True),
    "blank rows": (("blank rows.csv",), False),
    "no row": (("no row.csv",), False),
    "an unknown school": (("roster.csv", "unknown school.csv"), False),
    "a student twice": (("twice.csv",), False),
    "the same file twice": (("counts.csv", "counts.csv"), False),
    "a bad value": (("bad value.csv",), False),
    "a row too short": (("too short.csv",), False),
    "no text": (("no text.csv",), False),
    "a column missing": (("roster.csv", "columns missing.csv"), False),
    "a file missing": (("roster.csv", "gone.csv"), False),
}


@pytest.fixture
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULES.replace("COUNTING", COUNTED_ONCE))
    (tmp_path / "schools.csv").write_text("school_id,name\n1,Hill\n2,Dale\n3,Wood\n")
    (tmp_path / "only_in.yaml").write_text(ONLY_IN)
    (tmp_path / "one_column.yaml").write_text(ONE_COLUMN)
    (tmp_path / "from_line_3.yaml").write_text("roster: {header_row: 3}")
    (tmp_path / "shown.yaml").write_text("roster: {hidden_rows: skip}")
    (tmp_path / "former.yaml").write_text("roster: {former_codes: {'0': {now: '3'}}}")
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "parts").mkdir()
    lines = ROWS.splitlines(keepends=True)
    for number in range(3):
        part = "".join(lines[number::3])
        (tmp_path / "parts" / f"{number}.csv").write_text(HEADER + part)
    with duckdb.connect() as connection:
        roster = (tmp_path / "roster.csv").as_posix()
        target = (tmp_path / "roster.parquet").as_posix()
        connection.execute(f"COPY (FROM '{roster}') TO '{target}' (FORMAT parquet)")
    sheet = [texts(i, *row.split(",")) for i, row in enumerate(SOUND.splitlines(), 1)]
    write_workbook(tmp_path / "roster.xlsx", {"Sheet1": sheet})
    hidden = texts(32, "77", "9", "x", "x", "x", "x", "x", more='hidden="1"')
    write_workbook(tmp_path / "hidden.xlsx", {"Sheet1": [*sheet, hidden]})


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("name", CHECKS)
def test_whatever_the_form_the_report_is_the_one_of_reading_row_by_row(
    name: str, funding: Funding, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, is_counted = CHECKS[name]
    if "before.json" in words:
        data = ("rulebook.yaml", "roster.csv", "--schools", "schools.csv")
        assert funding("compute", *data, "-o", "before.json").exit_code == 0

    def checked(*more: str) -> Finished:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SOUND.encode())))
        return funding("roster", "check", "rulebook.yaml", *words, *more)

    for more in (("--schools", "schools.csv"), ("--format", "json", "--show-values")):
        with never_counted():
            expected = checked(*more)
        assert expected.exit_code == 0 or not is_counted
        for engine in ENGINES:
            with counted_by(engine):
                assert checked(*more) == expected
                if is_counted and "--schools" in more:
                    with never_read_row_by_row():
                        assert checked(*more) == expected
