"""The words of a search, a sweep and a table of years, in English and Russian."""

from __future__ import annotations

from formula_funding.language.numbers import filled
from formula_funding.language.words import LANGUAGES

_WORDS: dict[str, tuple[str, str]] = {
    "figure_found": (
        "{name} = {value} (now {before}), to {unit}",
        "{name} = {value} (сейчас {before}), с точностью до {unit}",
    ),
    "factor_found": (
        "every value of {name} times {value} (now {before}), to {unit}",
        "каждое значение {name} умножить на {value} (сейчас {before}), с точностью до {unit}",
    ),
    "is_left": (
        "Total {total} {currency} (now {before}); of the budget of {budget}, {rest} is left.",
        "Итого {total} {currency} (сейчас {before}); из бюджета {budget} остаётся {rest}.",
    ),
    "is_beyond": (
        "Total {total} {currency} (now {before}); of the budget of {budget}, {rest} is spent "
        "beyond it.",
        "Итого {total} {currency} (сейчас {before}); бюджет {budget} превышен на {rest}.",
    ),
    "at_the_next": (
        "At {value} the total would be {total}.",
        "При {value} итог был бы {total}.",
    ),
    "year": ("Year", "Год"),
    "first_year": ("first", "исходный"),
    "year_number": ("year {n}", "{n}-й год"),
    "gain": ("Gain", "Выигрывают"),
    "lose": ("Lose", "Теряют"),
    "unchanged": ("Unchanged", "Без изменений"),
    "base": ("Now: {total} {currency}", "Сейчас: {total} {currency}"),
    "points_left_out": (
        "{shown} of {all} points are shown; --format csv gives all.",
        "Показано точек: {shown} из {all}; все даёт --format csv.",
    ),
    "too_few": (
        "{name} is not told: fewer than five schools have students.",
        "{name} не приводится: учащиеся есть менее чем в пяти школах.",
    ),
}


def search_words(key: str, language: str, **values: object) -> str:
    """The word or sentence of `key`, its counts grouped. Raises KeyError for an unknown key."""
    return filled(_WORDS[key][LANGUAGES.index(language)], language, values)
