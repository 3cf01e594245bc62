"""Whether a value rises or falls with one more student, and between which bounds it lies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from formula_funding.exact.extent import ANYTHING, Extent
from formula_funding.formula.tree import Span
from formula_funding.read.nodes_from_yaml import Path_


class Direction(Enum):
    """What one more student does to a value; of a condition, RISES means: true stays true."""

    CONSTANT = "constant"
    RISES = "rises"
    FALLS = "falls"
    UNKNOWN = "unknown"

    def __neg__(self) -> Direction:
        return _TURNED.get(self, self)

    @property
    def never_falls(self) -> bool:
        return self in (Direction.CONSTANT, Direction.RISES)

    @property
    def never_rises(self) -> bool:
        return self in (Direction.CONSTANT, Direction.FALLS)


_TURNED = {Direction.RISES: Direction.FALLS, Direction.FALLS: Direction.RISES}


def together(*directions: Direction) -> Direction:
    """The direction of a sum: of what rises and what falls, nothing is known."""
    found = set(directions) - {Direction.CONSTANT}
    if len(found) > 1:
        return Direction.UNKNOWN
    return found.pop() if found else Direction.CONSTANT


@dataclass(frozen=True)
class Cause:
    """Where nothing can be said any more: the formula, its characters, why, and a way out."""

    path: Path_
    span: Span
    why: str
    hint: str


@dataclass(frozen=True)
class Trend:
    """What is known of a value before any data is read.

    `reads` are the counts on which it depends (a count of the register, or the name of units
    such as `students`). A category has `rising`: its values as the number behind it rises.
    `cause` is set where the direction is unknown.
    """

    bounds: Extent = ANYTHING
    direction: Direction = Direction.CONSTANT
    reads: frozenset[str] = frozenset()
    rising: tuple[str, ...] = ()
    cause: Cause | None = None
