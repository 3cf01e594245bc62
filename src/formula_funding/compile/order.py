"""The order of computing: whatever is read comes first; a circle is an error."""

from __future__ import annotations

from collections.abc import Mapping

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems

_WAY_OUT = "one of them must be computed without the others"
_WAY_OUT_OF_TOTAL = (
    "`total` is the sum of all lines, those that read it too; add up the lines that are meant "
    "by name: base + meals"
)


def order_of_computing(
    reads: Mapping[str, list[str]], places: Mapping[str, Place], problems: Problems
) -> list[str]:
    """The names of `reads`, each after those that it reads; ties in the order given.

    Each circle is reported once, at its first member. Names that `reads` lacks are passed over.
    """
    done: dict[str, None] = {}
    for start in reads:
        _visit(start, reads, places, problems, done)
    return list(done)


def _visit(
    start: str,
    reads: Mapping[str, list[str]],
    places: Mapping[str, Place],
    problems: Problems,
    done: dict[str, None],
) -> None:
    path: list[str] = [start]
    waiting = [iter(reads[start])]
    if start in done:
        return
    while path:
        name = next(waiting[-1], None)
        if name is None:
            done[path.pop()] = None
            waiting.pop()
        elif name in path:
            circle = [*path[path.index(name) :], name]
            problems.add(
                codes.CIRCLE,
                "a circle: " + " reads ".join(f"`{member}`" for member in circle),
                places[name],
                _WAY_OUT_OF_TOTAL if "total" in circle else _WAY_OUT,
            )
        elif name in reads and name not in done:
            path.append(name)
            waiting.append(iter(reads[name]))
