"""The answer of a search in words, for a reader of English or Russian."""

from __future__ import annotations

from fractions import Fraction

from formula_funding.exact.solving import Found
from formula_funding.language.numbers import number_text
from formula_funding.language.search_words import search_words


def answer_lines(
    name: str,
    found: Found,
    unit: Fraction,
    before: Fraction,
    total_before: Fraction,
    currency: str,
    language: str,
    *,
    is_factor: bool,
) -> list[str]:
    """What was found, what remains of the budget, and what the next figure would cost."""

    def shown(number: Fraction) -> str:
        return number_text(number, language)

    lines = [
        search_words("factor_found" if is_factor else "figure_found", language).format(
            name=name, value=shown(found.value), before=shown(before), unit=shown(unit)
        ),
        search_words("is_left" if found.remainder >= 0 else "is_beyond", language).format(
            total=shown(found.total),
            currency=currency,
            before=shown(total_before),
            budget=shown(found.target),
            rest=shown(abs(found.remainder)),
        ),
    ]
    if found.beyond is not None and found.total_beyond is not None:
        beyond, total = shown(found.beyond), shown(found.total_beyond)
        lines.append(search_words("at_the_next", language).format(value=beyond, total=total))
    return lines
