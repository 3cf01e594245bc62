"""Evaluates formulas over whole columns of units: all schools at once, all groups of students.

A unit reads its own level, and the levels above through its parent (a student's school).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Protocol

from formula_funding.diagnostics.problem import InvariantBrokenError
from formula_funding.exact import column
from formula_funding.exact.column import COMPARE, Column, Truths
from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.aggregates import level_of
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import (
    Aggregate,
    Call,
    Day,
    Interval,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Text,
    Tree,
)
from formula_funding.model.plan import Banding, Calculation, Parameter, Plan, Value

Values = Column | Truths | list[str | None] | list[date]
"""One value per unit: numbers, truths, categories or dates.

What depends on a number that does not exist (a division by zero) does not exist either: a
denominator of 0 in a Column, None in a list.
"""


class Aggregating(Protocol):
    """Computes what one level sums up of the level below."""

    def aggregate(self, tree: Aggregate) -> Column:
        """One number per unit of the aggregate's own level."""
        ...

    def line(self, name: str) -> Column:
        """The rounded amount of a line, per school."""
        ...


LIMITS = ("min", "max", "clamp")
"""The functions by which one of several numbers counts."""


class Limiting(Protocol):
    """Decides which of its arguments a function of LIMITS gives, in the place of the function."""

    def limited(self, tree: Call, arguments: Sequence[Column], units: Sequence[Hashable]) -> Column:
        """One number per unit; `units` tell them apart, in this evaluation and in others."""
        ...


class Units:
    """Units of one level, with everything that formulas can read of them.

    `parent` are the units of the level above; unit i belongs to parent number `parents[i]`.
    Where something else decides by which limits a number is held, it is `limiting`, and `keys`
    tell the units apart.
    """

    def __init__(
        self,
        plan: Plan,
        level: Level,
        length: int,
        attributes: Mapping[str, Sequence[Value]],
        aggregating: Aggregating,
        parent: Units | None = None,
        parents: Sequence[int] = (),
        limiting: Limiting | None = None,
        keys: Sequence[Hashable] = (),
    ) -> None:
        self._plan = plan
        self._level = level
        self.length = length
        self._attributes = attributes
        self._aggregating = aggregating
        self._parent = parent
        self._parents = parents
        self._limiting = limiting
        self._keys = keys
        self._known: dict[str, Values] = {}
        self._kept: dict[Tree, Values] = {}

    def read(self, name: str) -> Values:
        """The values of a name for each unit."""
        if name not in self._known:
            self._known[name] = self._computed(name)
        return self._known[name]

    def _computed(self, name: str) -> Values:
        if self._plan.level_of(name) < self._level and self._parent is not None:
            return _taken(self._parent.read(name), self._parents)
        if name in self._attributes:
            return values_of(self._attributes[name], self._plan.attributes[name].kind)
        item = self._plan.item(name)
        if isinstance(item, Banding):
            return self._banded(item)
        if isinstance(item, Calculation):
            return self.evaluate(item.tree)
        if item is not None:
            return self._aggregating.line(name)
        if name in self._plan.parameters:
            return column.constant(self._plan.parameters[name].values[()], self.length)
        if name == "as_of" and self._plan.as_of is not None:
            return [self._plan.as_of] * self.length
        raise InvariantBrokenError(f"`{name}` has no value at the level {self._level.name}")

    def _banded(self, banding: Banding) -> list[str | None]:
        source = self.read(banding.source)
        if isinstance(source, Column):
            return [self._band_of(number, banding) for number in fractions_of(source)]
        owner = {band.value: band.name for band in banding.bands}
        return [None if value is None else owner[str(value)] for value in source]

    @staticmethod
    def _band_of(number: Fraction | None, banding: Banding) -> str | None:
        if number is None:
            return None
        band = banding.band_of(number)
        if band is None:
            raise InvariantBrokenError(f"`{banding.name}` has no band for one of its values")
        return band

    # formulas

    def keep(self, tree: Tree) -> Values:
        """As `evaluate`, remembering the values for whoever asks unit by unit."""
        if tree not in self._kept:
            self._kept[tree] = self.evaluate(tree)
        return self._kept[tree]

    def numbers(self, tree: Tree) -> Column:
        """The values of a numeric formula."""
        found = self.evaluate(tree)
        assert isinstance(found, Column)
        return found

    def truths(self, tree: Tree) -> Truths:
        """The values of a condition."""
        found = self.evaluate(tree)
        assert isinstance(found, list)
        return found  # type: ignore[return-value]  # the checker has proved its kind

    def evaluate(self, tree: Tree) -> Values:
        """The values of a checked formula, one per unit."""
        match tree:
            case Number():
                return column.constant(tree.value, self.length)
            case Text():
                words: list[str | None] = [tree.value]
                return words * self.length
            case Day():
                return [tree.value] * self.length
            case Name():
                return self.read(tree.name)
            case Lookup():
                return self._looked_up(tree)
            case Call():
                return self._called(tree)
            case Operation():
                return self._operated(tree)
            case Membership():
                return self._is_member(tree)
            case Aggregate():
                return self._aggregated(tree)

    def _looked_up(self, tree: Lookup) -> Column:
        parameter = self._plan.parameters[tree.table]
        rates, denominator = _over_one_denominator(parameter)
        # A key without a rate can only belong to units that a condition leaves out.
        found = [rates.get(key) for key in self.keys(tree)]
        numerators = [0 if rate is None else rate for rate in found]
        if None not in found:
            return Column(numerators, denominator)
        return Column(numerators, [0 if rate is None else denominator for rate in found])

    def keys(self, tree: Lookup) -> list[tuple[str | None, ...]]:
        """The key by which each unit looks up a rate; None in it where it does not exist."""
        return list(zip(*(_texts(self.evaluate(key)) for key in tree.keys), strict=True))

    def _called(self, tree: Call) -> Values:
        if tree.function == CONDITIONAL:
            condition, yes, no = tree.arguments
            return _chosen(self.truths(condition), self.evaluate(yes), self.evaluate(no))
        arguments = [self.numbers(argument) for argument in tree.arguments]
        if self._limiting is not None and tree.function in LIMITS:
            return self._limiting.limited(tree, arguments, self._keys)
        return FUNCTIONS[tree.function].on_columns(arguments)

    def _operated(self, tree: Operation) -> Values:
        if tree.operator in LOGIC:
            return LOGIC[tree.operator](*(self.truths(part) for part in tree.operands))
        if tree.operator in COMPARE:
            left, right = (self.evaluate(part) for part in tree.operands)
            if isinstance(left, Column) and isinstance(right, Column):
                return column.compare(tree.operator, left, right)
            assert isinstance(left, list)
            assert isinstance(right, list)
            test = COMPARE[tree.operator]
            compared: Truths = [
                None if a is None or b is None else test(a, b)
                for a, b in zip(left, right, strict=True)
            ]
            return compared
        numbers = [self.numbers(part) for part in tree.operands]
        match tree.operator:
            case "+":
                return numbers[0] + numbers[1]
            case "-":
                return numbers[0] - numbers[1]
            case "*":
                return numbers[0] * numbers[1]
            case "/":
                return numbers[0] / numbers[1]
            case "negative":
                return -numbers[0]
        exponent = tree.operands[1]
        assert isinstance(exponent, Number)
        return column.power(numbers[0], exponent.value.numerator)

    def _is_member(self, tree: Membership) -> Truths:
        item = self.evaluate(tree.item)
        if isinstance(item, Column):
            return [
                None if number is None else any(holds(member, number) for member in tree.members)
                for number in fractions_of(item)
            ]
        words = {member.value for member in tree.members}  # type: ignore[union-attr]  # checked
        return [None if value is None else value in words for value in item]

    def _aggregated(self, tree: Aggregate) -> Column:
        if level_of(tree) < self._level and self._parent is not None:
            taken = _taken(self._parent.numbers(tree), self._parents)
            assert isinstance(taken, Column)
            return taken
        return self._aggregating.aggregate(tree)


