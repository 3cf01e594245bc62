"""The static proof of `monotone: true`: no student lowers the total of a school, each can raise it.

One more student is one more row of the roster or of a table of units, or one more in a count of
the register; what else the register says of a school stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from formula_funding.compile.directions import Cause, Direction, Trend
from formula_funding.compile.formula_report import FormulaReport
from formula_funding.compile.formulas import path_of
from formula_funding.compile.item_trends import trend_of_attribute, trend_of_bands, trend_of_line
from formula_funding.compile.parameters import DatedParameter
from formula_funding.compile.trends import Rates, Trends
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.exact.extent import Extent, point
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import NOWHERE, Aggregate, walk
from formula_funding.model.plan import (
    STUDENTS,
    Attribute,
    Banding,
    Calculation,
    Line,
    Role,
    trees_of,
)
from formula_funding.read.nodes_from_yaml import Places
from formula_funding.rules.rulebook import Rulebook

Item = Banding | Calculation | Line
_DAY_OF_RUN = "as_of"
_ZERO = point(Fraction(0))
_NAME_IT = "or name the line as an exception: may_lower: {en: the reason, ru: …}"


def check_monotone(
    rulebook: Rulebook,
    attributes: Mapping[str, Attribute],
    parameters: Mapping[str, DatedParameter],
    items: tuple[Item, ...],
    places: Places,
    problems: Problems,
) -> None:
    """Report each line that may fall and names no reason, and each count that no line rewards.

    `items` must be sound and stand in the order of computing.
    """
    lines = [item for item in items if isinstance(item, Line)]
    excepted = {name for name, line in rulebook.lines.items() if line.may_lower is not None}
    trends = _trends(rulebook, attributes, parameters, items) if rulebook.monotone else {}
    for line in lines:
        trend = trends.get(line.name, Trend())
        if line.name in excepted and trend.direction.never_falls:
            problems.add(
                codes.NEEDLESS_EXCEPTION,
                f"`{line.name}` is proved to lower nothing"
                if rulebook.monotone
                else f"`{line.name}` has `may_lower`, but the rulebook is not `monotone`",
                places.key(("lines", line.name, "may_lower")),
                "remove `may_lower`" + ("" if rulebook.monotone else ", or say `monotone: true`"),
            )
        elif line.name not in excepted and not trend.direction.never_falls:
            _report_fall(line, trend, places, problems)
    if rulebook.monotone:
        _check_that_each_can_raise(rulebook, attributes, items, trends, places, problems)


def _report_fall(line: Line, trend: Trend, places: Places, problems: Problems) -> None:
    cause = trend.cause or Cause(
        ("lines", line.name, "amount"),
        NOWHERE,
        "it falls as their number rises",
        "let it stay or rise",
    )
    report = FormulaReport(places.value(cause.path), problems)
    message = f"one more student may lower `{line.name}`: {cause.why}"
    report(codes.MAY_LOWER, message, cause.span, f"{cause.hint}; {_NAME_IT}")


def _check_that_each_can_raise(
    rulebook: Rulebook,
    attributes: Mapping[str, Attribute],
    items: tuple[Item, ...],
    trends: Mapping[str, Trend],
    places: Places,
    problems: Problems,
) -> None:
    """Every count that the rulebook declares or makes must be read by a line that moves with it."""
    raised = set[str]().union(
        *(trends[item.name].reads for item in items if isinstance(item, Line))
    )
    for attribute in attributes.values():
        if _is_count(attribute) and attribute.name not in raised:
            problems.add(
                codes.CANT_RAISE,
                f"nobody counted in `{attribute.name}` can raise the total: no line grows with it",
                places.key(("schools", attribute.name)),
                "pay for it in a line, or leave it out",
            )
    for table in (name for name in rulebook.tables if name not in raised):
        problems.add(
            codes.CANT_RAISE,
            f"none of the `{table}` can raise the total: no line grows with them",
            places.key(("tables", table)),
            f"pay for them in a line, such as count({table}), or leave them out",
        )
    counted = bool(rulebook.students) or any(_counts_students(item) for item in items)
    if (counted and STUDENTS not in raised) or not raised:
        problems.add(
            codes.CANT_RAISE,
            "no student can raise the total: no line grows with the students",
            places.key(("monotone",)),
            "pay for students in a line: `for: each student`, or count(students)",
        )


def _counts_students(item: Item) -> bool:
    if isinstance(item, Banding):
        return False
    return (isinstance(item, Line) and item.per_student) or any(
        isinstance(node, Aggregate) and node.units == STUDENTS
        for tree in trees_of(item)
        for node in walk(tree)
    )


def _is_count(attribute: Attribute) -> bool:
    return attribute.level is Level.SCHOOL and attribute.kind is Kind.COUNT


# what is known of each name


def _trends(
    rulebook: Rulebook,
    attributes: Mapping[str, Attribute],
    parameters: Mapping[str, DatedParameter],
    items: tuple[Item, ...],
) -> dict[str, Trend]:
    """The trends of everything that formulas can read, in the order of computing."""
    tables = {
        name: Rates(dated.key_values, tuple(version.values for version in dated.versions))
        for name, dated in parameters.items()
        if dated.written.by
    }
    trends = {attribute.name: _of_attribute(attribute) for attribute in attributes.values()}
    for name, table in rulebook.tables.items():
        if table.best is not None:
            # Of alike rows the best one counts: one more row may raise what is read of it.
            best = trends[table.best.of]
            trends[table.best.of] = Trend(best.bounds, Direction.RISES, frozenset({name}))
    trends |= {name: _of_parameter(dated) for name, dated in parameters.items()}
    trends[_DAY_OF_RUN] = Trend()
    for item in items:
        if isinstance(item, Banding):
            trends[item.name] = trend_of_bands(item, trends[item.source])
        elif isinstance(item, Calculation):
            if item.role is Role.GOAL:
                continue  # no formula reads it
            trends[item.name] = Trends(trends, tables, path_of(item)).of(item.tree)
        else:
            trends[item.name] = trend_of_line(item, Trends(trends, tables))
    return trends


def _of_attribute(attribute: Attribute) -> Trend:
    trend = trend_of_attribute(attribute)
    if not _is_count(attribute):
        return trend
    return replace(trend, direction=Direction.RISES, reads=frozenset({attribute.name}))


def _of_parameter(dated: DatedParameter) -> Trend:
    """Constant between the figures of all its dates, unless it is solved for."""
    if dated.goal is not None:
        cause = Cause(
            ("parameters", dated.name, "solve"),
            NOWHERE,
            f"`{dated.name}` is solved for, and may fall as schools grow",
            "give the figure a value",
        )
        return Trend(Extent(dated.goal.low, dated.goal.high), Direction.UNKNOWN, cause=cause)
    values = [value for version in dated.versions for value in version.values.values()]
    return Trend(Extent(min(values), max(values)) if values else Extent())
