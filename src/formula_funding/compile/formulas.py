"""Where in a rulebook the formulas stand."""

from __future__ import annotations

from formula_funding.compile.parameters import goal_of
from formula_funding.model.plan import Calculation, Role
from formula_funding.read.nodes_from_yaml import Path_
from formula_funding.rules.rulebook import Rulebook


def formulas_of(book: Rulebook) -> dict[Path_, str]:
    """The text of each formula by its path; that of a `derived` figure is read with the figure."""
    found: dict[Path_, str] = {}
    for name, definition in book.define.items():
        if definition.formula is not None:
            found[("define", name, "formula")] = definition.formula
    for name, step in book.steps.items():
        found[("steps", name, "formula")] = step.formula
    for name, line in book.lines.items():
        found[("lines", name, "amount")] = line.amount
        if line.when is not None:
            found[("lines", name, "when")] = line.when
    for name, required in book.require.items():
        found[("require", name, "that")] = required.that
    for name, parameter in book.parameters.items():
        if parameter.solve is not None:
            solve = parameter.solve
            found[("parameters", name, "solve", "so_that")] = solve.so_that
            found[("parameters", name, "solve", solve.direction.value)] = solve.target
    return found


def path_of(calculation: Calculation) -> Path_:
    """Where the formula of a calculation stands."""
    name = calculation.name
    if calculation.role is Role.GOAL:
        parameter, field = goal_of(name)
        return ("parameters", parameter, "solve", field)
    if calculation.is_requirement:
        return ("require", name, "that")
    return ("define" if calculation.role is Role.DEFINITION else "steps", name, "formula")
