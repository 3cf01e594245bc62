"""The ledger of a run: every row accounted for, and a gate where money could be wrong."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from formula_funding import compute
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.explain.document import fingerprint
from formula_funding.explain.replay import replay
from tests.conftest import Finished, Funding
from tests.spark import OF_THIS_MACHINE

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {needs: [none, special], is_main: truth}
counting: {same_student: main_enrolment, main: is_main}
parameters: {norm: {kind: money, value: 100}}
lines:
  special: {title: Special, for: each student, when: needs = special, amount: norm}
"""
SCHOOLS = "school_id,name\n001,Hill\n002,Dale\n003,Moor\n"
ONE = """\
student_id,school_id,needs,is_main
pupil-a,001,special,yes
pupil-b,001,none,yes
pupil-c,001,special,no
pupil-d,777,special,yes
"""
TWO = """\
student_id,school_id,needs,is_main
pupil-c,002,special,yes
pupil-e,002,special,yes
pupil-f,002,none,yes
pupil-f,001,none,no
"""
REASON = "777 is private"
ACCEPT = ("--accept", "D009", "--reason", REASON)


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "schools.csv").write_text(SCHOOLS)
    (tmp_path / "one.csv").write_text(ONE)
    (tmp_path / "two.csv").write_text(TWO)


def run(
    funding: Funding, *words: str, rosters: tuple[str, ...] = ("one.csv", "two.csv")
) -> Finished:
    return funding("compute", "rulebook.yaml", *rosters, "--schools", "schools.csv", *words)


def ledger(funding: Funding, *words: str) -> dict[str, Any]:
    text = run(funding, *ACCEPT, "--format", "json", *words).stdout
    found: dict[str, Any] = json.loads(text)["ledger"]
    return found


def account(rows: int, left_out: dict[str, int], students: int, excluded: int) -> dict[str, Any]:
    return {"rows": rows, "left_out": left_out, "students": students, "excluded": excluded}


@pytest.mark.parametrize("engine", OF_THIS_MACHINE)
def test_every_row_is_accounted_for_by_file_by_school_and_in_total(
    funding: Funding, engine: str
) -> None:
    found = ledger(funding, "--engine", engine)
    not_main = {"not_main_enrolment": 1}
    assert found["files"] == [
        {"file": "one.csv"} | account(4, not_main | {"unknown_school": 1}, 2, 1),
        {"file": "two.csv"} | account(4, not_main, 3, 1),
    ]
    assert found["schools"] == [
        {"id": "001"} | account(4, {"not_main_enrolment": 2}, 2, 1),
        {"id": "002"} | account(3, {}, 3, 1),
        {"id": "003"} | account(0, {}, 0, 0),
    ]
    assert found["unknown_schools"] == [{"id": "777"} | account(1, {"unknown_school": 1}, 0, 0)]
    assert (found["rows_read"], found["rows_counted"]) == (8, 5)
    assert found["rows_left_out"] == {"not_main_enrolment": 2, "unknown_school": 1}
    assert (found["students_read"], found["students_funded"]) == (5, 3)
    assert found["without_students"] == ["003"]


def test_an_unknown_school_stops_the_run_unless_it_is_accepted(funding: Funding) -> None:
    assert [p.code for p in run(funding).errors] == ["D009"]
    assert run(funding, *ACCEPT).exit_code == 0


