"""California's counts of one year under the rates of another (official tables, where present)."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.model.inputs import Inputs
from formula_funding.pipeline import run
from formula_funding.whatif import compare
from tests.published.conftest import CASES
from tests.scenario.test_compare import PROJECT, _adds_up, _scenario

CALIFORNIA = PROJECT / "rules" / "california-lcff" / "2013-2016"
TABLE = "california-lcff-2013-16.csv"
RATES = {"ADA_K_3": 7_820, "ADA_4_6": 7_189, "ADA_7_8": 7_403, "ADA_9_12": 8_801}
GAP_RATE = Fraction("0.5255761597")
DOLLAR = Rounding(Fraction(1))


@pytest.mark.skipif(not (CASES / TABLE).is_file(), reason=f"no official table {TABLE}")
def test_counts_of_2013_under_the_rates_of_2015_equal_the_same_computed_directly(
    tmp_path: Path,
) -> None:
    layout = CALIFORNIA / "layout-2013-14.yaml"
    rulebook = CALIFORNIA / "rulebook.yaml"
    base = Inputs(rulebook, (CASES / TABLE,), layout=layout, as_of=date(2013, 7, 1))
    compared = compare(base, _scenario(tmp_path, "as_of: 2015-07-01\n"))
    directly = run(replace(base, as_of=date(2015, 7, 1))).allocation
    assert compared.after.register.ids == directly.register.ids
    assert compared.after.lines == directly.lines
    assert compared.base.lines == run(base).allocation.lines
    assert _adds_up(compared)
    found = {d.school: Fraction(d.after, 100) for d in compared.differences}
    assert found == _by_hand()


def _by_hand() -> dict[str, Fraction]:
    """Gap funding by the law, without the program: attendance of 2013-14, rates of 2015-16."""
    with (CASES / TABLE).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Year"] == "2013-14"]
    return {row["CDS"]: _gap(row) for row in rows}


def _gap(row: dict[str, str]) -> Fraction:
    def number(column: str) -> Fraction:
        return Fraction(row[column] or 0)

    is_charter = row["LEA_type"] == "Charter"
    grants = [number(column) * rate for column, rate in RATES.items()]
    if is_charter:
        grants = [round_fraction(grant, DOLLAR) for grant in grants]

    def rounded_of_each(share: Fraction) -> Fraction:
        return sum((round_fraction(grant * share, DOLLAR) for grant in grants), Fraction(0))

    above = max(Fraction(0), number("Unduplicated") - Fraction(55, 100))
    target = number("Base") if number("Small_schools") > 0 else rounded_of_each(Fraction(1))
    target += rounded_of_each(number("Unduplicated") / 5)
    target += number("Concentration") if is_charter else rounded_of_each(above / 2)
    target += number("Small_schools") + number("Add_on")
    floor = number("Floor")
    need = max(Fraction(0), target - floor) if floor > 0 else Fraction(0)
    return round_fraction(need * GAP_RATE, DOLLAR)
