"""What `funding explain` prints of one school, by hand calculations."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.conftest import Funding

HEAD = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..4}
schools: {free: count, enrolled: count}
parameters: {norm: {kind: money, value: 10}}
"""
NOTE = "0 ÷ 0 counts as 0"


def _explained(funding: Funding, folder: Path, rules: str, school: str) -> str:
    (folder / "rulebook.yaml").write_text(HEAD + rules, encoding="utf-8")
    (folder / "schools.csv").write_text("school_id,free,enrolled\n1,6,3\n2,0,0\n", "utf-8")
    (folder / "roster.csv").write_text("school_id,grade\n1,1\n2,2\n2,4\n", encoding="utf-8")
    data = ("rulebook.yaml", "roster.csv", "--schools", "schools.csv")
    finished = funding("explain", *data, "--school", school)
    assert finished.exit_code == 0, finished.stderr
    return finished.stdout


@pytest.mark.parametrize("paid_for", ["each school", "each student"])
def test_a_line_says_that_nothing_shared_among_nobody_is_nothing(
    funding: Funding, tmp_path: Path, paid_for: str
) -> None:
    """6 / 3 of 10; 0 / 0 of 10."""
    rules = f"lines: {{base: {{title: Base, for: {paid_for}, amount: norm * free / enrolled}}}}\n"
    assert NOTE not in _explained(funding, tmp_path, rules, "1")
    assert _explained(funding, tmp_path, rules, "2").count(NOTE) == 1


def test_a_quotient_that_a_condition_passes_over_is_not_told_as_nothing(
    funding: Funding, tmp_path: Path
) -> None:
    """0 of 0 enrolled bring 7 times 10."""
    rules = (
        "steps: {need: 'if(enrolled = 0, 7, free / enrolled)'}\n"
        "lines: {base: {title: Base, for: each school, amount: norm * need}}\n"
    )
    shown = _explained(funding, tmp_path, rules, "2")
    assert "need = if(enrolled = 0, 7, free ÷ enrolled) = if(0 = 0, 7, 0 ÷ 0) = 7" in shown
    assert NOTE not in shown


@pytest.mark.parametrize(
    "rules",
    [
        "define: {weight: grade / 2 * free / enrolled}\n"
        "lines: {base: {title: Base, for: each student, amount: norm * weight}}\n",
        "define: {weight: free / enrolled, kind: {from: weight, bands: {few: ..<2, many: 2..}}}\n"
        "lines: {base: {title: Base, for: each student, when: kind = few, amount: norm}}\n",
        "define: {weight: free / enrolled}\nsteps: {all: sum(weight of students)}\n"
        "lines: {base: {title: Base, for: each school, amount: norm * all}}\n",
        "lines: {base: {title: Base, for: each school, when: free / enrolled > 1, amount: norm}}\n",
    ],
    ids=["definition", "band of a definition", "sum over students", "condition"],
)
def test_what_formulas_read_of_students_says_that_nothing_was_shared_too(
    funding: Funding, tmp_path: Path, rules: str
) -> None:
    assert NOTE not in _explained(funding, tmp_path, rules, "1")
    assert _explained(funding, tmp_path, rules, "2").count(NOTE) == 1


def test_the_workbook_says_that_nothing_was_shared(funding: Funding, tmp_path: Path) -> None:
    rules = (
        "steps: {need: free / enrolled}\n"
        "lines: {base: {title: Base, for: each student, amount: norm * free / enrolled}}\n"
    )
    _explained(funding, tmp_path, rules, "1")
    data = ("rulebook.yaml", "roster.csv", "--schools", "schools.csv")
    funding("compute", *data, "-o", "allocation.xlsx")
    sheet = load_workbook(tmp_path / "allocation.xlsx")["Explanation"]
    told = [row[0].value for row in sheet.iter_rows(min_row=2) if NOTE in str(row[8].value)]
    assert told == ["2", "2"]


def test_bands_that_no_formula_reads_are_no_part_of_an_explanation(
    funding: Funding, tmp_path: Path
) -> None:
    """Nor is what they band read of the register."""
    rules = (
        "define: {big: {from: enrolled, bands: {small: ..<10, large: 10..}}}\n"
        "lines: {base: {title: Base, for: each student, amount: norm}}\n"
    )
    assert "10.00" in _explained(funding, tmp_path, rules, "1")
    data = ("rulebook.yaml", "roster.csv", "--schools", "schools.csv")
    assert funding("compute", *data, "-o", "result.json").exit_code == 0
    assert funding("replay", "result.json").exit_code == 0
    assert funding("compute", *data, "-o", "allocation.xlsx").exit_code == 0
