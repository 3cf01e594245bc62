"""A figure that changes within a period is set for all of it, or from one of its dates only."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Finished, Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
as_of: 2008-01..2008-12
students: {kind: [a, b]}
parameters:
  norm:
    kind: money
    by: kind
    values: {2008-01-01: {a: 1200, b: 2400}, 2008-02-01: {a: 2400, b: 1200}}
lines:
  base: {title: Base, for: each student, amount: "norm[kind]"}
"""


@pytest.mark.parametrize(
    ("change", "total"),
    [
        # One student of each kind: 300 in January, 300 in each of the other 11 months.
        ("norm: +10%", "3,960.00"),
        ("norm: {2008-02-01: +10%}", "3,930.00"),
        ("norm: {2008-02-01: {a: 1200, b: 1200}}", "2,500.00"),
        ("norm: {2008-01-01: +10%, 2008-02-01: +100%}", "6,930.00"),
        ("norm@2008-02..2008-12: +10%", "3,930.00"),
        ("'norm[a]': {2008-02-01: +10%}", "3,820.00"),
    ],
)
def test_a_figure_of_one_date_is_set_within_a_period(
    funding: Funding, tmp_path: Path, change: str, total: str
) -> None:
    finished = _compared(funding, tmp_path, change)
    assert finished.exit_code == 0, finished.stderr
    assert total in finished.stdout


def test_a_date_without_figures_is_told_with_those_that_have_some(
    funding: Funding, tmp_path: Path
) -> None:
    [problem] = _compared(funding, tmp_path, "norm: {2008-03-01: +10%}").errors
    assert problem.says == "`norm` has no figures of 2008-03-01 in force"
    assert problem.hint == "in force are those of 2008-01-01, 2008-02-01"


def _compared(funding: Funding, folder: Path, change: str) -> Finished:
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (folder / "roster.csv").write_text("school_id,kind\n001,a\n001,b\n", encoding="utf-8")
    scenario = f"scenario: s\ntitle: S\nset:\n  {change}\n"
    (folder / "s.yaml").write_text(scenario, encoding="utf-8")
    return funding("compare", "rulebook.yaml", "roster.csv", "--with", "s.yaml")
