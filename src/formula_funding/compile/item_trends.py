"""The trends of attributes as declared; of bands and lines, made of those of what they read."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from formula_funding.compile.directions import Trend
from formula_funding.compile.trends import Trends
from formula_funding.exact.extent import Extent, point
from formula_funding.exact.number_text import ratio_from_text
from formula_funding.exact.rounding import round_fraction
from formula_funding.model.plan import Attribute, Banding, Line


def trend_of_attribute(attribute: Attribute) -> Trend:
    """Constant, between the ends that the rulebook declares; an empty cell may lie beyond them."""
    if not attribute.kind.is_numeric:
        return Trend()
    bounds = Extent(attribute.low, attribute.high)
    if attribute.if_empty is not None:
        bounds = bounds.around(point(ratio_from_text(attribute.if_empty)))
    return Trend(bounds)


def trend_of_bands(item: Banding, source: Trend) -> Trend:
    """A band as its source moves; of a category, each value by the band that holds it."""
    if source.rising:
        names = {band.value: band.name for band in item.bands}
        rising = tuple(names[value] for value in source.rising if value in names)
    else:
        rising = tuple(band.name for band in item.bands if band.value is None)
    return replace(source, bounds=Extent(), rising=rising)


def trend_of_line(line: Line, trends: Trends) -> Trend:
    """What a school gets by a line: rounded, and 0 where the line does not apply."""
    here = replace(trends, path=("lines", line.name, "amount"))
    asked = Trend()
    if line.when is not None:
        asked = replace(trends, path=("lines", line.name, "when")).of(line.when)
    if line.per_student:
        each = (here if line.when is None else here.where(line.when)).of(line.amount)
        trend = here.summed(line.amount, each, asked)
    elif line.when is not None:
        trend = here.guarded(line.amount, line.when, asked)
    else:
        trend = here.of(line.amount)
    bounds = trend.bounds.around(point(Fraction(0))) if line.from_ or line.until else trend.bounds
    return replace(trend, bounds=bounds.mapped(lambda value: round_fraction(value, line.rounding)))
