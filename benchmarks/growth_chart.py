"""Measured growth as an SVG: both axes logarithmic, a dashed line for growth in proportion."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 800, 480
LEFT, RIGHT, TOP, BOTTOM = 90, 30, 80, 70
COLOURS = ("#1f6f8b", "#b3433b", "#6b7a2f")
_GRID, _TEXT = "#d9dde1", "#22272b"
Points = Sequence[tuple[int, float]]


class _Axis:
    """Where a number stands between two ends, by its logarithm."""

    def __init__(self, low: float, high: float, start: int, end: int) -> None:
        self.low, self.high, self._start, self._end = low, high, start, end

    def at(self, value: float) -> int:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(self._start + share * (self._end - self._start))


def growth_chart(title: str, across: str, upwards: str, series: Mapping[str, Points]) -> str:
    """Points of each series, joined, and from the last one a line of slope 1 downwards.

    `across` and `upwards` name the axes with their units. A series that lies above its dashed line
    grows slower than in proportion.
    """
    numbers = sorted({n for points in series.values() for n, _ in points})
    seconds = [value for points in series.values() for _, value in points]
    x = _Axis(numbers[0] / 1.3, numbers[-1] * 1.3, LEFT, WIDTH - RIGHT)
    y = _Axis(min(seconds) / 1.5, max(seconds) * 1.5, HEIGHT - BOTTOM, TOP)
    parts = [*_grid(numbers, x, y), *_legend(tuple(series))]
    for colour, points in zip(COLOURS, series.values(), strict=False):
        last, most = points[-1]
        least = max(numbers[0], last * y.low / most)
        low, high = f"{x.at(least)} {y.at(most * least / last)}", f"{x.at(last)} {y.at(most)}"
        parts.append(f'<path d="M{low}L{high}" stroke="{colour}" stroke-dasharray="5 5"/>')
        joined = "L".join(f"{x.at(n)} {y.at(value)}" for n, value in points)
        parts.append(f'<path d="M{joined}" stroke="{colour}" stroke-width="2" fill="none"/>')
        parts += [
            f'<circle cx="{x.at(n)}" cy="{y.at(v)}" r="5" fill="{colour}"/>' for n, v in points
        ]
    middle = (TOP + HEIGHT - BOTTOM) // 2
    parts.append(_text((LEFT + WIDTH - RIGHT) // 2, HEIGHT - 22, across))
    parts.append(_text(0, 0, upwards, f'transform="translate(26 {middle}) rotate(-90)"'))
    return _svg(title, parts)


def _grid(numbers: Sequence[int], x: _Axis, y: _Axis) -> Iterator[str]:
    """A line and a label for each number measured, and for 1, 2 and 5 of each power of ten."""
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for number in numbers:
        yield f'<path d="M{x.at(number)} {TOP}V{bottom}" stroke="{_GRID}"/>'
        yield _text(x.at(number), bottom + 18, _short(number))
    for power in range(math.floor(math.log10(y.low)), math.ceil(math.log10(y.high)) + 1):
        for digit in (1, 2, 5):
            value = digit * 10.0**power
            if y.low <= value <= y.high:
                yield f'<path d="M{LEFT} {y.at(value)}H{right}" stroke="{_GRID}"/>'
                label = f"{value:g}"
                yield _text(LEFT - 10, y.at(value) + 4, label, 'text-anchor="end"')


def _short(number: int) -> str:
    """18 M for 18,000,000."""
    for unit, name in ((1_000_000, " M"), (1_000, " k")):
        if number >= unit:
            return f"{number / unit:g}{name}"
    return str(number)


def _legend(names: Sequence[str]) -> Iterator[str]:
    for number, (colour, name) in enumerate(zip(COLOURS, names, strict=False)):
        at = LEFT + number * 130
        yield f'<circle cx="{at + 6}" cy="55" r="5" fill="{colour}"/>'
        yield _text(at + 18, 59, name, 'text-anchor="start"')
    at = LEFT + len(names) * 130
    yield f'<path d="M{at} 55h24" stroke="{_TEXT}" stroke-dasharray="5 5"/>'
    yield _text(at + 32, 59, "in proportion to the last point", 'text-anchor="start"')


def _text(x: int, y: int, text: str, how: str = "") -> str:
    anchor = "" if "text-anchor" in how else ' text-anchor="middle"'
    more = f" {how}" if how else ""
    return f'<text x="{x}" y="{y}"{anchor}{more}>{escape(text)}</text>'


def _svg(title: str, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{_TEXT}">'
    )
    name = escape(title)
    heading = f'<text x="20" y="26" font-size="16" font-weight="bold">{name}</text>'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([head, f"<title>{name}</title>", ground, heading, *parts, "</svg>"]) + "\n"