def _chosen(condition: Truths, yes: Values, no: Values) -> Values:
    """`yes` where the condition holds, else `no`; nothing where it does not exist itself."""
    if isinstance(yes, Column) and isinstance(no, Column):
        return column.choose(condition, yes, no)
    assert isinstance(yes, list)
    assert isinstance(no, list)
    return [
        None if holds is None else (a if holds else b)
        for holds, a, b in zip(condition, yes, no, strict=True)
    ]  # type: ignore[return-value]  # both of one type, as the checker has proved


def holds(member: object, number: Fraction) -> bool:
    """Whether a number is a member written as a number or a range."""
    if isinstance(member, Interval):
        return member.first <= number <= member.last
    return isinstance(member, Number) and member.value == number


def _both(left: Truths, right: Truths) -> Truths:
    return [
        False if a is False or b is False else (None if a is None or b is None else True)
        for a, b in zip(left, right, strict=True)
    ]


def _either(left: Truths, right: Truths) -> Truths:
    return _opposite(_both(_opposite(left), _opposite(right)))


def _opposite(truths: Truths) -> Truths:
    return [None if truth is None else not truth for truth in truths]


LOGIC: dict[str, Callable[..., Truths]] = {"and": _both, "or": _either, "not": _opposite}


def values_of(values: Sequence[Value], kind: Kind) -> Values:
    """Typed cells as a column of their kind."""
    if kind in (Kind.CATEGORY, Kind.TEXT, Kind.TRUTH, Kind.DATE):
        return list(values)  # type: ignore[return-value]  # cells of one attribute have one type
    return column.from_fractions([value for value in values if isinstance(value, Fraction)])


def fractions_of(numbers: Column) -> list[Fraction | None]:
    """The numbers one by one."""
    return [numbers.value(index) for index in range(len(numbers))]


def value_at(values: Values, index: int) -> Value | None:
    """One unit's value; None for a number that does not exist."""
    return values.value(index) if isinstance(values, Column) else values[index]


def _texts(values: Values) -> list[str | None]:
    """Keys of a table: categories, or whole numbers as text."""
    if isinstance(values, Column):
        return [None if v is None else number_to_text(v) for v in fractions_of(values)]
    return [None if value is None else str(value) for value in values]


def _taken(values: Values, indexes: Sequence[int]) -> Values:
    if isinstance(values, Column):
        return values.take(indexes)
    return [values[i] for i in indexes]  # type: ignore[return-value]  # of one type as before


def _over_one_denominator(
    parameter: Parameter,
) -> tuple[dict[tuple[str | None, ...], int], int]:
    rates = column.from_fractions(list(parameter.values.values()))
    assert isinstance(rates.denominators, int)
    return dict(zip(parameter.values, rates.numerators, strict=True)), rates.denominators
