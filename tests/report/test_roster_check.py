"""`funding roster check`: what was found, where, and what could not be looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Finished, Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11, needs: [none, special]}
parameters:
  norm: {kind: money, value: 100}
lines:
  base: {title: Base, for: each student, when: needs = none or grade > 0, amount: norm}
"""
SCHOOLS = "school_id,name\n001,Hill\n002,Dale\n"
GOOD = "student_id,school_id,grade,needs\npupil-a,001,1,none\npupil-b,002,11,special\n"
BAD = """\
student_id,school_id,grade,needs
pupil-a,001,12,none
pupil-b,002,x,none
pupil-c,003,5,none
pupil-a,002,,NONE
pupil-e,Итого,5,none
pupil-f,001,5
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "schools.csv").write_text(SCHOOLS)
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text(BAD, encoding="utf-8")


def check(funding: Funding, *words: str, schools: bool = True) -> Finished:
    register = ("--schools", "schools.csv") if schools else ()
    return funding("roster", "check", "rulebook.yaml", *words, *register)


def report(funding: Funding, *words: str, schools: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        check(funding, *words, "--format", "json", schools=schools).stdout
    )
    return found


def outcomes(found: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in found["checks"]}


def findings(found: dict[str, Any]) -> dict[tuple[str, int], list[Any]]:
    """Places (line and column) by code and how often it occurs."""
    return {
        (finding["code"], finding["times"]): [
            [place["line"], place["column"]] for place in finding["places"]
        ]
        for check in found["checks"]
        for finding in check["findings"]
    }


def test_a_good_roster_passes_all_checks_but_the_one_that_nothing_was_given_for(
    funding: Funding,
) -> None:
    finished = check(funding, "good.csv")
    assert finished.exit_code == 0
    assert "0 checks failed, 8 passed, 1 not evaluated. What was not evaluated has not passed." in (
        finished.stdout
    )
    assert outcomes(report(funding, "good.csv"))["previous-run"] == "not evaluated"


def test_every_problem_stands_in_the_report_with_its_count_and_places(funding: Funding) -> None:
    assert check(funding, "bad.csv").exit_code == 1
    found = report(funding, "bad.csv")
    assert found["outcome"] == "fail"
    [file] = found["files"]
    assert file == {"file": "bad.csv", "units": "students", "rows": 6, "read_to_the_end": True}
    assert findings(found) == {
        ("D005", 1): [[7, None]],
        ("D021", 1): [[6, 2]],
        ("D009", 1): [[4, 2]],
        ("D007", 2): [[2, 3], [3, 3]],
        ("D006", 1): [[5, 3]],
        ("D007", 1): [[5, 4]],
        ("D012", 1): [[5, 1]],
    }
    assert [name for name, outcome in outcomes(found).items() if outcome == "fail"] == [
        *("rows", "school-codes", "values", "students")
    ]


def test_only_the_first_places_are_shown_and_all_are_counted(
    funding: Funding, tmp_path: Path
) -> None:
    rows = "".join(f"001,{grade},none\n" for grade in range(12, 52))
    (tmp_path / "long.csv").write_text("school_id,grade,needs\n" + rows)
    shown = check(funding, "long.csv").stdout
    assert "`grade` has a value that the rulebook does not declare (40 times)" in shown
    assert "where    long.csv:2:2, 3:2, 4:2, 5:2, 6:2 and 35 more" in shown
    assert "expected a whole number from 1 to 11" in shown
    assert "found    40 different values; --show-values shows them" in shown
    assert len(findings(report(funding, "long.csv"))["D007", 40]) == 5


def test_what_stands_in_cells_is_shown_only_when_asked_for_and_ids_never(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "secret.csv").write_text(BAD.replace(",x,", ",secret,"), encoding="utf-8")
    for words in ([], ["--format", "json"]):
        plain = check(funding, "secret.csv", *words)
        asked = check(funding, "secret.csv", "--show-values", *words)
        assert "secret`" not in plain.stdout.replace("secret.csv", "")
        assert '"secret"' not in plain.stdout
        assert "`secret` (1)" in asked.stdout or '"value": "secret"' in asked.stdout
        for finished in (plain, asked):
            assert "pupil-" not in finished.stdout + finished.stderr


def test_a_file_that_can_not_be_read_hides_nothing_of_the_others(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    (tmp_path / "open.csv").write_text('student_id,school_id,grade,needs\nz,001,1,"none\n')
    finished = check(funding, "old.xls", "gone.csv", "open.csv", "bad.csv")
    assert finished.exit_code == 3
    found = report(funding, "old.xls", "gone.csv", "open.csv", "bad.csv")
    assert {code for code, _ in findings(found)} >= {"Y001", "D005", "D007", "D009", "D012"}
    by_name = {check["name"]: check for check in found["checks"]}
    assert by_name["files"]["outcome"] == "fail"
    assert by_name["columns"]["outcome"] == "not evaluated"
    assert by_name["columns"]["not_evaluated"] == [
        "old.xls can't be read",
        "gone.csv can't be read",
    ]
    assert by_name["schools-filled"]["outcome"] == "not evaluated"
    assert "open.csv was read in part only: 0 rows" in by_name["values"]["not_evaluated"]
    assert [file["read_to_the_end"] for file in found["files"]] == [False, False, False, True]


def test_a_missing_column_hides_nothing_of_the_other_columns(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "short.csv").write_text("school_id,needs\n009,sometimes\n001,none\n")
    found = report(funding, "short.csv")
    assert {code for code, _ in findings(found)} == {"D003", "D007", "D009"}
    by_name = {check["name"]: check for check in found["checks"]}
    assert by_name["values"]["not_evaluated"] == ["short.csv lacks columns"]
    assert by_name["students"]["not_evaluated"] == ["short.csv has no column `student_id`"]
    assert by_name["students"]["outcome"] == "not evaluated"


def test_a_second_header_is_told_even_where_the_ids_have_no_column(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "twice.csv").write_text("grade,needs\n1,none\ngrade,needs\n2,none\n")
    assert ("D073", 1) in findings(report(funding, "twice.csv"))


def test_without_a_register_codes_are_not_evaluated_and_not_passed(funding: Funding) -> None:
    found = report(funding, "good.csv", schools=False)
    not_evaluated = [n for n, outcome in outcomes(found).items() if outcome == "not evaluated"]
    assert not_evaluated == ["register", "school-codes", "schools-filled", "previous-run"]
    assert found["outcome"] == "pass"


def test_a_broken_register_leaves_the_values_to_be_checked(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "schools.csv").write_text("school_id,name\n001,Hill\n001,Hall\n")
    found = report(funding, "bad.csv")
    assert outcomes(found)["register"] == "fail"
    assert outcomes(found)["school-codes"] == "not evaluated"
    assert outcomes(found)["values"] == "fail"
    assert ("D009", 1) not in findings(found)


def test_codes_unmatched_in_either_direction_are_listed(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(
        "school_id,grade,needs,students\n001,1,none,30\n0O2,1,none,20\n"
    )
    found = report(funding, "other.csv")
    assert found["not_in_register"] == [{"id": "0O2", "students": 20}]
    assert found["without_students"] == ["002"]


def test_ids_that_are_no_schools_at_all_are_not_shown(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "mixed.csv").write_text("school_id,grade,needs\npupil-a,1,none\npupil-b,2,none\n")
    finished = check(funding, "mixed.csv", "--format", "json")
    assert "pupil-" not in finished.stdout
    assert json.loads(finished.stdout)["not_in_register"] == []


def test_many_unknown_codes_are_one_finding(funding: Funding, tmp_path: Path) -> None:
    rows = "".join(f"5{number:03},1,none\n" for number in range(40))
    (tmp_path / "many.csv").write_text("school_id,grade,needs\n001,1,none\n" + rows)
    found = findings(report(funding, "many.csv"))
    assert [key for key in found if key[0] == "D009"] == [("D009", 40)]


def test_a_county_whose_codes_were_changed_fails_the_check_of_codes(
    funding: Funding, tmp_path: Path
) -> None:
    schools = "".join(f"50-{n:03},School {n}\n" for n in range(20))
    (tmp_path / "schools.csv").write_text(f"school_id,name\n77-001,Hill\n{schools}")
    rows = "".join(f"51-{n:03},1,none\n" for n in range(20))
    (tmp_path / "county.csv").write_text(f"school_id,grade,needs\n77-001,1,none\n{rows}")
    found = report(funding, "county.csv")
    messages = [f["message"] for check in found["checks"] for f in check["findings"]]
    assert messages[0] == (
        "20 schools (`51-0…`) with 20 students are not in the register, and 20 schools of the "
        "register (`50-0…`) have no student: it looks as if the codes had been changed "
        "(`50-000` has become `51-000`?)"
    )
    assert len(found["without_students"]) == len(found["not_in_register"]) == 20


def test_a_rulebook_that_counts_no_students_has_no_roster(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: city\ntitle: City\ncurrency: RUB\nschools: {area: number}\n"
        "parameters: {norm: {kind: money, value: 1}}\n"
        "lines:\n  base: {title: Base, for: each school, amount: norm * area}\n"
    )
    finished = check(funding, "good.csv")
    assert (finished.exit_code, [p.code for p in finished.problems]) == (1, ["R003"])


def test_the_report_and_the_run_find_the_same_errors(funding: Funding) -> None:
    """What stops `compute` fails in the report, at the same places."""
    computed = funding("compute", "rulebook.yaml", "bad.csv", "--schools", "schools.csv")
    reported = {
        (f["code"], f["places"][0]["line"])
        for check in report(funding, "bad.csv")["checks"]
        for f in check["findings"]
    }
    assert {(p.code, int(p.at.split(":")[1])) for p in computed.errors} == reported


def test_a_file_without_school_ids_is_checked_as_far_as_can_be(
    funding: Funding, tmp_path: Path
) -> None:
    """Also where it repeats its header, or tells a total in some column."""
    (tmp_path / "torn.csv").write_text("grade,needs\n5,none\ngrade,needs\nИтого,none\n")
    finished = funding("roster", "check", "rulebook.yaml", "torn.csv", "--schools", "schools.csv")
    assert finished.exit_code == 1
    assert all(code in finished.stdout for code in ("D003", "D073", "D021"))


def test_files_with_a_header_of_their_own_are_told_together_with_the_way_out(
    funding: Funding, tmp_path: Path
) -> None:
    for number in range(7):
        (tmp_path / f"school-{number}.csv").write_text("Code,Class,Remarks\n001,1,none\n")
    finished = check(funding, *(f"school-{number}.csv" for number in range(7)))
    assert finished.stdout.count("error D003") == 1
    assert "(7 times)" in finished.stdout
    assert "school-0.csv:1, school-1.csv:1, school-2.csv:1" in finished.stdout
    assert "and 2 more" in finished.stdout
    assert "and 3 more reasons" in finished.stdout
    assert "its header begins `Code`, `Class`, `Remarks`" in finished.stdout
    assert "funding roster draft" in finished.stdout


def test_schools_are_not_filled_where_no_row_names_one_of_the_register(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "bare.csv").write_text(GOOD.replace("00", ""))
    found = report(funding, "bare.csv")
    assert outcomes(found)["school-codes"] == "fail"
    assert outcomes(found)["schools-filled"] == "not evaluated"


def test_of_a_roster_that_cannot_be_read_only_that_is_told(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
    by_name = {check["name"]: check for check in report(funding, "old.xls")["checks"]}
    assert by_name["schools-filled"]["not_evaluated"] == ["old.xls can't be read"]
