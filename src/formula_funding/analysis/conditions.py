"""Conditions that can never hold, or always hold: each is tried on all that can occur.

A condition reads categories, truths and numbers. Numbers are cut where the condition asks about
them (the number beside a comparison, the edges of a band); between two cuts nothing changes. The
condition is then looked at in each combination of values and pieces. What is not decided by this
counts as possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from formula_funding.analysis.possible import BOTH, Possible, Truths, Words
from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.compile.formulas import path_of
from formula_funding.compile.names import AS_OF
from formula_funding.exact.extent import Extent, point
from formula_funding.formula.functions import CONDITIONAL
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import (
    Aggregate,
    Call,
    Day,
    Interval,
    Membership,
    Name,
    Number,
    Operation,
    Span,
    Tree,
    names,
    walk,
)
from formula_funding.model.plan import Banding, Calculation, Line
from formula_funding.read.nodes_from_yaml import Path_

MOST_COMBINATIONS = 5_000
"""More are not tried; the condition then counts as one that may hold or not."""


@dataclass(frozen=True)
class IdleCondition:
    """A condition that decides nothing: `holds` says whether it always or never holds.

    `path` leads to the formula in the rulebook, `span` to the condition in its text. `word` is
    what introduces it: when, where or if.
    """

    name: str
    path: Path_
    span: Span
    word: str
    holds: bool


def idle_conditions(checked: CheckedRulebook) -> list[IdleCondition]:
    """The conditions of all formulas that always or never hold."""
    search = _Search(Possible(checked))
    return [found for item in checked.items for found in search.of_item(item)]


class _Search:
    def __init__(self, possible: Possible) -> None:
        self._possible = possible

    def of_item(self, item: Banding | Calculation | Line) -> Iterator[IdleCondition]:
        if isinstance(item, Calculation):
            yield from self._within(item.tree, (), item.name, path_of(item))
        elif isinstance(item, Line):
            path: Path_ = ("lines", item.name)
            context: tuple[Tree, ...] = ()
            if item.when is not None:
                context = (item.when,)
                yield from self._judged(item.when, (), "when", item.name, (*path, "when"))
                yield from self._within(item.when, (), item.name, (*path, "when"))
            yield from self._within(item.amount, context, item.name, (*path, "amount"))

    def _within(
        self, tree: Tree, context: tuple[Tree, ...], name: str, path: Path_
    ) -> Iterator[IdleCondition]:
        """The idle conditions inside a tree that is only computed where the context holds."""
        match tree:
            case Call(function, (condition, yes, no)) if function == CONDITIONAL:
                yield from self._judged(condition, context, "if", name, path)
                opposite = Operation("not", (condition,))
                for part, inner in (
                    (condition, context),
                    (yes, (*context, condition)),
                    (no, (*context, opposite)),
                ):
                    yield from self._within(part, inner, name, path)
            case Aggregate():
                # What holds for the unit that asks says nothing of those that are counted.
                inner = () if tree.where is None else (tree.where,)
                if tree.where is not None:
                    yield from self._judged(tree.where, (), "where", name, path)
                    yield from self._within(tree.where, (), name, path)
                for part in tree.arguments:
                    yield from self._within(part, inner, name, path)
            case _:
                for part in tree.parts():
                    yield from self._within(part, context, name, path)

    def _judged(
        self, condition: Tree, context: tuple[Tree, ...], word: str, name: str, path: Path_
    ) -> Iterator[IdleCondition]:
        if self._is_switch(condition):
            return
        truths = self._truths(condition, context)
        if len(truths) == 1:
            yield IdleCondition(name, path, condition.span, word, next(iter(truths)))

    def _is_switch(self, condition: Tree) -> bool:
        """Whether a condition reads figures and dates only: it waits for other ones."""
        checked = self._possible.checked
        read = names(condition)
        return not any(isinstance(node, Aggregate) for node in walk(condition)) and all(
            name in checked.parameters or name == AS_OF for name in read
        )

    def _truths(self, condition: Tree, context: tuple[Tree, ...]) -> Truths:
        """The truths of a condition where the context holds; none if it never does."""
        reached = _Reached(self._possible, (condition, *context))
        cells = [reached.cells(term) for term in reached.terms]
        if prod(len(choices) for choices in cells) > MOST_COMBINATIONS:
            return BOTH
        found: set[bool] = set()
        for combination in product(*cells):
            known = dict(zip(reached.terms, combination, strict=True))
            if all(True in self._possible.truth(tree, known) for tree in context):
                found |= self._possible.truth(condition, known)
            if len(found) == len(BOTH):
                break
        return frozenset(found)


class _Reached:
    """What decides some conditions: `terms`, and the numbers that they are asked about."""

    def __init__(self, possible: Possible, conditions: Sequence[Tree]) -> None:
        self._possible = possible
        self.terms: dict[Tree, None] = {}
        self._cuts: set[Fraction] = set()
        waiting = list(conditions)
        while waiting:
            for node in _walk_to_aggregates(waiting.pop()):
                waiting += self._reach(node)

    def _reach(self, node: Tree) -> list[Tree]:
        """Note one part; what a name comes down to is still to be looked at."""
        match node:
            case Number():
                self._cuts.add(node.value)
            case Day():
                self._cuts.add(Fraction(node.value.toordinal()))
            case Membership(_, members):
                for member in members:
                    if isinstance(member, Interval):
                        self._cuts |= {member.first, member.last}
                    elif isinstance(member, Number):
                        self._cuts.add(member.value)
            case Aggregate():
                self.terms.setdefault(node)
            case Name(name):
                return self._reach_name(name)
        return []

    def _reach_name(self, name: str) -> list[Tree]:
        item = self._possible.items.get(name)
        if isinstance(item, Banding):
            ends = [end for band in item.bands for end in (band.low, band.high)]
            self._cuts |= {end for end in ends if end is not None}
            return [Name(item.source)]
        if isinstance(item, Calculation) and item.kind in {Kind.TRUTH, Kind.CATEGORY}:
            return [item.tree]
        self._cuts |= set(self._possible.figures(name))
        if self._possible.of_name(name) is not None:
            self.terms.setdefault(Name(name))
        return []

    def cells(self, term: Tree) -> list[Extent | Words | Truths]:
        """The single values of a term, or its pieces between all numbers that are asked about."""
        figures = self._possible.figures(term.name) if isinstance(term, Name) else []
        if figures:
            return [point(figure) for figure in figures]
        found = self._possible.of_name(term.name) if isinstance(term, Name) else None
        if isinstance(found, frozenset):
            return _single(found)
        numbers = found if found is not None else self._possible.number(term)
        return [*numbers.cells(self._cuts)]


def _walk_to_aggregates(tree: Tree) -> Iterator[Tree]:
    """A tree and its parts; of an aggregate only itself."""
    yield tree
    if not isinstance(tree, Aggregate):
        for part in tree.parts():
            yield from _walk_to_aggregates(part)


def _single(values: Words | Truths) -> list[Extent | Words | Truths]:
    """Each value alone."""
    truths = sorted(value for value in values if isinstance(value, bool))
    words = sorted(value for value in values if isinstance(value, str))
    return [*(frozenset({truth}) for truth in truths), *(frozenset({word}) for word in words)]
