"""Projections: cohorts by hand, year by year, and a way out of what can't be."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from formula_funding.rules.schema import projection_schema
from tests.cli import test_schema
from tests.conftest import Finished, Funding
from tests.docs.documents import PROJECT

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students:
  grade: 1..3
  needs: [none, special]
parameters:
  norm: {kind: money, values: {2025-01-01: 100, 2027-01-01: 200}}
  extra: {kind: money, value: 10}
  coin: {kind: money, value: 1}
lines:
  base: {title: Base, for: each student, amount: norm}
  special: {title: Special, for: each student, when: needs = special, amount: extra}
  later: {title: Later, for: each student, when: grade = 3, amount: coin, from: 2026-01-01}
"""
ROSTER = """\
school_id,grade,needs,students
A,1,none,9
A,1,special,1
A,2,none,5
A,3,none,4
B,1,none,3
B,2,special,2
"""
COHORTS = """\
projection: plan
title: {en: Plan, ru: План}
ladder: grade
retention: {1: 90%, others: 100%}
intake: {2027: 20, others: +0%}
indexation: {norm: +4%, extra: +10%}
"""
WORDS = ("rulebook.yaml", "roster.csv", "--as-of", "2025-01-01", "--cohorts", "cohorts.yaml")


@pytest.fixture
def project(funding: Funding, tmp_path: Path) -> Funding:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "cohorts.yaml").write_text(COHORTS, encoding="utf-8")

    def run(*words: object) -> Finished:
        return funding("project", *WORDS, *words)

    return run


def _years(project: Funding, number: int) -> list[dict[str, Any]]:
    finished = project("--years", number, "--format", "json")
    assert finished.exit_code == 0, finished.stderr
    found: list[dict[str, Any]] = json.loads(finished.stdout)["years"]
    return found


def test_cohorts_climb_a_step_a_year_and_the_last_leave(project: Funding) -> None:
    """13 in grade 1: 90 % of them is 11.7, 12 go on; 7 go on to grade 3, whose 4 leave."""
    found = [year["by_value"] for year in _years(project, 2)]
    assert found == [
        {"1": 13, "2": 7, "3": 4},
        {"1": 13, "2": 12, "3": 7},
        {"1": 20, "2": 12, "3": 12},
    ]


def test_who_goes_on_is_shared_by_largest_remainder(project: Funding) -> None:
    """12 of 13: A with 10 has 9.23 and so 9, B with 3 has 2.77 and so 3."""
    schools = _years(project, 1)[1]["schools"]
    assert [(school["id"], school["students"]) for school in schools] == [
        ("A", 10 + 9 + 5),
        ("B", 3 + 3 + 2),
    ]


def test_figures_by_date_come_before_indexation(project: Funding) -> None:
    """In 2026 the norm is 104; on 2027-01-01 a newer one takes effect; in 2028 that is indexed."""
    years = _years(project, 3)
    norms = [f"{year['lines'][0]['amount']} for {year['students']}" for year in years]
    assert norms == ["2400.00 for 24", "3328.00 for 32", "8800.00 for 44", "10400.00 for 50"]


def test_a_figure_without_dates_is_indexed_every_year(project: Funding) -> None:
    """3 special students, then 1 of grade 1 anew and those of grade 2: 11.00 and 12.10 each."""
    years = _years(project, 2)
    lines = [{line["id"]: line["amount"] for line in year["lines"]} for year in years]
    assert lines[0]["special"] == "30.00"
    assert lines[1]["special"] == "44.00"  # A: 1 new and 1 that went on, B: 2 of grade 3


def test_lines_come_into_force_as_the_years_pass(project: Funding) -> None:
    years = _years(project, 1)
    later = [line["amount"] for year in years for line in year["lines"] if line["id"] == "later"]
    assert later == ["0.00", "7.00"]


def test_the_table_has_a_row_for_each_year(project: Funding) -> None:
    lines = project("--years", 2).stdout.splitlines()
    years = [" ".join(line.split()[:3]) for line in lines[-3:]]
    assert years == ["1 January 2025", "1 January 2026", "1 January 2027"]
    assert "Год" in project("--years", 1, "--lang", "ru").stdout


def test_csv_has_every_year_school_and_line(project: Funding) -> None:
    rows = list(csv.reader(io.StringIO(project("--years", 1, "--format", "csv").stdout)))
    assert rows[0] == ["year", "school_id", "students", "line", "amount"]
    assert len(rows) == 1 + 2 * 2 * 3


def test_the_order_of_the_roster_changes_nothing(project: Funding, tmp_path: Path) -> None:
    before = project("--years", 5, "--format", "json").stdout
    head, *rows = ROSTER.splitlines()
    (tmp_path / "roster.csv").write_text("\n".join([head, *reversed(rows)]), encoding="utf-8")
    assert project("--years", 5, "--format", "json").stdout == before


