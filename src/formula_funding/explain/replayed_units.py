"""The students, schools and system of an explanation document, ready to be computed again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from formula_funding.exact.instalments import instalments
from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.exact.solving import Direction, Found, Goal
from formula_funding.explain.document_form import (
    AggregateForm,
    BandingForm,
    CalculationForm,
    DocumentForm,
    ExplainedLineForm,
    ExplainedSchoolForm,
    Given,
    ItemForm,
    LineForm,
    RoundingForm,
    SolvedForm,
    StudentsForm,
)
from formula_funding.explain.values_as_json import value_from_json
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import SCHOOLS, Aggregate, Tree, names
from formula_funding.formula.weight import MAX_WEIGHT, weight_of
from formula_funding.judge.aggregates import Member, SchoolAggregates, aggregate_of
from formula_funding.judge.evaluate import NoSuchNumberError, Value, evaluate, holds, number
from formula_funding.model.plan import Band


class NotCalculableError(Exception):
    """The parts of a document don't fit together; the text says which."""


@dataclass
class Method:
    """The method as the document tells it.

    Raises NotCalculableError where a formula reads what is computed only later.
    """

    document: DocumentForm
    kinds: dict[str, Kind] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    rates: dict[str, dict[tuple[str, ...], Fraction]] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)
    bands: dict[str, tuple[str, tuple[Band, ...]]] = field(default_factory=dict)
    lines: dict[str, LineForm] = field(default_factory=dict)

    def __post_init__(self) -> None:
        method = self.document.explanation.method
        for attribute in method.attributes:
            self.kinds[attribute.name] = attribute.kind
            self.levels[attribute.name] = attribute.level
        for parameter in method.parameters:
            self.rates[parameter.name] = {
                tuple(entry.key): entry.value for entry in parameter.values
            }
        _check_order(method.items)
        for item in method.items:
            if isinstance(item, LineForm):
                self.lines[item.line] = item
                continue
            self.levels[item.name] = item.level
            if isinstance(item, BandingForm):
                self.kinds[item.name] = Kind.CATEGORY
                self.bands[item.name] = (item.bands_of, bands_of(item))
            else:
                self.kinds[item.name] = item.kind
                self.trees[item.name] = item.tree
        self.as_of = self.document.as_of
        self.places = method.places
        self.payment = method.payment

    def with_rate(self, name: str, value: Fraction) -> Method:
        """The method with another value of a figure without keys."""
        other = copy(self)
        other.rates = {**self.rates, name: {(): value}}
        return other

    def rate(self, table: str, keys: tuple[str, ...]) -> Fraction:
        """A figure. Raises NotCalculableError if the document has none for these keys."""
        try:
            return self.rates[table][keys]
        except KeyError:
            raise NotCalculableError(f"`{'.'.join((table, *keys))}` has no value") from None

    def instalments(self, total: Fraction) -> dict[str, Fraction]:
        """The instalments in which a total is paid; none where the rulebook declares none."""
        if self.payment is None:
            return {}
        shares = {part.name: part.share for part in self.payment.instalments}
        if sum(shares.values()) != 1:
            raise NotCalculableError("the shares of the instalments make no whole")
        rounding = rounding_of(self.payment.rounding)
        paid = instalments(total, list(shares.values()), rounding, self.payment.remainder)
        return dict(zip(shares, paid, strict=True))

    def values(self, given: Mapping[str, Given]) -> dict[str, Value | None]:
        """Values of the document by the kinds of their names; None for one that does not exist."""
        return {
            name: None if value is None else self._value(name, value)
            for name, value in given.items()
        }

    def _value(self, name: str, given: str | bool) -> Value:
        kind = self.kinds.get(name)
        if kind is None:
            raise NotCalculableError(f"nothing says what `{name}` is")
        try:
            return value_from_json(given, kind)
        except ValueError:
            raise NotCalculableError(f"a value of `{name}` is no {kind.value}") from None


def _check_order(items: Sequence[ItemForm]) -> None:
    """Refuse items that read themselves or later ones, so that no circle is left; or that grow
    without end.

    A name of no item is either given, or belongs to a line that is not in force.
    """
    waiting, weights = {name_of(item) for item in items}, dict[str, int]()
    for item in items:
        name = name_of(item)
        if name not in waiting:
            raise NotCalculableError(f"`{name}` stands there twice")
        if isinstance(item, BandingForm):
            read, weight = [item.bands_of], 1 + weights.get(item.bands_of, 1)
        else:
            read = [part for tree in trees_of(item) for part in names(tree)]
            weight = max(weight_of(tree, weights) for tree in trees_of(item))
        if not waiting.isdisjoint(read):
            later = next(part for part in read if part in waiting)
            raise NotCalculableError(f"`{name}` reads `{later}`, which is not computed before it")
        if weight > MAX_WEIGHT:
            raise NotCalculableError(f"the numbers of `{name}` have no end")
        weights[name] = weight
        waiting.discard(name)


