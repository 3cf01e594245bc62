"""`total`: the sum of a school's lines, for formulas that read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from formula_funding.formula.kinds import Level
from formula_funding.formula.parse import parse_formula
from formula_funding.formula.tree import Tree, names_read
from formula_funding.model.plan import Calculation, Plan, Role
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules.fields import Title
from formula_funding.rules.rulebook import Rulebook, Step

TOTAL = "total"
PATH: Path_ = ("steps", TOTAL, "formula")
_TITLE = Title(en="Total", ru="Итого")


def with_total(
    rulebook: Rulebook,
    trees: Mapping[Path_, Tree],
    values_of: Mapping[str, frozenset[str]],
    places: Places,
) -> tuple[Rulebook, Places]:
    """The rulebook with `total` as a step, where a formula reads it.

    The step stands where it is first read, so that a circle through it can be shown.
    """
    reading = [path for path, tree in trees.items() if TOTAL in names_read(tree, values_of)]
    if not reading or not rulebook.lines:
        return rulebook, places
    step = Step(formula=" + ".join(rulebook.lines), title=_TITLE)
    keys = {**places.keys, PATH[:2]: places.value(reading[0])}
    steps = {**rulebook.steps, TOTAL: step}
    return rulebook.model_copy(update={"steps": steps}), replace(places, keys=keys)


def with_total_of(plan: Plan) -> Plan:
    """The plan with `total` as a step, also where no formula reads it."""
    if plan.item(TOTAL) is not None or not plan.line_names:
        return plan
    text = " + ".join(plan.line_names)
    tree, place = parse_formula(text), plan.lines[0].place
    total = Calculation(
        TOTAL, Role.STEP, Level.SCHOOL, plan.line_kind, tree, text, _TITLE, None, place
    )
    return replace(plan, items=(*plan.items, total))
