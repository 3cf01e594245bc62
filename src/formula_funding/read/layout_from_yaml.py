"""A layout's YAML file to a `Layout`, checked against the rulebook's names."""

from __future__ import annotations

from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import SCHOOLS
from formula_funding.model.plan import STUDENTS, Plan
from formula_funding.read.nodes_from_yaml import Path_, Places, nodes_from_yaml
from formula_funding.read.rulebook_from_yaml import model_from_data
from formula_funding.rules.layout import Layout, RosterLayout, TableLayout

ROSTER_NAMES = ("school_id", "student_id")
SCHOOL_NAMES = ("school_id", "name")


def layout_from_yaml(file: Path, plan: Plan, problems: Problems) -> Layout:
    """Read a layout. Raises ProblemsFoundError with all its problems."""
    data, places = nodes_from_yaml(file, problems)
    layout, _ = model_from_data(Layout, data, places, problems)
    if layout is not None:
        _check(layout, plan, places, problems)
    problems.stop_if_errors()
    assert layout is not None
    return layout


def _check(layout: Layout, plan: Plan, places: Places, problems: Problems) -> None:
    for name in layout.tables:
        if name not in plan.tables:
            problems.add(
                codes.UNKNOWN_COLUMN_NAME,
                f"the rulebook has no table `{name}`",
                places.key(("tables", name)),
                did_you_mean(name, plan.tables),
            )
    _check_columns(layout.schools, SCHOOLS, ("schools",), plan, places, problems)
    rosters: list[tuple[RosterLayout, str, Path_]] = [
        (layout.roster, STUDENTS, ("roster",)),
        *((layout.tables[name], name, ("tables", name)) for name in layout.tables),
    ]
    for roster, units, path in rosters:
        _check_columns(roster, units, path, plan, places, problems)
        _check_counts(roster, units, path, plan, places, problems)


def _check_columns(
    table: TableLayout, units: str, path: Path_, plan: Plan, places: Places, problems: Problems
) -> None:
    own = SCHOOL_NAMES if units == SCHOOLS else ROSTER_NAMES
    known = [*own, *(a.name for a in plan.attributes.values() if a.units == units)]
    for name in table.columns:
        if name not in known:
            problems.add(
                codes.UNKNOWN_COLUMN_NAME,
                f"the rulebook declares no `{name}`",
                places.key((*path, "columns", name)),
                did_you_mean(name, known),
            )


def _check_counts(
    roster: RosterLayout, units: str, at: Path_, plan: Plan, places: Places, problems: Problems
) -> None:
    for column, values in roster.counts.items():
        for name, value in values.items():
            attribute = plan.attributes.get(name)
            path = (*at, "counts", column, name)
            if attribute is None or attribute.units != units:
                problems.add(
                    codes.UNKNOWN_COLUMN_NAME,
                    f"the rulebook declares no `{name}` for {units}",
                    places.key(path),
                    did_you_mean(name, plan.attributes),
                )
            elif attribute.kind is Kind.CATEGORY and value not in attribute.values:
                problems.add(
                    codes.UNKNOWN_COLUMN_NAME,
                    f"`{value}` is no value of `{name}`",
                    places.value(path),
                    did_you_mean(value, attribute.values),
                )
