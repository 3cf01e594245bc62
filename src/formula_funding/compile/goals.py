"""What a figure may be solved by: checked before any data is read."""

from __future__ import annotations

from collections.abc import Mapping

from formula_funding.compile.parameters import DatedParameter, goal_of
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.formula.kinds import KindError, sum_kind
from formula_funding.formula.tree import names
from formula_funding.model.plan import Banding, Calculation, Line, direct_reads
from formula_funding.read.nodes_from_yaml import Path_, Places

Item = Banding | Calculation | Line


def check_goals(
    parameters: Mapping[str, DatedParameter],
    items: tuple[Item, ...],
    places: Places,
    problems: Problems,
) -> None:
    """Report sums that can't be compared, that miss the figure, or that chase themselves."""
    by_name = {item.name: item for item in items}
    asked = {name: p.goal for name, p in parameters.items() if p.goal is not None}
    goals = {
        n: (g.total, g.target) for n, g in asked.items() if {g.total, g.target} <= set(by_name)
    }
    through = {
        name: {end for goal in ends for end in _reached([goal], by_name)}
        for name, ends in goals.items()
    }
    for name, (total, target) in goals.items():
        path: Path_ = ("parameters", name, "solve")
        _, direction = goal_of(target)
        sides = by_name[total], by_name[target]
        assert isinstance(sides[0], Calculation)
        assert isinstance(sides[1], Calculation)
        try:
            sum_kind(sides[0].kind, sides[1].kind, verb="compared with")
        except KindError as error:
            place = places.value((*path, direction))
            problems.add(codes.WRONG_KIND, error.message, place, error.hint)
        if name not in _reached([total], by_name):
            problems.add(
                codes.BAD_SOLVE,
                f"`so_that` does not read `{name}`, so no `{name}` could change it",
                places.value((*path, "so_that")),
                f"name a sum of the system that comes down to `{name}`",
            )
        if name in _reached([target], by_name):
            problems.add(
                codes.BAD_SOLVE,
                f"what is to be met reads `{name}` itself",
                places.value((*path, direction)),
                "it must be known before the search",
            )
        for item in items:
            conditions = [item.when] if isinstance(item, Line) and item.per_student else []
            read = [read for when in conditions if when is not None for read in names(when)]
            if name in _reached(read, by_name):
                problems.add(
                    codes.BAD_SOLVE,
                    f"the condition of `{item.name}` reads `{name}`, which is solved for",
                    item.place,
                    "write the condition into the amount: if(condition, amount, 0)",
                )
        for other in goals:
            if other > name and other in through[name] and name in through[other]:
                problems.add(
                    codes.CIRCLE,
                    f"`{name}` and `{other}` are solved for by each other",
                    places.key(path),
                    "one of them must be found without the other",
                )


def _reached(start: list[str], by_name: Mapping[str, Item]) -> set[str]:
    """All names that some names come down to, themselves among them."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if name in by_name:
                waiting.extend(direct_reads(by_name[name]))
    return found