def test_every_output_shows_what_was_accepted_and_why(funding: Funding, tmp_path: Path) -> None:
    shown = run(funding, *ACCEPT).stdout
    assert f"ACCEPTED IN SPITE OF D009: the register has no school `777`. Reason: {REASON}" in shown
    [accepted] = ledger(funding)["accepted"]
    assert (accepted["code"], accepted["reason"], accepted["place"], accepted["times"]) == (
        *("D009", REASON, "one.csv:5:2", 1),
    )
    for ending in ("csv", "parquet", "xlsx", "json"):
        assert run(funding, *ACCEPT, "-o", f"out.{ending}").exit_code == 0
    told = f"D009: {REASON}"
    with (tmp_path / "out.csv").open() as file:
        assert {row["accepted"] for row in csv.DictReader(file)} == {told}
    with duckdb.connect() as connection:
        query = f"SELECT DISTINCT accepted FROM '{tmp_path / 'out.parquet'}'"
        assert connection.execute(query).fetchall() == [(told,)]
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    for sheet in book:
        texts = {str(cell.value) for row in sheet.iter_rows() for cell in row}
        of_sheet = told if sheet.title != "Cover" else "D009"
        assert f"ACCEPTED IN SPITE OF {of_sheet}" in texts, sheet.title
    words = ("rulebook.yaml", "one.csv", "two.csv", "--schools", "schools.csv", "--school", "001")
    statement = funding("explain", *words, *ACCEPT)
    assert (statement.exit_code, REASON in statement.stdout) == (0, True)


