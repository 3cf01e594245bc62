"""Between which two ends a number can lie, and what arithmetic makes of such ends.

Every result holds each number that can really occur, and perhaps more: what is impossible here
is impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Extent:
    """The numbers from `low` to `high`; an end that is None is endless.

    An end with `without_low` or `without_high` does not belong to it. `whole`: only whole
    numbers.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    without_low: bool = False
    without_high: bool = False
    whole: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no number lies between the ends."""
        low, high = self.low, self.high
        if low is None or high is None:
            return False
        return low > high or (low == high and (self.without_low or self.without_high))

    @property
    def never_negative(self) -> bool:
        return self.low is not None and self.low >= 0

    @property
    def never_positive(self) -> bool:
        return self.high is not None and self.high <= 0

    def around(self, other: Extent) -> Extent:
        """The least extent that holds both."""
        return hull((self, other))

    def meet(self, other: Extent) -> Extent:
        """What lies in both; as `self` where nothing does."""
        both = self.common(other)
        return self if both.is_empty else both

    def mapped(self, function: Callable[[Fraction], Fraction]) -> Extent:
        """What a function that never falls makes of it."""
        return rising(self, function, whole=False)

    def __neg__(self) -> Extent:
        return negative(self)

    def __add__(self, other: Extent) -> Extent:
        return plus(self, other)

    def __mul__(self, other: Extent) -> Extent:
        return times(self, other)

    def __truediv__(self, other: Extent) -> Extent:
        return divided(self, other)

    def __pow__(self, exponent: int) -> Extent:
        return power(self, exponent)

    def common(self, other: Extent) -> Extent:
        """The numbers that lie in both."""
        low, without_low = _later_start(self, other)
        high, without_high = _earlier_end(self, other)
        whole = self.whole or other.whole
        both = Extent(low, high, without_low, without_high, whole)
        return both._to_whole_ends() if whole else both

    def _to_whole_ends(self) -> Extent:
        low, high = self.low, self.high
        if low is not None:
            low = Fraction(floor(low) + 1 if self.without_low else ceil(low))
        if high is not None:
            high = Fraction(ceil(high) - 1 if self.without_high else floor(high))
        return Extent(low, high, whole=True)

    def cells(self, cuts: Iterable[Fraction]) -> list[Extent]:
        """This extent cut into points and the gaps between them, without those that are empty."""
        points = sorted(set(cuts))
        ends: list[Fraction | None] = [None, *points, None]
        cells = [point(cut) for cut in points]
        cells += [
            Extent(low, high, low is not None, high is not None) for low, high in pairwise(ends)
        ]
        return [cell for cell in (self.common(cell) for cell in cells) if not cell.is_empty]


ANYTHING = Extent()
NOT_NEGATIVE = Extent(ZERO)
SHARE = Extent(ZERO, ONE)


def point(number: Fraction) -> Extent:
    """A single number."""
    return Extent(number, number, whole=number.denominator == 1)


def _later_start(a: Extent, b: Extent) -> tuple[Fraction | None, bool]:
    if a.low is None or (b.low is not None and b.low > a.low):
        return b.low, b.without_low
    return a.low, a.without_low or (a.low == b.low and b.without_low)


def _earlier_end(a: Extent, b: Extent) -> tuple[Fraction | None, bool]:
    if a.high is None or (b.high is not None and b.high < a.high):
        return b.high, b.without_high
    return a.high, a.without_high or (a.high == b.high and b.without_high)


def hull(extents: Iterable[Extent]) -> Extent:
    """The least extent that holds all of them; it is empty if all of them are."""
    given = [extent for extent in extents if not extent.is_empty]
    if not given:
        return Extent(ONE, ZERO)
    lows = [extent.low for extent in given]
    highs = [extent.high for extent in given]
    low = None if None in lows else min(end for end in lows if end is not None)
    high = None if None in highs else max(end for end in highs if end is not None)
    return Extent(
        low,
        high,
        low is not None and all(e.without_low for e in given if e.low == low),
        high is not None and all(e.without_high for e in given if e.high == high),
        all(extent.whole for extent in given),
    )


def plus(a: Extent, b: Extent) -> Extent:
    return Extent(
        None if a.low is None or b.low is None else a.low + b.low,
        None if a.high is None or b.high is None else a.high + b.high,
        a.without_low or b.without_low,
        a.without_high or b.without_high,
        a.whole and b.whole,
    )


def negative(a: Extent) -> Extent:
    return Extent(
        None if a.high is None else -a.high,
        None if a.low is None else -a.low,
        a.without_high,
        a.without_low,
        a.whole,
    )


def times(a: Extent, b: Extent) -> Extent:
    products = [_end_product(x, y) for x in _ends(a) for y in _ends(b)]
    return _from_ends(products, whole=a.whole and b.whole)


def divided(a: Extent, b: Extent) -> Extent:
    """A quotient; 0 ÷ 0 is 0, and what else is divided by 0 is no number."""
    nothing = [point(ZERO)] if _holds_zero(a) and _holds_zero(b) else []
    parts = [
        b.common(Extent(high=ZERO, without_high=True)),
        b.common(Extent(ZERO, without_low=True)),
    ]
    return hull([*nothing, *(times(a, _inverse(part)) for part in parts if not part.is_empty)])


def _inverse(b: Extent) -> Extent:
    """1 ÷ b for numbers of one sign."""

    def inverted(end: Fraction | None) -> Fraction | None:
        return ZERO if end is None else (None if end == 0 else 1 / end)

    return Extent(inverted(b.high), inverted(b.low))


def power(a: Extent, exponent: int) -> Extent:
    result = point(ONE)
    for _ in range(min(exponent, _POWERS)):
        result = times(result, a)
    if not 0 <= exponent <= _POWERS:
        return ANYTHING
    return largest([result, point(ZERO)]) if exponent % 2 == 0 else result


def smallest(extents: Sequence[Extent]) -> Extent:
    return negative(largest([negative(extent) for extent in extents]))


def largest(extents: Sequence[Extent]) -> Extent:
    lows = [extent.low for extent in extents if extent.low is not None]
    highs = [extent.high for extent in extents]
    return Extent(
        max(lows, default=None),
        None if None in highs else max(end for end in highs if end is not None),
        whole=all(extent.whole for extent in extents),
    )


def rising(a: Extent, function: Callable[[Fraction], Fraction], *, whole: bool) -> Extent:
    """What a function makes of the ends that never falls when its argument rises."""
    return Extent(
        None if a.low is None else function(a.low),
        None if a.high is None else function(a.high),
        whole=whole,
    )


def absolute(a: Extent) -> Extent:
    if a.low is not None and a.low >= 0:
        return a
    return largest([a, negative(a), point(ZERO)])


_POWERS = 20
_End = tuple[int, Fraction]
"""(0, a number), or (1, 0) and (-1, 0) for the two infinities."""


def _ends(a: Extent) -> tuple[_End, _End]:
    low: _End = (-1, ZERO) if a.low is None else (0, a.low)
    high: _End = (1, ZERO) if a.high is None else (0, a.high)
    return low, high


def _end_product(x: _End, y: _End) -> _End:
    if x[0] == y[0] == 0:
        return 0, x[1] * y[1]
    sign = _sign(x) * _sign(y)
    return (sign, ZERO) if sign else (0, ZERO)


def _sign(x: _End) -> int:
    return x[0] or (x[1] > 0) - (x[1] < 0)


def _from_ends(ends: Iterable[_End], *, whole: bool) -> Extent:
    ordered = sorted(ends)
    (endless_low, low), (endless_high, high) = ordered[0], ordered[-1]
    return Extent(None if endless_low else low, None if endless_high else high, whole=whole)


def _holds_zero(a: Extent) -> bool:
    return not a.common(point(ZERO)).is_empty


def compared(operator: str, a: Extent, b: Extent) -> frozenset[bool]:
    """The truths that a comparison of two numbers can have."""
    if a.is_empty or b.is_empty:
        return frozenset({True, False})
    if operator in {">", ">="}:
        return compared("<" if operator == ">" else "<=", b, a)
    if operator == "!=":
        return frozenset(not truth for truth in compared("=", a, b))
    if operator == "=":
        single = a.low is not None and a.low == a.high == b.low == b.high
        return _truths(can_hold=not a.common(b).is_empty, can_fail=not single)
    strictly = operator == "<"
    return _truths(
        can_hold=_can_be_below(a, b, strictly=strictly),
        can_fail=_can_be_below(b, a, strictly=not strictly),
    )


def _truths(*, can_hold: bool, can_fail: bool) -> frozenset[bool]:
    return frozenset({*([True] if can_hold else []), *([False] if can_fail else [])})


def _can_be_below(a: Extent, b: Extent, *, strictly: bool) -> bool:
    """Whether some number of `a` is below (or, if not strictly, equal to) some number of `b`."""
    if a.low is None or b.high is None or a.low < b.high:
        return True
    return a.low == b.high and not (strictly or a.without_low or b.without_high)
