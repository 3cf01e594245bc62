"""Whether a sum goes one way in a figure that is solved for: proved from the formulas alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from formula_funding.compile.directions import Direction, Trend
from formula_funding.compile.item_trends import trend_of_attribute, trend_of_bands, trend_of_line
from formula_funding.compile.trends import Rates, Trends
from formula_funding.exact.extent import Extent, point
from formula_funding.exact.solving import Goal
from formula_funding.formula.tree import Name
from formula_funding.model.plan import Banding, Calculation, Parameter, Plan


def with_proofs(plan: Plan) -> Plan:
    """The plan in which each goal says whether its sum is proved to go one way.

    The students, the schools and all other figures stay; only the figure moves, within its
    range. What can't be seen from the formulas is not proved, and is tried by the search.
    """
    proved = {
        p.name: replace(p, goal=replace(p.goal, goes_one_way=_goes_one_way(plan, p.name, p.goal)))
        for p in plan.parameters.values()
        if p.goal is not None
    }
    return replace(plan, parameters={**plan.parameters, **proved})


def _goes_one_way(plan: Plan, figure: str, goal: Goal) -> bool:
    trends: dict[str, Trend] = {a.name: trend_of_attribute(a) for a in plan.attributes.values()}
    trends |= {p.name: _of_parameter(p) for p in plan.parameters.values()}
    trends[figure] = Trend(Extent(goal.low, goal.high), Direction.RISES)
    trends["as_of"] = Trend()
    here = Trends(trends, _tables(plan), units_grow=False)
    read = set(plan.reads([Name(goal.total)])) | {goal.total}
    for item in plan.items:
        if item.name not in read:
            continue
        here = replace(here, names=trends)
        if isinstance(item, Banding):
            trends[item.name] = trend_of_bands(item, trends[item.source])
        elif isinstance(item, Calculation):
            trends[item.name] = here.of(item.tree)
        elif item.in_force(plan.as_of):
            trends[item.name] = trend_of_line(item, here)
        else:
            trends[item.name] = Trend(point(Fraction(0)))
    return trends[goal.total].direction in (Direction.RISES, Direction.FALLS)


def _of_parameter(parameter: Parameter) -> Trend:
    if parameter.goal is not None:
        return Trend(Extent(parameter.goal.low, parameter.goal.high))
    return Trend(Extent(min(parameter.values.values()), max(parameter.values.values())))


def _tables(plan: Plan) -> Mapping[str, Rates]:
    return {
        p.name: Rates(
            tuple(tuple(dict.fromkeys(entry)) for entry in zip(*p.values, strict=True)),
            (p.values,),
        )
        for p in plan.parameters.values()
        if p.keys
    }
