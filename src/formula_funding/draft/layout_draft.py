"""Files and a rulebook to the draft of a layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problem, Problems, ProblemsFoundError
from formula_funding.diagnostics.wording import counted
from formula_funding.draft.draft import TABLES, Draft, Entry, Node, Sure, TableDraft
from formula_funding.draft.draft_table import fields_of
from formula_funding.draft.form import form_of
from formula_funding.draft.matching import Wanted, matches
from formula_funding.draft.named_dates import days_named
from formula_funding.draft.values import Column
from formula_funding.formula.tree import SCHOOLS
from formula_funding.model.counting import SameStudent
from formula_funding.model.inputs import Inputs
from formula_funding.model.plan import STUDENTS, Plan
from formula_funding.pipeline import checked_rulebook
from formula_funding.read.register_from_table import school_attributes_read
from formula_funding.rules.layout import RosterLayout, TableLayout
from formula_funding.sources.beginnings import beginnings
from formula_funding.sources.files_given import files_meant
from formula_funding.sources.open_table import open_table
from formula_funding.sources.remote import on_this_machine
from formula_funding.sources.table import Table, rows_of
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.data_from_files import attributes_of_table
from formula_funding.tally.tally import attributes_counted, counts_students


def layout_draft(inputs: Inputs, workspace: Workspace, encoding: str | None = None) -> Draft:
    """Draft a layout for the roster, the register and the tables that are given.

    The columns are those of the first file of each, the form that of the first of each ending;
    texts are looked at in all files. `encoding` is that of text files that are not of Unicode,
    where the user tells it.
    Raises ProblemsFoundError with the problems of the rulebook, and for a file that can't be read.
    """
    problems = Problems()
    checked = checked_rulebook(inputs.rulebook, problems)
    plan = plan_from_rulebook(checked, inputs.as_of, problems)
    problems.stop_if_errors()
    rosters = [on_this_machine(file) for file in inputs.rosters]
    tables_given = {name: on_this_machine(file) for name, file in inputs.tables.items()}
    schools = [inputs.schools] if inputs.schools else []
    if not counts_students(plan):
        rosters, schools = [], [*rosters, *schools]
    tables: list[TableDraft] = []
    ids: frozenset[str] = frozenset()
    if schools:
        register = _Source(schools, "schools", workspace, plan.as_of, encoding)
        wanted = _of_schools(plan)
        tables.append(register.draft(("schools",), wanted))
        found = matches(register.columns, wanted).get("school_id")
        ids = frozenset(found.column.texts) if found else ids
    if rosters:
        source = _Source(rosters, "roster", workspace, plan.as_of, encoding)
        tables.insert(0, source.draft(("roster",), _of_students(plan, ids)))
    for name, path in tables_given.items():
        if name in plan.tables:
            source = _Source([path], "roster", workspace, plan.as_of, encoding)
            tables.append(source.draft((TABLES, name), _of_table(plan, name, ids)))
    given = [*inputs.rosters, *schools, *inputs.tables.values()]
    return Draft(tuple(dict.fromkeys(path.as_posix() for path in given)), tuple(tables))


def _of_schools(plan: Plan) -> Wanted:
    """The ids, names and attributes of schools; those that no rule reads may be missing."""
    own = {name: a for name, a in plan.attributes.items() if a.units == SCHOOLS}
    needed = school_attributes_read(plan)
    optional = frozenset({"name", *(name for name in own if name not in needed)})
    return Wanted({"school_id": None, "name": None, **own}, optional)


def _of_students(plan: Plan, ids: frozenset[str]) -> Wanted:
    attributes = {name: plan.attributes[name] for name in attributes_counted(plan)}
    each_once = plan.counting.same_student is SameStudent.ERROR
    return Wanted(
        {"school_id": None, "student_id": None, **attributes},
        frozenset({"student_id"} if each_once else ()),
        STUDENTS,
        ids,
    )


def _of_table(plan: Plan, units: str, ids: frozenset[str]) -> Wanted:
    attributes = {name: plan.attributes[name] for name in attributes_of_table(plan, units)}
    return Wanted({"school_id": None, **attributes}, units=units, codes=ids)


class _Source:
    """One or several files with the same columns: their form, and the texts of each column.

    `as_of` is the day on which enrolments of a bundle are looked at, if they differ by days.
    `encoding` is that of text files that are not of Unicode, where the user tells it.
    """

    def __init__(
        self,
        given: Sequence[Path],
        part: str,
        workspace: Workspace,
        as_of: date | None,
        encoding: str | None,
    ) -> None:
        self.columns: list[Column] = []
        self._part = part
        self._workspace = workspace
        self._as_of = as_of
        self._encoding = encoding
        self._paths = files_meant(given, workspace.limits, Problems())
        self._notes: list[str] = []
        self._is_workbook = False

    def draft(self, path: tuple[str, ...], wanted: Wanted) -> TableDraft:
        """The part of the layout at `path`."""
        first, *others = self._paths
        form = self._form(wanted)
        layout = self._layout(form)
        problems = Problems()
        table = open_table(first, layout, (), self._part, self._workspace, problems)
        self._is_workbook = table.has_row_numbers
        self.columns = [Column(name) for name in table.header]
        self._look_at(table)
        for other in others:
            self._look_at_another(other, layout, problems)
        fields: dict[str, Node] = {**form, **_hidden(problems)}
        columns = [column for column in self.columns if column.name]
        days = days_named(self._paths)
        of_columns, notes = fields_of(columns, wanted, days, is_workbook=self._is_workbook)
        return TableDraft(path, {**fields, **of_columns}, (*self._notes, *notes))

    def _layout(self, form: Mapping[str, Entry]) -> TableLayout:
        """The form as the fields of a layout."""
        kind = RosterLayout if self._part == "roster" else TableLayout
        return kind.model_validate({field: entry.text for field, entry in form.items()})

    def _form(self, wanted: Wanted) -> dict[str, Entry]:
        """How the files are split: as the first of each ending is, which should not differ."""
        form: dict[str, Entry] = {}
        for path in {path.suffix.lower(): path for path in reversed(self._paths)}.values():
            found = self._form_of(path, wanted)
            rows = {one["header_row"].text if "header_row" in one else "" for one in (form, found)}
            if form and len(rows) > 1:
                self._notes.append(f"{path.as_posix()} has its header in another row.")
            form |= found
        return form

    def _form_of(self, path: Path, wanted: Wanted) -> dict[str, Entry]:
        """How one file is split; of a bundle, the day to look at, where it matters."""
        form: dict[str, Entry] = {}
        told = TableLayout.model_validate({"encoding": self._encoding})
        try:
            found = beginnings(path, self._part, self._workspace, told)
        except ProblemsFoundError as error:
            as_of = self._as_of
            if as_of is None or error.problems[0].code is not codes.READ_IN_TWO_WAYS:
                raise
            why = "the rulebook's as_of; enrolments begin and end on different days"
            form = {"count_dates": Entry(as_of.isoformat(), Sure.GUESS, why)}
            found = beginnings(path, self._part, self._workspace, self._layout(form))
        return form | form_of(found, wanted.all_called, self._encoding)

    def _look_at_another(self, path: Path, layout: TableLayout, problems: Problems) -> None:
        name = path.as_posix()
        try:
            table = open_table(path, layout, (), self._part, self._workspace, problems)
        except ProblemsFoundError as error:
            self._notes.append(f"Not read: {name}: {error.problems[0].message}.")
            return
        lacking = {column.name for column in self.columns} - set(table.header)
        if lacking:
            named = ", ".join(f"`{column}`" for column in sorted(lacking))
            self._notes.append(f"{name} has other columns; it lacks {named}.")
        self._look_at(table)

    def _look_at(self, table: Table) -> None:
        """Collect the texts of the columns that the first file has too."""
        at = [
            (column, table.header.index(column.name))
            for column in self.columns
            if column.name in table.header
        ]
        ragged: list[Problem] = []
        for _, cells in rows_of(table, ragged):
            for column, position in at:
                column.add(cells[position])
        if ragged:
            places = "row" if len(ragged) == 1 else "rows"
            self._notes.append(
                f"{table.name}: {counted(len(ragged), places.removesuffix('s'))} of another length "
                "than the header."
            )


def _hidden(problems: Problems) -> dict[str, Any]:
    """What becomes of hidden rows must be said, if there are any."""
    if any(problem.code is codes.HIDDEN_ROWS for problem in problems):
        return {"hidden_rows": Entry("", Sure.CHOOSE, "rows are hidden: write read or skip")}
    return {}
