"""Audits of two schools: what is neutral is not denied, and what is not is not called so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Funding

REGISTER = "school_id,status,opened,remote\na,ordinary,1990-01-01,yes\nb,gymnasium,2005-01-01,no\n"
HEAD = (
    "rulebook: c\ntitle: C\ncurrency: RUB\nstudents: {grade: 1..11, fte: {range: 0..1}}\n"
    "schools: {status: [ordinary, gymnasium], opened: date, remote: truth}\n"
)
NORM = "parameters: {norm: {kind: money, value: 100}}\n"
ROSTER = "school_id,grade,fte\na,1,1\na,5,0.5\nb,1,1\nb,1,0.25\nb,5,1\nb,9,1\nb,1,0.5\n"


def _audited(funding: Funding, folder: Path, rules: str, *words: str) -> str:
    (folder / "rulebook.yaml").write_text(HEAD + rules, encoding="utf-8")
    (folder / "schools.csv").write_text(REGISTER, encoding="utf-8")
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    finished = funding("audit", "rulebook.yaml", "roster.csv", "--schools", "schools.csv", *words)
    assert finished.exit_code in {0, 1}, finished.stderr
    return finished.stdout


def _document(funding: Funding, folder: Path, rules: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_audited(funding, folder, rules, "--format", "json"))
    return document


@pytest.mark.parametrize(
    "amount",
    [
        "norm * if(count(students) < 4, 2, 1)",
        "norm * sum(grade of students) / count(students)",
        "norm * if(count(students) < mean(size of schools by remote) + 1, 2, 1)",
        "norm * weighed",
    ],
)
def test_what_a_school_counts_for_itself_is_no_status(
    funding: Funding, tmp_path: Path, amount: str
) -> None:
    """The gymnasium is larger, and each of its students would bring as much in the other one."""
    found = _document(
        funding,
        tmp_path,
        NORM + "define: {weighed: fte * share(students where grade > 4)}\n"
        "steps: {size: count(students)}\n"
        f"lines: {{base: {{title: Base, for: each student, amount: '{amount}'}}}}\n",
    )
    assert (found["passed"], found["neutrality"]["unequal"]) == (True, [])
    each = [entry["per_weighted_student"] for entry in found["neutrality"]["money_by_status"]]
    assert len(set(each)) == 1
    assert each[0] != "0"


def test_a_rate_that_is_found_by_status_is_one_that_reads_status(
    funding: Funding, tmp_path: Path
) -> None:
    """2 × 100 for a and 5 × 100 twice for b are to be 1,000: the rate is 0.8333.

    All ordinary it is 1.4285, and 416.64 more are paid than 583.31.
    """
    found = _document(
        funding,
        tmp_path,
        "legacy: A former scheme\nparameters:\n  norm: {kind: money, value: 100}\n"
        "  budget: {kind: money, value: 1000}\n  rate:\n    kind: ratio\n"
        "    solve: {so_that: whole, at_most: budget, between: 0..100, to: 0.0001}\n"
        "steps:\n  need: count(students) * norm * if(status = gymnasium, 2, 1) * rate\n"
        "  whole: sum(need of schools)\n"
        "lines: {base: {title: Base, for: each student, amount: norm * rate}}\n",
    )
    assert not found["passed"]
    line = found["neutrality"]["lines"][0]
    assert line["way"] == ["base", "rate", "whole", "need", "status"]
    moved = {entry["all_are"]: entry["moved"] for entry in found["neutrality"]["exchanges"]}
    assert moved["ordinary"] == "416.64"


@pytest.mark.parametrize(
    ("amount", "by"),
    [
        ("norm * if(opened < 2000-01-01, 2, 1)", "opened"),
        ("norm * count(students where remote)", "remote"),
        ("norm * sum(if(remote and grade > 1, fte, 0) of students)", "remote"),
    ],
)
def test_a_rule_for_old_or_remote_schools_is_told_as_an_exception(
    funding: Funding, tmp_path: Path, amount: str, by: str
) -> None:
    lines = f"lines: {{base: {{title: Base, for: each school, amount: '{amount}'}}}}\n"
    exceptions = _document(funding, tmp_path, NORM + lines)["exceptions"]
    assert [(e["name"], e["by"]) for e in exceptions] == [("base", [by])]


def test_one_more_student_is_told_by_what_the_lines_tried_read(
    funding: Funding, tmp_path: Path
) -> None:
    """The full-time equivalents decide the pot alone, which other schools decide too."""
    found = _document(
        funding,
        tmp_path,
        NORM + "lines:\n"
        "  base: {title: B, for: each student, amount: 'norm * if(count(students) > 2, 0.1, 1)'}\n"
        "  late: {title: L, for: each student, when: grade > 4, amount: norm}\n"
        "  pot:\n    title: P\n    for: each school\n"
        "    amount: norm * sum(fte of students) / sum(count(students) of schools)\n",
    )["one_more_student"]
    assert (found["tried"], found["complete"]) == (6, True)
    assert found["losses"] == [
        {"school": "a", "kind": {"grade": "1"}, "loss": "170"},
        {"school": "a", "kind": {"grade": "5"}, "loss": "70"},
        {"school": "a", "kind": {"grade": "9"}, "loss": "70"},
    ]


def test_only_kinds_of_students_that_occur_are_added(funding: Funding, tmp_path: Path) -> None:
    """Of grades and equivalents (1, 1), (1, 0.25), (1, 0.5), (5, 0.5), (5, 1) and (9, 1)."""
    lines = "lines: {base: {title: B, for: each student, amount: norm * fte * grade}}\n"
    found = _document(funding, tmp_path, NORM + lines)["one_more_student"]
    assert found["tried"] == 6 * 2


def test_a_cliff_is_told_in_russian(funding: Funding, tmp_path: Path) -> None:
    amount = "'norm * if(count(students) > 2, 0.1, 1)'"
    lines = f"lines: {{base: {{title: B, for: each student, amount: {amount}}}}}\n"
    shown = _audited(funding, tmp_path, NORM + lines, "--lang", "ru")
    assert "2 → 3 учащихся: −170,00 (Все учащиеся)" in shown
