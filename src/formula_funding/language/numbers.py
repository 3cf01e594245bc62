"""Numbers as a reader of English or Russian writes them. Nothing is ever rounded here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from formula_funding.exact.number_text import fixed_text, number_to_text, units_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.rules.period import Period, month_after

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
SHOWN_OF_AN_ENDLESS_NUMBER = 6
"""Decimals that a reader sees before “…”; the document holds the fraction."""
_WRITTEN = re.compile(r"([+-]?)([0-9][0-9_]*(?:\.[0-9]+)?) ?(%?)")
LONGEST_FRACTION = 7
"""Characters of a fraction that is shown as it is, such as a coefficient of 11/15."""


def amount_text(amount: Fraction, places: int, language: str) -> str:
    """An amount with at least `places` decimals; all its digits, or cut with “…” if endless."""
    needed = decimal_places(amount)
    if needed is None:
        return number_text(amount, language)
    return localised(fixed_text(amount, max(places, needed)), language)


def number_text(number: Fraction, language: str) -> str:
    """A number with as many decimals as it has; an endless one as 11/15, or cut."""
    text = number_to_text(number)
    if decimal_places(number) is None and len(text) > LONGEST_FRACTION:
        cut = abs(number) * 10**SHOWN_OF_AN_ENDLESS_NUMBER
        text = units_text(cut.numerator // cut.denominator, SHOWN_OF_AN_ENDLESS_NUMBER)
        return localised("-" + text if number < 0 else text, language) + "…"
    return localised(text, language)


def localised(text: str, language: str) -> str:
    """Decimal text with grouped thousands: 1,234.50 or 1 234,50."""
    if "/" in text:
        return text
    sign, digits = (MINUS, text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = digits.partition(".")
    separator, point = (NO_BREAK_SPACE, ",") if language == "ru" else (",", ".")
    grouped = f"{int(whole):,}".replace(",", separator)
    return sign + grouped + (point + decimals if decimals else "")


def written_text(text: str, language: str) -> str:
    """A figure as a scenario writes it, `95_000` or `+2.5%`; any other text as it is."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return text
    sign = MINUS if match[1] == "-" else match[1]
    return sign + localised(match[2].replace("_", ""), language) + match[3]


def count_text(count: int, language: str) -> str:
    """How many there are: 1,234 or 1 234."""
    return localised(str(count), language)


def filled(pattern: str, language: str, values: Mapping[str, object]) -> str:
    """A sentence with its places filled; counts among the values with grouped thousands."""
    shown = {
        name: count_text(value, language) if isinstance(value, int) else value
        for name, value in values.items()
    }
    return pattern.format(**shown) if shown else pattern


_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
_MONTHS_ALONE = {
    "en": _MONTHS["en"],
    "ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
}


def date_text(day: date, language: str) -> str:
    """1 January 2025, or 1 января 2025 г."""
    month = _MONTHS[language].split()[day.month - 1]
    return f"{day.day} {month} {day.year}" + (" г." if language == "ru" else "")


def period_text(period: Period, language: str) -> str:
    """September 2024 to August 2025, or сентябрь 2024 г. – август 2025 г.; a single month alone."""
    first, last = (
        _month_text(day, language)
        for day in (period.start, month_after(period.start, period.months - 1))
    )
    if first == last:
        return first
    return f"{first} – {last}" if language == "ru" else f"{first} to {last}"


def day_or_period_text(day: date | Period, language: str) -> str:
    """The date, or the months of the period."""
    return period_text(day, language) if isinstance(day, Period) else date_text(day, language)


def _month_text(day: date, language: str) -> str:
    month = _MONTHS_ALONE[language].split()[day.month - 1]
    return f"{month} {day.year}" + (" г." if language == "ru" else "")
