"""Formulas of students in terms of the roster, the school and the rates.

A definition such as `if(at_home, "home", kind)`, with `kind` a fact of the school, is no cell of
its own: the formula of a group has it written out, and so follows the school and the rates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import (
    Call,
    Lookup,
    Membership,
    Name,
    Operation,
    Tree,
    names_outside_aggregates,
    walk,
)
from formula_funding.model.plan import Calculation, Plan
from formula_funding.workbook.formula_from_tree import CantBeAFormulaError

_MOST_NODES = 2_000
"""More than a formula of 8,000 characters can hold."""


def follows_from_the_roster(names: Iterable[str], plan: Plan) -> bool:
    """Whether the names are all known of a student whatever the rates and the school are."""
    return all(
        name == "as_of" or (name not in plan.parameters and plan.level_of(name) is Level.STUDENT)
        for name in names
    )


def is_written_out(name: str, plan: Plan) -> bool:
    """Whether formulas show in place of a name what it is made of.

    A definition of students that reads a rate or the school; but no group tells a day of birth.
    """
    item = plan.item(name)
    if not isinstance(item, Calculation) or item.level is not Level.STUDENT:
        return False
    own = [plan.attributes[n] for n in names_outside_aggregates(item.tree) if n in plan.attributes]
    if any(attribute.kind is Kind.DATE for attribute in own):
        return False
    return not follows_from_the_roster(plan.reads([Name(name)]), plan)


def written_out(tree: Tree, plan: Plan) -> Tree:
    """A formula with such definitions written out, through all of them.

    Raises CantBeAFormulaError if it becomes longer than a cell holds.
    """
    known: dict[str, Tree] = {}

    def of_name(name: Name) -> Tree:
        item = plan.item(name.name)
        if not isinstance(item, Calculation) or not is_written_out(name.name, plan):
            return name
        if name.name not in known:
            found = with_names(item.tree, of_name)
            if sum(1 for _ in walk(found)) > _MOST_NODES:
                raise CantBeAFormulaError("held_too_long")
            known[name.name] = found
        return known[name.name]

    return with_names(tree, of_name)


def with_names(tree: Tree, of_name: Callable[[Name], Tree]) -> Tree:
    """A formula with other trees in place of its names; aggregates stay as they are."""

    def each(parts: tuple[Tree, ...]) -> tuple[Tree, ...]:
        return tuple(with_names(part, of_name) for part in parts)

    match tree:
        case Name():
            return of_name(tree)
        case Lookup():
            return replace(tree, keys=each(tree.keys))
        case Call():
            return replace(tree, arguments=each(tree.arguments))
        case Operation():
            return replace(tree, operands=each(tree.operands))
        case Membership():
            return replace(tree, item=with_names(tree.item, of_name))
    return tree
