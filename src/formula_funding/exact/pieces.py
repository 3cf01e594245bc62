"""The number line parted at edges, and one number to stand for all of a piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor


@dataclass(frozen=True)
class Edge:
    """Where one piece ends and the next begins; `at` itself lies in the next if it `begins` it."""

    at: Fraction
    begins: bool

    def is_passed(self, number: Fraction) -> bool:
        """Whether a number lies beyond the edge."""
        return number > self.at or (self.begins and number == self.at)


@dataclass(frozen=True)
class Pieces:
    """The pieces between edges in ascending order: one more than there are edges.

    `numbers` stand for the pieces; None where whole numbers are meant and a piece holds none.
    """

    edges: tuple[Edge, ...]
    numbers: tuple[Fraction | None, ...]

    def alike(self, number: Fraction) -> Fraction:
        """The number that stands for the piece in which a number lies."""
        passed = sum(edge.is_passed(number) for edge in self.edges)
        found = self.numbers[passed]
        return number if found is None else found


def pieces_between(edges: Iterable[Edge], *, whole: bool = False) -> Pieces:
    """The pieces that some edges make, given in any order and any number of times."""
    ordered = sorted(set(edges), key=lambda edge: (edge.at, not edge.begins))
    ends = pairwise([None, *ordered, None])
    return Pieces(
        tuple(ordered),
        tuple(
            next(
                (n for n in _candidates(*of) if _is_within(n, *of) and not (whole and n % 1)),
                None,
            )
            for of in ends
        ),
    )


def _candidates(lower: Edge | None, upper: Edge | None) -> Iterator[Fraction]:
    """Numbers of which one lies between two edges, and a whole one if there is any."""
    if lower is not None:
        yield from (lower.at, Fraction(floor(lower.at) + 1))
    if upper is not None:
        yield from (upper.at, Fraction(ceil(upper.at) - 1))
    if lower is not None and upper is not None:
        yield (lower.at + upper.at) / 2
    yield Fraction(0)


def _is_within(number: Fraction, lower: Edge | None, upper: Edge | None) -> bool:
    return (lower is None or lower.is_passed(number)) and not (
        upper is not None and upper.is_passed(number)
    )
