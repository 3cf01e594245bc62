"""A town of three schools that is paid in instalments and books its lines by code."""

from __future__ import annotations

from pathlib import Path

from formula_funding.pipeline import Inputs, Run, run

RULEBOOK = """\
rulebook: town
title: {en: Town, ru: Городок}
currency: RUB
sources:
  act: {title: {en: The act, ru: Постановление}, published: 2025-01-15, page: "3"}
students: {grade: 1..11}
schools:
  rural: {kind: truth, title: {en: Rural, ru: Сельская}}
  area: {kind: number, title: {en: Area, ru: Площадь}}
define:
  stage: {from: grade, bands: {low: 1..4, high: 5..11}}
parameters:
  norm: {kind: money, by: [stage], values: {low: 33_333.33, high: 44_444.44}, source: act}
  heat: {kind: money, value: 1_200.55}
steps:
  pupils: {formula: count(students), title: {en: Pupils, ru: Учеников}}
lines:
  base:
    title: {en: Teaching, ru: Обучение}
    for: each student
    amount: norm[stage]
    codes: {kosgu: "211"}
  heating:
    title: {en: Heating, ru: Отопление}
    for: each school
    amount: if(rural, 1.2, 1) * heat * area
payment: {instalments: 3, rounding: {to: 0.01, mode: half up}, remainder: REMAINDER}
"""
SCHOOLS = "school_id,name,rural,area\n001,One,yes,1250.5\n002,Two,no,900\n003,Three,no,1\n"
ROSTER = "school_id,grade,students\n001,1,30\n001,9,12\n002,7,25\n003,1,1\n"
REMAINDERS = ("first", "last", "cumulative")


def town(folder: Path, remainder: str) -> Run:
    """A finished run for the town, from files in a folder that is made for them."""
    folder.mkdir()
    files = {
        "rulebook.yaml": RULEBOOK.replace("REMAINDER", remainder),
        "schools.csv": SCHOOLS,
        "roster.csv": ROSTER,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return run(Inputs(folder / "rulebook.yaml", (folder / "roster.csv",), folder / "schools.csv"))
