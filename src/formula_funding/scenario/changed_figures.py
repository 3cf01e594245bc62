"""Figures of a plan set anew, without touching the plan that they come from."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.number_text import NotANumberError, number_from_text, ratio_from_text
from formula_funding.formula.kinds import Kind
from formula_funding.model.plan import Parameter, Plan

_TARGET = re.compile(r"([^\[\]]+?)\s*(?:\[(.*)\])?")
_CHANGE = re.compile(r"([+-][0-9][0-9_.]*) ?%")


def with_figure(plan: Plan, target: str, text: str, place: Place, problems: Problems) -> Plan:
    """The plan with `norm` or `norm[primary]` set to a figure, or changed by `+5%` (exactly).

    What can't be set goes to `problems`, and the plan comes back as it is.
    """
    match = _TARGET.fullmatch(target.strip())
    name, inside = match.groups() if match else (target, None)
    parameter = plan.parameters.get(name)
    if parameter is None:
        problems.add(
            codes.SCENARIO_NAME,
            f"the rulebook has no figure `{name}` in force",
            place,
            did_you_mean(name, plan.parameters),
        )
        return plan
    keys = _keys(parameter, inside, place, problems)
    change = _CHANGE.fullmatch(text)
    values = dict(parameter.values)
    if change is not None:
        factor = 1 + number_from_text(change[1]) / 100
        if factor < 0:
            _note(f"`{text}` would leave less than nothing", "at most -100%", place, problems)
            return plan
        values |= {key: values[key] * factor for key in keys}
    else:
        if len(keys) > 1:
            example = f"write `{name}[{', '.join(keys[0])}]: {text}`, or +5% for all of it"
            _note(f"`{name}` is a table, and `{text}` one figure", example, place, problems)
            return plan
        value = _figure(parameter, text, place, problems)
        if value is None:
            return plan
        values |= dict.fromkeys(keys, value)
    changed = replace(parameter, values=values, place=place, source=None)
    return replace(plan, parameters={**plan.parameters, name: changed})


def _keys(
    parameter: Parameter, inside: str | None, place: Place, problems: Problems
) -> list[tuple[str, ...]]:
    """The keys of the table that are meant; the only one of a single figure."""
    if inside is None:
        return list(parameter.values)
    key = tuple(part.strip() for part in inside.split(","))
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
    is_ratio = parameter.kind in (Kind.RATIO, Kind.NUMBER)
    try:
        return ratio_from_text(text) if is_ratio else number_from_text(text)
    except NotANumberError as error:
        _note(f"a figure is needed, not `{text}`", f"{error.hint}, or +5%", place, problems)
        return None


def _note(message: str, hint: str, place: Place, problems: Problems) -> None:
    problems.add(codes.SCENARIO_VALUE, message, place, hint)
