"""Rates as named cells, and the rate of a group of students as a formula over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import repeat

from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.functions import CONDITIONAL
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import (
    Aggregate,
    Call,
    Lookup,
    Name,
    Text,
    Tree,
    names_outside_aggregates,
)
from formula_funding.model.plan import Attribute, Calculation, Line, Plan, Value
from formula_funding.workbook.formula_from_tree import (
    CantBeAFormulaError,
    Cells,
    formula_from_tree,
    literal,
    number_literal,
    text_literal,
)
from formula_funding.workbook.names import CellNames
from formula_funding.workbook.written_out import follows_from_the_roster, written_out

RateKey = tuple[str, tuple[str, ...]]
"""A parameter and the key of one of its values; () for a single value."""
MOST_KEYS = 60
"""Excel nests at most 64 functions."""


def rate_names(plan: Plan) -> dict[RateKey, str]:
    """A name for each rate in force, such as rate_norm.primary; no two differ by case alone."""
    names = CellNames()
    return {
        (parameter.name, key): names.new(".".join(["rate_" + parameter.name, *key]))
        for parameter in plan.parameters.values()
        for key in parameter.values
    }


def rate_looked_up(lookup: Lookup, plan: Plan, names: Mapping[RateKey, str], cells: Cells) -> str:
    """The cell of the rate whose key is written, or the formula that finds it by its keys."""
    left = [
        key
        for key in plan.parameters[lookup.table].values
        if all(map(_can_be, lookup.keys, key, repeat(plan)))
    ]
    if any((lookup.table, key) not in names for key in left):
        raise CantBeAFormulaError("held_digits")
    if all(isinstance(part, Text) for part in lookup.keys) and len(left) == 1:
        return names[lookup.table, left[0]]
    if len(left) > MOST_KEYS:
        raise CantBeAFormulaError("held_too_long")
    formula = "NA()"
    for key in reversed(left):
        tests = [
            _key_is(part, value, plan, cells)
            for part, value in zip(lookup.keys, key, strict=True)
            if not isinstance(part, Text)
        ]
        condition = tests[0] if len(tests) == 1 else f"AND({','.join(tests)})"
        formula = f"IF({condition},{names[lookup.table, key]},{formula})"
    return formula


def _can_be(part: Tree, value: str, plan: Plan) -> bool:
    """Whether a key may have a value: a fact of schools has only those declared of it."""
    if isinstance(part, Text):
        return part.value == value
    known = plan.attributes.get(part.name) if isinstance(part, Name) else None
    return known is None or not known.values or value in known.values


def _key_is(part: Tree, value: str, plan: Plan, cells: Cells) -> str:
    cell = formula_from_tree(part, cells)
    if isinstance(part, Name) and is_number(part.name, plan):
        return f"{cell}={number_literal(Fraction(value))}"
    return f"EXACT({cell},{text_literal(value)})"


def is_number(name: str, plan: Plan) -> bool:
    """Whether an attribute, a definition or a step is a number."""
    known = plan.attributes.get(name) or plan.item(name)
    return isinstance(known, Attribute | Calculation) and known.kind.is_numeric


@dataclass(frozen=True)
class _GroupCells:
    """What the formula of a line reads of one group of students."""

    plan: Plan
    names: Mapping[RateKey, str]
    group: Mapping[str, Value | None]
    school_cell: Callable[[Tree], str | None]

    def name(self, name: str) -> str:
        if (name, ()) in self.names:
            return self.names[name, ()]
        if name in self.plan.parameters:
            raise CantBeAFormulaError("held_digits")
        if self.plan.level_of(name) is not Level.STUDENT:
            return self._of_school(Name(name))
        return literal(self.group.get(name))

    def rate(self, lookup: Lookup) -> str:
        """The rate, if need be found by what the school's cells hold."""
        keys = tuple(map(self._key, lookup.keys))
        return rate_looked_up(replace(lookup, keys=keys), self.plan, self.names, self)

    def _key(self, part: Tree) -> Tree:
        """A key as far as the group tells it: `if(at_home, "home", kind)` becomes one of both."""
        if isinstance(part, Call) and part.function == CONDITIONAL:
            condition, yes, no = part.arguments
            chosen = self.group.get(condition.name) if isinstance(condition, Name) else None
            if isinstance(chosen, bool):
                return self._key(yes if chosen else no)
        value = self.group.get(part.name) if isinstance(part, Name) else None
        if isinstance(value, Fraction):
            return Text(number_to_text(value))
        return Text(value) if isinstance(value, str) else part

    def aggregate(self, tree: Aggregate) -> str:
        return self._of_school(tree)

    def _of_school(self, tree: Tree) -> str:
        cell = self.school_cell(tree)
        if cell is None:
            raise CantBeAFormulaError("held_function")
        return cell


def rate_formula(
    line: Line,
    plan: Plan,
    names: Mapping[RateKey, str],
    group: Mapping[str, Value | None],
    school_cell: Callable[[Tree], str | None],
) -> str:
    """The rate of a group as a formula over the rates and over the cells of its school.

    Raises CantBeAFormulaError where its cell must hold the value: a change in the workbook can't
    move a student to another group, so what tells groups apart must follow from the roster alone.
    """
    if line.when is not None and not follows_from_the_roster(plan.reads([line.when]), plan):
        raise CantBeAFormulaError("held_condition")
    amount = written_out(line.amount, plan)
    own = [
        name for name in names_outside_aggregates(amount) if plan.level_of(name) is Level.STUDENT
    ]
    if not follows_from_the_roster(plan.reads(map(Name, own)), plan):
        raise CantBeAFormulaError("held_student_step")
    return formula_from_tree(amount, _GroupCells(plan, names, group, school_cell))