def test_a_projection_from_a_tally_is_that_from_the_roster(
    project: Funding, funding: Funding
) -> None:
    words = ("roster.csv", "--rulebook", "rulebook.yaml", "--as-of", "2025-01-01")
    assert funding("tally", *words, "-o", "t.parquet").exit_code == 0
    finished = funding(
        *("project", "rulebook.yaml", "t.parquet", *WORDS[2:], "--years", 2, "--format", "json")
    )
    # `grade` is read only from 2026 on, so a tally of 2025 does not hold it.
    assert [problem.code for problem in finished.errors] == ["S020"]
    assert "--also grade" in finished.errors[0].hint
    kept = funding("tally", *words, "--also", "grade", "-o", "t.parquet", "--force")
    assert kept.exit_code == 0
    finished = funding(
        *("project", "rulebook.yaml", "t.parquet", *WORDS[2:], "--years", 2, "--format", "json")
    )
    assert finished.stdout == project("--years", 2, "--format", "json").stdout


def test_with_full_retention_and_the_same_intake_the_number_settles(
    project: Funding, tmp_path: Path
) -> None:
    text = "projection: p\ntitle: P\nladder: grade\n"
    (tmp_path / "cohorts.yaml").write_text(text, encoding="utf-8")
    assert [year["students"] for year in _years(project, 4)] == [24, 33, 39, 39, 39]


def test_one_share_and_one_intake_are_those_of_all(project: Funding, tmp_path: Path) -> None:
    """13 × 50 % is 6.5 and so 7; 7 × 50 % is 3.5 and so 4; 13 × 110 % is 14.3 and so 14."""
    text = "projection: p\ntitle: P\nladder: grade\nretention: 50%\nintake: +10%\n"
    (tmp_path / "cohorts.yaml").write_text(text, encoding="utf-8")
    assert _years(project, 1)[1]["by_value"] == {"1": 14, "2": 7, "3": 4}


@pytest.mark.parametrize(
    ("old", "new", "code", "says", "line"),
    [
        ("ladder: grade", "ladder: grades", "S025", "`grades` is no attribute", 3),
        ("ladder: grade", "ladder: needs", "S025", "`1` is no value of the ladder", 4),
        ("{1: 90%,", "{9: 90%,", "S025", "`9` is no value of the ladder", 4),
        ("{1: 90%,", "{3: 90%,", "S025", "`3` is the last value", 4),
        ("{1: 90%,", "{1: -5%,", "S026", "less than nobody", 4),
        ("{2027: 20,", "{27: 20,", "S025", "`27` is no year", 5),
        ("{2027: 20,", "{2027: -101%,", "S026", "`-101%` is no intake", 5),
        ("{norm: +4%,", "{norn: +4%,", "S001", "no figure `norn`", 6),
        ("{norm: +4%,", "{norm: 104,", "S026", "indexes nothing", 6),
        ("{norm: +4%,", "{norm: -104%,", "S002", "less than nothing", 6),
        ("ladder: grade", "ladder: grade\norder: [1, 2, 2]", "S026", "stands twice", 4),
        ("ladder: grade", "ladder: grade\norder: [1]", "S026", "at least two values", 3),
        ("ladder: grade", "lader: grade", "R001", "lader", 3),
    ],
)
def test_a_projection_that_can_not_be_is_told_where_it_is_written(
    project: Funding, tmp_path: Path, old: str, new: str, code: str, says: str, line: int
) -> None:
    (tmp_path / "cohorts.yaml").write_text(COHORTS.replace(old, new), encoding="utf-8")
    finished = project("--years", 1)
    assert finished.exit_code == 1
    found = [problem for problem in finished.errors if problem.code == code]
    assert found, finished.stderr
    assert says in found[0].says
    assert found[0].at.startswith(f"cohorts.yaml:{line}:")


