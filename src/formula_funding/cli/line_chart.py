"""A line chart of whole numbers in characters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

WIDTH, HEIGHT = 60, 12
_POINT, _BETWEEN = "•", "·"


def line_chart(values: Sequence[int], shown: tuple[str, str], ends: tuple[str, str]) -> list[str]:
    """The lines of a chart of values at equal distances, from the first to the last.

    `shown` are the largest and the smallest value as texts, `ends` the first and the last place.
    """
    low, high = min(values), max(values)
    last = len(values) - 1
    rows = [[" "] * WIDTH for _ in range(HEIGHT)]

    def row_of(value: Fraction | int) -> int:
        steps = Fraction(value - low) * (HEIGHT - 1) / (high - low or 1)
        return HEIGHT - 1 - int(steps + Fraction(1, 2))

    for place in range(WIDTH if last else 1):
        at = Fraction(place * last, WIDTH - 1)
        before = int(at)
        after = min(before + 1, last)
        between = values[before] + (values[after] - values[before]) * (at - before)
        rows[row_of(between)][place] = _BETWEEN
    for number, value in enumerate(values):
        rows[row_of(value)][number * (WIDTH - 1) // last if last else 0] = _POINT
    labels = [shown[0], *[""] * (HEIGHT - 2), shown[1]]
    margin = max(map(len, labels))
    lines = [
        f"{label:>{margin}} │{''.join(row)}".rstrip()
        for label, row in zip(labels, rows, strict=True)
    ]
    first, final = ends
    gap = " " * max(WIDTH - len(first) - len(final), 1)
    return [*lines, f"{'':>{margin}} └{'─' * WIDTH}", f"{'':>{margin}}  {first}{gap}{final}"]
