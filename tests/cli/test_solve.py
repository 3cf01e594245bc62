"""`funding solve` on figures that can be computed by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Finished, Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {stage: [low, high]}
parameters:
  norm: {kind: money, by: stage, values: {low: 100, high: 200}}
  share: {kind: ratio, value: 0.5}
lines:
  base: {title: Base, for: each student, amount: 'norm[stage]'}
  half: {title: Half, for: each school, amount: share * base}
"""
ROSTER = "school_id,stage,students\n1,low,3\n2,high,1\n"
"""Base 300 + 200 = 500, half of it 250: together 750."""


@pytest.fixture
def solve(funding: Funding, tmp_path: Path) -> Funding:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")

    def run(*words: object) -> Finished:
        return funding("solve", "rulebook.yaml", "roster.csv", *words)

    return run


def test_one_key_of_a_table_is_found_with_what_is_left(solve: Funding) -> None:
    # 1.5 * (3 * low + 200) <= 1000: low 155 gives 997.5, 156 gives 1002.
    finished = solve("--parameter", "norm[low]", "--budget", "1_000")
    assert finished.stdout.splitlines() == [
        "norm[low] = 155 (now 100), to 1",
        "Total 997.50 RUB (now 750.00); of the budget of 1,000.00, 2.50 is left.",
        "At 156 the total would be 1,002.00.",
    ]


def test_a_whole_table_is_multiplied_by_one_factor(solve: Funding) -> None:
    # 750 * factor <= 1000: 1.3333 gives 999.975, shown to the kopeck line by line: 399.99 + 266.66
    # and half of each, 200 (199.995 up) and 133.33: 999.98.
    finished = solve("--parameter", "norm", "--budget", "1_000")
    assert "every value of norm times 1.3333 (now 1), to 0.0001" in finished.stdout
    assert "Total 999.98 RUB" in finished.stdout


def test_at_least_spends_the_budget_and_no_unit_more_than_needed(solve: Funding) -> None:
    finished = solve(
        "--parameter", "share", "--budget", "800", "--to", "0.25", "--meet", "at-least"
    )
    assert "share = 0.75 (now 0.5), to 0.25" in finished.stdout
    assert "75.00 is spent beyond it" in finished.stdout


def test_the_answer_can_be_read_by_a_program(solve: Funding) -> None:
    finished = solve("--parameter", "norm[low]", "--budget", "1_000", "--format", "json")
    assert json.loads(finished.stdout) == {
        "parameter": "norm[low]",
        "is_factor": False,
        "meet": "at_most",
        "currency": "RUB",
        "points": None,
        "value": "155",
        "before": "100",
        "unit": "1",
        "total": "997.5",
        "total_before": "750",
        "budget": "1000",
        "remainder": "2.5",
        "beyond": "156",
        "total_beyond": "1002",
        "accepted": [],
    }


def test_the_answer_is_told_in_russian_too(solve: Funding) -> None:
    finished = solve("--parameter", "norm[low]", "--budget", "1_000", "--lang", "ru")
    assert finished.stdout.replace("\u00a0", " ").splitlines() == [
        "norm[low] = 155 (сейчас 100), с точностью до 1",
        "Итого 997,50 RUB (сейчас 750,00); из бюджета 1 000,00 остаётся 2,50.",
        "При 156 итог был бы 1 002,00.",
    ]


def test_of_several_answers_none_is_chosen(solve: Funding, tmp_path: Path) -> None:
    """500 + 500 * max(share, 1 - share) is 800 at 0.4 and at 0.6."""
    text = RULEBOOK.replace("amount: share * base", "amount: 'base * max(share, 1 - share)'")
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    finished = solve("--parameter", "share", "--budget", "800", "--between", "0..1")
    assert [problem.code for problem in finished.errors] == ["D031"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--parameter", "norn", "--budget", "1"), "F002", "no parameter `norn`"),
        (("--parameter", "norm[middle]", "--budget", "1"), "F008", "no rate of `middle`"),
        (("--parameter", "norm[low", "--budget", "1"), "F002", "no parameter `norm[low`"),
        (("--parameter", "share", "--budget", "499"), "D030", "500 at 0"),
        (("--parameter", "share", "--budget", "600", "--to", "0"), "D030", "a unit above 0"),
        (("--parameter", "share", "--budget", "600", "--to", "-1"), "D030", "not to -1"),
        (
            ("--parameter", "share", "--budget", "600", "--between", "0..0"),
            "D030",
            "fewer than two",
        ),
    ],
)
def test_what_can_not_be_found_is_told(
    solve: Funding, words: tuple[str, ...], code: str, says: str
) -> None:
    finished = solve(*words)
    assert finished.exit_code == 1
    assert [problem.code for problem in finished.errors] == [code]
    assert says in finished.errors[0].says


