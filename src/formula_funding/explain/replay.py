"""Computes every amount again from an explanation document alone, student groups × rates.

It knows the document and nothing else: no rulebook, no roster, no column arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.exact.number_text import fixed_text, number_from_written, number_to_text
from formula_funding.exact.rounding import Rounding, RoundingMode, round_fraction
from formula_funding.explain.document import FORMAT, fingerprint, text_of
from formula_funding.formula.tree import Aggregate, Tree
from formula_funding.formula.tree_as_json import json_from_tree, tree_from_json
from formula_funding.formula.weight import MAX_WEIGHT, deep_recursion, weight_of
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


@dataclass(frozen=True)
class Replayed:
    """What was computed again and how much of it agreed."""

    schools: int
    amounts: int
    total: str
    currency: str


def replay(document: Any, file: str, problems: Problems) -> Replayed | None:
    """Recompute a document of `funding compute`; every difference goes to `problems`.

    Returns None where the document has not the form of an explanation.
    """
    try:
        return _Replay(document, file, problems).run()
    except _MALFORMED:
        problems.add(
            codes.NOT_AN_EXPLANATION,
            "the document has not the form of an explanation, or parts of it are missing",
            Place(file),
            "write it anew with `funding compute … -o explanation.json`",
        )
        return None


_MALFORMED = (
    *(LookupError, TypeError, ValueError, AttributeError, ArithmeticError),
    *(AssertionError, StopIteration, RuntimeError),
)
"""What comes of reading a document of any other form, however deeply it is nested."""


@dataclass
class _Method:
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
                tuple(entry["key"]): _number(entry["value"]) for entry in parameter["values"]
            }
        for item in method["items"]:
            if "line" in item:
                self.lines[item["line"]] = item
                continue
            self.levels[item["name"]] = item["level"]
            if "bands" in item:
                self.kinds[item["name"]] = "category"
                self.bands[item["name"]] = (item["bands_of"], tuple(map(_band, item["bands"])))
            else:
                self.kinds[item["name"]] = item["kind"]
                self.trees[item["name"]] = tree_from_json(item["tree"])
        self._refuse_endless_numbers(method["items"])
        as_of = self.document["as_of"]
        self.as_of = date.fromisoformat(as_of) if as_of is not None else None
        self.places = int(method["places"])

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

    def value(self, name: str, text: Any) -> Value:
        """A value of the document by the kind of its name."""
        kind = self.kinds[name]
        if kind == "truth":
            if not isinstance(text, bool):
                raise TypeError(name)
            return text
        if kind == "date":
            return date.fromisoformat(text)
        if kind == "category":
            return str(text)
        return _number(text)

    def values(self, given: Json) -> dict[str, Value | None]:
        return {
            name: None if text is None else self.value(name, text) for name, text in given.items()
        }


def _number(text: Any) -> Fraction:
    if not isinstance(text, str):
        raise TypeError("numbers are texts")
    return number_from_written(text)


def _band(data: Json) -> Band:
    def end(text: str | None) -> Fraction | None:
        return None if text is None else _number(text)

    return Band(
        data["name"], data["value"], end(data["low"]), end(data["high"]), data["without_high"]
    )


@dataclass
class _Unit:
    """A group of students, a school or the system, as far as the document describes it."""

    method: _Method
    level: str
    own: Mapping[str, Value | None]
    above: _Unit | None = None
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
class _School(_Unit):
    given: Json = field(default_factory=dict)

    def line(self, name: str) -> Fraction:
        """The rounded amount of a line, from its groups or its formula."""
        return round_fraction(self.unrounded(name), _rounding(self.method.lines[name]))

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
            students = _Unit(self.method, "student", self.method.values(group["values"]), self)
            rate = Fraction(0)
            if when is None or holds(when, students):
                rate = number(amount, students)
            yield rate, _whole(group["students"]) * rate

    def given_line(self, name: str) -> Json:
        found: Json = next(line for line in self.given["lines"] if line["id"] == name)
        return found

    def aggregate(self, tree: Aggregate) -> Fraction:
        if tree.units == "schools":
            assert isinstance(self.above, _System)
            return self.above.aggregates.value(tree, self, self.given["id"])
        wanted = json_from_tree(tree)
        given = next(entry for entry in self.given["aggregates"] if entry["tree"] == wanted)
        members = [
            Member(
                "",
                _whole(group["students"]),
                _Unit(self.method, "student", self.method.values(group["values"]), self),
            )
            for group in given["groups"]
        ]
        return aggregate_of(tree, self, members)[0]


@dataclass
class _System(_Unit):
    aggregates: SchoolAggregates = field(default_factory=lambda: SchoolAggregates([]))

    def aggregate(self, tree: Aggregate) -> Fraction:
        return self.aggregates.value(tree, self, "")


def _rounding(method: Json) -> Rounding:
    rule = method["rounding"]
    return Rounding(_number(rule["to"]), RoundingMode(rule["mode"]))


def _text_or_nothing(compute: Callable[[], Value]) -> Any:
    """A value as the document writes it; None for a number that does not exist."""
    try:
        return text_of(compute())
    except NoSuchNumberError:
        return None


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a count is a whole number")
    return value


class _Replay:
    def __init__(self, document: Json, file: str, problems: Problems) -> None:
        if document["explanation"]["format"] != FORMAT:
            raise ValueError("another format")
        self._document = document
        self._place = Place(file)
        self._problems = problems
        self._method = _Method(document)
        self._amounts = 0
        system = _System(self._method, "system", {})
        self._schools = [
            _School(
                self._method, "school", self._method.values(given["facts"]), system, given=given
            )
            for given in document["explanation"]["schools"]
        ]
        system.aggregates.members.extend(
            Member(school.given["id"], 1, school) for school in self._schools
        )
        self._system = system

    def run(self) -> Replayed:
        document = self._document
        content = {key: value for key, value in document.items() if key != "fingerprint"}
        if document.get("fingerprint") != fingerprint(content):
            self._problems.add(
                codes.FINGERPRINT_DIFFERS,
                "the document was changed after it was written",
                self._place,
                "write it anew with `funding compute`, or ask where it comes from",
            )
        with deep_recursion():
            return self._compute_again()

    def _compute_again(self) -> Replayed:
        document = self._document
        self._check_steps("the system", document["explanation"]["system"], self._system)
        listed = document["schools"]
        if [s["id"] for s in listed] != [s.given["id"] for s in self._schools]:
            self._differs("the list of schools", "as explained", "another one")
        total = Fraction(0)
        for school, shown in zip(self._schools, listed, strict=True):
            total += self._check_school(school, shown)
        self._check_amount("the total", document["total"], total)
        self._check_ledger(document["ledger"])
        return Replayed(len(listed), self._amounts, self._money(total), str(document["currency"]))

    def _check_school(self, school: _School, shown: Json) -> Fraction:
        where = f"school {school.given['id']}"
        self._check_steps(where, school.given["steps"], school)
        for entry in school.given["aggregates"]:
            tree = tree_from_json(entry["tree"])
            assert isinstance(tree, Aggregate)
            computed = _text_or_nothing(partial(school.aggregate, tree))
            if computed != entry["value"]:
                self._differs(f"{where}, {tree.function} of students", entry["value"], computed)
        total = Fraction(0)
        top = {line["id"]: line["amount"] for line in shown["lines"]}
        for line in school.given["lines"]:
            amount = self._check_line(where, line, school)
            total += amount
            self._check_amount(f"{where}, line {line['id']} in the list", top[line["id"]], amount)
        if len(top) != len(school.given["lines"]) or set(top) != set(self._method.lines):
            self._differs(f"{where}, lines", "as explained", "other ones")
        self._check_amount(f"{where}, total", school.given["total"], total)
        self._check_amount(f"{where}, total in the list", shown["total"], total)
        return total

    def _check_line(self, where: str, given: Json, school: _School) -> Fraction:
        name = given["id"]
        what = f"{where}, line {name}"
        if "groups" in given:
            for group, (rate, amount) in zip(given["groups"], school.groups(name), strict=True):
                if group["rate"] != number_to_text(rate):
                    self._differs(f"{what}, rate", group["rate"], number_to_text(rate))
                if group["amount"] != number_to_text(amount):
                    self._differs(
                        f"{what}, students × rate", group["amount"], number_to_text(amount)
                    )
        unrounded = school.unrounded(name)
        if given["unrounded"] != number_to_text(unrounded):
            self._differs(f"{what} before rounding", given["unrounded"], number_to_text(unrounded))
        amount = school.line(name)
        self._check_amount(what, given["amount"], amount)
        return amount

    def _check_steps(self, where: str, steps: list[Json], unit: _Unit) -> None:
        for step in steps:
            computed = _text_or_nothing(partial(unit.name, step["name"]))
            if computed != step["value"]:
                self._differs(f"{where}, step {step['name']}", step["value"], computed)

    def _check_ledger(self, ledger: Json) -> None:
        if [s["id"] for s in ledger["schools"]] != [s["id"] for s in self._document["schools"]]:
            self._differs("the ledger, schools", "other ones", "those of the list")
        read = sum(_whole(school["students"]) for school in ledger["schools"])
        excluded = sum(_whole(entry["students"]) for entry in ledger["excluded"])
        for what, shown, computed in (
            ("students read", ledger["students_read"], read),
            ("students excluded", ledger["students_excluded"], excluded),
            ("students funded", ledger["students_funded"], read - excluded),
        ):
            if shown != computed:
                self._differs(f"the ledger, {what}", shown, computed)

    def _check_amount(self, what: str, shown: str, computed: Fraction) -> None:
        self._amounts += 1
        if shown != self._money(computed):
            self._differs(what, shown, self._money(computed))

    def _money(self, amount: Fraction) -> str:
        return fixed_text(amount, self._method.places)

    def _differs(self, what: str, shown: object, computed: object) -> None:
        self._problems.add(
            codes.REPLAY_DIFFERS,
            f"{what}: the document says {shown}, the calculation gives {computed}",
            self._place,
        )
