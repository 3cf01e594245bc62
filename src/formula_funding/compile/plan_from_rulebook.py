"""Checked rulebook and date to plan: the parameters in force, the lines that apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from formula_funding.compile.checked_rulebook import AS_OF, CheckedRulebook, latest_date
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.exact.rounding import decimal_places
from formula_funding.model.plan import Banding, Calculation, Line, Parameter, Plan, direct_reads

CURRENCY_PLACES = 2
"""Amounts are kept at least to the hundredth (kopeck, cent), finer if a line's rounding is."""


def plan_from_rulebook(checked: CheckedRulebook, as_of: date | None, problems: Problems) -> Plan:
    """The plan for a date; without one, for the rulebook's own `as_of` or its latest figures.

    Raises ProblemsFoundError if a line in force reads a parameter that has no value yet.
    """
    book = checked.rulebook
    day = as_of or book.as_of or latest_date(checked)
    parameters: dict[str, Parameter] = {}
    for name, dated in checked.parameters.items():
        parameter = dated.in_force(day)
        if parameter is not None:
            parameters[name] = parameter
    plan = Plan(
        rulebook=book.rulebook,
        version=book.version,
        title=book.title,
        currency=book.currency,
        as_of=day,
        legacy=book.legacy,
        sources=book.sources,
        places=_places(checked),
        attributes=checked.attributes,
        tables=checked.tables,
        parameters=parameters,
        items=checked.items,
    )
    _check_values_in_force(plan, checked, problems)
    problems.stop_if_errors()
    # A definition or step that comes down to a figure without a value yet: no line in force
    # reads it, so it is left out.
    lacking = set(_without_value(plan, checked))
    kept: list[Banding | Calculation | Line] = []
    for item in plan.items:
        if isinstance(item, Line) or lacking.isdisjoint(direct_reads(item)):
            kept.append(item)
        else:
            lacking.add(item.name)
    return replace(plan, items=tuple(kept))


def _without_value(plan: Plan, checked: CheckedRulebook) -> list[str]:
    """The names that have no value in force: parameters, and the date of a run without one."""
    dateless = [AS_OF] if plan.as_of is None else []
    return [*(name for name in checked.parameters if name not in plan.parameters), *dateless]


def _places(checked: CheckedRulebook) -> int:
    units = [line.rounding for line in checked.rulebook.lines.values()]
    rules = [checked.rulebook.rounding, *(unit for unit in units if unit is not None)]
    return max(CURRENCY_PLACES, *(decimal_places(Fraction(rule.to)) or 0 for rule in rules))


def _check_values_in_force(plan: Plan, checked: CheckedRulebook, problems: Problems) -> None:
    read = plan.reads([tree for line in plan.lines_in_force for tree in line.trees])
    for name in _without_value(plan, checked):
        if name not in read:
            continue
        if name == AS_OF:
            problems.add(
                codes.NO_VALUE_IN_FORCE,
                f"the rules read `{AS_OF}`, but the rulebook gives no date",
                checked.places.key(()),
                "give a date with --as-of, or `as_of: 2025-01-01` in the rulebook",
            )
            continue
        first = checked.parameters[name].versions[0].since
        problems.add(
            codes.NO_VALUE_IN_FORCE,
            f"`{name}` has no value in force on {plan.as_of}; its first is of {first}",
            checked.places.key(("parameters", name)),
            "choose a later date with --as-of, or add the earlier value with its source",
        )
