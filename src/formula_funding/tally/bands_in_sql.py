"""The replacing of texts by those of their bands, as DuckDB's SQL says it."""

from __future__ import annotations

from formula_funding.exact.number_text import number_to_text
from formula_funding.read.text_in_bands import DECIMALS, WHOLE_DIGITS, TextInBands
from formula_funding.sources.sql import sql_text

_DECIMAL = f"DECIMAL({WHOLE_DIGITS + DECIMALS}, {DECIMALS})"


def sql_in_bands(text: str, bands: TextInBands | None) -> str:
    """SQL for `TextInBands.replaced`, over SQL for a text or NULL; without bands, as it is."""
    if bands is None:
        return text
    is_number = f"regexp_full_match({text}, {sql_text(bands.pattern)})"
    if bands.words:
        words = ", ".join(sql_text(word) for word in sorted(bands.words))
        is_number += f" AND {text} NOT IN ({words})"
    plain = f"replace({text}, {sql_text(bands.decimal)}, '.')" if bands.decimal != "." else text
    # Only texts whose digits fit are cast, as DuckDB rounds those that do not.
    number = f"TRY_CAST(CASE WHEN {is_number} THEN {plain} END AS {_DECIMAL})"
    passed = " + ".join(
        f"({number} {'>=' if edge.begins else '>'} "
        f"CAST({sql_text(number_to_text(edge.at))} AS {_DECIMAL}))::INT"
        for edge in bands.edges
    )
    texts = ", ".join("NULL" if found is None else sql_text(found) for found in bands.texts)
    return f"coalesce([{texts}][1 + {passed}], {text})"
