"""Parquet files are read as the CSV files that say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import Finished, Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11, fte: {range: 0..1, if_empty: 1}, born: date, needs: [none, special]}
schools: {remote: truth}
parameters:
  norm: {kind: money, value: 100.10}
lines:
  base: {title: Base, for: each student, when: grade > 0 and born > 2000-01-01, amount: norm * fte}
  special: {title: Special, for: each student, when: needs = special, amount: norm}
  far: {title: Far, for: each school, when: remote, amount: norm}
"""
ROSTER = """\
student_id,school_id,grade,fte,born,needs
a,001,5,0.5,2010-01-01,none
b,001,11,,2011-12-31,special
c,002,1,0.125,2012-02-29,none
"""
SCHOOLS = "school_id,name,remote\n001,Hill,true\n002,Dale,false\n"
TYPED = {
    "text": "student_id, school_id, grade, fte, born, needs",
    "typed": "student_id, school_id, grade::TINYINT AS grade, fte::DECIMAL(6, 3) AS fte, "
    "born::DATE AS born, needs::ENUM('none', 'special') AS needs",
    "spaces in names": 'student_id AS " student_id", school_id AS "school_id ", grade, fte, born, '
    'needs AS "\u00a0needs "',
    "days as times": "student_id, school_id, grade, fte, born::TIMESTAMP AS born, needs",
}


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "schools.csv").write_text(SCHOOLS)


def as_parquet(csv: Path, columns: str = "*") -> None:
    source = f"read_csv('{csv}', all_varchar = true)"
    target = csv.with_suffix(".parquet")
    duckdb.sql(f"COPY (SELECT {columns} FROM {source}) TO '{target}' (FORMAT parquet)")


@pytest.mark.parametrize("engine", ["duckdb", "plain"])
@pytest.mark.parametrize("columns", TYPED)
def test_a_parquet_roster_pays_what_the_csv_pays(
    funding: Funding, tmp_path: Path, columns: str, engine: str
) -> None:
    """The document names another file, and is the same but for that."""
    as_parquet(tmp_path / "roster.csv", TYPED[columns])
    as_parquet(tmp_path / "schools.csv", 'school_id AS " school_id", name, remote AS "remote "')
    words = ("compute", "rulebook.yaml", "--engine", engine, "--format", "json")
    csv = funding(*words, "roster.csv", "--schools", "schools.csv")
    parquet = funding(*words, "roster.parquet", "--schools", "schools.parquet")
    assert [(found.exit_code, found.stderr) for found in (csv, parquet)] == [(0, "")] * 2
    assert _but_for_the_file(parquet) == _but_for_the_file(csv)


def _but_for_the_file(finished: Finished) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(finished.stdout)
    del document["fingerprint"], document["ledger"]["files"][0]["file"]
    return document


def test_csv_and_parquet_are_one_roster(funding: Funding, tmp_path: Path) -> None:
    """A student who stands in both files stands twice."""
    as_parquet(tmp_path / "roster.csv")
    rosters = ("roster.csv", "roster.parquet")
    finished = funding("compute", "rulebook.yaml", *rosters, "--schools", "schools.csv")
    assert [(p.code, p.at) for p in finished.problems] == [
        ("D012", "roster.parquet: record 1, column 1")
    ]


@pytest.mark.parametrize(
    ("column", "code", "at"),
    [
        (
            "CASE WHEN school_id = '002' THEN NULL ELSE grade END AS grade",
            "D006",
            "record 3, column 3",
        ),
        ("12::BIGINT AS grade", "D007", "record 1, column 3"),
        ("5.5::DOUBLE AS grade", "D007", "record 1, column 3"),
    ],
    ids=["null", "out of range", "not whole"],
)
def test_a_bad_cell_of_a_parquet_file_is_placed_by_its_row(
    funding: Funding, tmp_path: Path, column: str, code: str, at: str
) -> None:
    """A null is an empty cell; rows count from 1, as there are no lines."""
    columns = f"student_id, school_id, {column}, fte, born, needs"
    as_parquet(tmp_path / "roster.csv", columns)
    finished = funding("compute", "rulebook.yaml", "roster.parquet", "--schools", "schools.csv")
    assert [(p.code, p.at) for p in finished.problems] == [(code, f"roster.parquet: {at}")]


def test_a_file_whose_name_is_a_pattern_is_one_file(funding: Funding, tmp_path: Path) -> None:
    """`roster[1]*.csv` names one file and no other."""
    (tmp_path / "roster.csv").rename(tmp_path / "roster[1]*.csv")
    (tmp_path / "roster1.csv").write_text("not,a,roster\n")
    words = ("compute", "rulebook.yaml", "roster[1]*.csv", "--schools", "schools.csv")
    assert funding(*words).exit_code == 0