def name_of(item: ItemForm) -> str:
    return item.line if isinstance(item, LineForm) else item.name


def trees_of(item: LineForm | CalculationForm) -> list[Tree]:
    """The formulas of an item: its amount and its condition, if it has one."""
    if isinstance(item, CalculationForm):
        return [item.tree]
    return [item.amount_tree] if item.when_tree is None else [item.amount_tree, item.when_tree]


def solved_from_form(given: SolvedForm) -> tuple[Goal, Found]:
    """What a figure was solved for by, and what was found.

    Raises NotCalculableError if not exactly one sum is to be met.
    """
    targets = {way: getattr(given, way.value) for way in Direction}
    asked = [(way, target) for way, target in targets.items() if target is not None]
    if len(asked) != 1:
        raise NotCalculableError(f"`{given.so_that}` is to meet {len(asked)} sums")
    [(direction, target)] = asked
    low, high = given.between
    return (
        Goal(given.so_that, target, direction, low, high, given.to),
        Found(given.value, given.sum, given.target, given.next, given.sum_at_next),
    )


def bands_of(banding: BandingForm) -> tuple[Band, ...]:
    return tuple(
        Band(band.name, band.value, band.low, band.high, band.without_high)
        for band in banding.bands
    )


def rounding_of(form: RoundingForm) -> Rounding:
    return Rounding(form.to, form.mode)


@dataclass
class Unit:
    """A group of students, a school or the system, as far as the document describes it.

    Raises NotCalculableError for what it does not describe.
    """

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
            return self.rate(name, ())
        if self.method.levels.get(name, "school") != self.level:
            return self._above(name).name(name)
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
        raise NotCalculableError(f"nothing says what `{name}` of a {self.level} is")

    def rate(self, table: str, keys: tuple[str, ...]) -> Fraction:
        return self.method.rate(table, keys)

    def aggregate(self, tree: Aggregate) -> Fraction:
        return self._above(tree.function).aggregate(tree)

    def _above(self, name: str) -> Unit:
        if self.above is None:
            raise NotCalculableError(f"`{name}` is read of the {self.level}, which has none")
        return self.above


@dataclass
class ReplayedSchool(Unit):
    given: ExplainedSchoolForm = field(kw_only=True)

    def line(self, name: str) -> Fraction:
        """The rounded amount of a line, from its groups or its formula."""
        return round_fraction(self.unrounded(name), rounding_of(self._method_of(name).rounding))

    def unrounded(self, name: str) -> Fraction:
        method = self._method_of(name)
        if not self.in_force(method):
            return Fraction(0)
        if method.paid_for == "each student":
            return sum((amount for _, amount in self.groups(name)), Fraction(0))
        if method.when_tree is not None and not holds(method.when_tree, self):
            return Fraction(0)
        return number(method.amount_tree, self)

    def _method_of(self, name: str) -> LineForm:
        if name not in self.method.lines:
            raise NotCalculableError(f"nothing says what `{name}` of school {self.given.id} is")
        return self.method.lines[name]

    def in_force(self, method: LineForm) -> bool:
        as_of, start, end = self.method.as_of, method.in_force_from, method.in_force_until
        return as_of is None or ((start is None or start <= as_of) and (end is None or as_of < end))

    def groups(self, name: str) -> Iterator[tuple[Fraction, Fraction]]:
        """(rate, amount) of each group of students, computed again."""
        method, line = self._method_of(name), self._lines.get(name)
        if line is None or line.groups is None:
            raise NotCalculableError(f"school {self.given.id} has no groups of line `{name}`")
        for group in line.groups:
            students = self._students(group)
            rate = Fraction(0)
            if method.when_tree is None or holds(method.when_tree, students):
                rate = number(method.amount_tree, students)
            yield rate, group.students * rate

    def aggregate(self, tree: Aggregate) -> Fraction:
        if tree.units == SCHOOLS:
            assert isinstance(self.above, ReplayedSystem)
            return self.above.aggregates.value(tree, self, self.given.id)
        given = self._aggregates.get(tree)
        if given is None:
            raise NotCalculableError(
                f"school {self.given.id} has no groups of {tree.function} of {tree.units}"
            )
        members = [Member("", group.students, self._students(group)) for group in given.groups]
        return aggregate_of(tree, self, members)[0]

    def _students(self, group: StudentsForm) -> Unit:
        return Unit(self.method, "student", self.method.values(group.values), self)

    @cached_property
    def _lines(self) -> dict[str, ExplainedLineForm]:
        return {line.id: line for line in self.given.lines}

    @cached_property
    def _aggregates(self) -> dict[Aggregate, AggregateForm]:
        return {aggregate.tree: aggregate for aggregate in self.given.aggregates}


@dataclass
class ReplayedSystem(Unit):
    aggregates: SchoolAggregates = field(default_factory=lambda: SchoolAggregates([]))

    def aggregate(self, tree: Aggregate) -> Fraction:
        return self.aggregates.value(tree, self, "")
