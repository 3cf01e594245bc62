"""Bands: every value has exactly one owner, or the rulebook does not compile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.number_text import NotANumberError, number_from_text, number_to_text
from formula_funding.formula.kinds import Kind
from formula_funding.formula.scope import Symbol
from formula_funding.model.plan import Band
from formula_funding.rules.rulebook import span_from_text

Report = Callable[[Code, str, str | None, str | None], None]
"""Takes a code, a message, the name of the band (None: all of them) and a hint."""


def bands_of(written: dict[str, list[str]], source: Symbol, report: Report) -> tuple[Band, ...]:
    """The bands as `written` in a rulebook, checked against what `source` can be."""
    for name in [name for name, members in written.items() if not members]:
        report(
            codes.BAD_BAND, f"the band `{name}` holds nothing", name, "give it a value or a range"
        )
        return ()
    if source.kind is Kind.CATEGORY:
        return _category_bands(written, source, report)
    if source.kind.is_numeric:
        return _number_bands(written, source, report)
    report(
        codes.WRONG_KIND, f"`{source.name}` is {source.kind.in_words} and has no bands", None, None
    )
    return ()


def _category_bands(
    written: dict[str, list[str]], source: Symbol, report: Report
) -> tuple[Band, ...]:
    owner: dict[str, str] = {}
    for name, members in written.items():
        for value in (value for member in members for value in _spelt_out(member)):
            if value not in source.values:
                report(
                    codes.UNKNOWN_VALUE,
                    f"`{value}` is no value of `{source.name}`",
                    name,
                    did_you_mean(value, source.values),
                )
            elif value in owner:
                report(
                    codes.BAND_OVERLAP,
                    f"`{value}` of `{source.name}` belongs to `{owner[value]}` and to `{name}`",
                    name,
                    "leave it to one of them",
                )
            owner[value] = name
    lacking = [value for value in source.values if value not in owner]
    if lacking:
        report(
            codes.BAND_GAP,
            f"no band holds {', '.join(f'`{value}`' for value in lacking)} of `{source.name}`",
            None,
            "add what is missing to a band, or a band for it",
        )
    return tuple(Band(name, value=value) for value, name in owner.items())


def _spelt_out(member: str) -> list[str]:
    """`1..3` is 1, 2 and 3; anything else is itself."""
    span = span_from_text(member)
    if span is None or span.low is None or span.high is None or span.high - span.low > 999:
        return [member]
    last = int(span.high) - (1 if span.without_high else 0)
    return [str(n) for n in range(int(span.low), last + 1)]


def _number_bands(
    written: dict[str, list[str]], source: Symbol, report: Report
) -> tuple[Band, ...]:
    pieces: list[Band] = []
    for name, members in written.items():
        for member in members:
            piece = _number_band(name, member)
            if piece is None:
                report(
                    codes.BAD_BAND,
                    f"`{member}` is no range of numbers",
                    name,
                    "write 1..4, 0..<15, 15.. or ..14",
                )
                return ()
            pieces.append(piece)
    pieces.sort(key=lambda p: (p.low is not None, p.low or Fraction(0)))
    for left, right in pairwise(pieces):
        _check_neighbours(left, right, source, report)
    first, last = pieces[0], pieces[-1]
    if first.low is not None and (source.low is None or first.low > source.low):
        begin = "any number" if source.low is None else f"{number_to_text(source.low)} and more"
        report(
            codes.BAND_GAP,
            f"no band holds what lies below {number_to_text(first.low)}; "
            f"`{source.name}` can be {begin}",
            None,
            f"let the first band begin open: {_range(replace(first, low=None))}",
        )
    if last.high is not None and (
        source.high is None
        or last.high < source.high
        or (last.high == source.high and last.without_high)
    ):
        edge = "from" if last.without_high else "above"
        report(
            codes.BAND_GAP,
            f"no band holds what lies {edge} {number_to_text(last.high)} of `{source.name}`"
            + (" on" if last.without_high else ""),
            None,
            f"let the last band end open: {_range(replace(last, high=None))}",
        )
    return tuple(pieces)


def _range(band: Band) -> str:
    """A band of numbers as a rulebook writes it."""
    low = "" if band.low is None else number_to_text(band.low)
    high = "" if band.high is None else number_to_text(band.high)
    return f"{low}..{'<' if high and band.without_high else ''}{high}"


def _number_band(name: str, member: str) -> Band | None:
    try:
        span = span_from_text(member)
        if span is None:
            number = number_from_text(member)
            return Band(name, low=number, high=number)
    except NotANumberError:
        return None
    if span.low is not None and span.high is not None and span.low > span.high:
        return None
    return Band(name, low=span.low, high=span.high, without_high=span.without_high)


def _check_neighbours(left: Band, right: Band, source: Symbol, report: Report) -> None:
    if (
        left.high is None
        or right.low is None
        or right.low < left.high
        or (right.low == left.high and not left.without_high)
    ):
        report(
            codes.BAND_OVERLAP,
            f"the bands `{left.name}` and `{right.name}` of `{source.name}` overlap",
            right.name,
            "give each edge to one band: 0..<15 and 15.. share no value",
        )
        return
    next_number = left.high if left.without_high else left.high + 1
    if right.low == left.high or (source.whole and right.low <= next_number):
        return
    between = f"between {number_to_text(left.high)} and {number_to_text(right.low)}"
    report(
        codes.BAND_GAP,
        f"no band holds what lies {between} of `{source.name}`",
        right.name,
        None
        if source.whole
        else f"let the bands touch: ..<{number_to_text(right.low)}, or say `whole: true` "
        f"where `{source.name}` has no decimals",
    )
