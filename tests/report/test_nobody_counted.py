"""`funding roster check` tells of a layout that leaves out every row, as computing does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
parameters: {norm: {kind: money, value: 100}}
lines:
  base: {title: Base, for: each student, amount: norm}
"""
FILTER = "roster: {only: {status: [enrolled]}}\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "schools.csv").write_text("school_id\n001\n")
    (tmp_path / "layout.yaml").write_text(FILTER)


def told(funding: Funding, *rosters: str) -> list[tuple[str, str]]:
    """The codes and places of what is found in the files themselves."""
    data = ("rulebook.yaml", *rosters, "--schools", "schools.csv")
    report = json.loads(funding("roster", "check", *data, "--format", "json").stdout)
    [check] = [check for check in report["checks"] if check["name"] == "files"]
    return [(one["code"], one["places"][0]["file"]) for one in check["findings"]]


@pytest.mark.parametrize("rows", ["001,Enrolled\n", "001,Enrolled\n,\n"])
def test_a_layout_that_leaves_out_every_row_is_told(
    rows: str, funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text("school_id,status\n" + rows)
    assert told(funding, "roster.csv") == [("D130", "roster.csv")]
    (tmp_path / "empty.csv").write_text("school_id,status\n")
    assert told(funding, "roster.csv", "empty.csv") == [
        ("D002", "empty.csv"),
        ("D130", "roster.csv"),
    ]


def test_blank_rows_alone_are_no_rows_that_a_layout_leaves_out(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text("school_id,status\n,\n")
    assert told(funding, "roster.csv") == [("D002", "roster.csv")]


def test_a_file_may_be_left_out_as_a_whole_beside_one_that_counts(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text("school_id,status\n001,enrolled\n")
    (tmp_path / "left.csv").write_text("school_id,status\n001,left\n")
    assert told(funding, "roster.csv", "left.csv") == []


def test_a_file_without_rows_beside_another_is_told_by_a_run_as_by_a_check(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text("school_id,status\n001,enrolled\n")
    (tmp_path / "empty.csv").write_text("school_id,status\n")
    files = ("roster.csv", "empty.csv")
    assert told(funding, *files) == [("D002", "empty.csv")]
    run = funding("compute", "rulebook.yaml", *files, "--schools", "schools.csv")
    assert [(problem.code, problem.at) for problem in run.errors] == [("D002", "empty.csv")]
    kept = ("--rulebook", "rulebook.yaml", "--schools", "schools.csv", "-o", "kept.parquet")
    assert [problem.code for problem in funding("tally", *files, *kept).errors] == ["D002"]
