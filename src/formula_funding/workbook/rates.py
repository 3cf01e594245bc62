"""Rates as named cells, and the rate of a group of students as a formula over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import (
    Aggregate,
    Lookup,
    Name,
    Text,
    Tree,
    names_outside_aggregates,
)
from formula_funding.model.plan import Line, Plan, Value
from formula_funding.workbook.formula_from_tree import (
    CantBeAFormulaError,
    formula_from_tree,
    number_literal,
    text_literal,
)
from formula_funding.workbook.names import CellNames

RateKey = tuple[str, tuple[str, ...]]
"""A parameter and the key of one of its values; () for a single value."""


def rate_names(plan: Plan) -> dict[RateKey, str]:
    """A name for each rate in force, such as rate_norm.primary; no two differ by case alone."""
    names = CellNames()
    return {
        (parameter.name, key): names.new(".".join(["rate_" + parameter.name, *key]))
        for parameter in plan.parameters.values()
        for key in parameter.values
    }


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
        if self.plan.level_of(name) is not Level.STUDENT:
            return self._of_school(Name(name))
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
    if line.when is not None and not _follows_from_the_roster(plan.reads([line.when]), plan):
        raise CantBeAFormulaError("held_condition")
    own = [
        name
        for name in names_outside_aggregates(line.amount)
        if plan.level_of(name) is Level.STUDENT
    ]
    if not _follows_from_the_roster(plan.reads(map(Name, own)), plan):
        raise CantBeAFormulaError("held_student_step")
    return formula_from_tree(line.amount, _GroupCells(plan, names, group, school_cell))


def _follows_from_the_roster(names: Iterable[str], plan: Plan) -> bool:
    """Whether the names are all known of a student whatever the rates and the school are."""
    return all(
        name == "as_of" or (name not in plan.parameters and plan.level_of(name) is Level.STUDENT)
        for name in names
    )
