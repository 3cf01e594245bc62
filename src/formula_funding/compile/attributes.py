"""Declared attributes with their defaults, and as symbols that formulas may read."""

from __future__ import annotations

from fractions import Fraction

from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.scope import Symbol
from formula_funding.model.plan import Attribute
from formula_funding.rules import rulebook as written
from formula_funding.rules.rulebook import PROTECTED_BY_DEFAULT


def is_protected_by_name(name: str, level: Level) -> bool:
    """Whether an attribute is protected unless the rulebook says otherwise."""
    return name.lower() in PROTECTED_BY_DEFAULT and level is Level.SCHOOL


def attribute_of(name: str, level: Level, units: str, given: written.Attribute) -> Attribute:
    """A declared attribute with its defaults filled in."""
    counts = given.kind in {"count", "money"}
    low = given.range.low if given.range else (Fraction(0) if counts else None)
    return Attribute(
        name,
        level,
        units,
        Kind(given.kind),
        given.title,
        given.values,
        low,
        given.range.high if given.range else None,
        given.whole,
        is_protected_by_name(name, level) if given.protected is None else given.protected,
        given.if_empty,
    )


def symbol_of(attribute: Attribute) -> Symbol:
    return Symbol(
        attribute.name,
        attribute.kind,
        attribute.level,
        attribute.units,
        tuple(attribute.values),
        attribute.whole,
        attribute.low,
        attribute.high,
    )
