"""A year with two rates: the plans of its parts joined into one that is priced by months.

What comes down to a figure that changes within the period is computed for each part by itself;
a line is (amount of part 1 × its months + amount of part 2 × its months + …) ÷ all months.
What does not change is computed once. So nothing after this stage knows of periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from formula_funding.formula.functions import CONDITIONAL
from formula_funding.formula.tree import (
    Aggregate,
    Call,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Tree,
)
from formula_funding.model.plan import (
    Banding,
    Calculation,
    Line,
    Parameter,
    Plan,
    Role,
    direct_reads,
)
from formula_funding.rules.fields import Title
from formula_funding.rules.period import Period

Item = Banding | Calculation | Line
Part = tuple[Period, Plan]


def priced_by_months(parts: Sequence[Part], whole: Period) -> Plan:
    """The plan of a period from the plans of its parts, each of which has one set of figures."""
    first = parts[0][1]
    if len(parts) == 1:
        return replace(first, period=whole)
    changing = _changing(parts)
    renamed = [{name: _name_in(name, period) for name in changing} for period, _ in parts]
    parameters: dict[str, Parameter] = {}
    for (period, plan), names in zip(parts, renamed, strict=True):
        for name, parameter in plan.parameters.items():
            parameters[names.get(name, name)] = (
                replace(parameter, name=names[name], title=_title_in(parameter.title, name, period))
                if name in names
                else parameter
            )
    items: list[Item] = []
    for name in _names_in_order(parts):
        versions = [plan.item(name) for _, plan in parts]
        found = next(item for item in versions if item is not None)
        if isinstance(found, Line):
            items.append(_line(found, parts, renamed, whole))
        elif isinstance(found, Calculation) and found.role is Role.GOAL:
            items.append(_goal(found, parts, renamed, whole))
        elif name not in changing:
            items.append(found)
        else:
            items += [
                _in_part(item, period, names)
                for item, (period, _), names in zip(versions, parts, renamed, strict=True)
                if item is not None
            ]
    return replace(first, period=whole, parameters=parameters, items=tuple(items))


def _changing(parts: Sequence[Part]) -> set[str]:
    """The figures and bands that change within the period, and the definitions and steps that
    read one.

    A line is of the whole period; what reads it reads one amount.
    """
    plans = [plan for _, plan in parts]
    names = {name for plan in plans for name in plan.parameters}
    changing = {
        name for name in names if len({_figures(plan.parameters.get(name)) for plan in plans}) > 1
    }
    bandings = {item.name for plan in plans for item in plan.items if isinstance(item, Banding)}
    changing |= {name for name in bandings if len({_bands(plan.item(name)) for plan in plans}) > 1}
    for plan in plans:
        for item in plan.items:
            if _has_parts(item) and not changing.isdisjoint(direct_reads(item)):
                changing.add(item.name)
    return changing


def _has_parts(item: Item) -> bool:
    """Lines, and the sums that a figure is solved for by, are of the whole period."""
    return not isinstance(item, Line) and not (
        isinstance(item, Calculation) and item.role is Role.GOAL
    )


def _figures(parameter: Parameter | None) -> object:
    return None if parameter is None else (parameter.since, tuple(parameter.values.items()))


def _bands(item: Item | None) -> object:
    return item.bands if isinstance(item, Banding) else None


def _names_in_order(parts: Sequence[Part]) -> list[str]:
    """All items, in the order of computing; a later part may have some that an earlier lacks."""
    longest = max((plan.items for _, plan in parts), key=len)
    return [item.name for item in longest]


def _name_in(name: str, period: Period) -> str:
    return f"{name}@{period}"


def _title_in(title: Title | None, name: str, period: Period) -> Title:
    en, ru = (title.in_language("en"), title.in_language("ru")) if title else (name, name)
    return Title(en=f"{en} ({period})", ru=f"{ru} ({period})")


def _in_part(item: Item, period: Period, names: Mapping[str, str]) -> Item:
    """A definition or step as it is in one part."""
    title = _title_in(item.title, item.name, period)
    if isinstance(item, Banding):
        source = names.get(item.source, item.source)
        return replace(item, name=names[item.name], title=title, source=source)
    assert isinstance(item, Calculation)
    return replace(item, name=names[item.name], title=title, tree=renamed_in(item.tree, names))


def _goal(
    goal: Calculation,
    parts: Sequence[Part],
    renamed: Sequence[Mapping[str, str]],
    whole: Period,
) -> Calculation:
    """A sum by which a figure is solved for: that of the parts by months, where they differ."""
    if set(direct_reads(goal)).isdisjoint(renamed[0]):
        return goal
    sums = [
        (period, renamed_in(goal.tree, names))
        for (period, _), names in zip(parts, renamed, strict=True)
    ]
    return replace(goal, tree=_by_months(sums, whole))


def _line(
    line: Line, parts: Sequence[Part], renamed: Sequence[Mapping[str, str]], whole: Period
) -> Line:
    """A line of the whole period: its parts' amounts by months, where any of them differ."""
    in_force = [line.in_force(period.start) for period, _ in parts]
    always = replace(line, from_=None, until=None)
    if not any(in_force):
        return line
    reads = set(direct_reads(line))
    if all(in_force) and reads.isdisjoint(renamed[0]):
        return always
    amounts: list[tuple[Period, Tree]] = []
    conditions: list[Tree] = []
    for (period, _), names, applies in zip(parts, renamed, in_force, strict=True):
        if not applies:
            continue
        amount = renamed_in(line.amount, names)
        if line.when is not None:
            when = renamed_in(line.when, names)
            conditions.append(when)
            amount = Call(CONDITIONAL, (when, amount, Number(Fraction(0))))
        amounts.append((period, amount))
    if line.when is not None and len(set(conditions)) == 1:
        # One condition for all parts: it stays the condition of the line.
        amounts = [(period, _unconditional(amount)) for period, amount in amounts]
    return replace(
        always,
        amount=_by_months(amounts, whole),
        when=_any(conditions) if conditions else None,
    )


