"""A layout's YAML file to a `Layout`, checked against the rulebook's names."""

from __future__ import annotations

from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.formula.kinds import Kind, Level
from formula_funding.model.plan import Plan
from formula_funding.read.nodes_from_yaml import Places, nodes_from_yaml
from formula_funding.read.rulebook_from_yaml import model_from_data
from formula_funding.rules.layout import Layout

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
    for section, level, own in (
        ("roster", Level.STUDENT, ROSTER_NAMES),
        ("schools", Level.SCHOOL, SCHOOL_NAMES),
    ):
        table = layout.roster if section == "roster" else layout.schools
        known = [*own, *(a.name for a in plan.attributes.values() if a.level is level)]
        for name in table.columns:
            if name not in known:
                problems.add(
                    codes.UNKNOWN_COLUMN_NAME,
                    f"the rulebook declares no `{name}`",
                    places.key((section, "columns", name)),
                    did_you_mean(name, known),
                )
    for column, values in layout.roster.counts.items():
        for name, value in values.items():
            attribute = plan.attributes.get(name)
            path = ("roster", "counts", column, name)
            if attribute is None or attribute.level is not Level.STUDENT:
                problems.add(
                    codes.UNKNOWN_COLUMN_NAME,
                    f"the rulebook declares no `{name}` for students",
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
