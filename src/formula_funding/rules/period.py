"""A period of whole months, for a year with two rates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_WRITTEN = re.compile(r"(\d{4})-(\d{2})\.\.(\d{4})-(\d{2})")
_YEAR = 12


@dataclass(frozen=True, order=True)
class Period:
    """Whole months from the one that begins on `start`."""

    start: date
    months: int

    @property
    def end(self) -> date:
        """The first day after the period."""
        return month_after(self.start, self.months)

    @property
    def first_days(self) -> list[date]:
        """The first day of each month."""
        return [month_after(self.start, month) for month in range(self.months)]

    def __str__(self) -> str:
        last = month_after(self.start, self.months - 1)
        return f"{self.start:%Y-%m}..{last:%Y-%m}"


def month_after(day: date, months: int) -> date:
    """The first day of the month that lies `months` months after that of `day`."""
    years, month = divmod(day.month - 1 + months, _YEAR)
    return date(day.year + years, month + 1, 1)


def period_from_text(text: str) -> Period | None:
    """Read `2025-01..2025-12`, both months within; None if the text is no period."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    year, month, last_year, last_month = (int(part) for part in match.groups())
    months = (last_year - year) * _YEAR + last_month - month + 1
    if not (1 <= month <= _YEAR and 1 <= last_month <= _YEAR and months >= 1 and year):
        return None
    return Period(date(year, month, 1), months)


def months_between(start: date, end: date) -> int:
    """The months from one first day of a month to another."""
    return (end.year - start.year) * _YEAR + end.month - start.month
