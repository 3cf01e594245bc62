"""All lines of all schools scaled to a fixed sum, exactly."""

from __future__ import annotations

from fractions import Fraction

from formula_funding.exact.sharing import largest_remainder
from formula_funding.scenario.difference import Amounts


def prorated(amounts: Amounts, budget: int) -> dict[str, dict[str, int]]:
    """The same shares of `budget` coins, by largest remainder: nothing is lost or invented.

    Raises NothingToShareByError where an amount is negative, or nobody has one.
    """
    cells = [(school, line) for school, lines in amounts.items() for line in lines]
    shares = largest_remainder(
        budget,
        [Fraction(amounts[school][line]) for school, line in cells],
        [f"{school}\n{line}" for school, line in cells],
    )
    found: dict[str, dict[str, int]] = {school: {} for school in amounts}
    for (school, line), share in zip(cells, shares, strict=True):
        found[school][line] = share
    return found
