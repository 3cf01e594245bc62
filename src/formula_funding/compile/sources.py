"""Sources that figures, steps, lines and examples cite; of several by date, the one in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from formula_funding.compile.dated_keys import are_days, day_of, have_other_days
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules.rulebook import Rulebook, Sources


def source_on(source: Sources, day: date | None) -> str | None:
    """The source in force on a day, None before the first; without a day, the latest."""
    if not isinstance(source, dict):
        return source
    begun = [since for since in source if day is None or since <= day.isoformat()]
    return source[max(begun)] if begun else None


def check_sources(
    book: Rulebook, broken: Collection[str], places: Places, problems: Problems
) -> None:
    """Report sources that the rulebook does not list, and dates that are none."""
    citing: list[tuple[Sources, Path_]] = [
        *((p.source, ("parameters", name, "source")) for name, p in book.parameters.items()),
        *((s.source, ("steps", name, "source")) for name, s in book.steps.items()),
        *((x.source, ("lines", name, "source")) for name, x in book.lines.items()),
        *((r.source, ("require", name, "source")) for name, r in book.require.items()),
        *((e.source, ("examples", name, "source")) for name, e in book.examples.items()),
    ]
    for cited, path in citing:
        by_date = cited if isinstance(cited, dict) else {}
        for day in by_date:
            if have_other_days([day], path, places, problems):
                continue
            if not are_days([day]):
                problems.add(
                    codes.BAD_DATES,
                    f"`{day}` is not a date as rulebooks write it",
                    places.key((*path, day)),
                    "write 2025-01-31: the date from which the source holds",
                )
            else:
                day_of(day, (*path, day), places, problems)
        each: list[tuple[str, Path_]] = [(by_date[day], (*path, day)) for day in by_date]
        if isinstance(cited, str):
            each = [(cited, path)]
        for source, at in each:
            if source not in book.sources and source not in broken:
                problems.add(
                    codes.UNKNOWN_SOURCE,
                    f"`sources` has no `{source}`",
                    places.value(at),
                    did_you_mean(source, book.sources) or "add it under `sources`",
                )