def test_an_intake_that_no_school_can_take_is_told(project: Funding, tmp_path: Path) -> None:
    roster = "school_id,grade,needs,students\nA,2,none,5\n"
    (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
    finished = project("--years", 2)
    assert [problem.code for problem in finished.errors] == ["S026"]
    assert "intake of 2027-01-01" in finished.errors[0].says


@pytest.mark.parametrize(
    "text",
    [
        COHORTS,
        (PROJECT / "sample_data" / "what_if" / "cohorts.yaml").read_text(encoding="utf-8"),
        "projection: p\ntitle: P\nladder: grade\nretention: 98.5%\nintake: 4_200\n",
    ],
)
def test_a_projection_fits_its_schema(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_schema, "SCHEMA", projection_schema())
    for version in ((1, 1), (1, 2)):
        assert test_schema.fits(test_schema.seen(text, version), projection_schema())
    slip = text.replace("ladder", "lader")
    assert not test_schema.fits(test_schema.seen(slip, (1, 2)), projection_schema())


def test_the_number_of_years_is_checked(project: Funding) -> None:
    assert project("--years", 0).exit_code == 2


def test_a_projection_shows_what_was_accepted(project: Funding, tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text("school_id,name\nA,Hill\n")
    given = ("--years", 2, "--schools", "schools.csv")
    assert [problem.code for problem in project(*given).errors] == ["D009"]
    accept = (*given, "--accept", "D009", "--reason", "B is private")
    told = "ACCEPTED IN SPITE OF D009: the register has no school `B`. Reason: B is private"
    assert project(*accept).stdout.count(told) == 1
    document = json.loads(project(*accept, "--format", "json").stdout)
    assert [(a["code"], a["reason"]) for a in document["accepted"]] == [("D009", "B is private")]
    assert document["years"][0]["students"] == 19
    rows = csv.DictReader(io.StringIO(project(*accept, "--format", "csv").stdout))
    assert {row["accepted"] for row in rows} == {"D009: B is private"}


def test_a_figure_that_changes_within_a_period_is_raised_until_its_newer_one(
    project: Funding, tmp_path: Path
) -> None:
    """100 in the first school year; 104 for 4 months and the newer 200 for 8 in the second, which
    are 168 a year; 208 in the third. 13 in grade 1 every year: 13 + 7 + 4, 13 + 13 + 7, 39."""
    (tmp_path / "cohorts.yaml").write_text(
        "projection: p\ntitle: P\nladder: grade\nindexation: {norm: +4%}\n", encoding="utf-8"
    )
    book = RULEBOOK.replace(
        "{2025-01-01: 100, 2027-01-01: 200}", "{2024-01-01: 100, 2026-01-01: 200}"
    )
    (tmp_path / "rulebook.yaml").write_text(book, encoding="utf-8")
    found = json.loads(
        project("--as-of", "2024-09..2025-08", "--years", 2, "--format", "json").stdout
    )
    base = [next(x["amount"] for x in y["lines"] if x["id"] == "base") for y in found["years"]]
    students = [year["students"] for year in found["years"]]
    assert students == [24, 33, 39]
    assert base == ["2400.00", "5544.00", "8112.00"]


def test_a_figure_that_is_solved_for_is_not_indexed(project: Funding, tmp_path: Path) -> None:
    solved = "extra: {kind: money, solve: {so_that: paid, at_most: pot, between: 0..9, to: 1}}"
    book = RULEBOOK.replace(
        "extra: {kind: money, value: 10}", f"{solved}\n  pot: {{kind: money, value: 9}}"
    )
    book = book.replace("lines:", "steps: {paid: sum(special of schools)}\nlines:")
    (tmp_path / "rulebook.yaml").write_text(book, encoding="utf-8")
    [problem] = project("--years", 1).errors
    assert (problem.code, problem.says) == ("S002", "the rulebook solves for `extra` itself")


UNDATED = RULEBOOK.replace("values: {2025-01-01: 100, 2027-01-01: 200}", "value: 100").replace(
    ", from: 2026-01-01", ""
)
ANY_YEAR = COHORTS.replace("{2027: 20, others: +0%}", "+0%")


@pytest.fixture
def undated(funding: Funding, project: Funding, tmp_path: Path) -> Funding:
    """A city whose figures have no date, so that no calendar year is known."""
    (tmp_path / "rulebook.yaml").write_text(UNDATED, encoding="utf-8")
    (tmp_path / "cohorts.yaml").write_text(ANY_YEAR, encoding="utf-8")

    def run(*words: object) -> Finished:
        return funding("project", *WORDS[:2], *WORDS[4:], *words)

    return run


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", ["first", "year 1", "year 2"]), ("ru", ["исходный", "1-й год", "2-й год"])],
)
def test_years_without_dates_are_numbered(undated: Funding, language: str, told: list[str]) -> None:
    lines = undated("--years", 2, "--lang", language).stdout.splitlines()
    assert all(line.startswith(year) for line, year in zip(lines[-3:], told, strict=True))
    years = json.loads(undated("--years", 2, "--format", "json").stdout)["years"]
    assert [year["year"] for year in years] == ["0", "1", "2"]


def test_an_intake_of_a_year_is_refused_where_no_year_is_known(
    undated: Funding, tmp_path: Path
) -> None:
    """Before, the 20 who enter in 2027 were passed over in silence."""
    (tmp_path / "cohorts.yaml").write_text(COHORTS, encoding="utf-8")
    (problem,) = undated("--years", 2).errors
    assert (problem.code, problem.at) == ("S025", "cohorts.yaml:5:10")
    assert "--as-of" in problem.hint
    dated = undated("--as-of", "2025-09-01", "--years", 2, "--format", "json")
    assert json.loads(dated.stdout)["years"][2]["by_value"]["1"] == 20


def test_an_intake_of_a_year_that_is_over_is_told(project: Funding, tmp_path: Path) -> None:
    given = COHORTS.replace("{2027: 20,", "{2025: 20,")
    (tmp_path / "cohorts.yaml").write_text(given, encoding="utf-8")
    finished = project("--years", 1)
    assert finished.exit_code == 0
    assert "S035" in finished.stderr
    assert "S035" not in project("--years", 1, "--as-of", "2024-12-31").stderr
