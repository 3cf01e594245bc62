"""Sums over many rows of which those of one kind stand together: counts times prices, by owner."""

from __future__ import annotations

from collections.abc import Sequence

_MANY = 2**17
"""From so many rows on, it pays to load numpy."""
_TOO_LONG = 2**63
"""Whole numbers below this are exact in an array."""


def sums_of_spans(
    spans: Sequence[slice],
    numbers: Sequence[int],
    owners: Sequence[int],
    times: Sequence[int],
    count: int,
) -> list[int]:
    """For each of `count` owners, the sum of `times` × the number of the span, over its rows.

    `numbers` has one for each span, within which no owner stands twice. `times` are not negative.
    Most formulas give most kinds of students nothing, which takes no time here.
    """
    filled = [(number, span) for number, span in zip(numbers, spans, strict=True) if number]
    if len(owners) >= _MANY:
        totals = _by_arrays(filled, owners, times, count)
        if totals is not None:
            return totals
    totals = [0] * count
    for number, span in filled:
        for owner, of_owner in zip(owners[span], times[span], strict=True):
            totals[owner] += number * of_owner
    return totals


def _by_arrays(
    filled: Sequence[tuple[int, slice]], owners: Sequence[int], times: Sequence[int], count: int
) -> list[int] | None:
    """The same by arrays; None if a sum might be too long for their numbers."""
    import numpy as np

    owner_of, times_of = np.asarray(owners, dtype=np.int64), np.asarray(times, dtype=np.int64)
    largest = max(1, int(times_of.max())) * sum(abs(number) for number, _ in filled)
    if largest >= _TOO_LONG:
        return None
    totals = np.zeros(count, dtype=np.int64)
    for number, span in filled:
        totals[owner_of[span]] += times_of[span] * number
    found: list[int] = totals.tolist()
    return found