def _by_months(amounts: Sequence[tuple[Period, Tree]], whole: Period) -> Tree:
    """(amount of part 1 × its months + amount of part 2 × its months + …) ÷ all months."""
    weighted = [Operation("*", (tree, Number(Fraction(p.months)))) for p, tree in amounts]
    together: Tree = weighted[0]
    for amount in weighted[1:]:
        together = Operation("+", (together, amount))
    return Operation("/", (together, Number(Fraction(whole.months))))


def _unconditional(amount: Tree) -> Tree:
    assert isinstance(amount, Call)
    return amount.arguments[1]


def _any(conditions: Sequence[Tree]) -> Tree:
    found, *others = dict.fromkeys(conditions)
    for other in others:
        found = Operation("or", (found, other))
    return found


def renamed_in(tree: Tree, names: Mapping[str, str]) -> Tree:
    """A formula that reads other names."""
    match tree:
        case Name(name):
            return replace(tree, name=names.get(name, name))
        case Lookup(table, keys):
            return replace(
                tree,
                table=names.get(table, table),
                keys=tuple(renamed_in(key, names) for key in keys),
            )
        case Call(_, arguments):
            return replace(tree, arguments=tuple(renamed_in(part, names) for part in arguments))
        case Operation(_, operands):
            return replace(tree, operands=tuple(renamed_in(part, names) for part in operands))
        case Membership(item):
            return replace(tree, item=renamed_in(item, names))
        case Aggregate():
            return replace(
                tree,
                arguments=tuple(renamed_in(part, names) for part in tree.arguments),
                where=renamed_in(tree.where, names) if tree.where is not None else None,
                by=tuple(names.get(name, name) for name in tree.by),
                own=tuple(names.get(name, name) for name in tree.own),
            )
    return tree
