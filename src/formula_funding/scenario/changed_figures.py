"""Figures of a plan set anew, without touching the plan that they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.number_text import (
    NotANumberError,
    number_from_text,
    number_to_text,
    ratio_from_text,
)
from formula_funding.formula.kinds import Kind
from formula_funding.model.plan import Parameter, Plan

_TARGET = re.compile(r"([^\[\]]+?)\s*(?:\[(.*)\])?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHANGE = re.compile(r"([+-][0-9][0-9_.]*) ?%")


New = str | Mapping[str, Any]
"""A figure, a change in per cent, or a whole table by its keys."""


def with_figure(plan: Plan, target: str, new: New, place: Place, problems: Problems) -> Plan:
    """The plan with `norm` or `norm[primary]` set to a figure, or changed by `+5%` (exactly).

    A table is replaced whole by `{primary: 1, basic: 2}`, and only the figures that stand under
    a date in the rulebook are changed by `{2025-01-01: +5%}`. What can't be set, such as a figure
    that is solved for, goes to `problems`, and the plan comes back as it is.
    """
    name, inside = name_and_key(target)
    parameters = figures_meant(name, plan)
    if not parameters:
        problems.add(
            codes.SCENARIO_NAME,
            f"the rulebook has no figure `{name}` in force",
            place,
            did_you_mean(name, {known.partition(_IN_PART)[0] for known in plan.parameters}),
        )
    if any(parameter.goal is not None for parameter in parameters):
        _note(
            f"the rulebook solves for `{name}` itself",
            "change another figure, such as the sum that is to be met",
            place,
            problems,
        )
        return plan
    if not isinstance(new, str) and parameters and _are_days(new):
        return _with_dated(plan, target, new, place, problems)
    for parameter in parameters:
        if isinstance(new, str):
            values = _values(parameter, inside, new, place, problems)
        else:
            values = _table(parameter, target, new, place, problems)
        if values is not None:
            plan = _with_values(plan, parameter, values, place)
    return plan


def name_and_key(target: str) -> tuple[str, str | None]:
    """`norm[primary]` as a name and what stands in its brackets, None without them."""
    match = _TARGET.fullmatch(target.strip())
    return (match[1], match[2]) if match else (target, None)


def key_of(inside: str) -> tuple[str, ...]:
    """`primary, remote`, as it stands in brackets, as the key of a table."""
    return tuple(part.strip() for part in inside.split(","))


def reads_percent(parameter: Parameter) -> bool:
    """Whether `22.35%` is a figure of it, as of a ratio, and no change."""
    return parameter.kind in (Kind.RATIO, Kind.NUMBER)


_IN_PART = "@"
"""After the name of a figure that changes within a period: in which part of it."""


def figures_meant(name: str, plan: Plan) -> list[Parameter]:
    """The figure of a name; in a period within which it changes, that of each part."""
    if name in plan.parameters:
        return [plan.parameters[name]]
    return [p for known, p in plan.parameters.items() if known.partition(_IN_PART)[0] == name]


def _are_days(new: Mapping[str, Any]) -> bool:
    return bool(new) and all(_DAY.fullmatch(key) for key in new)


def _with_dated(
    plan: Plan, target: str, new: Mapping[str, Any], place: Place, problems: Problems
) -> Plan:
    """The plan with the figures changed that apply from the dates given."""
    name, inside = name_and_key(target)
    parameters = figures_meant(name, plan)
    days = dict.fromkeys(str(p.since) for p in parameters if p.since is not None)
    for day, of_day in new.items():
        if day not in days:
            hint = f"in force are those of {', '.join(days)}" if days else f"write {name}: +5%"
            message = f"`{name}` has no figures of {day} in force"
            problems.add(codes.SCENARIO_NAME, message, place, hint)
        for parameter in parameters:
            if str(parameter.since) == day:
                part = parameter.name if inside is None else f"{parameter.name}[{inside}]"
                plan = with_figure(plan, part, of_day, place, problems)
    return plan


def _values(
    parameter: Parameter, inside: str | None, text: str, place: Place, problems: Problems
) -> dict[tuple[str, ...], Fraction] | None:
    """The values of a figure with one set, or with all or one changed in per cent."""
    keys = _keys(parameter, inside, place, problems)
    change = _CHANGE.fullmatch(text)
    values = dict(parameter.values)
    if change is not None:
        try:
            factor = 1 + number_from_text(change[1]) / 100
        except NotANumberError:
            _note(f"`{text}` is no change in per cent", "write +5% or -2.5%", place, problems)
            return None
        if factor < 0:
            _note(f"`{text}` would leave less than nothing", "at most -100%", place, problems)
            return None
        return values | {key: values[key] * factor for key in keys}
    if len(keys) > 1:
        example = f"write `{parameter.name}[{', '.join(keys[0])}]: {text}`, or +5% for all of it"
        _note(f"`{parameter.name}` is a table, and `{text}` one figure", example, place, problems)
        return None
    value = _figure(parameter, text, place, problems)
    if value is not None and keys:
        _warn_below_zero(parameter, keys[0], value, place, problems)
    return None if value is None else values | dict.fromkeys(keys, value)


def _with_values(
    plan: Plan, parameter: Parameter, values: Mapping[tuple[str, ...], Fraction], place: Place
) -> Plan:
    changed = replace(parameter, values=values, place=place, source=None)
    return replace(plan, parameters={**plan.parameters, parameter.name: changed})


def _table(
    parameter: Parameter, target: str, new: Mapping[str, Any], place: Place, problems: Problems
) -> dict[tuple[str, ...], Fraction] | None:
    """The values of a table that is given anew; None and a problem unless it is whole."""
    if not parameter.keys or "[" in target:
        _note(f"`{target}` is one figure, not a table", "write the figure", place, problems)
        return None
    given = dict(_leaves(new, ()))
    known = [", ".join(key) for key in parameter.values]
    for key in given.keys() - parameter.values.keys():
        inside = ", ".join(key)
        problems.add(
            codes.SCENARIO_NAME,
            f"`{parameter.name}` has no figure for `{inside}`",
            place,
            did_you_mean(inside, known),
        )
    lacking = [", ".join(key) for key in parameter.values if key not in given]
    if lacking:
        problems.add(
            codes.SCENARIO_TABLE,
            f"`{parameter.name}` is given anew, but not for {', '.join(f'`{k}`' for k in lacking)}",
            place,
            f"give all of it, or single figures: {parameter.name}[{known[0]}]: …",
        )
    values = {key: _figure(parameter, text, place, problems) for key, text in given.items()}
    figures = {key: value for key, value in values.items() if value is not None}
    for key, value in figures.items():
        if key in parameter.values:
            _warn_below_zero(parameter, key, value, place, problems)
    return figures if figures.keys() == parameter.values.keys() else None


def _leaves(
    table: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, inner in table.items():
        if isinstance(inner, Mapping):
            yield from _leaves(inner, (*path, key))
        else:
            yield (*path, key), str(inner)


def _keys(
    parameter: Parameter, inside: str | None, place: Place, problems: Problems
) -> list[tuple[str, ...]]:
    """The keys of the table that are meant; the only one of a single figure."""
    if inside is None:
        return list(parameter.values)
    key = key_of(inside)
    if key in parameter.values:
        return [key]
    known = [", ".join(known) for known in parameter.values if known]
    problems.add(
        codes.SCENARIO_NAME,
        f"`{parameter.name}` has no figure for `{inside}`",
        place,
        did_you_mean(inside, known) if known else f"it is one figure: write `{parameter.name}`",
    )
    return []


def _figure(parameter: Parameter, text: str, place: Place, problems: Problems) -> Fraction | None:
    read = ratio_from_text if reads_percent(parameter) else number_from_text
    if text.startswith("+"):
        _note(
            f"`{text}` could be a figure or a change",
            f"write the new figure, `{text[1:]}` if it is meant, or a change in per cent, +5%",
            place,
            problems,
        )
        return None
    try:
        return read(text)
    except NotANumberError as error:
        _note(f"a figure is needed, not `{text}`", f"{error.hint}, or +5%", place, problems)
        return None


def _warn_below_zero(
    parameter: Parameter, key: tuple[str, ...], figure: Fraction, place: Place, problems: Problems
) -> None:
    """Warn where a figure becomes negative that was not: perhaps so much less was meant."""
    before = parameter.values[key]
    if figure < 0 <= before:
        name = f"{parameter.name}[{', '.join(key)}]" if key else parameter.name
        problems.add(
            codes.SCENARIO_NEGATIVE,
            f"`{name}` is set to {number_to_text(figure)}: this is the new figure, no change",
            place,
            f"for {number_to_text(-figure)} less write {name}: {number_to_text(before + figure)}",
        )


def _note(message: str, hint: str, place: Place, problems: Problems) -> None:
    problems.add(codes.SCENARIO_VALUE, message, place, hint)
