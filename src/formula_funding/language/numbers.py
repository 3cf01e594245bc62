"""Numbers as a reader of English or Russian writes them. Nothing is ever rounded here."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from formula_funding.exact.number_text import fixed_text, number_to_text
from formula_funding.exact.rounding import decimal_places

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


def amount_text(amount: Fraction, places: int, language: str) -> str:
    """An amount with at least `places` decimals; all its digits, or a fraction if endless."""
    needed = decimal_places(amount)
    if needed is None:
        return number_text(amount, language)
    return localised(fixed_text(amount, max(places, needed)), language)


def number_text(number: Fraction, language: str) -> str:
    """A count, ratio or plain number with as many decimals as it has."""
    return localised(number_to_text(number), language)


def localised(text: str, language: str) -> str:
    """Decimal text with grouped thousands: 1,234.50 or 1 234,50."""
    if "/" in text:
        return text
    sign, digits = (MINUS, text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = digits.partition(".")
    separator, point = (NO_BREAK_SPACE, ",") if language == "ru" else (",", ".")
    grouped = f"{int(whole):,}".replace(",", separator)
    return sign + grouped + (point + decimals if decimals else "")


_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}


def date_text(day: date, language: str) -> str:
    """1 January 2025, or 1 января 2025 г."""
    month = _MONTHS[language].split()[day.month - 1]
    return f"{day.day} {month} {day.year}" + (" г." if language == "ru" else "")
