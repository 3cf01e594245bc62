"""Rounding: the only operation that may drop digits, and always by name.

`half up` rounds a tie away from zero, as school arithmetic, Excel's ROUND and the Russian
budget acts do: 2.5 becomes 3 and -2.5 becomes -3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class RoundingMode(Enum):
    """How a number between two units is decided."""

    HALF_UP = "half up"
    HALF_EVEN = "half even"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Rounding:
    """Round to whole multiples of `unit` (0.01 for a kopeck, 100 for a tenth of a thousand)."""

    unit: Fraction
    mode: RoundingMode = RoundingMode.HALF_UP


def divide_half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to numerator/denominator; ties go away from zero."""
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def divide_half_even(numerator: int, denominator: int) -> int:
    """The whole number nearest to numerator/denominator; ties go to the even one."""
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient % 2):
        return quotient + 1
    return quotient


def divide_up(numerator: int, denominator: int) -> int:
    """numerator/denominator rounded away from zero."""
    quotient = -(-abs(numerator) // denominator)
    return quotient if numerator >= 0 else -quotient


def divide_down(numerator: int, denominator: int) -> int:
    """numerator/denominator rounded towards zero."""
    quotient = abs(numerator) // denominator
    return quotient if numerator >= 0 else -quotient


DIVIDE: dict[RoundingMode, Callable[[int, int], int]] = {
    RoundingMode.HALF_UP: divide_half_up,
    RoundingMode.HALF_EVEN: divide_half_even,
    RoundingMode.UP: divide_up,
    RoundingMode.DOWN: divide_down,
}
"""Whole division by mode; the denominator must be positive."""


def round_fraction(value: Fraction, rounding: Rounding) -> Fraction:
    """One number rounded to a multiple of the unit."""
    units = value / rounding.unit
    return DIVIDE[rounding.mode](units.numerator, units.denominator) * rounding.unit


def decimal_places(value: Fraction) -> int | None:
    """How many decimal places write `value` exactly; None when no number of them does."""
    places, denominator = 0, value.denominator
    while denominator % 10 == 0:
        denominator //= 10
        places += 1
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
            places += 1
    return places if denominator == 1 else None
