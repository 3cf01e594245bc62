"""Which numbers of students need not be told apart: formulas ask only in which band they lie.

Where an attribute such as a distance is read through bands alone, or compared with fixed numbers in
a definition that has a name, one number stands for all between two edges. The plans alone say
which, so that every engine counts alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import TypeGuard

from formula_funding.exact.pieces import Edge, Pieces, pieces_between
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import (
    Aggregate,
    Interval,
    Membership,
    Name,
    Number,
    Operation,
    Tree,
    names,
)
from formula_funding.model.plan import (
    STUDENTS,
    Attribute,
    Banding,
    Calculation,
    Line,
    Plan,
    direct_reads,
    trees_of,
)

FEW = 30
"""So many whole numbers, such as ages or grades, are counted as fast as their bands are found."""
_COMPARED = {
    **{">=": (True,), "<": (True,), ">": (False,), "<=": (False,)},
    **{"=": (True, False), "!=": (True, False)},
}
"""For each comparison its edges: whether the number itself belongs to what lies above."""
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}
"""`3 <= distance` is `distance >= 3`."""


def pieces_counted(*plans: Plan, units: str = STUDENTS) -> dict[str, Pieces]:
    """The numeric attributes of students, or of a table's units, that are counted in bands.

    Between two edges all numbers lie in the same bands of every plan, every comparison gives the
    same, and all are accepted or none is. Of several plans, those attributes that two share must
    be declared alike; what one of them reads otherwise is told apart for all.
    """
    edges: dict[str, list[Edge]] = {}
    read_otherwise: set[str] = set()
    for plan in plans:
        read_otherwise.update(_judged_by(plan, units))
        for item in plan.items:
            for name, own in _readings_of(item, plan):
                if own is None:
                    read_otherwise.add(name)
                else:
                    edges.setdefault(name, []).extend(own)
    attributes = {name: known for plan in plans for name, known in plan.attributes.items()}
    return {
        name: pieces_between([*_limits(attribute), *edges[name]], whole=attribute.whole)
        for name, attribute in attributes.items()
        if name in edges
        and name not in read_otherwise
        and attribute.units == units
        and attribute.level is Level.STUDENT
        and attribute.kind.is_numeric
        and not _has_few_values(attribute)
    }


def told_by(plan: Plan, read: Collection[str]) -> dict[str, list[str]]:
    """For each attribute counted in bands the definitions, of those `read`, that say which band."""
    found: dict[str, list[str]] = {name: [] for name in pieces_counted(plan)}
    for item in plan.items:
        if item.name in read and not isinstance(item, Line):
            for name in direct_reads(item):
                if name in found:
                    found[name].append(item.name)
    return found


def _judged_by(plan: Plan, units: str) -> tuple[str, ...]:
    """The attributes by which it is decided which rows count."""
    if units == STUDENTS:
        return plan.counting.attributes
    best = plan.tables[units].best if units in plan.tables else None
    return best.names if best is not None else ()


def _has_few_values(attribute: Attribute) -> bool:
    low, high = attribute.low, attribute.high
    return attribute.whole and low is not None and high is not None and high - low <= FEW


def _limits(attribute: Attribute) -> Iterator[Edge]:
    """Where the numbers begin and end that the rulebook accepts."""
    if attribute.low is not None:
        yield Edge(attribute.low, begins=True)
    if attribute.high is not None:
        yield Edge(attribute.high, begins=False)


Reading = tuple[str, list[Edge] | None]
"""A name and the edges at which what is made of it may change; None if it may change anywhere."""


def _readings_of(item: Banding | Calculation | Line, plan: Plan) -> Iterator[Reading]:
    if isinstance(item, Banding):
        yield item.source, list(_edges_of_bands(item))
    elif _is_told_by_name(item, plan):
        yield from _readings_in(item.tree)
    elif not isinstance(item, Line) or item.in_force(plan.as_of):
        yield from ((name, None) for tree in trees_of(item) for name in names(tree))


def _is_told_by_name(item: Calculation | Line, plan: Plan) -> TypeGuard[Calculation]:
    """Whether explanations tell groups by the name of a definition, never by what it reads.

    What reads figures or the school may be told by what it is made of.
    """
    return (
        isinstance(item, Calculation)
        and item.level is Level.STUDENT
        and all(plan.level_of(name) is Level.STUDENT for name in plan.reads([item.tree]))
    )


def _readings_in(tree: Tree) -> Iterator[Reading]:
    match tree:
        case Operation(operator=sign, operands=(Name(name=name), Number(value=at))):
            yield name, _edges_at(sign, at)
        case Operation(operator=sign, operands=(Number(value=at), Name(name=name))):
            yield name, _edges_at(_TURNED.get(sign, sign), at)
        case Membership(item=Name(name=name)):
            yield name, list(_edges_of_members(tree))
        case Name() | Aggregate():
            yield from ((name, None) for name in names(tree))
        case _:
            for part in tree.parts():
                yield from _readings_in(part)


def _edges_at(sign: str, at: Fraction) -> list[Edge] | None:
    """The edges of a comparison; None for an operation that computes."""
    return [Edge(at, begins) for begins in _COMPARED[sign]] if sign in _COMPARED else None


def _edges_of_members(tree: Membership) -> Iterator[Edge]:
    for member in tree.members:
        if isinstance(member, Interval):
            yield from _edges_around(member.first, member.last)
        elif isinstance(member, Number):
            yield from _edges_around(member.value, member.value)


def _edges_around(first: Fraction, last: Fraction) -> Iterator[Edge]:
    yield Edge(first, begins=True)
    yield Edge(last, begins=False)


def _edges_of_bands(banding: Banding) -> Iterator[Edge]:
    for band in banding.bands:
        if band.low is not None:
            yield Edge(band.low, begins=True)
        if band.high is not None:
            yield Edge(band.high, begins=band.without_high)
