"""The students, schools and system of an explanation document, ready to be computed again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from formula_funding.exact.instalments import Remainder, instalments
from formula_funding.exact.number_text import number_from_written
from formula_funding.exact.rounding import Rounding, RoundingMode, round_fraction
from formula_funding.exact.solving import Direction, Found, Goal
from formula_funding.formula.tree import SCHOOLS, Aggregate, Tree
from formula_funding.formula.tree_as_json import json_from_tree, tree_from_json
from formula_funding.formula.weight import MAX_WEIGHT, weight_of
from formula_funding.judge.aggregates import Member, SchoolAggregates, aggregate_of
from formula_funding.judge.evaluate import (
    NoSuchNumberError,
    Value,
    evaluate,
    holds,
    number,
)
from formula_funding.model.plan import Band

Json = dict[str, Any]


@dataclass
class Method:
    """The method as the document tells it."""

    document: Json
    kinds: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    rates: dict[str, dict[tuple[str, ...], Fraction]] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)
    bands: dict[str, tuple[str, tuple[Band, ...]]] = field(default_factory=dict)
    lines: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        method = self.document["explanation"]["method"]
        for attribute in method["attributes"]:
            self.kinds[attribute["name"]] = attribute["kind"]
            self.levels[attribute["name"]] = attribute["level"]
        for parameter in method["parameters"]:
            self.rates[parameter["name"]] = {
                tuple(entry["key"]): number_of(entry["value"]) for entry in parameter["values"]
            }
        for item in method["items"]:
            if "line" in item:
                self.lines[item["line"]] = item
                continue
            self.levels[item["name"]] = item["level"]
            if "bands" in item:
                self.kinds[item["name"]] = "category"
                self.bands[item["name"]] = (item["bands_of"], tuple(map(band_of, item["bands"])))
            else:
                self.kinds[item["name"]] = item["kind"]
                self.trees[item["name"]] = tree_from_json(item["tree"])
        self._refuse_endless_numbers(method["items"])
        as_of = self.document["as_of"]
        self.as_of = date.fromisoformat(as_of) if as_of is not None else None
        self.places = int(method["places"])
        self.payment: Json | None = method["payment"]

    def with_rate(self, name: str, value: Fraction) -> Method:
        """The method with another value of a figure without keys."""
        other = copy(self)
        other.rates = {**self.rates, name: {(): value}}
        return other

    @staticmethod
    def _refuse_endless_numbers(items: list[Json]) -> None:
        weights: dict[str, int] = {}
        for item in items:
            trees = [item.get(key) for key in ("tree", "amount_tree", "when_tree")]
            heaviest = max(
                (weight_of(tree_from_json(tree), weights) for tree in trees if tree), default=1
            )
            if heaviest > MAX_WEIGHT:
                raise ValueError("numbers without end")
            weights[item.get("line") or item["name"]] = heaviest

    def instalments(self, total: Fraction) -> dict[str, Fraction]:
        """The instalments in which a total is paid; none where the rulebook declares none."""
        if self.payment is None:
            return {}
        shares = {part["name"]: number_of(part["share"]) for part in self.payment["instalments"]}
        if sum(shares.values()) != 1:
            raise ValueError("the shares make no whole")
        remainder = Remainder(self.payment["remainder"])
        rounding = rounding_of(self.payment)
        paid = instalments(total, list(shares.values()), rounding, remainder)
        return dict(zip(shares, paid, strict=True))

    def value(self, name: str, text: Any) -> Value:
        """A value of the document by the kind of its name."""
        kind = self.kinds[name]
        if kind == "truth":
            if not isinstance(text, bool):
                raise TypeError(name)
            return text
        if kind == "date":
            return date.fromisoformat(text)
        if kind in {"category", "text"}:
            return str(text)
        return number_of(text)

    def values(self, given: Json) -> dict[str, Value | None]:
        return {
            name: None if text is None else self.value(name, text) for name, text in given.items()
        }


def number_of(text: Any) -> Fraction:
    if not isinstance(text, str):
        raise TypeError("numbers are texts")
    return number_from_written(text)


def solved_from_json(given: Json) -> tuple[Goal, Found]:
    """What a figure was solved for by, and what was found."""
    direction = next(direction for direction in Direction if direction.value in given)
    low, high = (number_of(end) for end in given["between"])
    unit = number_of(given["to"])
    if unit <= 0:
        raise ValueError("no unit")
    beyond, total_beyond = (
        None if given[key] is None else number_of(given[key]) for key in ("next", "sum_at_next")
    )
    return (
        Goal(str(given["so_that"]), str(given[direction.value]), direction, low, high, unit),
        Found(
            number_of(given["value"]),
            number_of(given["sum"]),
            number_of(given["target"]),
            beyond,
            total_beyond,
        ),
    )


def band_of(data: Json) -> Band:
    def end(text: str | None) -> Fraction | None:
        return None if text is None else number_of(text)

    return Band(
        data["name"], data["value"], end(data["low"]), end(data["high"]), data["without_high"]
    )


@dataclass
class Unit:
    """A group of students, a school or the system, as far as the document describes it."""

    method: Method
    level: str
    own: Mapping[str, Value | None]
    above: Unit | None = None
    known: dict[str, Value] = field(default_factory=dict)

    def name(self, name: str) -> Value:
        if name in self.own:
            value = self.own[name]
            if value is None:
                raise NoSuchNumberError
            return value
        if name == "as_of" and self.method.as_of is not None:
            return self.method.as_of
        if name in self.method.rates:
            return self.method.rates[name][()]
        level = self.method.levels.get(name, "school")
        if level != self.level:
            if self.above is None:
                raise KeyError(name)
            return self.above.name(name)
        if name not in self.known:
            self.known[name] = self._computed(name)
        return self.known[name]

    def _computed(self, name: str) -> Value:
        if name in self.method.trees:
            return evaluate(self.method.trees[name], self)
        if name in self.method.bands:
            source, bands = self.method.bands[name]
            value = self.name(source)
            for band in bands:
                if band.value == value or (
                    band.value is None and isinstance(value, Fraction) and band.holds(value)
                ):
                    return band.name
        return self.line(name)

    def line(self, name: str) -> Value:
        raise KeyError(name)

    def rate(self, table: str, keys: tuple[str, ...]) -> Fraction:
        return self.method.rates[table][keys]

    def aggregate(self, tree: Aggregate) -> Fraction:
        if self.above is None:
            raise KeyError(tree.function)
        return self.above.aggregate(tree)


@dataclass
class ReplayedSchool(Unit):
    given: Json = field(default_factory=dict)

    def line(self, name: str) -> Fraction:
        """The rounded amount of a line, from its groups or its formula."""
        return round_fraction(self.unrounded(name), rounding_of(self.method.lines[name]))

    def unrounded(self, name: str) -> Fraction:
        method = self.method.lines[name]
        if not self.in_force(method):
            return Fraction(0)
        if method["for"] == "each student":
            return sum((amount for _, amount in self.groups(name)), Fraction(0))
        when = method["when_tree"]
        if when is not None and not holds(tree_from_json(when), self):
            return Fraction(0)
        return number(tree_from_json(method["amount_tree"]), self)

    def in_force(self, method: Json) -> bool:
        as_of = self.method.as_of.isoformat() if self.method.as_of else None
        start, end = method["in_force_from"], method["in_force_until"]
        return as_of is None or ((not start or start <= as_of) and (not end or as_of < end))

    def groups(self, name: str) -> Iterator[tuple[Fraction, Fraction]]:
        """(rate, amount) of each group of students, computed again."""
        method = self.method.lines[name]
        amount = tree_from_json(method["amount_tree"])
        when = tree_from_json(method["when_tree"]) if method["when_tree"] is not None else None
        for group in self.given_line(name)["groups"]:
            students = Unit(self.method, "student", self.method.values(group["values"]), self)
            rate = Fraction(0)
            if when is None or holds(when, students):
                rate = number(amount, students)
            yield rate, whole(group["students"]) * rate

    def given_line(self, name: str) -> Json:
        found: Json = next(line for line in self.given["lines"] if line["id"] == name)
        return found

    def aggregate(self, tree: Aggregate) -> Fraction:
        if tree.units == SCHOOLS:
            assert isinstance(self.above, ReplayedSystem)
            return self.above.aggregates.value(tree, self, self.given["id"])
        wanted = json_from_tree(tree)
        given = next(entry for entry in self.given["aggregates"] if entry["tree"] == wanted)
        members = [
            Member(
                "",
                whole(group["students"]),
                Unit(self.method, "student", self.method.values(group["values"]), self),
            )
            for group in given["groups"]
        ]
        return aggregate_of(tree, self, members)[0]


@dataclass
class ReplayedSystem(Unit):
    aggregates: SchoolAggregates = field(default_factory=lambda: SchoolAggregates([]))

    def aggregate(self, tree: Aggregate) -> Fraction:
        return self.aggregates.value(tree, self, "")


def rounding_of(method: Json) -> Rounding:
    rule = method["rounding"]
    return Rounding(number_of(rule["to"]), RoundingMode(rule["mode"]))


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a count is a whole number")
    return value
