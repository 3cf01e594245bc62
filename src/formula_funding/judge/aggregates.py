"""Aggregates by their definition: one unit after the other, with exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from formula_funding.exact.sharing import NothingToShareByError
from formula_funding.formula.aggregates import AGGREGATES, Unit
from formula_funding.formula.tree import SCHOOL_ID, Aggregate
from formula_funding.judge.evaluate import NoSuchNumberError, Reader, Value, holds, number


@dataclass(frozen=True)
class Member:
    """A unit that an aggregate runs over: a school, or some alike students."""

    name: str
    times: int
    reader: Reader


def aggregate_of(tree: Aggregate, asking: Reader, members: Sequence[Member]) -> list[Fraction]:
    """The result, or one per member for which the condition holds.

    What is given to the whole is read of `asking`, or of each member of a group: alike.
    """
    function = AGGREGATES[tree.function]
    split = len(function.given)
    those = [member.reader for member in chosen(tree, members) or members] if tree.by else []
    by_member = [
        [number(argument, reader) for argument in tree.arguments[:split]]
        for reader in those or [asking]
    ]
    given = by_member[0]
    if any(of_other != given for of_other in by_member):
        raise NoSuchNumberError
    units = [
        Unit(
            member.name,
            member.times,
            tuple(number(argument, member.reader) for argument in tree.arguments[split:]),
        )
        for member in chosen(tree, members)
    ]
    try:
        return function.of(given, units, sum(member.times for member in members))
    except NothingToShareByError:
        raise NoSuchNumberError from None


def chosen(tree: Aggregate, members: Sequence[Member]) -> list[Member]:
    """The members for which the condition holds."""
    return [m for m in members if tree.where is None or holds(tree.where, m.reader)]


def _is_in(member: Member, by: Sequence[str], group: tuple[Value, ...]) -> bool:
    """Whether a school belongs to a group; to none if what tells them apart does not exist."""
    try:
        key = tuple(member.name if n == SCHOOL_ID else member.reader.name(n) for n in by)
    except NoSuchNumberError:
        return False
    return key == group


@dataclass
class SchoolAggregates:
    """Aggregates over schools, each group's computed once."""

    members: list[Member]
    _known: dict[tuple[Aggregate, tuple[Value, ...]], dict[str, Fraction]] = field(
        default_factory=dict
    )

    def value(self, tree: Aggregate, asking: Reader, name: str) -> Fraction:
        """The value for the school `name`; the system asks by the name ""."""
        group = tuple(name if n == SCHOOL_ID else asking.name(n) for n in tree.asked_by)
        if (tree, group) not in self._known:
            self._known[tree, group] = self._compute(tree, asking, group)
        results = self._known[tree, group]
        return results.get(name if AGGREGATES[tree.function].for_each else "", Fraction(0))

    def _compute(
        self, tree: Aggregate, asking: Reader, group: tuple[Value, ...]
    ) -> dict[str, Fraction]:
        members = [member for member in self.members if _is_in(member, tree.by, group)]
        results = aggregate_of(tree, asking, members)
        if not AGGREGATES[tree.function].for_each:
            return {"": results[0]}
        names = [member.name for member in chosen(tree, members)]
        return dict(zip(names, results, strict=True))
