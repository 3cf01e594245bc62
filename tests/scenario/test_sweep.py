"""Sweeps: every point by hand, and a way out of every range that can't be."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path

import pytest

from formula_funding.cli.line_chart import HEIGHT, WIDTH, line_chart
from tests.conftest import Finished, Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {stage: [low, high]}
parameters:
  norm: {kind: money, by: stage, values: {low: 100, high: 200}}
  share: {kind: ratio, value: 0.5}
  pot: {kind: money, value: 10}
lines:
  base: {title: Base, for: each student, amount: 'norm[stage]'}
  half: {title: Half, for: each school, amount: share * base}
"""
ROSTER = "school_id,stage,students\n1,low,3\n2,high,1\n3,low,1\n4,low,1\n5,high,1\n"
"""Base 300, 200, 100, 100, 200 = 900, half of it 450: together 1350."""


@pytest.fixture
def sweep(funding: Funding, tmp_path: Path) -> Funding:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")

    def run(*words: object) -> Finished:
        return funding("sweep", "rulebook.yaml", "roster.csv", *words)

    return run


def test_each_point_has_its_total_and_those_who_gain_and_lose(sweep: Funding) -> None:
    """low at 90, 100, 110: 5 students of low in three schools, half as much on top."""
    finished = sweep("--vary", "norm[low]=90..110..10", "--format", "json")
    found = json.loads(finished.stdout)
    told = [
        (p["total"], p["change"], p["gain"], p["lose"], p["unchanged"]) for p in found["points"]
    ]
    assert told == [
        ("1275.00", "-75.00", 0, 3, 2),
        ("1350.00", "0.00", 0, 0, 5),
        ("1425.00", "75.00", 3, 0, 2),
    ]


def test_the_measure_of_a_point_is_that_of_its_money_per_student(sweep: Funding) -> None:
    """150 and 300 per student: range ratio 1 at 100; 165 and 300 at 110: 135 / 165 = 9/11."""
    finished = sweep("--vary", "norm[low]=100..110..10", "--format", "json")
    measures = [point["measure"] for point in json.loads(finished.stdout)["points"]]
    assert measures == ["1", "9/11"]


def test_a_grid_has_every_pair_the_last_figure_moving_fastest(sweep: Funding) -> None:
    finished = sweep(
        *("--vary", "norm=-10%..0%..10%", "--vary", "share=0..1..0.5", "--format", "csv")
    )
    rows = list(csv.reader(io.StringIO(finished.stdout)))
    assert rows[0][:3] == ["norm", "share", "total"]
    assert [row[:3] for row in rows[1:]] == [
        ["-10%", "0", "810.00"],
        ["-10%", "0.5", "1215.00"],
        ["-10%", "1", "1620.00"],
        ["+0%", "0", "900.00"],
        ["+0%", "0.5", "1350.00"],
        ["+0%", "1", "1800.00"],
    ]


def test_the_table_has_a_chart_and_speaks_russian(sweep: Funding) -> None:
    finished = sweep("--vary", "share=0..1..0.1", "--lang", "ru")
    assert finished.stdout.count("•") == 11
    assert "Выигрывают" in finished.stdout
    assert "1\u00a0350,00" in finished.stdout


def test_a_long_sweep_is_shown_in_part_and_says_so(sweep: Funding) -> None:
    finished = sweep("--vary", "share=0..1..0.001")
    assert "41 of 1,001 points are shown" in finished.stdout


@pytest.mark.parametrize(
    ("vary", "code", "says"),
    [
        ("norm[low]=100..50..5", "S024", "100 is above 50"),
        ("norm[low]=50..100..0", "S024", "the step is not above 0"),
        ("norm[low]=0..1_000_000..1", "S024", "1,000,001 points"),
        ("norn=0..1..1", "S001", "no figure `norn`"),
        ("norm[mid]=0..1..1", "S001", "no figure for `mid`"),
        ("norm=100..200..10", "S002", "is a table"),
        ("norm=-200%..0%..10%", "S002", "less than nothing"),
    ],
)
def test_a_sweep_that_can_not_be_is_told_where_it_is_written(
    sweep: Funding, vary: str, code: str, says: str
) -> None:
    finished = sweep("--vary", vary)
    assert finished.exit_code == 1
    assert [problem.code for problem in finished.errors] == [code]
    assert says in finished.errors[0].says
    assert f"--vary {vary}" in finished.stderr
    assert finished.errors[0].hint


def test_a_grid_of_too_many_points_is_refused_before_anything_is_priced(sweep: Funding) -> None:
    finished = sweep("--vary", "share=0..1..0.01", "--vary", "pot=0..100..1")
    assert [problem.code for problem in finished.errors] == ["S024"]


@pytest.mark.parametrize(
    ("one", "same"), [("share", "share"), ("norm[low]", "norm [low]"), ("norm[low]", "norm[ low ]")]
)
def test_a_figure_is_varied_once(sweep: Funding, one: str, same: str) -> None:
    finished = sweep("--vary", f"{one}=0..1..1", "--vary", f"{same}=0..1..0.5")
    assert [problem.code for problem in finished.errors] == ["S002"]


