"""Parameters: figures by key and by effective date, each from exact text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

from formula_funding.compile.dated_bands import DatedBanding
from formula_funding.compile.dated_keys import are_days, day_of, have_other_days, latest_begun
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.number_text import (
    NotANumberError,
    number_from_text,
    parted_by_a_comma,
    ratio_from_text,
)
from formula_funding.exact.solving import Goal
from formula_funding.formula.kinds import Kind
from formula_funding.formula.scope import Symbol, Table
from formula_funding.model import plan
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules.rulebook import Parameter, Rulebook, SourcesOfFigures

_THREE_DECIMALS = re.compile(r"[1-9][0-9]{0,2}\.000")


@dataclass(frozen=True)
class Version:
    """The values of a parameter from one date on."""

    since: date | None
    values: Mapping[tuple[str, ...], Fraction]


@dataclass(frozen=True)
class DatedParameter:
    """A parameter with all its versions, the latest last."""

    name: str
    written: Parameter
    versions: tuple[Version, ...]
    key_values: tuple[tuple[str, ...], ...]
    places: Places

    @property
    def kind(self) -> Kind:
        return Kind(self.written.kind)

    @property
    def goal(self) -> Goal | None:
        """By what the parameter is solved for, if it is."""
        solve = self.written.solve
        if solve is None or solve.between.low is None or solve.between.high is None:
            return None
        return Goal(
            goal_name(self.name, "so_that"),
            goal_name(self.name, solve.direction.value),
            solve.direction,
            solve.between.low,
            solve.between.high,
            solve.to,
        )

    def _to_be_found(self, goal: Goal) -> plan.Parameter:
        return plan.Parameter(
            self.name,
            self.kind,
            self.written.title,
            self.written.unit,
            (),
            {},
            None,
            self.sources(None)[0],
            self.places.key(("parameters", self.name)),
            goal,
        )

    def table(self, bandings: Mapping[str, DatedBanding]) -> Table:
        """What formulas may look up: only keys that have a value in every version.

        A version without the value of a band that there is not yet, or no more, in its time lacks
        nothing where the table is looked up by that very banding.
        """
        entries = [frozenset(version.values) for version in self.versions]
        always = frozenset.intersection(*entries) if entries else frozenset()
        own = always
        dated = [n for n in self.written.by if n in bandings and len(bandings[n].versions) > 1]
        if dated:
            ends = [version.since for version in self.versions[1:]]
            times = list(zip(self.versions, [*ends, None], strict=False))
            own = frozenset(
                key
                for key in product(*self.key_values)
                if not any(
                    key not in version.values and self._can_be(key, version.since, until, bandings)
                    for version, until in times
                )
            )
        key_values, keys = self.key_values, self.written.by
        return Table(self.name, self.kind, keys, key_values, always, own, frozenset(dated))

    def _can_be(
        self,
        entry: tuple[str, ...],
        since: date | None,
        until: date | None,
        bandings: Mapping[str, DatedBanding],
    ) -> bool:
        """Whether there are all bands of a key at some time from `since` until before `until`."""
        return all(
            name not in bandings or value in bandings[name].values_within(since, until)
            for name, value in zip(self.written.by, entry, strict=True)
        )

    def between(self, since: date | None, until: date | None) -> DatedParameter:
        """The parameter with the versions that are in force from `since` until before `until`."""
        ends = [version.since for version in self.versions[1:]]
        kept = tuple(
            version
            for version, end in zip(self.versions, [*ends, None], strict=False)
            if (end is None or since is None or end > since)
            and (version.since is None or until is None or version.since < until)
        )
        return replace(self, versions=kept)

    def in_force(self, as_of: date | None) -> plan.Parameter | None:
        """The version for a date (no date: the latest); None before the first."""
        if self.goal is not None:
            return self._to_be_found(self.goal)
        place = latest_begun([version.since for version in self.versions], as_of)
        if place is None:
            return None
        version = self.versions[place]
        path: Path_ = ("parameters", self.name)
        if version.since is not None:
            path = (*path, "values", version.since.isoformat())
        source, of_keys = self.sources(version.since)
        return plan.Parameter(
            self.name,
            self.kind,
            self.written.title,
            self.written.unit,
            self.written.by,
            version.values,
            version.since,
            source,
            self.places.key(path),
            sources=of_keys,
        )

    def sources(self, since: date | None) -> tuple[str | None, Mapping[str, str]]:
        """The source of the version of a day, and those of single figures by their first key."""
        given: SourcesOfFigures | dict[str, str] = self.written.source
        if isinstance(given, dict) and are_days(given):
            given = given.get(since.isoformat()) if since is not None else None
        if not isinstance(given, dict):
            return given, {}
        return None, {key: source for key, source in given.items() if isinstance(source, str)}


def goal_name(parameter: str, field: str) -> str:
    """The name of one of the two sums by which a parameter is solved for; no formula can say it."""
    return f"{parameter}.{field}"


def goal_of(name: str) -> tuple[str, str]:
    """The parameter and the field of `goal_name`."""
    parameter, _, field = name.rpartition(".")
    return parameter, field


def dated_parameter(
    name: str,
    rulebook: Rulebook,
    symbols: Mapping[str, Symbol],
    places: Places,
    problems: Problems,
) -> DatedParameter:
    """Read one parameter's figures; problems are placed at the figure or the key."""
    written = rulebook.parameters[name]
    return _Reader(name, written, symbols, places, problems).read()


