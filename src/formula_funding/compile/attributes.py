"""Declared attributes with their defaults, and as symbols that formulas may read."""

from __future__ import annotations

from fractions import Fraction

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.scope import Symbol
from formula_funding.model.plan import Attribute
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.read.value_from_text import BadValueError, value_from_text
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


def check_attribute(
    attribute: Attribute,
    given: written.Attribute,
    path: Path_,
    places: Places,
    problems: Problems,
) -> None:
    """Report an open end of a range and a default that is no value; warn of protection lifted."""
    name = attribute.name
    if is_protected_by_name(name, attribute.level) and given.protected is False:
        problems.add(
            codes.PROTECTION_OFF,
            f"`{name}` is not protected: rules may decide money by it",
            places.key(path),
        )
    if given.range is not None and given.range.without_high:
        problems.add(
            codes.WRONG_VALUE,
            "a declared range owns both its ends",
            places.value(path),
            "write 0..1",
        )
    if given.if_empty:
        try:
            value_from_text("", attribute)
        except BadValueError as error:
            problems.add(
                codes.WRONG_VALUE,
                f"`{given.if_empty}` is no value of `{name}`",
                places.value((*path, "if_empty")),
                f"expected: {error.expected}",
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
