"""Sharing out a fixed sum in whole units: nothing lost, nothing invented, no order of the shares.

Shares are of whole units (kopecks, say). `names` settle exact ties, so that the order in which
the members stand decides nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from fractions import Fraction

from formula_funding.exact.rounding import divide_half_up


class NothingToShareByError(ValueError):
    """A sum is to be shared, but no member has a weight, or a weight is negative.

    `hint` says what an author can do about it.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


_NOBODY = (
    "nobody has a weight",
    "say what should happen then, if(sum(…) = 0, …), or correct the weights",
)
_NEGATIVE = ("a weight is negative", "correct the data, or say max(0, …)")

Sharing = Callable[[int, Sequence[Fraction], Sequence[str]], list[int]]
"""(units to share, weights, names) -> the units of each member."""


def largest_remainder(units: int, weights: Sequence[Fraction], names: Sequence[str]) -> list[int]:
    """Hamilton's method: whole quotas first, then a unit each to the largest remainders.

    Every share is within one unit of its exact quota. A larger sum can lower a share (the
    Alabama paradox: weights 6, 6, 2 get 4, 4, 2 of 10 units, but 5, 5, 1 of 11). A negative sum
    is shared like the positive one. Raises NothingToShareByError.
    """
    sign, total = _checked(units, weights)
    if total == 0:
        return [0] * len(weights)
    quotas = [abs(units) * weight / total for weight in weights]
    shares = [quota.numerator // quota.denominator for quota in quotas]
    left = abs(units) - sum(shares)
    order = sorted(
        range(len(weights)), key=lambda i: (shares[i] - quotas[i], -weights[i], names[i])
    )
    for i in order[:left]:
        shares[i] += 1
    return [sign * share for share in shares]


def sainte_lague(units: int, weights: Sequence[Fraction], names: Sequence[str]) -> list[int]:
    """Webster's method: weight ÷ divisor, rounded half up, with the divisor that spends the sum.

    A larger sum never lowers a share; a share can be a unit or more off its quota. A negative
    sum is shared like the positive one. Raises NothingToShareByError.
    """
    sign, total = _checked(units, weights)
    if total == 0 or units == 0:
        return [0] * len(weights)
    shares = []
    for weight in weights:
        quota = abs(units) * weight / total
        shares.append(divide_half_up(quota.numerator, quota.denominator))
    missing = abs(units) - sum(shares)
    step = 1 if missing > 0 else -1
    rank = {i: place for place, i in enumerate(sorted(range(len(names)), key=names.__getitem__))}
    queue = [_claim(weights[i], shares[i], rank[i], i, step) for i in rank if weights[i]]
    heapq.heapify(queue)
    for _ in range(abs(missing)):
        i = heapq.heappop(queue)[-1]
        shares[i] += step
        heapq.heappush(queue, _claim(weights[i], shares[i], rank[i], i, step))
    return [sign * share for share in shares]


def _claim(weight: Fraction, share: int, rank: int, i: int, step: int) -> tuple[Fraction, int, int]:
    """How soon member i gets its next unit (step 1) or gives its last one back (step -1).

    Among equals the first by name gets first and gives last.
    """
    if step > 0:
        return (-weight / (2 * share + 1), rank, i)
    return (weight / (2 * share - 1), -rank, i) if share else (_NEVER, -rank, i)


_NEVER = Fraction(10**60)
"""A member without a unit has none to give back."""


def _checked(units: int, weights: Sequence[Fraction]) -> tuple[int, Fraction]:
    """The sign of the sum and the sum of the weights."""
    if any(weight < 0 for weight in weights):
        raise NothingToShareByError(*_NEGATIVE)
    total = sum(weights, Fraction(0))
    if total == 0 and units != 0:
        raise NothingToShareByError(*_NOBODY)
    return (1 if units >= 0 else -1), total


def fill_level(
    total: Fraction, weights: Sequence[Fraction], amounts: Sequence[Fraction]
) -> Fraction:
    """The level L up to which `total` raises the lowest: Σ max(0, L × weight - amount) = total.

    Members without a weight take no part. With nothing to spend, L is the lowest amount per
    weight. Raises NothingToShareByError for a negative total, or where nobody has a weight.
    """
    if total < 0:
        raise NothingToShareByError(
            "the sum to raise by is negative", "say what should happen then: max(0, …)"
        )
    if any(weight < 0 for weight in weights):
        raise NothingToShareByError(*_NEGATIVE)
    members = sorted(
        (amount / weight, weight, amount)
        for weight, amount in zip(weights, amounts, strict=True)
        if weight
    )
    if not members:
        raise NothingToShareByError(*_NOBODY)
    raised_weight = raised_amount = Fraction(0)
    level = members[0][0]
    for i, (_, weight, amount) in enumerate(members):
        raised_weight += weight
        raised_amount += amount
        level = (total + raised_amount) / raised_weight
        if i + 1 == len(members) or level <= members[i + 1][0]:
            break
    return level
