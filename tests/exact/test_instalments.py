"""Instalments: rounded by name, and together the whole sum."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact.instalments import Remainder, instalments
from formula_funding.exact.rounding import Rounding, RoundingMode

KOPECK = Rounding(Fraction("0.01"))
MONTHS = [Fraction(1, 12)] * 12
MAGADAN = {  # norm per year: printed norm per month (Magadan region, 13 February 2007)
    "30424.31": "2535.36",
    "104867.85": "8738.99",
    "74092.13": "6174.34",
    "34141.85": "2845.15",
    "52863.47": "4405.29",
    "36381.09": "3031.76",
}


@pytest.mark.parametrize(("year", "month"), MAGADAN.items())
def test_magadans_months_make_the_year(year: str, month: str) -> None:
    """Twelve printed months miss the printed year; with the remainder in the last they make it."""
    total, printed = Fraction(year), Fraction(month)
    paid = instalments(total, MONTHS, KOPECK, Remainder.LAST)
    assert paid[:11] == [printed] * 11
    assert paid[11] == total - 11 * printed
    assert 12 * printed != total
    assert sum(paid) == total


def test_magadans_first_row_prints_the_month_rounded_down() -> None:
    """28,106.82 / 12 = 2,342.235 is printed as 2,342.23; the last month then has 6 kopecks more."""
    down = Rounding(Fraction("0.01"), RoundingMode.DOWN)
    paid = instalments(Fraction("28106.82"), MONTHS, down, Remainder.LAST)
    assert paid == [Fraction("2342.23")] * 11 + [Fraction("2342.29")]


def test_the_first_instalment_may_have_the_remainder() -> None:
    """100 in three: 33.33 twice, and 33.34 at first."""
    paid = instalments(Fraction(100), [Fraction(1, 3)] * 3, KOPECK, Remainder.FIRST)
    assert paid == [Fraction("33.34"), Fraction("33.33"), Fraction("33.33")]


def test_cumulative_spreads_the_remainder() -> None:
    """0.05 in twelve: by hand 0.0042, 0.0083, 0.0125, … rounded to 0, 1, 1, 2, 2, 3, 3, 3, …"""
    paid = instalments(Fraction("0.05"), MONTHS, KOPECK, Remainder.CUMULATIVE)
    assert [100 * amount for amount in paid] == [0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0]


@given(
    total=st.fractions(max_denominator=1000),
    weights=st.lists(st.integers(0, 50), min_size=1, max_size=14).filter(any),
    unit=st.sampled_from(["0.01", "1", "0.05", "100"]),
    mode=st.sampled_from(RoundingMode),
    remainder=st.sampled_from(Remainder),
)
def test_nothing_is_lost(
    total: Fraction, weights: list[int], unit: str, mode: RoundingMode, remainder: Remainder
) -> None:
    """The instalments of any sum, also 0 or below, add up to it; all but one are whole units."""
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    paid = instalments(total, shares, Rounding(Fraction(unit), mode), remainder)
    assert sum(paid) == total
    assert len(paid) == len(shares)
    broken = [amount for amount in paid if (amount / Fraction(unit)).denominator != 1]
    assert len(broken) <= 1


@given(total=st.integers(-(10**9), 10**9), remainder=st.sampled_from(Remainder))
def test_a_sum_paid_back_is_paid_back_in_like_instalments(total: int, remainder: Remainder) -> None:
    """Half up knows no sign: minus the sum is minus each instalment."""
    paid = instalments(Fraction(total, 100), MONTHS, KOPECK, remainder)
    back = instalments(Fraction(-total, 100), MONTHS, KOPECK, remainder)
    assert back == [-amount for amount in paid]