def test_a_reason_can_not_become_a_formula(funding: Funding) -> None:
    shown = run(funding, "--accept", "D009", "--reason", '=HYPERLINK("x")', "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(shown.stdout)))
    assert {row["accepted"] for row in rows} == {'D009: =HYPERLINK("x")'}


def test_the_sheet_of_the_ledger_adds_up(funding: Funding, tmp_path: Path) -> None:
    run(funding, *ACCEPT, "-o", "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Ledger"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows == [
        [
            *("School id", "Name", "Rows read", "Counted", "not the main enrolment"),
            *("school not in the register", "Students", "Funded", "Not funded"),
        ],
        [None, "file one.csv", 4, 2, 1, 1, 2, 1, 1],
        [None, "file two.csv", 4, 3, 1, 0, 3, 2, 1],
        ["001", "Hill", 4, 2, 2, 0, 2, 1, 1],
        ["002", "Dale", 3, 3, 0, 0, 3, 2, 1],
        ["003", "Moor", 0, 0, 0, 0, 0, 0, 0],
        ["777", "school not in the register", 1, 0, 0, 1, 0, 0, 0],
    ]


def test_a_changed_ledger_does_not_replay(funding: Funding) -> None:
    """Any number of the ledger raised by one is found out, even under a new fingerprint."""
    text = run(funding, *ACCEPT, "--format", "json").stdout
    tried = 0
    for place in _numbers(json.loads(text)["ledger"]):
        document = json.loads(text)
        part = document["ledger"]
        for key in place[:-1]:
            part = part[key]
        part[place[-1]] += 1
        del document["fingerprint"]
        problems = Problems()
        replay(document | {"fingerprint": fingerprint(document)}, "document.json", problems)
        assert problems.has_errors, place
        tried += 1
    assert tried > 30


def _numbers(node: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the numbers of the accounts stand."""
    if isinstance(node, dict):
        parts = [(key, value) for key, value in node.items() if key != "accepted"]
        return [found for key, value in parts for found in _numbers(value, (*place, key))]
    if isinstance(node, list):
        return [found for i, value in enumerate(node) for found in _numbers(value, (*place, i))]
    return [place] if isinstance(node, int) else []


# the previous run


@pytest.fixture
def previous(funding: Funding, tmp_path: Path) -> Path:
    """001 had 2 students and 002 had 3."""
    assert run(funding, *ACCEPT, "-o", "previous.json").exit_code == 0
    return tmp_path / "previous.json"


def test_the_same_students_as_before_pass(funding: Funding, previous: Path) -> None:
    assert run(funding, *ACCEPT, "--previous", previous.name).exit_code == 0


def test_a_school_with_far_fewer_students_stops_the_run(
    funding: Funding, previous: Path, tmp_path: Path
) -> None:
    (tmp_path / "two.csv").write_text(TWO.replace("pupil-e,002", "pupil-e,003"))
    finished = run(funding, *ACCEPT, "--previous", previous.name)
    assert [(p.code, p.at, p.says) for p in finished.errors] == [
        (
            "D054",
            "previous.json",
            "2 schools differ from the previous run by more than 20% of their students: "
            "`002` 3 → 2 (-33%); `003` 0 → 1",
        )
    ]
    assert finished.stdout == ""


def test_a_file_that_was_left_out_is_noticed(funding: Funding, previous: Path) -> None:
    finished = run(funding, *ACCEPT, "--previous", previous.name, rosters=("one.csv",))
    assert "D051" in [p.code for p in finished.problems] or "D054" in [
        p.code for p in finished.problems
    ]


def test_the_threshold_is_exact_and_a_choice(
    funding: Funding, previous: Path, tmp_path: Path
) -> None:
    """A third of the students is gone: 33.3% stop the run, 33.4% do not."""
    (tmp_path / "two.csv").write_text(TWO.replace("pupil-e,002,special,yes\n", ""))
    for threshold, codes in (("33.3%", ["D054"]), ("1/3", []), ("33.4%", []), ("0.5", [])):
        words = ("--previous", previous.name, "--threshold", threshold)
        assert [p.code for p in run(funding, *ACCEPT, *words).errors] == codes, threshold


def test_a_threshold_that_is_no_share_is_wrong_usage(funding: Funding, previous: Path) -> None:
    for threshold in ("much", "-5%"):
        words = ("--previous", previous.name, "--threshold", threshold)
        assert run(funding, *ACCEPT, *words).exit_code == 2


def test_an_accepted_change_is_told_with_its_schools_and_replays(
    funding: Funding, previous: Path, tmp_path: Path
) -> None:
    (tmp_path / "two.csv").write_text(TWO.replace("pupil-e,002,special,yes\n", ""))
    words = (*ACCEPT, "--accept", "d054", "--reason", "one moved away", "--previous", previous.name)
    assert run(funding, *words, "-o", "now.json").exit_code == 0
    found = json.loads((tmp_path / "now.json").read_text())["ledger"]
    assert found["previous"] == {
        "fingerprint": json.loads(previous.read_text())["fingerprint"],
        "threshold": "0.2",
        "changed": [{"id": "002", "before": 3, "now": 2}],
    }
    assert [entry["code"] for entry in found["accepted"]] == ["D009", "D054"]
    assert funding("replay", "now.json").exit_code == 0


@pytest.mark.parametrize("content", ["", "{}", '{"ledger": {"schools": [{"id": 1}]}}', "[1]"])
def test_what_is_no_previous_run_is_refused(funding: Funding, tmp_path: Path, content: str) -> None:
    (tmp_path / "other.json").write_text(content)
    finished = run(funding, *ACCEPT, "--previous", "other.json")
    assert (finished.exit_code, [p.code for p in finished.errors]) == (1, ["X001"])


def test_a_previous_run_that_is_not_there_is_exit_code_3(funding: Funding) -> None:
    assert run(funding, *ACCEPT, "--previous", "none.json").exit_code == 3


def test_python_can_accept_and_compare_too(previous: Path, tmp_path: Path) -> None:
    files = (tmp_path / "rulebook.yaml", [tmp_path / "one.csv", tmp_path / "two.csv"])
    schools = tmp_path / "schools.csv"
    with pytest.raises(ProblemsFoundError):
        compute(*files, schools=schools)
    result = compute(
        *files, schools=schools, accept={"D009": REASON}, previous=previous, threshold="5%"
    )
    assert result.total == Decimal("300.00")
    assert set(result.schools["accepted"]) == {f"D009: {REASON}"}


# what was accepted, wherever something is computed


def test_an_audit_shows_what_was_accepted(funding: Funding) -> None:
    data = ("rulebook.yaml", "one.csv", "two.csv", "--schools", "schools.csv")
    assert [p.code for p in funding("audit", *data).errors] == ["D009"]
    told = f"ACCEPTED IN SPITE OF D009: the register has no school `777`. Reason: {REASON}"
    assert told in funding("audit", *data, *ACCEPT).stdout
    document = json.loads(funding("audit", *data, *ACCEPT, "--format", "json").stdout)
    assert [(a["code"], a["reason"]) for a in document["accepted"]] == [("D009", REASON)]


def test_a_search_for_a_rate_shows_what_was_accepted(funding: Funding) -> None:
    data = ("rulebook.yaml", "one.csv", "two.csv", "--schools", "schools.csv")
    search = ("solve", *data, "--parameter", "norm", "--budget", "600")
    assert [p.code for p in funding(*search).errors] == ["D009"]
    told = f"ACCEPTED IN SPITE OF D009: the register has no school `777`. Reason: {REASON}"
    assert told in funding(*search, *ACCEPT).stdout
    document = json.loads(funding(*search, *ACCEPT, "--format", "json").stdout)
    assert (document["value"], document["accepted"][0]["reason"]) == ("200", REASON)


def test_what_was_accepted_for_nothing_is_told_in_a_search(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "one.csv").write_text(ONE.replace("777", "001"))
    data = ("rulebook.yaml", "one.csv", "two.csv", "--schools", "schools.csv")
    shown = funding("solve", *data, "--parameter", "norm", "--budget", "600", *ACCEPT)
    assert "O012" in {problem.code for problem in shown.warnings}


def test_a_comparison_shows_what_was_accepted(funding: Funding, tmp_path: Path) -> None:
    """On the terminal, to one school, as JSON, CSV and workbook, and of two results."""
    (tmp_path / "more.yaml").write_text("scenario: more\ntitle: More\nset: {norm: 200}\n")
    data = ("rulebook.yaml", "one.csv", "two.csv", "--schools", "schools.csv")
    compared = ("compare", *data, "--with", "more.yaml")
    assert [p.code for p in funding(*compared).errors] == ["D009"]
    told = f"ACCEPTED IN SPITE OF D009: the register has no school `777`. Reason: {REASON}"
    for words in ((), ("--school", "001"), ("--letter", "001")):
        assert funding(*compared, *ACCEPT, *words).stdout.count(told) == 1
    [document] = json.loads(funding(*compared, *ACCEPT, "--format", "json").stdout)
    assert [(a["code"], a["reason"]) for a in document["accepted"]] == [("D009", REASON)]
    rows = csv.DictReader(io.StringIO(funding(*compared, *ACCEPT, "--format", "csv").stdout))
    assert {row["accepted"] for row in rows} == {f"D009: {REASON}"}
    assert funding(*compared, *ACCEPT, "-o", "compared.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "compared.xlsx")
    assert {sheet["A2"].value for sheet in book} == {f"ACCEPTED IN SPITE OF D009: {REASON}"}
    assert run(funding, *ACCEPT, "-o", "result.json").exit_code == 0
    assert funding("compare", "result.json", "result.json").stdout.count(told) == 1


def test_a_sweep_shows_what_was_accepted(funding: Funding) -> None:
    data = ("rulebook.yaml", "one.csv", "two.csv", "--schools", "schools.csv")
    swept = ("sweep", *data, "--vary", "norm=90..110..10")
    assert [p.code for p in funding(*swept).errors] == ["D009"]
    told = f"ACCEPTED IN SPITE OF D009: the register has no school `777`. Reason: {REASON}"
    assert funding(*swept, *ACCEPT).stdout.count(told) == 1
    document = json.loads(funding(*swept, *ACCEPT, "--format", "json").stdout)
    assert [(a["code"], a["reason"]) for a in document["accepted"]] == [("D009", REASON)]
    rows = csv.DictReader(io.StringIO(funding(*swept, *ACCEPT, "--format", "csv").stdout))
    assert {row["accepted"] for row in rows} == {f"D009: {REASON}"}
