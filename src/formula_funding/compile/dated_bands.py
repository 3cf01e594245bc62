"""Bands whose edges or members change by date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from formula_funding.compile.bands import bands_of
from formula_funding.compile.dated_keys import are_days, day_of, have_other_days, latest_begun
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code, Problems
from formula_funding.formula.scope import Symbol
from formula_funding.model.plan import Band, Banding
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules.rulebook import Bands, Definition


@dataclass(frozen=True)
class DatedBanding:
    """A banding with its bands by the day from which they hold, in order of time.

    `banding` has the bands of all days.
    """

    banding: Banding
    versions: tuple[tuple[date | None, tuple[Band, ...]], ...]

    @property
    def days(self) -> list[date | None]:
        return [since for since, _ in self.versions]

    def in_force(self, day: date | None) -> Banding | None:
        """The banding of a day (no day: the latest); None before the first."""
        place = latest_begun(self.days, day)
        if place is None:
            return None
        bands = self.versions[place][1]
        held = {band.name for band in bands}
        values = tuple(value for value in self.banding.values if value in held)
        return replace(self.banding, bands=bands, values=values)

    def values_within(self, since: date | None, until: date | None) -> frozenset[str]:
        """The bands that there are on some day from `since` until before `until`."""
        found: set[str] = set()
        ends = [*self.days[1:], None]
        for (begins, bands), ends_ in zip(self.versions, ends, strict=True):
            is_over = ends_ is not None and since is not None and ends_ <= since
            is_later = begins is not None and until is not None and begins >= until
            if not is_over and not is_later:
                found |= {band.name for band in bands}
        return frozenset(found)


def days_of_bands(bandings: Iterable[DatedBanding]) -> list[date | None]:
    """The days on which some bands change, in order; None alone where none do."""
    days = {day for banding in bandings for day in banding.days if day is not None}
    return list[date | None](sorted(days)) or [None]


def dated_banding(
    name: str, written: Definition, source: Symbol, places: Places, problems: Problems
) -> DatedBanding:
    """Bands as a rulebook writes them, each version checked against what `source` can be."""
    path: Path_ = ("define", name, "bands")
    versions: list[tuple[date | None, tuple[Band, ...]]] = []
    by_day, always = written.bands_by_day, written.bands_of_all_days
    if not by_day:
        versions.append((None, _bands(always, source, path, places, problems)))
    elif not have_other_days(by_day, path, places, problems):
        if always or not are_days(by_day):
            problems.add(
                codes.BAD_DATES,
                "bands stand either under dates, all of them, or under none",
                places.key(path),
                "write bands: {2025-01-31: {small: ..<100, large: 100..}}",
            )
        for key in by_day if are_days(by_day) else ():
            since = day_of(key, (*path, key), places, problems)
            versions.append((since, _bands(by_day[key], source, (*path, key), places, problems)))
    versions.sort(key=lambda version: version[0] or date.min)
    banding = Banding(
        name,
        source.name,
        source.level,
        tuple(band for _, bands in versions for band in bands),
        tuple(written.band_names),
        written.titles,
        written.title,
        places.key(path[:-1]),
    )
    return DatedBanding(banding, tuple(versions))


def _bands(
    written: Bands, source: Symbol, path: Path_, places: Places, problems: Problems
) -> tuple[Band, ...]:
    def report(code: Code, message: str, band: str | None, hint: str | None) -> None:
        at: Path_ = path if band is None else (*path, band)
        problems.add(code, message, places.key(at), hint)

    return bands_of(written, source, report)
