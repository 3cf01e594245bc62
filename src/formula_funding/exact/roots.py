"""Roots and logarithms to stated decimal places, correctly rounded: half up, without floats."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

_GUARD_DIGITS = 20


def root(value: Fraction, degree: int, places: int) -> Fraction:
    """The `degree`-th root of a number of 0 or more, rounded half up to `places` decimals.

    Raises ValueError for a negative number.
    """
    if value < 0:
        raise ValueError("a negative number has no root")
    scale = Fraction(10) ** places
    # The largest n with (n / scale) ^ degree <= value, found on whole numbers.
    target = value * scale**degree
    n = _whole_root(target.numerator // target.denominator, degree)
    half_above = (2 * n + 1) / (2 * scale)
    return (n + (half_above**degree <= value)) / scale


def _whole_root(number: int, degree: int) -> int:
    """The largest whole n with n ^ degree <= number."""
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle**degree <= number:
            low = middle
        else:
            high = middle - 1
    return low


def natural_logarithm(value: Fraction, places: int) -> Fraction:
    """ln of a number above 0, rounded half up to `places` decimals.

    Raises ValueError for 0 and below.
    """
    if value <= 0:
        raise ValueError("a logarithm needs a number above 0")
    with localcontext() as context:
        context.prec = places + _GUARD_DIGITS
        logarithm = Decimal(value.numerator).ln() - Decimal(value.denominator).ln()
        rounded = logarithm.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return Fraction(rounded)
