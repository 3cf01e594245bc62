"""The shares of instalments, as a rulebook writes them: a number of alike ones, or by name."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from pydantic_core import PydanticCustomError

from formula_funding.exact.number_text import number_to_text

MAX_INSTALMENTS = 366
COLUMN = "instalment_"
"""What the columns of instalments begin with in tables of results."""


def instalments_alike(value: Any) -> Any:
    """`12` spelt out as twelve shares 1/12; shares by name stay as they are.

    Raises PydanticCustomError for a text that is no number of instalments.
    """
    if not isinstance(value, str):
        return value
    if not re.fullmatch("[1-9][0-9]{0,2}", value) or int(value) > MAX_INSTALMENTS:
        raise PydanticCustomError(
            "wrong",
            "`{text}` is no number of instalments",
            {
                "text": value,
                "hint": f"write a whole number up to {MAX_INSTALMENTS}, "
                "or shares by name: {january: 1/4, …}",
            },
        )
    return {str(number): f"1/{value}" for number in range(1, int(value) + 1)}


def making_the_whole(shares: dict[str, Fraction]) -> dict[str, Fraction]:
    """The shares as they are. Raises PydanticCustomError unless they make 1 and none is below 0."""
    for name, share in shares.items():
        if share < 0:
            raise PydanticCustomError("wrong", "the share of `{name}` is below 0", {"name": name})
    total = sum(shares.values(), Fraction(0))
    if total != 1:
        raise PydanticCustomError(
            "wrong",
            "the shares of the instalments add up to {total}, not to 1",
            {"total": number_to_text(total), "hint": "write exact fractions: 1/12, not 8.33%"},
        )
    return shares
