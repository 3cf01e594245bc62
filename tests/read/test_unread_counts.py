"""A column of numbers of students that nobody reads is told of, for each row is paid as one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from formula_funding.read.unread_counts import are_counts, tells_counts
from tests.conftest import Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
parameters: {norm: {kind: money, value: 100}}
lines:
  base: {title: Base, for: each student, amount: norm}
"""
COUNTED = "school_id,Количество учащихся\n001,100\n002,28\n002,1\n"
WARNED = "D100: each row is paid as one student; the column `Количество учащихся`"


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(COUNTED, encoding="utf-8")


@pytest.mark.parametrize("command", [["compute"], ["check"], ["roster", "check"]])
def test_every_command_that_reads_the_roster_warns(funding: Funding, command: list[str]) -> None:
    finished = funding(*command, "rulebook.yaml", "roster.csv")
    assert finished.exit_code == 0
    said = " ".join((finished.stdout + finished.stderr).split())
    assert WARNED in said.replace("D100 each", "D100: each")
    assert "roster.csv:1:2" in said


@pytest.mark.parametrize(
    ("layout", "total"),
    [
        ("{students: Количество учащихся}", "12900.00"),
        ("{constants: {students: 1}}", "300.00"),
    ],
)
def test_a_layout_that_says_what_a_row_is_ends_the_warning(
    funding: Funding, tmp_path: Path, layout: str, total: str
) -> None:
    (tmp_path / "layout.yaml").write_text(f"roster: {layout}\n", encoding="utf-8")
    finished = funding("compute", "rulebook.yaml", "roster.csv", "--format", "json")
    assert "D100" not in finished.stderr
    assert json.loads(finished.stdout)["total"] == total


def test_the_layout_can_deny_that_a_column_students_counts(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text("school_id,students\n001,100\n", encoding="utf-8")
    (tmp_path / "layout.yaml").write_text("roster: {constants: {students: 1}}\n", encoding="utf-8")
    finished = funding("compute", "rulebook.yaml", "roster.csv", "--format", "json")
    assert json.loads(finished.stdout)["total"] == "100.00"


@pytest.mark.parametrize(
    "text",
    [
        "school_id,student_id,Количество учащихся\n001,a,100\n002,b,28\n",
        "school_id,Номер приказа\n001,100\n002,28\n",
        "school_id,Количество учащихся\n001,1\n002,1\n",
        "school_id,Количество учащихся\n001,много\n002,28\n",
    ],
)
def test_ids_other_titles_and_other_cells_are_no_counts(
    funding: Funding, tmp_path: Path, text: str
) -> None:
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    assert "D100" not in funding("compute", "rulebook.yaml", "roster.csv").stderr


def test_a_title_tells_of_counts_by_its_words() -> None:
    telling = ["Кол-во", "Численность на 1 сентября", "Number of pupils", "students_2025", "count"]
    assert all(map(tells_counts, telling))
    assert not any(map(tells_counts, ["Student number", "Код учащегося", "country", "№ п/п"]))


def test_numbers_tell_of_counts_where_several_are_above_one() -> None:
    assert are_counts(["1", "2", "", "1 204"])
    assert are_counts(["12"])
    assert not any(map(are_counts, [[], ["1", "2"], ["2", "3", "1,5"], ["", ""]]))
