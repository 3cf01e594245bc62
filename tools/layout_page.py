"""The reference of layouts: every field with a small file that is really read.

docs/layouts/*.yaml are the examples: what the fields are for, a layout, a file, and what is read of
it, written by hand. The page is docs/layouts.md. Run by `make docs`.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter
from tools.reference_pages import told_above

from formula_funding.diagnostics.problem import Problems
from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.tree import SCHOOLS
from formula_funding.model.inputs import Inputs
from formula_funding.model.plan import STUDENTS, Attribute, Plan, Value
from formula_funding.model.register import Register
from formula_funding.pipeline import planned
from formula_funding.read.nodes_from_yaml import Data, nodes_from_yaml
from formula_funding.read.register_from_table import register_from_table
from formula_funding.read.roster import open_roster
from formula_funding.read.roster_rows import rows_of_roster
from formula_funding.rules.layout import Layout, RosterLayout
from formula_funding.sources.workspace import Workspace

EXAMPLES = Path(__file__).parents[1] / "docs" / "layouts"
PAGE = EXAMPLES.with_suffix(".md")
RULEBOOK = """\
rulebook: example
title: Example
currency: RUB
students: {students_of}
schools: {schools_of}
tables: {tables_of}
parameters: {norm: {kind: money, value: 1}}
lines: {base: {title: Base, for: each school, amount: norm}}
"""


class Example:
    """One file of docs/layouts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        data, _ = nodes_from_yaml(path, Problems())
        assert isinstance(data, dict)
        self._data: dict[str, Any] = data
        self.heading, *self._prose = told_above(path.read_text(encoding="utf-8"))

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields that the example explains, each with its purpose."""
        found: dict[str, str] = self._data.get("fields", {})
        return found

    @property
    def expected(self) -> str:
        """What is read, as CSV, written by hand."""
        return str(self._data["reads"])

    def read(self) -> str:
        """What is read, as CSV.

        Raises ProblemsFoundError where that fails, or where the layout leaves room for doubt.
        """
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            return _as_csv(self._rows(folder))

    def _rows(self, folder: Path) -> Iterator[list[str]]:
        files = self._write(folder)
        problems = Problems()
        rulebook = folder / "rulebook.yaml"
        rulebook.write_text(self._rulebook(), encoding="utf-8")
        (folder / "layout.yaml").write_text(self._data["layout"], encoding="utf-8")
        _, plan, layout = planned(Inputs(rulebook, tuple(files)), problems)
        part = self._data.get("part", STUDENTS)
        own = [a for a in plan.attributes.values() if a.units == part]
        with Workspace() as workspace:
            if part == SCHOOLS:
                yield from _register_rows(files[0], layout, plan, own, problems, workspace)
            else:
                yield from _unit_rows(files, layout, part, own, problems, workspace)
        problems.stop_if_errors()

    def _rulebook(self) -> str:
        text = RULEBOOK
        for part in ("students", "schools", "tables"):
            given = self._data.get(part)
            line = f"{part}: {{{part}_of}}\n"
            text = text.replace(line, f"{part}: {_flow(given)}\n" if given else "")
        return text

    def _write(self, folder: Path) -> list[Path]:
        """The files that are read, or the folder of a bundle."""
        if "workbook" in self._data:
            return [self._write_workbook(folder / "roster.xlsx")]
        encoding = self._data.get("encoding", "utf-8")
        names = list(self._data["files"])
        place = folder / "bundle" if "manifest.csv" in names else folder
        place.mkdir(exist_ok=True)
        for name, text in self._data["files"].items():
            (place / name).write_text(text, encoding=encoding)
        return [place] if place != folder else [folder / name for name in names]

    def _write_workbook(self, path: Path) -> Path:
        with xlsxwriter.Workbook(str(path)) as book:
            for name, rows in self._data["workbook"].items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    for column, text in enumerate(row):
                        sheet.write_string(number, column, text)
                hidden = self._data.get("hidden", {}).get(name)
                if hidden is not None:
                    sheet.set_row(int(hidden) - 1, None, None, {"hidden": True})
        return path

    def section(self) -> str:
        """The example as a part of the page."""
        fields = [f"| `{field}` | {purpose} |" for field, purpose in self.fields.items()]
        table = "\n".join(["| field | what it says |", "|---|---|", *fields])
        parts = [
            f"## {self.heading}",
            " ".join(self._prose),
            *([table] if fields else []),
            f"```yaml\n{self._data['layout']}```",
            *(_shown(name, text) for name, text in self._data["files"].items()),
            *(_sheet(name, rows) for name, rows in self._data.get("workbook", {}).items()),
            f"is read as\n\n```text\n{self.read()}```",
        ]
        return "\n\n".join(parts) + "\n"


def _shown(name: str, text: str) -> str:
    return f"`{name}`\n\n```text\n{text}```"


def _sheet(name: str, rows: list[list[str]]) -> str:
    lines = "".join(" | ".join(row) + "\n" for row in rows)
    return f"Sheet `{name}`\n\n```text\n{lines}```"


def _flow(data: Data) -> str:
    """Plain data as YAML on one line."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(_flow(item) for item in data) + "]"
    return str(data)


def _register_rows(
    file: Path,
    layout: Layout,
    plan: Plan,
    own: list[Attribute],
    problems: Problems,
    workspace: Workspace,
) -> Iterator[list[str]]:
    register = register_from_table(file, layout.schools, plan, problems, workspace, own)
    yield ["school_id", "name", *register.attributes]
    for i, school in enumerate(register.ids):
        values = [_text(column[i]) for column in register.attributes.values()]
        yield [school, register.names[i], *values]


def _unit_rows(
    files: list[Path],
    layout: Layout,
    units: str,
    own: list[Attribute],
    problems: Problems,
    workspace: Workspace,
) -> Iterator[list[str]]:
    of_units = layout.roster if units == STUDENTS else layout.tables.get(units, RosterLayout())
    roster = open_roster(files, of_units, own, problems, workspace, units)
    names = [attribute.name for attribute in own]
    yield ["school_id", *names, units]
    anywhere = Register((), (), {}, is_given=False)
    for row in rows_of_roster(roster, anywhere, problems):
        yield [row.school, *(_text(row.values[name]) for name in names), str(row.students)]


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_to_text(value) if isinstance(value, Fraction) else str(value)


def _as_csv(rows: Iterator[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def examples() -> list[Example]:
    """All examples in the order of the page."""
    return [Example(path) for path in sorted(EXAMPLES.glob("*.yaml"))]


def layout_page() -> dict[Path, str]:
    """The page. Raises ValueError where an example is not read as it says."""
    found = examples()
    for example in found:
        if example.read() != example.expected:
            raise ValueError(f"{example.path.name}: read as\n{example.read()}")
    head = [
        "# Layouts, field by field",
        "",
        "A layout says how a file's columns and words become the rulebook's attributes. It is",
        "`layout.yaml` beside the rulebook, or `--layout FILE`; `funding roster draft` writes a",
        "first one. Each example here is read by the program when this page is made",
        "(`make docs`), and its result was written by hand before.",
        "",
    ]
    return {PAGE: "\n".join(head) + "\n" + "\n".join(example.section() for example in found)}
