"""The replacing of texts by those of their bands, as Spark says it."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as sf

from formula_funding.exact.number_text import number_to_text
from formula_funding.exact.pieces import Edge
from formula_funding.read.text_in_bands import DECIMALS, WHOLE_DIGITS, TextInBands

_DECIMAL = f"decimal({WHOLE_DIGITS + DECIMALS}, {DECIMALS})"


def column_in_bands(text: Column, bands: TextInBands | None) -> Column:
    """`TextInBands.replaced` over a column of texts; without bands, as it is."""
    if bands is None:
        return text
    is_number = text.rlike(f"\\A(?:{bands.pattern})\\z") & ~text.isin(sorted(bands.words))
    plain = sf.replace(text, sf.lit(bands.decimal), sf.lit("."))
    number = sf.when(is_number, plain).try_cast(_DECIMAL)
    passed = reduce(Column.__add__, (_is_passed(edge, number).cast("int") for edge in bands.edges))
    texts = sf.array(*(sf.lit(found).cast("string") for found in bands.texts))
    return sf.coalesce(sf.get(texts, passed), text)


def _is_passed(edge: Edge, number: Column) -> Column:
    at = sf.lit(number_to_text(edge.at)).cast(_DECIMAL)
    return number >= at if edge.begins else number > at
