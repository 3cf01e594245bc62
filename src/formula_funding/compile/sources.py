"""Sources that figures, steps, lines and examples cite; of several by date, the one in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from formula_funding.compile.dated_keys import are_days, day_of, have_other_days
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules.rulebook import Parameter, Rulebook, Sources


def source_on(source: Sources, day: date | None) -> str | None:
    """The source in force on a day, None before the first; without a day, the latest."""
    if not isinstance(source, dict):
        return source
    begun = [since for since in source if day is None or since <= day.isoformat()]
    return source[max(begun)] if begun else None


def check_sources(
    book: Rulebook, broken: Collection[str], places: Places, problems: Problems
) -> None:
    """Report sources that the rulebook does not list, dates that are none, and unknown keys."""
    cited: list[tuple[str, Path_]] = []
    for name, parameter in book.parameters.items():
        path: Path_ = ("parameters", name, "source")
        cited += _of_figures(parameter, path, places, problems)
    others: list[tuple[Sources, Path_]] = [
        *((d.source, ("define", name, "source")) for name, d in book.define.items()),
        *((s.source, ("steps", name, "source")) for name, s in book.steps.items()),
        *((x.source, ("lines", name, "source")) for name, x in book.lines.items()),
        *((r.source, ("require", name, "source")) for name, r in book.require.items()),
        *((e.source, ("examples", name, "source")) for name, e in book.examples.items()),
    ]
    for given, path in others:
        cited += _by_date(given, path, places, problems)
    for source, at in cited:
        if source not in book.sources and source not in broken:
            problems.add(
                codes.UNKNOWN_SOURCE,
                f"`sources` has no `{source}`",
                places.value(at),
                did_you_mean(source, book.sources) or "add it under `sources`",
            )


def _by_date(
    given: Sources, path: Path_, places: Places, problems: Problems
) -> list[tuple[str, Path_]]:
    """Sources with their places: one, or one under each date."""
    if not isinstance(given, dict):
        return [] if given is None else [(given, path)]
    for key in given:
        _check_day(key, path, places, problems)
    return [(source, (*path, day)) for day, source in given.items()]


def _check_day(key: str, path: Path_, places: Places, problems: Problems) -> None:
    if have_other_days([key], path, places, problems):
        return
    if are_days([key]):
        day_of(key, (*path, key), places, problems)
        return
    problems.add(
        codes.BAD_DATES,
        f"`{key}` is not a date as rulebooks write it",
        places.key((*path, key)),
        "write 2025-01-31: the date from which the source holds",
    )


def _of_figures(
    parameter: Parameter, path: Path_, places: Places, problems: Problems
) -> list[tuple[str, Path_]]:
    """The sources of figures: one, by date, by the first key of the table, or by both."""
    given, known = parameter.source, _first_keys(parameter)
    if not isinstance(given, dict):
        return _by_date(given, path, places, problems)
    if given and known.issuperset(given):
        return _by_key(given, known, path, places, problems)
    found: list[tuple[str, Path_]] = []
    for day, source in given.items():
        if known and not day[:1].isdigit():
            found += _by_key({day: source}, known, path, places, problems)
            continue
        _check_day(day, path, places, problems)
        if isinstance(source, str):
            found.append((source, (*path, day)))
        else:
            found += _by_key(source, known, (*path, day), places, problems)
    return found


def _by_key(
    given: Mapping[str, str | dict[str, str]],
    known: Collection[str],
    path: Path_,
    places: Places,
    problems: Problems,
) -> list[tuple[str, Path_]]:
    """A source for each key of a table."""
    found: list[tuple[str, Path_]] = []
    for key, source in given.items():
        if key not in known or not isinstance(source, str):
            problems.add(
                codes.INCOMPLETE_TABLE,
                f"`{key}` is neither a date nor a key of the figures",
                places.key((*path, key)),
                did_you_mean(key, known) or "give the table `by` and `values` under it",
            )
        else:
            found.append((source, (*path, key)))
    return found


def _first_keys(parameter: Parameter) -> frozenset[str]:
    """The values of the first key for which a table has figures at any date."""
    values = parameter.values
    if not parameter.by or not isinstance(values, dict):
        return frozenset()
    versions = values.values() if are_days(values) else [values]
    return frozenset(key for version in versions if isinstance(version, dict) for key in version)