def test_a_figure_that_changes_within_a_period_is_varied_in_all_of_it(
    sweep: Funding, tmp_path: Path
) -> None:
    """5 students of low, 2 of high, half as much on top: 7 months at 10, then 5 months at 22, are
    15 for each: 7 × 15 and half as much on top, 157.5; before, every point was the base."""
    norm = "norm: {kind: money, by: stage, values: {low: 100, high: 200}}"
    dated = "norm: {kind: money, values: {2024-01-01: 10, 2025-04-01: 22}}"
    text = RULEBOOK.replace(norm, dated).replace("'norm[stage]'", "norm")
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    period = ("--as-of", "2024-09..2025-08", "--format", "json")
    found = json.loads(sweep("--vary", "norm=-10%..10%..10%", *period).stdout)
    assert [point["total"] for point in found["points"]] == ["141.75", "157.50", "173.25"]


@pytest.mark.parametrize(
    ("vary", "texts", "totals"),
    [
        # Base 900, and so much of it on top.
        ("share=0%..50%..25%", ["0%", "25%", "50%"], ["900.00", "1125.00", "1350.00"]),
        ("share=-50%..50%..50%", ["-50%", "+0%", "+50%"], ["1125.00", "1350.00", "1575.00"]),
        ("share=+0%..50%..50%", ["+0%", "+50%"], ["1350.00", "1575.00"]),
        # Of money, per cent can only be a change.
        ("pot=0%..50%..50%", ["+0%", "+50%"], ["1350.00", "1350.00"]),
    ],
)
def test_per_cent_without_a_sign_are_the_figures_of_a_ratio(
    sweep: Funding, vary: str, texts: list[str], totals: list[str]
) -> None:
    points = json.loads(sweep("--vary", vary, "--format", "json").stdout)["points"]
    assert [text for point in points for text in point["set"].values()] == texts
    assert [point["total"] for point in points] == totals


@pytest.mark.parametrize("vary", ["share", "share=0..1", "share=a..b..c", "norm=0%..1..1"])
def test_what_is_no_range_is_wrong_usage(sweep: Funding, vary: str) -> None:
    assert sweep("--vary", vary).exit_code == 2


def test_a_figure_that_is_solved_for_is_not_varied(sweep: Funding, tmp_path: Path) -> None:
    solved = "{kind: ratio, solve: {so_that: halves, at_most: pot, between: 0..1, to: 0.1}}"
    text = RULEBOOK.replace("{kind: ratio, value: 0.5}", solved)
    text = text.replace("lines:", "steps: {halves: sum(half of schools)}\nlines:")
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    [problem] = sweep("--vary", "share=0..1..0.5").errors
    assert (problem.code, problem.says) == ("S002", "the rulebook solves for `share` itself")


def test_a_point_whose_amounts_do_not_exist_stops_the_sweep(sweep: Funding, tmp_path: Path) -> None:
    text = RULEBOOK.replace("amount: share * base", "amount: base / share")
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    finished = sweep("--vary", "share=0..1..0.5")
    assert [problem.code for problem in finished.errors] == ["D017"]
    assert "at share = 0: `half` divides by zero" in finished.errors[0].says


def test_of_fewer_than_five_schools_no_measure_is_told(sweep: Funding, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("school_id,stage\n1,low\n2,low\n", encoding="utf-8")
    finished = sweep("--vary", "share=0..1..0.5")
    assert "fewer than five schools" in finished.stdout


def test_a_chart_has_its_extremes_at_the_edges() -> None:
    lines = line_chart([0, 5, 10], ("10", "0"), ("a", "c"))
    assert lines[0].startswith("10 │ ")
    assert lines[0].endswith("•")
    assert len(lines[0]) == len("10 │") + WIDTH
    assert lines[HEIGHT - 1].startswith(" 0 │•")
    assert lines[-1].split() == ["a", "c"]
    flat = line_chart([7, 7], ("7", "7"), ("a", "b"))
    assert sum("•" in line for line in flat) == 1


def test_the_measure_can_be_chosen(sweep: Funding) -> None:
    finished = sweep("--vary", "share=0..1..1", "--measure", "gini", "--format", "json")
    measure = json.loads(finished.stdout)["measure"]
    # Per student 150 (5 students) and 300 (2): sum of pairs 2·5·2·150 = 3000, N = 7, mean 1350/7.
    assert Fraction(measure["value"]) == Fraction(3000) / (2 * 49 * Fraction(1350, 7))
    assert sweep("--vary", "share=0..1..1", "--measure", "ginny").exit_code == 2


def test_counts_of_schools_have_grouped_thousands(funding: Funding, tmp_path: Path) -> None:
    """1,001 schools with one student of high each: all of them gain."""
    schools = "".join(f"{n},high,1\n" for n in range(1001))
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(f"school_id,stage,students\n{schools}", encoding="utf-8")
    words = ("sweep", "rulebook.yaml", "roster.csv", "--vary", "norm[high]=210..210..1")
    assert " 1,001 " in funding(*words).stdout
    assert " 1\u00a0001 " in funding(*words, "--lang", "ru").stdout


def test_the_measure_is_told_in_the_readers_language(sweep: Funding) -> None:
    shown = sweep("--vary", "norm[low]=90..100..10", "--lang", "ru").stdout
    assert "федеральный коэффициент размаха: (P95 − P5) ÷ P5, по учащимся" in shown
    assert "federal" not in shown
