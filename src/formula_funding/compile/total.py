"""`total`: the sum of a school's lines, for formulas that read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from formula_funding.formula.tree import Tree, names_read
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules.fields import Title
from formula_funding.rules.rulebook import Rulebook, Step

TOTAL = "total"
PATH: Path_ = ("steps", TOTAL, "formula")


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
    step = Step(formula=" + ".join(rulebook.lines), title=Title(en="Total", ru="Итого"))
    keys = {**places.keys, PATH[:2]: places.value(reading[0])}
    steps = {**rulebook.steps, TOTAL: step}
    return rulebook.model_copy(update={"steps": steps}), replace(places, keys=keys)
