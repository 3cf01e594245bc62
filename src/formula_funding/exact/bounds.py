"""Between which two numbers a value lies: interval arithmetic, exact and never too narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

_ZERO = Fraction(0)


@dataclass(frozen=True)
class Bounds:
    """All numbers from `low` to `high`, both of them included; an end that is None is open."""

    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def never_negative(self) -> bool:
        return self.low is not None and self.low >= 0

    @property
    def never_positive(self) -> bool:
        return self.high is not None and self.high <= 0

    def hull(self, other: Bounds) -> Bounds:
        """The narrowest bounds around both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Bounds(low, high)

    def meet(self, other: Bounds) -> Bounds:
        """What lies in both; as `self` where nothing does."""
        low = _extreme(max, self.low, other.low)
        high = _extreme(min, self.high, other.high)
        if low is not None and high is not None and low > high:
            return self
        return Bounds(low, high)

    def mapped(self, function: Callable[[Fraction], Fraction]) -> Bounds:
        """The bounds of a function that never falls."""
        return Bounds(
            None if self.low is None else function(self.low),
            None if self.high is None else function(self.high),
        )

    def __neg__(self) -> Bounds:
        return Bounds(
            None if self.high is None else -self.high, None if self.low is None else -self.low
        )

    def __add__(self, other: Bounds) -> Bounds:
        return Bounds(
            None if self.low is None or other.low is None else self.low + other.low,
            None if self.high is None or other.high is None else self.high + other.high,
        )

    def __mul__(self, other: Bounds) -> Bounds:
        """The least and the greatest of the products of the ends."""
        products = [_product(x, y) for x in self._ends for y in other._ends]
        (below, low), (above, high) = min(products), max(products)
        return Bounds(None if below else low, None if above else high)

    @property
    def _ends(self) -> tuple[_End, _End]:
        return (
            (-1, _ZERO) if self.low is None else (0, self.low),
            (1, _ZERO) if self.high is None else (0, self.high),
        )

    def __truediv__(self, other: Bounds) -> Bounds:
        """0 ÷ 0 is 0; other divisions by 0 have no value."""
        if other.low is not None and other.low > 0:
            return self * Bounds(_inverse(other.high), 1 / other.low)
        if other.high is not None and other.high < 0:
            return -(self / -other)
        if other.never_negative:
            return (self * Bounds(_ZERO, None)).hull(exactly(_ZERO))
        if other.never_positive:
            return -(self / -other)
        return Bounds() if self != exactly(_ZERO) else self

    def __pow__(self, exponent: int) -> Bounds:
        result = exactly(Fraction(1))
        for _ in range(exponent):
            result = result * self
        if exponent % 2 == 0:
            return Bounds(_ZERO if result.low is None else max(_ZERO, result.low), result.high)
        return result


ANY_NUMBER = Bounds()


def exactly(value: Fraction) -> Bounds:
    """One number."""
    return Bounds(value, value)


def smallest(parts: Iterable[Bounds]) -> Bounds:
    """The bounds of `min`."""
    first, *others = parts
    for other in others:
        low = None if first.low is None or other.low is None else min(first.low, other.low)
        first = Bounds(low, _extreme(min, first.high, other.high))
    return first


def largest(parts: Iterable[Bounds]) -> Bounds:
    """The bounds of `max`."""
    return -smallest([-part for part in parts])


def _extreme(
    choose: Callable[[Fraction, Fraction], Fraction], a: Fraction | None, b: Fraction | None
) -> Fraction | None:
    """Of two ends the narrower one; an open end narrows nothing."""
    if a is None or b is None:
        return b if a is None else a
    return choose(a, b)


def _inverse(high: Fraction | None) -> Fraction:
    return _ZERO if high is None else 1 / high


_End = tuple[int, Fraction]
"""(0, a number), or (-1, 0) and (1, 0) for what lies below and above all numbers."""


def _product(x: _End, y: _End) -> _End:
    if x[0] == y[0] == 0:
        return 0, x[1] * y[1]
    sign = _sign(x) * _sign(y)
    return (0, _ZERO) if sign == 0 else (sign, _ZERO)


def _sign(end: _End) -> int:
    infinite, number = end
    return infinite or (number > 0) - (number < 0)
