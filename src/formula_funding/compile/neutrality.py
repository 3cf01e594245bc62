"""The static proof of status neutrality: no rule comes down to a protected attribute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.exact.solving import Goal
from formula_funding.model.plan import Attribute, Banding, Calculation, Line, direct_reads
from formula_funding.rules.rulebook import Rulebook

Item = Banding | Calculation | Line


def check_neutrality(
    attributes: Mapping[str, Attribute],
    items: tuple[Item, ...],
    goals: Mapping[str, Goal],
    rulebook: Rulebook,
    problems: Problems,
) -> None:
    """Report what reads a protected attribute itself, and every line that comes down to it.

    In a rulebook marked `legacy` that is what it exists for: one warning says so.
    """
    ways = ways_to_protected(attributes, items, goals)
    if rulebook.legacy is not None:
        if ways:
            problems.add(
                codes.LEGACY_SCHEME,
                f"a legacy scheme, for comparison only: {rulebook.legacy.in_language('en')}",
            )
        return
    by_name = {item.name: item for item in items}
    for name, way in ways.items():
        if len(way) > 2 and not isinstance(by_name[name], Line):
            continue  # what reads the attribute itself is told, and every line that comes to it
        item, protected = by_name[name], way[-1]
        through = f" through `{'`, `'.join(way[1:-1])}`" if len(way) > 2 else ""
        given = rulebook.schools.get(protected)
        by_its_name = given is not None and given.protected is None
        read, way_out = f"the protected attribute `{protected}`", ""
        if by_its_name:
            read = f"the attribute `{protected}` (protected by its name)"
            way_out = f"; if `{protected}` is no status of a school, give it `protected: false`"
        problems.add(
            codes.READS_PROTECTED,
            f"`{name}` reads {read}{through}",
            item.place,
            "the same student must bring the same money to any school; "
            f"for a former scheme kept for comparison, add `legacy:` with the reason{way_out}",
        )


def ways_to_protected(
    attributes: Mapping[str, Attribute], items: tuple[Item, ...], goals: Mapping[str, Goal]
) -> dict[str, tuple[str, ...]]:
    """For each item that reads a protected attribute: the way from the item to it.

    `items` must stand in the order of computing. `goals` are those of the figures that are solved
    for: whoever reads such a figure comes down to the sums by which it is found.
    """
    reads = {item.name: direct_reads(item) for item in items}
    own = tuple(reads)
    for name, goal in goals.items():
        sums = [reads.get(end, [end]) for end in (goal.total, goal.target)]
        reads[name] = [read for of_sum in sums for read in of_sum]
    ways: dict[str, tuple[str, ...]] = {}
    known = -1
    while known < len(ways):  # a figure that is solved for may be read before its sums
        known = len(ways)
        for name, read in reads.items():
            way = _way(read, attributes, ways)
            if way:
                ways.setdefault(name, (name, *way))
    return {name: ways[name] for name in own if name in ways}


def _way(
    read: Iterable[str], attributes: Mapping[str, Attribute], ways: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """The way of the first name by which a protected attribute is reached; () if none is."""
    for name in read:
        if name in attributes and attributes[name].protected:
            return (name,)
        if name in ways:
            return ways[name]
    return ()
