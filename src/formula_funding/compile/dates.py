"""The days on which what a rulebook says changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.diagnostics.problem import Place


def latest_date(rulebook: CheckedRulebook) -> date | None:
    """The last date from which a parameter, bands or a line of the rulebook takes effect."""
    dates = [line.from_ for line in rulebook.rulebook.lines.values() if line.from_ is not None]
    dates += [
        version.since
        for parameter in rulebook.parameters.values()
        for version in parameter.versions
        if version.since is not None
    ]
    bandings = rulebook.bandings.values()
    dates += [day for banding in bandings for day in banding.days if day is not None]
    return max(dates, default=None)


def dates_of_change(rulebook: CheckedRulebook) -> Iterator[tuple[date, Place]]:
    """Each day on which figures, bands or a line begin or end, and where the rulebook says so."""
    for name, line in rulebook.rulebook.lines.items():
        for day, field in ((line.from_, "from"), (line.until, "until")):
            if day is not None:
                yield day, rulebook.places.value(("lines", name, field))
    for name, parameter in rulebook.parameters.items():
        for version in parameter.versions:
            if version.since is not None:
                path = ("parameters", name, "values", version.since.isoformat())
                yield version.since, rulebook.places.key(path)
    for name, banding in rulebook.bandings.items():
        for day in banding.days:
            if day is not None:
                yield day, rulebook.places.key(("define", name, "bands", day.isoformat()))
