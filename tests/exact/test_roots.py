"""Roots and logarithms are rounded half up at the stated digit, without floats."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact.roots import natural_logarithm, root


@given(
    value=st.fractions(min_value=0, max_value=10**9, max_denominator=10**6),
    degree=st.integers(1, 5),
    places=st.integers(-3, 8),
)
def test_a_root_is_the_nearest_decimal(value: Fraction, degree: int, places: int) -> None:
    found = root(value, degree, places)
    half = 1 / (2 * Fraction(10) ** places)
    assert (found + half) ** degree > value
    assert found == 0 or (found - half) ** degree <= value


def test_a_root_can_be_rounded_to_tens() -> None:
    assert root(Fraction(20_000), 2, -1) == 140


def test_logarithms_agree_with_a_printed_table() -> None:
    """ln 2, ln 10 and ln 0.5 as any table of logarithms prints them."""
    assert natural_logarithm(Fraction(2), 10) == Fraction("0.6931471806")
    assert natural_logarithm(Fraction(10), 10) == Fraction("2.3025850930")
    assert natural_logarithm(Fraction(1, 2), 4) == Fraction("-0.6931")


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        root(Fraction(-1), 2, 2)
    with pytest.raises(ValueError, match="above 0"):
        natural_logarithm(Fraction(0), 2)
