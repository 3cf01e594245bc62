"""The answer of a search in words, for a reader of English or Russian."""

from __future__ import annotations

from fractions import Fraction

from formula_funding.exact.solving import Found
from formula_funding.language.numbers import amount_text, number_text
from formula_funding.language.search_words import search_words


def answer_lines(
    name: str,
    found: Found,
    unit: Fraction,
    before: Fraction,
    total_before: Fraction,
    currency: str,
    places: int,
    language: str,
    *,
    is_factor: bool,
) -> list[str]:
    """What was found, what remains of the budget, and what the next figure would cost.

    Sums have at least `places` decimals.
    """

    def shown(number: Fraction) -> str:
        return number_text(number, language)

    def money(number: Fraction) -> str:
        return amount_text(number, places, language)

    lines = [
        search_words(
            "factor_found" if is_factor else "figure_found",
            language,
            name=name,
            value=shown(found.value),
            before=shown(before),
            unit=shown(unit),
        ),
        search_words(
            "is_left" if found.remainder >= 0 else "is_beyond",
            language,
            total=money(found.total),
            currency=currency,
            before=money(total_before),
            budget=money(found.target),
            rest=money(abs(found.remainder)),
        ),
    ]
    if found.beyond is not None and found.total_beyond is not None:
        beyond, total = shown(found.beyond), money(found.total_beyond)
        lines.append(search_words("at_the_next", language, value=beyond, total=total))
    return lines
