"""Codes that a spreadsheet program took for something else: a date, or a number to be shortened."""

from __future__ import annotations

import re
from collections.abc import Collection

_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|"
    "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
)
_DAY = r"0?[1-9]|[12]\d|3[01]"
_MONTH = r"0?[1-9]|1[0-2]"
_YEAR = r"(?:19|20)\d\d"
_TIME = r"(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.0+)?)?)?"
_FULL = tuple(
    re.compile(form + _TIME, re.ASCII)
    for form in (
        rf"{_YEAR}-(?P<month>{_MONTH})-(?P<day>{_DAY})",
        rf"(?P<day>{_DAY})(?P<sign>[./])(?P<month>{_MONTH})(?P=sign){_YEAR}",
        rf"(?P<month>{_MONTH})/(?P<day>{_DAY})/{_YEAR}",
    )
)
_NAMED = re.compile(
    rf"(?:{_DAY})[-. ](?:{_MONTHS})(?:[-. ](?:{_YEAR}|\d\d))?|(?:{_MONTHS})[-. ]\d\d", re.IGNORECASE
)
"""As Excel shows a day or a month in English and in Russian: `12-May`, `May-12`, `12.май`."""
_PARTS = re.compile(r"(\d{1,2})[-./ ](\d{1,2})", re.ASCII)
_SHORTENED = re.compile(r"\d[.,]\d+E\+\d+", re.ASCII)


def is_date(code: str) -> bool:
    """Whether a code is written as a day of a calendar, or as a spreadsheet shows one."""
    return _day_and_month(code) is not None or _NAMED.fullmatch(code) is not None


def is_shortened(code: str) -> bool:
    """Whether a code is a long number of which a spreadsheet shows the first digits: 1.2E+10."""
    return _SHORTENED.fullmatch(code) is not None


def code_before(date: str, known: Collection[str]) -> str | None:
    """The only known code of two numbers, such as 05-12, that can have become this date."""
    numbers = _day_and_month(date)
    found = [
        code
        for code in (known if numbers else ())
        if (parts := _PARTS.fullmatch(code)) and {int(parts[1]), int(parts[2])} == numbers
    ]
    return found[0] if len(found) == 1 else None


def _day_and_month(text: str) -> set[int] | None:
    """The numbers of the day and the month of a full date."""
    for form in _FULL:
        if (found := form.fullmatch(text)) is not None:
            return {int(found["day"]), int(found["month"])}
    return None
