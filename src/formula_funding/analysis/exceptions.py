"""What a rulebook says of one school or one kind of school only, with its legal source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from formula_funding.diagnostics.problem import Place
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import (
    SCHOOLS,
    Name,
    Tree,
    aggregates,
    names,
    walk_outside_aggregates,
)
from formula_funding.model.plan import Banding, Calculation, Line, Plan, trees_of

_KINDS_OF_SCHOOLS = {Kind.CATEGORY, Kind.TEXT, Kind.TRUTH, Kind.DATE}


class Sort(Enum):
    """How schools are told apart."""

    RATES = "rates"
    """A table of figures with a figure for each kind of school."""
    FIGURE = "figure"
    """A figure that the register gives for each school alone."""
    CONDITION = "condition"
    """A rule that asks what kind of school it is."""


@dataclass(frozen=True)
class ToldApart:
    """Something that belongs to one school or one kind of school.

    `by` are the attributes by which schools are told apart, `values` the figures of RATES by
    their keys. `sources` are the legal sources: those of the figures, else those of the rules
    in `read_by`. None stated: an empty tuple.
    """

    sort: Sort
    name: str
    by: tuple[str, ...]
    values: Mapping[tuple[str, ...], Fraction]
    read_by: tuple[str, ...]
    sources: tuple[str, ...]
    place: Place


def exceptions_of(plan: Plan) -> list[ToldApart]:
    """All exceptions of a plan that lead to money: tables, figures, then conditions."""
    paid = set(plan.reads([tree for line in plan.lines_in_force for tree in line.trees]))
    paid |= {line.name for line in plan.lines_in_force}
    items = [item for item in plan.items if item.name in paid]
    return [*_rates(plan, paid, items), *_figures(plan, paid, items), *_conditions(plan, items)]


Item = Banding | Calculation | Line


def _rates(plan: Plan, paid: set[str], items: list[Item]) -> Iterator[ToldApart]:
    for parameter in plan.parameters.values():
        by = tuple(key for key in parameter.keys if _told_by_register(plan, key))
        if parameter.name in paid and by:
            readers = _readers(parameter.name, items)
            sources = parameter.cited or _sources(plan, readers)
            yield ToldApart(
                Sort.RATES,
                parameter.name,
                by,
                parameter.values,
                tuple(item.name for item in readers),
                sources,
                parameter.place,
            )


def _figures(plan: Plan, paid: set[str], items: list[Item]) -> Iterator[ToldApart]:
    """Amounts, ratios and numbers that the register gives; numbers of students are none."""
    for attribute in plan.attributes.values():
        figure = attribute.kind in {Kind.MONEY, Kind.RATIO, Kind.NUMBER}
        if attribute.level is Level.SCHOOL and figure and attribute.name in paid:
            readers = _readers(attribute.name, items)
            yield ToldApart(
                Sort.FIGURE,
                attribute.name,
                (attribute.name,),
                {},
                tuple(item.name for item in readers),
                _sources(plan, readers),
                readers[0].place,
            )


def _conditions(plan: Plan, items: list[Item]) -> Iterator[ToldApart]:
    for item in items:
        asked = [name for tree in trees_of(item) for name in _asked(plan, tree)]
        if asked:
            by = tuple(dict.fromkeys(asked))
            yield ToldApart(
                Sort.CONDITION, item.name, by, {}, (item.name,), _sources(plan, [item]), item.place
            )


def _asked(plan: Plan, tree: Tree) -> Iterator[str]:
    """The kinds of schools that a formula asks about itself, other than as keys of a table."""
    nodes = list(_walk_own(tree))
    keys = {id(key) for node in nodes for key in getattr(node, "keys", ())}
    for node in nodes:
        if isinstance(node, Name) and id(node) not in keys and _told_by_register(plan, node.name):
            yield node.name


def _walk_own(tree: Tree) -> Iterator[Tree]:
    """The parts that are read of the school itself: what is asked of its students among them."""
    yield from walk_outside_aggregates(tree)
    for aggregate in aggregates(tree):
        if aggregate.units != SCHOOLS:
            for part in aggregate.parts():
                yield from _walk_own(part)


def _told_by_register(plan: Plan, name: str) -> bool:
    """Whether a name is a kind of school that the register states, perhaps through bands.

    Bands of a number of students or of another computed figure treat all schools alike.
    """
    item = plan.item(name)
    if isinstance(item, Banding):
        return _told_by_register(plan, item.source)
    if isinstance(item, Calculation) and item.kind in _KINDS_OF_SCHOOLS:
        return item.level is Level.SCHOOL and any(
            _told_by_register(plan, read) for read in names(item.tree)
        )
    attribute = plan.attributes.get(name)
    return (
        attribute is not None
        and attribute.level is Level.SCHOOL
        and attribute.kind in _KINDS_OF_SCHOOLS
    )


def _readers(name: str, items: list[Item]) -> list[Item]:
    """The rules that read a name themselves."""
    return [
        item
        for item in items
        if name in {n for tree in trees_of(item) for n in names(tree)}
        or (isinstance(item, Banding) and item.source == name)
    ]


def _sources(plan: Plan, items: list[Item]) -> tuple[str, ...]:
    """The sources of rules; where they state none, those of the figures and rules they read."""
    found = [_source(item) for item in items]
    if not any(found):
        read = [n for item in items for tree in trees_of(item) for n in names(tree)]
        figures = [plan.parameters[name] for name in read if name in plan.parameters]
        found = [source for figure in figures for source in figure.cited]
        rules = [plan.item(name) for name in read]
        found += [_source(rule) for rule in rules if rule is not None]
    return tuple(dict.fromkeys(source for source in found if source is not None))


def _source(item: Item) -> str | None:
    return item.cited if isinstance(item, Banding) else item.source