class _Reader:
    def __init__(
        self,
        name: str,
        written: Parameter,
        symbols: Mapping[str, Symbol],
        places: Places,
        problems: Problems,
    ) -> None:
        self._name = name
        self._written = written
        self._symbols = symbols
        self._places = places
        self._problems = problems

    def read(self) -> DatedParameter:
        path: Path_ = ("parameters", self._name)
        if self._written.solve is not None:
            return DatedParameter(self._name, self._written, (), (), self._places)
        key_values = tuple(self._key_values(key) for key in self._written.by)
        if self._written.value is not None:
            given, path = self._written.value, (*path, "value")
            if isinstance(given, dict) or self._written.by:
                self._problems.add(
                    codes.WRONG_VALUE,
                    "`value` is one figure for everybody",
                    self._places.key(path),
                    "write `values` for a table or for several dates",
                )
                return DatedParameter(self._name, self._written, (), key_values, self._places)
        else:
            given, path = self._written.values, (*path, "values")
        if path not in self._places.values:
            path = path[:-1]
        if isinstance(given, dict) and have_other_days(given, path, self._places, self._problems):
            return DatedParameter(self._name, self._written, (), key_values, self._places)
        versions: list[Version] = []
        if isinstance(given, dict) and are_days(given):
            for key, values in given.items():
                since = day_of(key, (*path, key), self._places, self._problems)
                versions.append(Version(since, self._flat(values, (*path, key), key_values)))
            versions.sort(key=lambda version: version.since or date.min)
        else:
            versions.append(Version(None, self._flat(given, path, key_values)))
        return DatedParameter(self._name, self._written, tuple(versions), key_values, self._places)

    def _key_values(self, key: str) -> tuple[str, ...]:
        """The values by which the table is keyed: a category's, or a short whole range."""
        symbol = self._symbols.get(key)
        path: Path_ = ("parameters", self._name, "by")
        if symbol is None:
            self._problems.add(
                codes.UNKNOWN_NAME,
                f"`by` names `{key}`, which is no attribute or definition",
                self._places.value(path),
                did_you_mean(key, self._symbols),
            )
            return ()
        values = symbol.key_values
        if not values and symbol.kind is not Kind.UNKNOWN:
            self._problems.add(
                codes.WRONG_KIND,
                f"a table can't be kept by `{key}`, which is {symbol.kind.in_words}",
                self._places.value(path),
                "define bands of it, and use the bands",
            )
        return values

    def _flat(
        self, given: Any, path: Path_, key_values: tuple[tuple[str, ...], ...]
    ) -> dict[tuple[str, ...], Fraction]:
        """The figures of one version under their keys, as deep as `by` has names."""
        depth = len(key_values)
        found: dict[tuple[str, ...], Fraction] = {}

        def collect(here: Any, at: Path_, keys: tuple[str, ...]) -> None:
            if len(keys) == depth:
                number = self._number(here, at)
                if number is not None:
                    found[keys] = number
                return
            by = self._written.by[len(keys)]
            if not isinstance(here, dict):
                self._problems.add(
                    codes.INCOMPLETE_TABLE,
                    f"a value for each `{by}` is needed here",
                    self._places.value(at),
                    f"write {{{', '.join(f'{v}: …' for v in key_values[len(keys)][:3])}}}",
                )
                return
            known = key_values[len(keys)]
            before: Any = None
            for key, value in here.items():
                thousands = parted_by_a_comma(before, key, value)
                before = thousands or value
                if thousands and key not in known:
                    self._problems.add(
                        codes.INCOMPLETE_TABLE,
                        f"a comma ends the entry, so `{key}` stands here as a `{by}` of its own",
                        self._places.key((*at, key)),
                        f"write {thousands} for thousands",
                    )
                    continue
                if known and key not in known:
                    self._problems.add(
                        codes.INCOMPLETE_TABLE,
                        f"`{key}` is no value of `{by}`",
                        self._places.key((*at, key)),
                        did_you_mean(key, known),
                    )
                collect(value, (*at, key), (*keys, key))

        collect(given, path, ())
        return found

    def _number(self, given: Any, path: Path_) -> Fraction | None:
        place = self._places.value(path)
        if isinstance(given, dict | list) or given is None:
            self._problems.add(
                codes.WRONG_VALUE,
                "one number is needed here",
                place,
                "a table by key needs `by`" if isinstance(given, dict) else None,
            )
            return None
        if self._written.kind == "money" and _THREE_DECIMALS.fullmatch(given):
            self._problems.add(
                codes.THREE_DECIMALS,
                f"`{given}` is {given.partition('.')[0]}, not thousands of it",
                place,
                f"write {given.replace('.', '_')} for thousands, or leave out a last 0",
            )
        is_ratio = self._written.kind in {"ratio", "number"}
        try:
            return ratio_from_text(given) if is_ratio else number_from_text(given)
        except NotANumberError as error:
            code = (
                codes.PERCENT_OF_MONEY
                if given.endswith("%") and not is_ratio
                else codes.NOT_A_NUMBER
            )
            self._problems.add(code, f"a number is needed, not `{given}`", place, error.hint)
            return None
