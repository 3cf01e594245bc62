"""Aggregates: one number made of many units, or each unit's place or share among them.

The four that run over millions of students (count, share, sum, mean) are also computed over
columns in `allocate/`; `of` is the definition by which the judge and the replayer go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from formula_funding.exact.sharing import (
    NothingToShareByError,
    Sharing,
    fill_level,
    largest_remainder,
    sainte_lague,
)
from formula_funding.formula.kinds import Kind, Level, quotient_kind
from formula_funding.formula.tree import SCHOOLS, Aggregate


class Unit(NamedTuple):
    """A unit for which the condition holds: how often it stands there, and what is read of it."""

    name: str
    times: int
    values: tuple[Fraction, ...]


Compute = Callable[[Sequence[Fraction], Sequence[Unit], int], list[Fraction]]
"""(what is given, the chosen units, how many units there are in all) -> the result, or one result
per chosen unit. Raises NothingToShareByError where a sum can't be shared."""


@dataclass(frozen=True)
class AggregateFunction:
    """An aggregate of the language.

    `given` are arguments that belong to the whole (a sum to share); those named in WRITTEN
    must be whole numbers written in the formula. `read` are read of each unit. An aggregate
    with `for_each` has a result for each unit. Those `of_schools` run over nothing else. One that
    `repeats` may read more of each unit than is named.
    """

    name: str
    signature: str
    purpose: str
    of: Compute
    given: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    for_each: bool = False
    of_schools: bool = False
    repeats: bool = False
    kind: Callable[[Sequence[Kind]], Kind] = lambda kinds: kinds[-1]

    @property
    def arguments(self) -> tuple[str, ...]:
        return (*self.given, *self.read)


SHARES = frozenset({"largest_remainder", "sainte_lague"})
"""Those that share out what is given first, by the weight that is read."""
WRITTEN = frozenset({"digits", "position"})


def _times(units: Sequence[Unit]) -> int:
    return sum(unit.times for unit in units)


def _sum(units: Sequence[Unit]) -> Fraction:
    return sum((unit.times * unit.values[-1] for unit in units), Fraction(0))


def _quotient(numerator: Fraction, denominator: int) -> Fraction:
    return numerator / denominator if denominator else Fraction(0)


def _in_order(units: Sequence[Unit]) -> list[tuple[Fraction, int]]:
    """(value, times) from the smallest value to the largest."""
    return sorted((unit.values[-1], unit.times) for unit in units if unit.times)


def _at(ordered: Sequence[tuple[Fraction, int]], position: int) -> Fraction:
    """The value at a position counted from 1, with repetitions; 0 beyond the end."""
    for value, times in ordered:
        if position <= times:
            return value
        position -= times
    return Fraction(0)


