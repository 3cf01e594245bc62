"""`funding roster check --table`: what is counted beside students is checked in the same report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import Finished, Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11}
tables: {classes: {attributes: {kind: [day, evening], room: text}}}
parameters: {norm: {kind: money, value: 100}}
lines:
  base: {title: Base, for: each student, when: grade > 0, amount: norm}
  rooms: {title: Rooms, for: each school, amount: norm * count(classes where kind = day)}
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "schools.csv").write_text("school_id,name\n001,Hill\n002,Dale\n")
    (tmp_path / "roster.csv").write_text("student_id,school_id,grade\na,001,1\nb,002,2\n")
    (tmp_path / "classes.csv").write_text("school_id,kind\n001,day\n009,day\n001,night\nTotal,\n")


def check(funding: Funding, *words: str) -> Finished:
    data = ("rulebook.yaml", "roster.csv", "--schools", "schools.csv")
    return funding("roster", "check", *data, *words)


def report(funding: Funding, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(check(funding, *words, "--format", "json").stdout)
    return found


def test_the_rows_of_a_table_are_checked_beside_those_of_the_roster(funding: Funding) -> None:
    found = report(funding, "--table", "classes=classes.csv")
    assert [(file["file"], file["units"], file["rows"]) for file in found["files"]] == [
        ("roster.csv", "students", 2),
        ("classes.csv", "classes", 4),
    ]
    wrong = {
        check["name"]: [(f["code"], f["places"][0]["line"]) for f in check["findings"]]
        for check in found["checks"]
        if check["outcome"] == "fail"
    }
    assert wrong == {
        "rows": [("D021", 5)],
        "school-codes": [("D009", 3)],
        "values": [("D007", 4)],
    }
    computed = funding(
        *("compute", "rulebook.yaml", "roster.csv", "--schools", "schools.csv"),
        *("--table", "classes=classes.csv"),
    )
    assert {problem.code for problem in computed.errors} == {"D021", "D009", "D007"}


def test_a_table_that_is_not_given_is_not_evaluated_and_has_not_passed(funding: Funding) -> None:
    found = {check["name"]: check for check in report(funding)["checks"]}
    reason = "no file of `classes` is given (--table classes=FILE)"
    lacking = [name for name, check in found.items() if reason in check["not_evaluated"]]
    assert lacking == ["files", "columns", "rows", "school-codes", "values"]
    assert {found[name]["outcome"] for name in lacking} == {"not evaluated"}
    assert found["students"]["outcome"] == "pass"


def test_a_good_table_passes_every_check_of_rows(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "classes.csv").write_text("school_id,kind\n001,day\n")
    found = report(funding, "--table", "classes=classes.csv")
    assert [c["outcome"] for c in found["checks"]] == ["pass"] * 8 + ["not evaluated"]
    assert found["without_students"] == []


def test_a_table_goes_back_marked_too(funding: Funding, tmp_path: Path) -> None:
    finished = check(funding, "--table", "classes=classes.csv", "-o", "back")
    assert finished.stderr == "Wrote back/classes.xlsx\n"
    sheet = openpyxl.load_workbook(tmp_path / "back" / "classes.xlsx")["classes"]
    assert sheet["B4"].fill.fill_type == "solid"


def test_a_table_that_the_rulebook_does_not_have_is_told(funding: Funding) -> None:
    finished = check(funding, "--table", "clases=classes.csv")
    assert [(p.code, p.hint) for p in finished.errors] == [("F002", "did you mean `classes`?")]
