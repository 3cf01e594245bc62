"""Rates as named cells, and the rate of a group of students as a formula over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import Aggregate, Lookup, Name, Text
from formula_funding.model.plan import Banding, Line, Plan, Value
from formula_funding.workbook.formula_from_tree import (
    CantBeAFormulaError,
    formula_from_tree,
    number_literal,
    text_literal,
)

RateKey = tuple[str, tuple[str, ...]]
"""A parameter and the key of one of its values; () for a single value."""
_NOT_IN_A_NAME = re.compile(r"[^\w.]")


def rate_names(plan: Plan) -> dict[RateKey, str]:
    """A name for each rate in force, such as rate_norm.primary; no two differ by case alone."""
    found: dict[RateKey, str] = {}
    taken: set[str] = set()
    for parameter in plan.parameters.values():
        for key in parameter.values:
            wanted = name = _NOT_IN_A_NAME.sub("_", ".".join(["rate_" + parameter.name, *key]))
            number = 2
            while name.lower() in taken:
                name, number = f"{wanted}_{number}", number + 1
            taken.add(name.lower())
            found[parameter.name, key] = name
    return found


@dataclass(frozen=True)
class _GroupCells:
    """What the formula of a line reads of one group of students."""

    plan: Plan
    names: Mapping[RateKey, str]
    group: Mapping[str, Value | None]

    def name(self, name: str) -> str:
        if (name, ()) in self.names:
            return self.names[name, ()]
        value = self.group.get(name)
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, Fraction):
            return number_literal(value)
        if isinstance(value, str):
            return text_literal(value)
        raise CantBeAFormulaError("held_function")

    def rate(self, lookup: Lookup) -> str:
        key = tuple(self._key(part) for part in lookup.keys)
        if (lookup.table, key) not in self.names:
            raise CantBeAFormulaError("held_function")
        return self.names[lookup.table, key]

    def _key(self, part: object) -> str:
        value = self.group.get(part.name) if isinstance(part, Name) else None
        if isinstance(part, Text):
            return part.value
        if isinstance(value, Fraction):
            return number_to_text(value)
        if isinstance(value, str):
            return value
        raise CantBeAFormulaError("held_function")

    def aggregate(self, tree: Aggregate) -> str:
        raise CantBeAFormulaError("held_function")


def rate_formula(
    line: Line, plan: Plan, names: Mapping[RateKey, str], group: Mapping[str, Value | None]
) -> str | None:
    """The rate of a group as a formula over the rates; None where its cell holds the value.

    Only where a change of rates can't move a student to another group: the line reads nothing but
    rates and facts of the student, and its condition no rate.
    """
    if line.when is not None and any(name in plan.parameters for name in plan.reads([line.when])):
        return None
    if not all(_is_fixed(name, plan) for name in plan.reads(line.trees)):
        return None
    try:
        return formula_from_tree(line.amount, _GroupCells(plan, names, group))
    except CantBeAFormulaError:
        return None


def _is_fixed(name: str, plan: Plan) -> bool:
    """Whether a name is a rate, or what is known of a student whatever the rates are."""
    if name in plan.parameters:
        return True
    item = plan.item(name)
    is_fact = name in plan.attributes or isinstance(item, Banding)
    return is_fact and plan.level_of(name) is Level.STUDENT
