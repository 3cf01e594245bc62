"""The audit of the sample city: 2008 by status fails with figures, the single norm passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Finished, Funding

PROJECT = Path(__file__).parents[2]
CITY = (
    PROJECT / "sample_data/city/roster.csv",
    "--schools",
    PROJECT / "sample_data/city/schools.csv",
)


def _audited(funding: Funding, scheme: str, *words: str) -> Finished:
    return funding("audit", PROJECT / f"rules/moscow/{scheme}/rulebook.yaml", *CITY, *words)


def _document(finished: Finished) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(finished.stdout)
    return document


def test_the_norms_of_2008_fail_with_the_norm_of_each_status(funding: Funding) -> None:
    """Status aside all grades weigh the same, so a weighted student brings the status's norm."""
    finished = _audited(funding, "2008-by-status", "--format", "json")
    assert finished.exit_code == 1
    document = _document(finished)
    assert not document["passed"]
    neutrality = document["neutrality"]
    assert neutrality["lines"][0]["way"] == ["base", "status"]
    norms = {
        entry["value"]: entry["per_weighted_student"]
        for entry in neutrality["money_by_status"]
        if entry["attribute"] == "status"
    }
    assert norms == {
        "advanced": "57651",
        "cadet": "99714",
        "gymnasium": "93186",
        "lyceum": "92936",
        "ordinary": "48871",
    }
    assert all(exchange["schools_moved"] for exchange in _of_status(neutrality))
    assert document["exceptions"][0]["sources"] == ["decree-184-pp"]


def _of_status(neutrality: dict[str, Any]) -> list[dict[str, Any]]:
    return [e for e in neutrality["exchanges"] if e["attribute"] == "status"]


def test_the_single_norm_passes_to_the_last_digit(funding: Funding) -> None:
    finished = _audited(funding, "2024-2025", "--format", "json")
    assert finished.exit_code == 0
    document = _document(finished)
    assert document["passed"]
    assert document["neutrality"]["unequal"] == []
    assert {e["moved"] for e in document["neutrality"]["exchanges"]} == {"0"}
    amounts = {e["per_weighted_student"] for e in document["neutrality"]["money_by_status"]}
    assert len(amounts) == 1


@pytest.mark.parametrize(
    ("language", "verdict", "formula"),
    [
        ("en", "PASSED", "(P95 − P5) ÷ P5, by students (34 CFR 222.162)"),
        ("ru", "ПРОЙДЕНА", "(P95 − P5) ÷ P5, по учащимся (34 CFR 222.162)"),
    ],
    ids=["en", "ru"],
)
def test_every_figure_is_shown_with_its_formula(
    funding: Funding, language: str, verdict: str, formula: str
) -> None:
    shown = _audited(funding, "2024-2025", "--lang", language).stdout
    assert verdict in shown
    assert formula in shown
    assert language == "en" or "by students" not in shown
    assert shown.count("÷ N") >= 3


def test_of_two_schools_no_equity_figure_is_told(funding: Funding) -> None:
    small = PROJECT / "sample_data/worked_example"
    rulebook = PROJECT / "rules/moscow/2024-2025/rulebook.yaml"
    finished = funding("audit", rulebook, small / "roster.csv", "--schools", small / "schools.csv")
    assert "counted in fewer than five schools" in finished.stdout
    assert "Gini" not in finished.stdout


def test_wealth_and_weight_are_columns_of_the_register(funding: Funding, tmp_path: Path) -> None:
    """Five schools of one student each, money 10; the wealthier get no more."""
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: city\ntitle: City\ncurrency: RUB\nstudents: {grade: 1..11}\n"
        "parameters: {norm: {kind: money, value: 10}}\n"
        "lines: {base: {title: Base, for: each student, when: grade > 1, amount: norm}}\n",
        encoding="utf-8",
    )
    rows = "".join(f"{i},2\n" for i in range(5))
    (tmp_path / "roster.csv").write_text("school_id,grade\n" + rows, encoding="utf-8")
    schools = "".join(f"{i},{100 + i},1.2\n" for i in range(5))
    (tmp_path / "schools.csv").write_text("school_id,z,w\n" + schools, encoding="utf-8")
    words = ("rulebook.yaml", "roster.csv", "--schools", "schools.csv", "--format", "json")
    finished = funding("audit", *words, "--wealth", "z", "--weight", "w")
    assert finished.exit_code == 0, finished.stderr
    wealth = {f["name"]: f["value"] for f in _document(finished)["wealth_neutrality"]}
    assert wealth == {"correlation": None, "slope": "0", "elasticity": "0"}
    weighted = {f["name"]: f["value"] for f in _document(finished)["equity_need_weighted"]}
    assert weighted["mean"] == "25/3"
    missing = funding("audit", *words, "--wealth", "income")
    assert missing.exit_code == 1
    assert missing.errors[0].code == "D003"


