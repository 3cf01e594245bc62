"""Rounding is that of the decimal module, on ties and on endless fractions, for either sign."""

from __future__ import annotations

from decimal import (
    ROUND_05UP,
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    localcontext,
)
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact.rounding import Rounding, RoundingMode, decimal_places, round_fraction

BY_DECIMAL = {
    RoundingMode.HALF_UP: ROUND_HALF_UP,
    RoundingMode.HALF_EVEN: ROUND_HALF_EVEN,
    RoundingMode.UP: ROUND_UP,
    RoundingMode.DOWN: ROUND_DOWN,
}


def _by_decimal(value: Fraction, places: int, mode: RoundingMode) -> Fraction:
    """The second opinion. ROUND_05UP keeps a first rounding to many digits from hiding a tie."""
    with localcontext() as context:
        context.prec, context.rounding = 200, ROUND_05UP
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        return Fraction(quotient.quantize(Decimal(1).scaleb(-places), rounding=BY_DECIMAL[mode]))


@pytest.mark.parametrize("mode", RoundingMode)
@given(value=st.fractions(), places=st.integers(-3, 6))
def test_a_fraction_is_rounded_as_by_decimal(
    mode: RoundingMode, value: Fraction, places: int
) -> None:
    rounding = Rounding(Fraction(1, 10) ** places, mode)
    assert round_fraction(value, rounding) == _by_decimal(value, places, mode)


@pytest.mark.parametrize("mode", RoundingMode)
@given(units=st.integers(-(10**12), 10**12), places=st.integers(-3, 6))
def test_a_tie_is_rounded_as_by_decimal(mode: RoundingMode, units: int, places: int) -> None:
    unit = Fraction(1, 10) ** places
    tie = (units + Fraction(1, 2)) * unit
    assert round_fraction(tie, Rounding(unit, mode)) == _by_decimal(tie, places, mode)


@pytest.mark.parametrize(
    ("mode", "up", "down"),
    [
        (RoundingMode.HALF_UP, 3, -3),
        (RoundingMode.HALF_EVEN, 2, -2),
        (RoundingMode.UP, 3, -3),
        (RoundingMode.DOWN, 2, -2),
    ],
)
def test_two_and_a_half_becomes_what_the_mode_promises(
    mode: RoundingMode, up: int, down: int
) -> None:
    rounding = Rounding(Fraction(1), mode)
    assert round_fraction(Fraction(5, 2), rounding) == up
    assert round_fraction(Fraction(-5, 2), rounding) == down


@given(st.fractions(), st.fractions(min_value=Fraction(1, 1000), max_value=1000), st.data())
def test_a_rounded_number_is_a_multiple_of_the_unit_and_stays_one(
    value: Fraction, unit: Fraction, data: st.DataObject
) -> None:
    rounding = Rounding(unit, data.draw(st.sampled_from(RoundingMode)))
    rounded = round_fraction(value, rounding)
    assert (rounded / unit).denominator == 1
    assert abs(rounded - value) < unit
    assert round_fraction(rounded, rounding) == rounded


@given(st.integers(), st.integers(0, 30))
def test_decimal_places_are_the_fewest_that_write_a_decimal_exactly(
    units: int, places: int
) -> None:
    value = Fraction(units, 10**places)
    needed = decimal_places(value)
    assert needed is not None
    assert needed <= places
    assert (value * 10**needed).denominator == 1
    assert needed == 0 or (value * 10 ** (needed - 1)).denominator != 1


@given(st.integers(1, 10**6), st.sampled_from((3, 7, 11, 13)))
def test_an_endless_fraction_has_no_decimal_places(numerator: int, prime: int) -> None:
    assert decimal_places(Fraction(numerator * prime + 1, prime)) is None
