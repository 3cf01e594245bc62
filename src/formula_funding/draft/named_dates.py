"""Dates in the names of files, where nothing else says of which day the rows are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

_DATES = (
    re.compile(r"(?<!\d)(?P<year>20\d\d)[-_.](?P<month>\d\d)(?:[-_.](?P<day>\d\d))?(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d\d)[-_.](?P<month>\d\d)[-_.](?P<year>20\d\d)(?!\d)"),
)
"""2024-10, 2024-10-15 and 15.10.2024."""


def days_named(paths: Sequence[Path]) -> dict[str, str]:
    """The day in the name of each of several files, by the pattern of the name, `*2024-10*`.

    A month alone is its first day. Empty unless every name tells one date and fits one pattern.
    """
    days: dict[str, str] = {}
    for path in paths:
        found = [match for form in _DATES for match in form.finditer(path.name)]
        day = _day(found[0]) if len(found) == 1 else None
        if day is None:
            return {}
        days[f"*{found[0][0]}*"] = day
    fit_once = all(sum(path.match(pattern) for pattern in days) == 1 for path in paths)
    return days if len(paths) > 1 and fit_once else {}


def _day(match: re.Match[str]) -> str | None:
    if not match["day"] and int(match["month"]) == (int(match["year"]) + 1) % 100:
        return None  # 2011-12 is a school year as well as a month
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"] or 1)).isoformat()
    except ValueError:
        return None