def test_the_range_and_the_unit_of_a_ratio_are_given_in_per_cent(solve: Funding) -> None:
    """500 * (1 + 60 %) = 800."""
    words = ("--parameter", "share", "--budget", "801", "--between", "10%..90%", "--to", "0.5%")
    assert "share = 0.6 (now 0.5), to 0.005" in solve(*words).stdout
    finished = solve("--parameter", "norm[low]", "--budget", "800", "--to", "1%")
    assert [(p.code, p.at) for p in finished.errors] == [("R026", "rulebook.yaml:6:3")]


@pytest.mark.parametrize("range_", ["1", "0..<1", "0..1..2", "..", "a..b"])
def test_what_is_no_range_is_refused(solve: Funding, range_: str) -> None:
    """`..<1` would leave out 1, which is one of the figures tried."""
    finished = solve("--parameter", "share", "--budget", "800", "--between", range_)
    assert finished.exit_code == 2


@pytest.mark.parametrize(("figure", "found"), [("1/3", "0.2"), ("20%", "0.2"), ("1", "0.2")])
def test_a_ratio_is_found_at_least_as_finely_as_a_factor(
    solve: Funding, tmp_path: Path, figure: str, found: str
) -> None:
    """500 * 1.2 = 600, and 600.04 are 0.04 more than at 0.2000."""
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK.replace("0.5}", f"{figure}}}"), "utf-8")
    answer = solve("--parameter", "share", "--budget", "600.04", "--format", "json")
    told = json.loads(answer.stdout)
    assert (told["value"], told["unit"], told["remainder"]) == (found, "0.0001", "0.04")


def test_a_figure_below_0_is_sought_below_0(solve: Funding, tmp_path: Path) -> None:
    """500 - 10 for each of two schools is 480; 400 are left where it is -50."""
    text = RULEBOOK.replace("share: {kind: ratio, value: 0.5}", "share: {kind: money, value: -10}")
    text = text.replace("amount: share * base", "amount: share")
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    assert "share = −50 (now −10), to 1" in (
        solve("--parameter", "share", "--budget", "400").stdout
    )


def test_a_figure_tried_for_which_there_is_no_amount_is_named(
    solve: Funding, tmp_path: Path
) -> None:
    text = RULEBOOK.replace("share * base", "base / share")
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    [problem] = solve("--parameter", "share", "--budget", "2000").errors
    assert problem.code == "D017"
    assert problem.says.startswith("with share = 0, which was tried: `half` divides by zero")
    assert "--between" in problem.hint
    found = solve("--parameter", "share", "--budget", "1_750", "--between", "0.1..1").stdout
    assert "share = 0.4 (now 0.5), to 0.0001" in found


def test_a_figure_split_by_the_period_is_told_with_its_parts(
    solve: Funding, tmp_path: Path
) -> None:
    dated = "values: {2024-01-01: 0.5, 2024-03-01: 0.6}"
    text = RULEBOOK.replace("value: 0.5", dated)
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    period = ("--as-of", "2024-01..2024-12")
    finished = solve("--parameter", "share", "--budget", "800", *period)
    [problem] = finished.errors
    assert problem.code == "F002"
    for part in ("share@2024-01..2024-02", "share@2024-03..2024-12"):
        assert f"`{part}`" in problem.says
        found = solve("--parameter", part, "--budget", "800", *period)
        assert found.exit_code == 0