def _median(units: Sequence[Unit]) -> Fraction:
    ordered, count = _in_order(units), _times(units)
    if count % 2:
        return _at(ordered, (count + 1) // 2)
    return (_at(ordered, count // 2) + _at(ordered, count // 2 + 1)) / 2 if count else Fraction(0)


def _kth_largest(given: Sequence[Fraction], units: Sequence[Unit]) -> Fraction:
    return _at(_in_order(units)[::-1], given[0].numerator)


def _only(_given: Sequence[Fraction], units: Sequence[Unit], _all: int) -> list[Fraction]:
    if len(units) != 1:
        raise NothingToShareByError(
            "several schools are meant" if units else "there is no such school",
            "say what holds then: if(count(schools …) = 0, …, only(…))",
        )
    return [units[0].values[-1]]


def _ranks(units: Sequence[Unit]) -> list[Fraction]:
    """1 for the largest; equals share the best of their places, and the next place is skipped."""
    ordered = sorted((unit.values for unit in units), reverse=True)
    place: dict[tuple[Fraction, ...], int] = {}
    for position, value in enumerate(ordered, start=1):
        place.setdefault(value, position)
    return [Fraction(place[unit.values]) for unit in units]


def _shares(method: Sharing) -> Compute:
    def shares(given: Sequence[Fraction], units: Sequence[Unit], _all: int) -> list[Fraction]:
        pot, digits = given
        coin = Fraction(1, 10) ** digits.numerator
        coins = pot / coin
        if coins.denominator != 1:
            raise NothingToShareByError(
                "the sum is finer than the digits to which it is shared",
                f"round the sum first: round(…, {digits.numerator})",
            )
        weights = [unit.values[-1] for unit in units]
        shared = method(coins.numerator, weights, [unit.name for unit in units])
        return [share * coin for share in shared]

    return shares


def _level(given: Sequence[Fraction], units: Sequence[Unit], _all: int) -> list[Fraction]:
    weights = [unit.times * unit.values[0] for unit in units]
    amounts = [unit.times * unit.values[1] for unit in units]
    return [fill_level(given[0], weights, amounts)]


_ALL = (
    AggregateFunction(
        "count",
        "count(students where …)",
        "How many units there are for which the condition holds.",
        lambda _given, units, _all: [Fraction(_times(units))],
        kind=lambda _kinds: Kind.COUNT,
    ),
    AggregateFunction(
        "share",
        "share(students where …)",
        "The count with the condition ÷ the count of all. Of nobody, the share is 0.",
        lambda _given, units, everyone: [_quotient(Fraction(_times(units)), everyone)],
        kind=lambda _kinds: Kind.RATIO,
    ),
    AggregateFunction(
        "sum",
        "sum(x of students where …)",
        "The sum of a number over the units for which the condition holds.",
        lambda _given, units, _all: [_sum(units)],
        read=("x",),
    ),
    AggregateFunction(
        "mean",
        "mean(x of schools where …)",
        "The sum of a number ÷ the count of the units. Of no units, the mean is 0.",
        lambda _given, units, _all: [_quotient(_sum(units), _times(units))],
        read=("x",),
    ),
    AggregateFunction(
        "min",
        "min(x of schools where …)",
        "The smallest value among the units; 0 of no units.",
        lambda _given, units, _all: [_at(_in_order(units), 1)],
        read=("x",),
    ),
    AggregateFunction(
        "max",
        "max(x of schools where …)",
        "The largest value among the units; 0 of no units.",
        lambda _given, units, _all: [_at(_in_order(units)[::-1], 1)],
        read=("x",),
    ),
    AggregateFunction(
        "median",
        "median(x of schools where …)",
        "The middle value, or the mean of the two middle ones; 0 of no units.",
        lambda _given, units, _all: [_median(units)],
        read=("x",),
    ),
    AggregateFunction(
        "kth_largest",
        "kth_largest(k, x of schools where …)",
        "The k-th largest value, counting equals one by one; 0 if there are fewer units.",
        lambda given, units, _all: [_kth_largest(given, units)],
        given=("position",),
        read=("x",),
    ),
    AggregateFunction(
        "only",
        "only(x of schools where …)",
        "The value of the one school that is meant. Of none, or of several, there is no value.",
        _only,
        read=("x",),
        of_schools=True,
    ),
    AggregateFunction(
        "rank",
        "rank(x, … of schools where …)",
        "The school's place: 1 for the largest. Equals are told apart by the next number, if one "
        "is given; else they share the best of their places, and the places after them are "
        "skipped. 0 for a school for which the condition does not hold.",
        lambda _given, units, _all: _ranks(units),
        read=("x",),
        for_each=True,
        repeats=True,
        kind=lambda _kinds: Kind.NUMBER,
    ),
    AggregateFunction(
        "largest_remainder",
        "largest_remainder(pot, digits, weight of schools where …)",
        "The school's share of a fixed sum by weight, in whole units of `digits` decimals: whole "
        "quotas first, then one unit each to the largest remainders. Nothing is lost. A larger "
        "sum can lower one school (the Alabama paradox).",
        _shares(largest_remainder),
        given=("pot", "digits"),
        read=("weight",),
        for_each=True,
        kind=lambda kinds: kinds[0],
    ),
    AggregateFunction(
        "sainte_lague",
        "sainte_lague(pot, digits, weight of schools where …)",
        "As largest_remainder, by the divisor method of Sainte-Laguë (Webster): a larger sum "
        "never lowers a school.",
        _shares(sainte_lague),
        given=("pot", "digits"),
        read=("weight",),
        for_each=True,
        kind=lambda kinds: kinds[0],
    ),
    AggregateFunction(
        "fill_level",
        "fill_level(sum, weight, amount of schools where …)",
        "The level per weight up to which a sum raises the lowest: the L for which the sum of "
        "max(0, L * weight - amount) is spent exactly.",
        _level,
        given=("sum",),
        read=("weight", "amount"),
        kind=lambda kinds: quotient_kind(kinds[2], kinds[1]),
    ),
)
AGGREGATES = {function.name: function for function in _ALL}


def level_of(tree: Aggregate) -> Level:
    """The level to which an aggregate belongs."""
    per_school = tree.units != SCHOOLS or tree.by or AGGREGATES[tree.function].for_each
    return Level.SCHOOL if per_school else Level.SYSTEM
