"""A sum paid in instalments that add up to it: rounded by name, and nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from fractions import Fraction
from itertools import accumulate

from formula_funding.exact.rounding import Rounding, round_fraction


class Remainder(Enum):
    """Where what rounding leaves over goes."""

    LAST = "last"
    FIRST = "first"
    CUMULATIVE = "cumulative"


def instalments(
    total: Fraction, shares: Sequence[Fraction], rounding: Rounding, remainder: Remainder
) -> list[Fraction]:
    """`total` in one instalment for each share; the instalments add up to it exactly.

    LAST and FIRST: every instalment but the last (the first) is its share, rounded; that one is
    what is left. CUMULATIVE: what is paid up to each instalment is the share up to it, rounded,
    so that no payment runs ahead or behind by more than one unit; with the last all is paid.
    The shares must add up to 1.
    """
    if remainder is Remainder.CUMULATIVE:
        paid = [round_fraction(total * share, rounding) for share in accumulate(shares)]
        paid[-1] = total
        return [now - before for now, before in zip(paid, [Fraction(0), *paid], strict=False)]
    rounded = [round_fraction(total * share, rounding) for share in shares]
    rest = 0 if remainder is Remainder.FIRST else -1
    rounded[rest] += total - sum(rounded)
    return rounded
