"""The search for a figure at which a sum meets a target: bisection over whole multiples of a unit.

Nothing is taken on trust: unless the formulas prove that the sum goes one way, points all along the
range are tried besides those of the bisection, and what was tried must go one way.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from formula_funding.exact.solving import Direction, Found, Goal

TRIED = 32
"""Into so many parts the range is divided to see that the sums go one way, unless it is proved."""

Sums = Callable[[Fraction], tuple[Fraction, Fraction]]
"""A figure -> the sum at it, and the target."""


class NoSolutionError(ValueError):
    """No figure of the range meets the target, or the range holds no single answer."""

    def __init__(self, message: str, hint: str, *, several: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.several = several


def figure_that_meets(goal: Goal, sums: Sums, show: Callable[[Fraction], str]) -> Found:
    """The figure that a goal asks for, with its proof. `show` writes numbers in messages.

    Raises NoSolutionError.
    """
    return _Search(goal, sums, show).found()


class _Search:
    def __init__(self, goal: Goal, sums: Sums, show: Callable[[Fraction], str]) -> None:
        self._goal = goal
        self._sums = sums
        self._show = show
        self._known: dict[int, tuple[Fraction, Fraction]] = {}
        self._first = -(-goal.low // goal.unit)
        self._last = goal.high // goal.unit

    def found(self) -> Found:
        first, last = self._first, self._last
        points = 1 if self._goal.goes_one_way else TRIED
        parts = range(points + 1)
        tried = sorted({first + (last - first) * part // points for part in parts})
        excesses = [self._excess(multiple) for multiple in tried]
        if len(set(excesses)) == 1:
            self._refuse_flat(excesses[0])
        rises = excesses[-1] > excesses[0]
        self._check_one_way(rises=rises)
        if min(excesses) > 0 or max(excesses) < 0:
            self._refuse_out_of_reach(rises=rises)
        below, above = self._neighbours(rises=rises)
        self._check_one_way(rises=rises)
        return self._chosen(below, above)

    def _excess(self, multiple: int) -> Fraction:
        if multiple not in self._known:
            self._known[multiple] = self._sums(multiple * self._goal.unit)
        total, target = self._known[multiple]
        return total - target

    def _neighbours(self, *, rises: bool) -> tuple[int | None, int | None]:
        """The last multiple on the safe side of the target and the first one across it.

        None where the target is met at the very end of the range.
        """
        closed = self._goal.direction is not Direction.AT_LEAST
        low_end, high_end = (self._first, self._last) if rises else (self._last, self._first)

        def is_below(multiple: int) -> bool:
            excess = self._excess(multiple)
            return excess < 0 or (closed and excess == 0)

        if not is_below(low_end):
            return None, low_end
        if is_below(high_end):
            return high_end, None
        below, above = low_end, high_end
        while abs(above - below) > 1:
            middle = (below + above) // 2
            if is_below(middle):
                below = middle
            else:
                above = middle
        return below, above

    def _chosen(self, below: int | None, above: int | None) -> Found:
        value, beyond = below, above
        if self._goal.direction is Direction.AT_LEAST or value is None:
            value, beyond = above, below
        elif (
            self._goal.direction is Direction.NEAREST_TO
            and beyond is not None
            and abs(self._excess(beyond)) < abs(self._excess(value))
        ):
            value, beyond = beyond, value
        assert value is not None
        total, target = self._known[value]
        return Found(
            value * self._goal.unit,
            total,
            target,
            None if beyond is None else beyond * self._goal.unit,
            None if beyond is None else self._known[beyond][0],
            len(self._known),
        )

    # refusals

    def _at(self, multiple: int) -> str:
        total = self._known[multiple][0]
        return f"{self._show(total)} at {self._show(multiple * self._goal.unit)}"

    def _check_one_way(self, *, rises: bool) -> None:
        for left, right in pairwise(sorted(self._known)):
            step = self._excess(right) - self._excess(left)
            if step and (step > 0) != rises:
                raise NoSolutionError(
                    f"the sum rises and falls: {self._at(self._first)}, {self._at(left)}, "
                    f"{self._at(right)}, {self._at(self._last)}",
                    "narrow the range to where the sum goes one way",
                    several=True,
                )

    def _refuse_flat(self, excess: Fraction) -> None:
        if excess == 0:
            raise NoSolutionError(
                "every figure of the range meets it", "narrow the range", several=True
            )
        target = self._known[self._first][1]
        raise NoSolutionError(
            f"the sum is {self._at(self._first)} and does not move, "
            f"{self._show(target)} are asked for",
            "look at whether the sum reads the figure at all",
        )

    def _refuse_out_of_reach(self, *, rises: bool) -> None:
        exceeds = self._excess(self._first) > 0
        end = self._first if rises == exceeds else self._last
        target = self._known[end][1]
        raise NoSolutionError(
            f"the nearest that the range allows is {self._at(end)}, "
            f"but {self._show(target)} are asked for",
            "widen the range, or change the sum to be met",
        )