def test_an_empty_weight_is_what_the_rulebook_says(funding: Funding, tmp_path: Path) -> None:
    """Each of five students brings 10; the last school weighs 2 of them: 1 + 1 + 1 + 1 + 2 = 6."""
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: city\ntitle: City\ncurrency: RUB\nstudents: {grade: 1..11}\n"
        "schools: {need: {kind: number, if_empty: 2}}\n"
        "parameters: {norm: {kind: money, value: 10}}\n"
        "lines: {base: {title: Base, for: each student, amount: norm * need / need}}\n",
        encoding="utf-8",
    )
    rows = "".join(f"{i},2\n" for i in range(5))
    (tmp_path / "roster.csv").write_text("school_id,grade\n" + rows, encoding="utf-8")
    (tmp_path / "schools.csv").write_text("school_id,need\n0,1\n1,1\n2,1\n3,1\n4,\n", "utf-8")
    words = ("rulebook.yaml", "roster.csv", "--schools", "schools.csv", "--format", "json")
    finished = funding("audit", *words, "--weight", "need")
    assert finished.exit_code == 0, finished.stderr
    weighted = {f["name"]: f["value"] for f in _document(finished)["equity_need_weighted"]}
    assert weighted["mean"] == "25/3"


def test_the_data_show_who_loses_by_one_more_pupil(funding: Funding, tmp_path: Path) -> None:
    """A basic pupil beside 14 primary ones: 21,809.40 for it, 14 × 6,970 less for the others."""
    (tmp_path / "schools.csv").write_text(
        "school_id,place,small\na,rural,yes\nb,rural,yes\n", encoding="utf-8"
    )
    rows = "".join(["a,primary\n"] * 14 + ["b,primary\n"] * 20 + ["b,basic\n"])
    (tmp_path / "roster.csv").write_text("school_id,stage\n" + rows, encoding="utf-8")
    rulebook = PROJECT / "rules/khakasia/2006/rulebook.yaml"
    words = ("audit", rulebook, "roster.csv", "--schools", "schools.csv")
    losses = _document(funding(*words, "--format", "json"))["one_more_student"]["losses"]
    assert losses == [
        {"school": "a", "kind": {"stage": "basic"}, "loss": "75770.6"},
        {"school": "a", "kind": {"stage": "primary"}, "loss": "70194.9"},
    ]
    assert "One more student of each kind in each school (4 tried): 2 get less" in (
        funding(*words).stdout
    )


def test_without_a_register_an_audit_says_that_nothing_was_tried(funding: Funding) -> None:
    words = ("audit", PROJECT / "rules/moscow/2024-2025/rulebook.yaml", CITY[0])
    assert "PASSED by the proof alone" in funding(*words).stdout
    asked = funding(*words, "--wealth", "income")
    assert (asked.exit_code, [e.code for e in asked.errors]) == (1, ["D013"])


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Cliffs: not searched"), ("ru", "Обрывы: не искали")]
)
def test_an_audit_denies_no_cliff_where_it_searched_no_line(
    funding: Funding, tmp_path: Path, language: str, told: str
) -> None:
    """Of the only line other schools decide too."""
    (tmp_path / "pot.yaml").write_text(
        "rulebook: pot\ntitle: Pot\ncurrency: RUB\nschools: {area: number}\n"
        "parameters: {pot: {kind: money, value: 900}}\n"
        "lines:\n  a: {title: A, for: each school, amount: pot * area / sum(area of schools)}\n",
        encoding="utf-8",
    )
    (tmp_path / "schools.csv").write_text("school_id,area\n1,10\n2,20\n", encoding="utf-8")
    assert told in funding("audit", "pot.yaml", "schools.csv", "--lang", language).stdout


def test_a_roster_in_which_nobody_is_counted_is_audited_too(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: c\ntitle: C\ncurrency: RUB\nstudents: {grade: 1..4}\n"
        "parameters: {norm: {kind: money, value: 10}}\n"
        "lines: {base: {title: Base, for: each student, when: grade > 1, amount: norm}}\n",
        encoding="utf-8",
    )
    (tmp_path / "roster.csv").write_text("school_id,grade,students\n1,1,0\n", encoding="utf-8")
    finished = funding("audit", "rulebook.yaml", "roster.csv")
    assert finished.exit_code == 0
    assert "One more student" not in finished.stdout
