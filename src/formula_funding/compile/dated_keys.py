"""Days as keys: figures, bands and sources stand under the day from which they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.read.nodes_from_yaml import Path_, Places

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OTHER_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


def are_days(keys: Iterable[str]) -> bool:
    """Whether there are keys, and all of them are written as days: 2025-01-31."""
    found = list(keys)
    return bool(found) and all(_DAY.fullmatch(key) for key in found)


def have_other_days(keys: Iterable[str], path: Path_, places: Places, problems: Problems) -> bool:
    """Whether days are written as 01.09.2024, which is noted."""
    found = [(key, match) for key in keys if (match := _OTHER_DAY.fullmatch(key))]
    for key, match in found:
        day, month, year = match.groups()
        problems.add(
            codes.BAD_DATES,
            f"`{key}` is not a date as rulebooks write it",
            places.key((*path, key)),
            f"write {year}-{month:0>2}-{day:0>2}",
        )
    return bool(found)


def day_of(key: str, path: Path_, places: Places, problems: Problems) -> date | None:
    """The day that a key of `are_days` is; None, and a problem, for 2025-02-30."""
    try:
        return date.fromisoformat(key)
    except ValueError:
        problems.add(codes.BAD_DATES, f"`{key}` is no day of the calendar", places.key(path))
        return None


def latest_begun(days: Sequence[date | None], day: date | None) -> int | None:
    """The place of the last of some days, in order, that is not after `day` (None: the last of
    all); None before the first."""
    begun = [i for i, since in enumerate(days) if day is None or since is None or since <= day]
    return begun[-1] if begun else None
