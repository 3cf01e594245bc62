"""The register of schools: ids, names and the attributes that rules read."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem, Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.number_text import plain_from_accounting
from formula_funding.formula.kinds import Level
from formula_funding.model.plan import Attribute, Plan, Value, trees_of
from formula_funding.model.register import Register
from formula_funding.read.findings import Findings, is_total
from formula_funding.read.table import Table, open_table, rows_of
from formula_funding.read.value_from_text import BadValueError, value_from_text
from formula_funding.rules.layout import SchoolsLayout, TableLayout


def school_attributes_read(plan: Plan) -> tuple[str, ...]:
    """The declared attributes of schools that some formula or band reads, in declared order."""
    read = set(plan.reads([tree for item in plan.items for tree in trees_of(item)]))
    return tuple(
        name
        for name, attribute in plan.attributes.items()
        if attribute.level is Level.SCHOOL and name in read
    )


def register_from_table(
    path: Path,
    layout: SchoolsLayout,
    plan: Plan,
    problems: Problems,
    also: Sequence[Attribute] = (),
) -> Register:
    """Read the register. Attributes that no rule reads are left unread, but for those of `also`.

    Raises ProblemsFoundError with all problems of the file.
    """
    table = open_table(path, layout.delimiter)
    attributes = {name: plan.attributes[name] for name in school_attributes_read(plan)}
    attributes |= {attribute.name: attribute for attribute in also}
    ids = column_positions("school_id", table, layout, problems)
    columns = {name: column_positions(name, table, layout, problems) for name in attributes}
    name_column = layout.columns.get("name", ("name",))
    only = _only(table, layout, problems)
    names_at = [table.header.index(c) for c in name_column if c in table.header]
    problems.stop_if_errors()

    findings = Findings(table.name)
    ragged: list[Problem] = []
    rows: dict[str, tuple[str, tuple[Value, ...]]] = {}
    for line, cells in rows_of(table, ragged):
        if any(cells[position] != value for position, value in only):
            continue
        school = joined_id(cells, ids)
        if any(is_total(cells[i]) for i in (*ids, *names_at)):
            findings.add_total(line, ids[0] + 1)
            continue
        values: list[Value] = []
        for name, position in columns.items():
            text = cells[position[0]]
            if table.header[position[0]] in layout.accounting:
                text = plain_from_accounting(text)
            try:
                values.append(value_from_text(text, attributes[name]))
            except BadValueError as error:
                findings.add_bad_value(name, error, line, position[0] + 1, text)
        row = (_printable(" ".join(cells[i] for i in names_at)), tuple(values))
        if not school:
            findings.add(
                codes.EMPTY_VALUE, "a row has no school id", line, ids[0] + 1, "fill in the id"
            )
        elif school in rows and not (layout.identical_rows == "once" and rows[school] == row):
            findings.add(
                codes.SCHOOL_TWICE,
                f"the school id `{school}` stands twice",
                line,
                ids[0] + 1,
                "remove one of the rows, or make the id unique with more columns in a layout",
            )
        if len(values) == len(attributes):
            rows.setdefault(school, row)
    for problem in [*ragged, *findings.problems()]:
        problems.add_problem(problem)
    if not rows and not problems.has_errors:
        problems.add(codes.EMPTY_FILE, "the file has a header but no row", Place(table.name))
    problems.stop_if_errors()

    ordered = sorted(rows)
    return Register(
        tuple(ordered),
        tuple(rows[school][0] for school in ordered),
        {
            name: tuple(rows[school][1][i] for school in ordered)
            for i, name in enumerate(attributes)
        },
        is_given=True,
    )


def _only(table: Table, layout: SchoolsLayout, problems: Problems) -> list[tuple[int, str]]:
    """The columns, with their values, by which the layout picks rows."""
    found = []
    for column, value in layout.only.items():
        if column in table.header:
            found.append((table.header.index(column), value))
            continue
        problems.add(
            codes.MISSING_COLUMN,
            f"the file has no column `{column}`, by which the layout picks rows",
            Place(table.name, 1),
            did_you_mean(column, table.header),
        )
    return found


def column_positions(name: str, table: Table, layout: TableLayout, problems: Problems) -> list[int]:
    """Where in the header the columns of `name` stand; a missing one is a problem."""
    positions: list[int] = []
    for column in layout.columns.get(name, (name,)):
        if column in table.header:
            positions.append(table.header.index(column))
            continue
        wanted = f"`{column}`" if column == name else f"`{column}` for `{name}`"
        problems.add(
            codes.MISSING_COLUMN,
            f"the file has no column {wanted}",
            Place(table.name, 1),
            did_you_mean(column, filter(None, table.header))
            or "rename a column, or name it in a layout",
        )
    return positions


def _printable(name: str) -> str:
    """A name without characters that would steer a terminal."""
    return "".join("\ufffd" if unicodedata.category(c) == "Cc" else c for c in name)


def joined_id(cells: list[str], positions: list[int]) -> str:
    """An id made of one or several columns; empty if any part is."""
    parts = [cells[i] for i in positions]
    return "-".join(parts) if all(parts) else ""
