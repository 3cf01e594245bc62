"""Figures that are solved for: what is asked of them, and what was found, with its proof."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Direction(Enum):
    """On which side of the given sum the found figure must leave the whole."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    NEAREST_TO = "nearest_to"


@dataclass(frozen=True)
class Goal:
    """A whole multiple of `unit` from `low` to `high` is wanted so that one sum meets another.

    `total` and `target` name two calculations of the system among the items of the plan.
    `goes_one_way`: it is proved that the sum never turns along the range.
    """

    total: str
    target: str
    direction: Direction
    low: Fraction
    high: Fraction
    unit: Fraction
    goes_one_way: bool = False


@dataclass(frozen=True)
class Found:
    """The figure, the sum at it, and its proof: one `unit` on, the sum is across the target.

    `beyond` and `total_beyond` are None where the target is met exactly at the end of the range.
    `tried` is the number of figures at which the sum was computed.
    """

    value: Fraction
    total: Fraction
    target: Fraction
    beyond: Fraction | None
    total_beyond: Fraction | None
    tried: int = 0

    @property
    def remainder(self) -> Fraction:
        """What the target leaves over; below 0 where the sum exceeds it."""
        return self.target - self.total


def is_proof(goal: Goal, found: Found) -> bool:
    """Whether what was found is what the goal asks for, by its own figures alone."""
    if not goal.low <= found.value <= goal.high or (found.value / goal.unit).denominator != 1:
        return False
    if found.beyond is None or found.total_beyond is None:
        at_the_end = min(found.value - goal.low, goal.high - found.value) < goal.unit
        return at_the_end and found.total == found.target
    if abs(found.beyond - found.value) != goal.unit:
        return False
    excess, excess_beyond = found.total - found.target, found.total_beyond - found.target
    match goal.direction:
        case Direction.AT_MOST:
            return excess <= 0 < excess_beyond
        case Direction.AT_LEAST:
            return excess_beyond < 0 <= excess
        case Direction.NEAREST_TO:
            if excess == 0:
                return excess_beyond != 0
            nearer = (abs(excess), excess) < (abs(excess_beyond), excess_beyond)
            return excess * excess_beyond < 0 and nearer
