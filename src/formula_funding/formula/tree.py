"""The formula as a tree. Value, explanation, replay and documentation are made from this one tree.

Spans point into the formula's text, for messages; they play no part in equality.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import ClassVar


@dataclass(frozen=True)
class Span:
    """Characters start to end (exclusive) of the formula's text."""

    start: int = 0
    end: int = 0


NOWHERE = Span()

SCHOOLS = "schools"
SCHOOL_ID = "school_id"
"""Names a school after `by`, and nowhere else."""
COLLECTIONS = ("students", SCHOOLS)
"""What an aggregate can run over: the students of a school, the schools of the system; beside
these the units of a rulebook's own tables, such as the classes of a school."""


@dataclass(frozen=True, kw_only=True)
class _Node:
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def parts(self) -> Iterator[Tree]:
        """The trees directly inside this one."""
        return iter(())


@dataclass(frozen=True)
class Number(_Node):
    """`12.5`, or `22.35%` with `percent` set (its value is 0.2235)."""

    value: Fraction
    percent: bool = False


@dataclass(frozen=True)
class Day(_Node):
    """`2025-01-01`."""

    value: date


@dataclass(frozen=True)
class Text(_Node):
    """A value of a category, quoted or (after checking) bare."""

    value: str


@dataclass(frozen=True)
class Name(_Node):
    """An attribute, a definition, a step, a line or a parameter without keys."""

    name: str


@dataclass(frozen=True)
class Lookup(_Node):
    """`norm[stage]`: the value of a keyed parameter."""

    table: str
    keys: tuple[Tree, ...]

    def parts(self) -> Iterator[Tree]:
        return iter(self.keys)

    def known(self, entry: tuple[str, ...]) -> dict[str, str]:
        """What the names among the keys must be for `entry` to be looked up."""
        pairs = zip(self.keys, entry, strict=True)
        return {key.name: value for key, value in pairs if isinstance(key, Name)}


@dataclass(frozen=True)
class Call(_Node):
    """`min(a, b)`: a function of the language."""

    function: str
    arguments: tuple[Tree, ...]

    def parts(self) -> Iterator[Tree]:
        return iter(self.arguments)


@dataclass(frozen=True)
class Operation(_Node):
    """An operator of OPERATORS on one or two trees."""

    operator: str
    operands: tuple[Tree, ...]

    OPERATORS: ClassVar = (
        "or and not = != < <= > >= + - * / ^ negative".split()  # noqa: SIM905  # read as a row
    )

    def parts(self) -> Iterator[Tree]:
        return iter(self.operands)


@dataclass(frozen=True)
class Interval(_Node):
    """`1..4` inside a membership: both ends belong to it."""

    first: Fraction
    last: Fraction


@dataclass(frozen=True)
class Membership(_Node):
    """`grade in [1..4, 9]`."""

    item: Tree
    members: tuple[Text | Number | Interval, ...]

    def parts(self) -> Iterator[Tree]:
        return iter((self.item,))


@dataclass(frozen=True)
class Aggregate(_Node):
    """`sum(fte of students where grade in 1..4)`: one number made of many units.

    `by` names attributes of schools: the aggregate then runs over the schools that are alike
    in them; or, with `own`, over those in which they are as in these attributes of the asking
    school. `arguments` are those of the function's signature, in its order.
    """

    function: str
    units: str
    arguments: tuple[Tree, ...] = ()
    where: Tree | None = None
    by: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    @property
    def asked_by(self) -> tuple[str, ...]:
        """What of the asking school tells which group is meant."""
        return self.own or self.by

    def parts(self) -> Iterator[Tree]:
        return iter(self.arguments if self.where is None else (*self.arguments, self.where))


Tree = Number | Day | Text | Name | Lookup | Call | Operation | Membership | Aggregate


def walk(tree: Tree) -> Iterator[Tree]:
    """The tree and everything inside it, from the outside in."""
    waiting: list[Tree] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(node.parts())))


def walk_outside_aggregates(tree: Tree) -> Iterator[Tree]:
    """As `walk`, without what lies inside an aggregate: it is read of other units."""
    waiting: list[Tree] = [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Aggregate):
            yield node
            waiting.extend(reversed(list(node.parts())))


def aggregates(tree: Tree) -> list[Aggregate]:
    """The outermost aggregates of a tree, from left to right."""
    if isinstance(tree, Aggregate):
        return [tree]
    return [found for part in tree.parts() for found in aggregates(part)]


def names_outside_aggregates(tree: Tree) -> list[str]:
    """The names and tables read at the formula's own level, each once, in reading order."""
    found: dict[str, None] = {}
    for node in walk_outside_aggregates(tree):
        if isinstance(node, Name):
            found.setdefault(node.name)
        elif isinstance(node, Lookup):
            found.setdefault(node.table)
    return list(found)


def names(tree: Tree) -> list[str]:
    """Every name and table that a checked tree reads, each once."""
    return names_read(tree, {})


def names_read(tree: Tree, values_of: Mapping[str, frozenset[str]]) -> list[str]:
    """As `names`, for a tree not yet checked: a word beside a category may be its value."""
    values = {
        id(side)
        for node in walk(tree)
        if isinstance(node, Operation) and node.operator in {"=", "!="}
        for side, other in (node.operands, node.operands[::-1])
        if isinstance(side, Name) and isinstance(other, Name)
        if side.name in values_of.get(other.name, ())
    }
    found: dict[str, None] = {}
    for node in walk(tree):
        if isinstance(node, Name) and id(node) not in values:
            found.setdefault(node.name)
        elif isinstance(node, Lookup):
            found.setdefault(node.table)
        elif isinstance(node, Aggregate):
            keys = [*node.by, *node.own]
            found.update(dict.fromkeys(key for key in keys if key != SCHOOL_ID))
    return list(found)
