"""Checked rulebook and date to plan: the parameters in force, the lines that apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.compile.dates import dates_of_change, latest_date
from formula_funding.compile.names import AS_OF
from formula_funding.compile.one_way import with_proofs
from formula_funding.compile.priced_by_months import priced_by_months
from formula_funding.compile.sources import source_on
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.exact.rounding import Rounding, decimal_places
from formula_funding.formula.tree import Name, Tree
from formula_funding.model.plan import (
    Banding,
    Calculation,
    Line,
    Parameter,
    Payment,
    Plan,
    direct_reads,
)
from formula_funding.rules.period import Period, months_between

CURRENCY_PLACES = 2
"""Money is kept at least to the hundredth (kopeck, cent), finer if a line's rounding is."""


def plan_from_rulebook(
    checked: CheckedRulebook, as_of: date | Period | None, problems: Problems
) -> Plan:
    """The plan for a date or a period; without one, for the rulebook's own `as_of` or its latest
    figures.

    Raises ProblemsFoundError if a line in force reads a parameter that has no value yet, or a
    figure changes within a month of the period.
    """
    asked = as_of or checked.rulebook.as_of or latest_date(checked)
    if not isinstance(asked, Period):
        return with_proofs(_without_needless_search(_plan_of_a_day(checked, asked, problems)))
    parts = _parts(checked, asked, problems)
    plans = [(part, _plan_of_a_day(checked, part.start, problems)) for part in parts]
    _refuse_day_of_a_period([plan for _, plan in plans], problems)
    joined = _without_needless_search(priced_by_months(plans, asked))
    _check_searches_of_period(joined, checked, problems)
    return with_proofs(joined)


def _parts(checked: CheckedRulebook, period: Period, problems: Problems) -> list[Period]:
    """The parts of a period within which no figure and no line changes."""
    changes = dict(dates_of_change(checked))
    within = sorted(day for day in changes if period.start < day < period.end)
    for day in within:
        if day.day != 1:
            problems.add(
                codes.CHANGE_WITHIN_A_MONTH,
                f"a period is priced by whole months, but here something changes on {day}",
                changes[day],
                "choose a period without this date, or compute for single dates",
            )
    problems.stop_if_errors()
    starts = [period.start, *within]
    ends = [*within, period.end]
    return [
        Period(start, months_between(start, end)) for start, end in zip(starts, ends, strict=True)
    ]


def _refuse_day_of_a_period(plans: list[Plan], problems: Problems) -> None:
    """Report what reads the date of the run: of a period it would be the first day only."""
    asked: dict[str, Line | Calculation] = {}
    for plan in plans:
        reached = set(plan.reads(_paid(plan)))
        steps = [c for c in plan.calculations if c.name in reached or c.is_requirement]
        asked |= {line.name: line for line in plan.lines_in_force}
        asked |= {step.name: step for step in steps}
    for name, item in asked.items():
        if AS_OF in direct_reads(item):
            problems.add(
                codes.DAY_OF_A_PERIOD,
                f"`{name}` reads `{AS_OF}`, but a period has many days",
                item.place,
                "give the figures or bands dates, or the lines `from` and `until`; or compute for "
                "single dates",
            )
    problems.stop_if_errors()


def _paid(plan: Plan) -> list[Tree]:
    """The formulas of what a run pays and presumes."""
    lines = [tree for line in plan.lines_in_force for tree in line.trees]
    return [*lines, *(required.tree for required in plan.requirements)]


def _on(
    day: date | None, item: Banding | Calculation | Line, checked: CheckedRulebook
) -> Banding | Calculation | Line | None:
    """An item with the bands, or the source, in force on a day; None before the first bands."""
    book = checked.rulebook
    if isinstance(item, Banding):
        banding = checked.bandings[item.name].in_force(day)
        cited = source_on(book.define[item.name].source, day)
        return None if banding is None else replace(banding, cited=cited)
    if isinstance(item, Line):
        return replace(item, source=source_on(book.lines[item.name].source, day))
    given = book.steps.get(item.name) or book.define.get(item.name)
    return item if given is None else replace(item, source=source_on(given.source, day))


def _plan_of_a_day(checked: CheckedRulebook, day: date | None, problems: Problems) -> Plan:
    book = checked.rulebook
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
        points=book.points,
        as_of=day,
        period=None,
        legacy=book.legacy,
        sources=book.sources,
        places=_places(checked),
        attributes=checked.attributes,
        tables=checked.tables,
        parameters=parameters,
        items=tuple(
            i for i in (_on(day, item, checked) for item in checked.items) if i is not None
        ),
        line_names=tuple(book.lines),
        payment=_payment(checked),
        counting=checked.counting,
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


def _without_needless_search(plan: Plan) -> Plan:
    """The plan without the figures to be solved for that no line or requirement reads."""
    read = plan.reads(_paid(plan))
    kept = {name: p for name, p in plan.parameters.items() if p.goal is None or name in read}
    dropped = [p.goal for name, p in plan.parameters.items() if p.goal and name not in kept]
    goals = {name for goal in dropped for name in (goal.total, goal.target)}
    items = tuple(item for item in plan.items if item.name not in goals)
    return replace(plan, parameters=kept, items=items)


def _check_searches_of_period(plan: Plan, checked: CheckedRulebook, problems: Problems) -> None:
    """What is solved for over a period reads each of its parts, also those before a figure."""
    known = {*plan.parameters, *plan.attributes, *(item.name for item in plan.items), AS_OF}
    for parameter in plan.parameters.values():
        if parameter.goal is None:
            continue
        read = plan.reads([Name(parameter.goal.total), Name(parameter.goal.target)])
        for name in (name for name in read if name not in known):
            what, _, part = name.partition("@")
            problems.add(
                codes.NO_VALUE_IN_FORCE,
                f"`{parameter.name}` is solved for over {plan.period}, "
                f"but `{what}` has no value in force in {part}",
                parameter.place,
                "choose a period of which every month has the figures, or add the earlier value",
            )
    problems.stop_if_errors()


def _without_value(plan: Plan, checked: CheckedRulebook) -> list[str]:
    """The names that have no value in force: parameters, and the date of a run without one."""
    dateless = [AS_OF] if plan.as_of is None else []
    bandings = [name for name in checked.bandings if plan.item(name) is None]
    parameters = [name for name in checked.parameters if name not in plan.parameters]
    return [*parameters, *bandings, *dateless]


def _payment(checked: CheckedRulebook) -> Payment | None:
    given = checked.rulebook.payment
    if given is None:
        return None
    rounding = Rounding(given.rounding.to, given.rounding.mode)
    place = checked.places.key(("payment",))
    return Payment(given.instalments, rounding, given.remainder, place)


def _places(checked: CheckedRulebook) -> int:
    book = checked.rulebook
    units = [line.rounding for line in book.lines.values()]
    units.append(book.payment.rounding if book.payment else None)
    rules = [book.rounding, *(unit for unit in units if unit is not None)]
    least = CURRENCY_PLACES if book.points is None else 0
    return max(least, *(decimal_places(Fraction(rule.to)) or 0 for rule in rules))


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
        if name in checked.bandings:
            first, what = checked.bandings[name].days[0], "bands"
        else:
            first, what = checked.parameters[name].versions[0].since, "value"
        problems.add(
            codes.NO_VALUE_IN_FORCE,
            f"`{name}` has no {what} in force on {plan.as_of}; its first is of {first}",
            checked.places.key(("define" if what == "bands" else "parameters", name)),
            "choose a later date with --as-of, or add the earlier value with its source",
        )
