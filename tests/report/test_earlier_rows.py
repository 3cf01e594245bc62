"""Of a student who stands twice both places are told, and never the id."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.conftest import Funding
from tests.sources.workbooks import texts, write_workbook

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11, is_main: {kind: truth, if_empty: yes}, part: {range: 0..2, if_empty: 1}}
parameters: {norm: {kind: money, value: 100}}
lines:
  base: {title: Base, for: each student, amount: "norm * if(is_main, grade, part)"}
"""
HEADER = "student_id,school_id,grade,is_main,part\n"
ROSTER = f"""{HEADER}pupil-a,1,5,,
pupil-b,1,5,,
pupil-a,1,5,,
pupil-c,1,5,,
pupil-b,2,5,,
pupil-b,2,5,,
pupil-c,1,6,,
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "schools.csv").write_text("school_id\n1\n2\n")
    (tmp_path / "roster.csv").write_text(ROSTER)


def earlier(funding: Funding, *rosters: str) -> list[str]:
    """What a run tells of earlier rows; the report of a check does the same."""
    data = ("rulebook.yaml", *rosters, "--schools", "schools.csv")
    computed, checked = funding("compute", *data).stderr, funding("roster", "check", *data).stdout
    assert "pupil-" not in computed + checked
    told = re.findall(r"^    earlier: (.+)$", computed, re.MULTILINE)
    assert told == re.findall(r"^  earlier  (.+)$", checked, re.MULTILINE)
    return told


def test_each_later_row_is_told_with_the_earlier_one(funding: Funding) -> None:
    """One is alike, two are in another school, and one in another grade."""
    assert earlier(funding, "roster.csv") == [
        "2:1",
        "3:1 before 6:1, 3:1 before 7:1",
        "5:1",
    ]


def test_of_many_rows_the_first_are_told(funding: Funding, tmp_path: Path) -> None:
    rows = "".join(f"pupil-{number},1,5,,\n" for number in range(40))
    (tmp_path / "roster.csv").write_text(HEADER + rows + rows)
    assert earlier(funding, "roster.csv") == [
        "2:1 before 42:1, 3:1 before 43:1, 4:1 before 44:1, 5:1 before 45:1, "
        "6:1 before 46:1 and 35 more"
    ]


def test_of_two_files_both_are_named(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "hill.csv").write_text(f"{HEADER}pupil-x,1,5,,\npupil-y,1,5,,\n")
    (tmp_path / "dale.csv").write_text(f"{HEADER}pupil-z,2,5,,\npupil-y,2,5,,\n")
    assert earlier(funding, "hill.csv", "dale.csv") == ["hill.csv:3:1"]
    assert earlier(funding, "dale.csv", "hill.csv") == ["dale.csv:3:1"]


def test_in_workbooks_the_cells_are_told_and_in_parquet_the_records(
    funding: Funding, tmp_path: Path
) -> None:
    rows = [texts(n, *row.split(",")) for n, row in enumerate(ROSTER.splitlines()[:4], 1)]
    write_workbook(tmp_path / "hill.xlsx", {"Pupils": rows})
    write_workbook(tmp_path / "dale.xlsx", {"Sheet1": [*rows[:1], texts(2, "pupil-b", "2", "5")]})
    assert earlier(funding, "hill.xlsx", "dale.xlsx") == ["hill.xlsx › Pupils › A3", "A2"]
    with duckdb.connect() as connection:
        source, target = tmp_path / "roster.csv", tmp_path / "roster.parquet"
        connection.execute(f"COPY (FROM '{source}' LIMIT 3) TO '{target}' (FORMAT parquet)")
    assert earlier(funding, "roster.parquet") == ["record 1, column 1"]


@pytest.mark.parametrize(
    ("counting", "rows", "expected"),
    [
        ("{same_student: main_enrolment, main: is_main}", ["no,", "yes,", "no,", "yes,"], ["3:1"]),
        ("{same_student: split_fte, fte: part}", [",0", ",0.5", ",0.6"], ["3:1"]),
        ("{same_student: split_fte, fte: part}", [",1.5", ",0.5"], []),
    ],
)
def test_rows_that_break_a_rule_together_are_told_with_the_first_that_counts(
    funding: Funding, tmp_path: Path, counting: str, rows: list[str], expected: list[str]
) -> None:
    (tmp_path / "rulebook.yaml").write_text(f"{RULEBOOK}counting: {counting}\n")
    text = "".join(f"pupil-a,1,5,{row}\n" for row in rows)
    (tmp_path / "roster.csv").write_text(HEADER + text)
    assert earlier(funding, "roster.csv") == expected


def test_programs_are_told_both_places(funding: Funding) -> None:
    data = ("rulebook.yaml", "roster.csv", "--schools", "schools.csv")
    report = json.loads(funding("roster", "check", *data, "--format", "json").stdout)
    pairs = [
        (place["line"], place["earlier"]["line"], place["earlier"]["earlier"])
        for check in report["checks"]
        for finding in check["findings"]
        for place in finding["places"]
    ]
    assert pairs == [(4, 2, None), (6, 3, None), (7, 3, None), (8, 5, None)]


def test_the_comment_in_a_marked_copy_names_the_earlier_cell(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "dale.csv").write_text(f"{HEADER}pupil-c,2,5,,\n")
    data = ("rulebook.yaml", "roster.csv", "dale.csv", "--schools", "schools.csv")
    funding("roster", "check", *data, "-o", "back")
    here = openpyxl.load_workbook(tmp_path / "back" / "roster.xlsx")["roster"]
    assert "Earlier: A3" in here["A6"].comment.text
    assert "Earlier: A3" in here["A7"].comment.text
    other = openpyxl.load_workbook(tmp_path / "back" / "dale.xlsx")["dale"]
    assert "Earlier: roster.csv:5:1" in other["A2"].comment.text
