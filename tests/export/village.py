"""A village of five schools whose names and ids a spreadsheet would take for something else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from formula_funding.pipeline import Inputs, Run, run

RULEBOOK = """\
rulebook: village
title: {en: A village & its schools, ru: Село и его школы}
version: "2025 & later"
currency: RUB
sources:
  act: {title: {en: "=1+1 (an act)", ru: "@Акт"}, published: 2025-01-15, page: "3"}
students:
  grade: 1..4
  fte: {kind: number, range: 0..1}
schools:
  area: number
parameters:
  rate: {kind: money, value: 160_300.5, source: act, title: {en: Rate, ru: Норматив}}
  per_metre: {kind: money, value: 1_000_000_000_000.07}
steps:
  places: {formula: sum(fte of students), title: {en: Places, ru: Места}}
  third: count(students) / 3
lines:
  base:
    title: {en: Base, ru: База}
    for: each student
    when: grade > 1
    amount: rate * fte
  halls:
    title: {en: "-Halls", ru: "-Залы"}
    for: each school
    amount: per_metre * area - rate * 1000
    rounding: {to: 0.001, mode: half even}
"""

NAMES = {
    "0131": "=1+1",
    "-7": "@SUM(A1)",
    "=2": "+x",
    "42": "-x",
    "’9": '<b>&amp;</b> «Ёлка», "1"',
}
AREAS = {"0131": "0", "-7": "0.5", "=2": "0.00016030049999", "42": "1.5", "’9": "3"}


@pytest.fixture
def village(tmp_path: Path) -> Run:
    """A finished run for the village."""
    folder = tmp_path / "village"
    folder.mkdir()
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    with (folder / "schools.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["school_id", "name", "area"], *([i, name, AREAS[i]] for i, name in NAMES.items())]
        )
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["school_id", "grade", "fte", "students"])
        for number, school in enumerate(NAMES):
            writer.writerows([[school, 2, "1", 10 + number], [school, 3, "0.5", 7]])
        writer.writerow(["0131", 1, "1", 4])
    files = (folder / name for name in ("rulebook.yaml", "roster.csv", "schools.csv"))
    rulebook, roster, schools = files
    return run(Inputs(rulebook, (roster,), schools))
