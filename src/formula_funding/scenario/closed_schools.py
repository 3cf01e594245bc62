"""What goes with a school that a scenario closes, though its students stay: told, not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.formula.tree import SCHOOLS, Aggregate, walk
from formula_funding.model.plan import Plan, trees_of
from formula_funding.model.register import Register
from formula_funding.read.scenario_from_yaml import PlacedScenario


def note_what_closures_take_along(
    placed: PlacedScenario, plan: Plan, register: Register, problems: Problems
) -> None:
    """Warn of each closed school whose facts the rules read, or that counts among all schools.

    `register` is that before the closures. Nobody else knows what becomes of an area or of a
    headcount that the register gave, so no other school takes it over.
    """
    compares = any(
        node.units == SCHOOLS
        for name in _read(plan)
        if (item := plan.item(name)) is not None
        for tree in trees_of(item)
        for node in walk(tree)
        if isinstance(node, Aggregate)
    )
    for number, closure in enumerate(placed.scenario.close):
        facts = list(_numbers_of(closure.school, register))
        told = []
        if facts:
            told.append(f"no other school takes over its {' and '.join(facts)}")
        if compares:
            told.append("sums, averages and places among schools are without it")
        if told:
            into = next(iter(closure.to)) if len(closure.to) == 1 else None
            given = ", ".join(f"{name.strip('`')}: …" for name in facts)
            merged = f"merge: [{{schools: ['{into}', '{closure.school}'], into: '{into}'"
            problems.add(
                codes.SCENARIO_CLOSED_FACTS,
                f"`{closure.school}` is closed: {', and '.join(told)}",
                placed.places.value(("close", number)),
                f"if another school takes them over, write {merged}, with: {{{given}}}}}]"
                if facts and into is not None
                else None,
            )


def _read(plan: Plan) -> list[str]:
    """What the lines in force come down to, themselves too."""
    lines = plan.lines_in_force
    return [*(line.name for line in lines), *plan.reads(t for line in lines for t in line.trees)]


def _numbers_of(school: str, register: Register) -> Iterator[str]:
    """The numbers of a school that the rules read and that are not 0."""
    if school not in register.ids:
        return
    at = register.ids.index(school)
    for name, values in register.attributes.items():
        value = values[at]
        if isinstance(value, Fraction) and value:
            yield f"`{name}`"
