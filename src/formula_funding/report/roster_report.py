"""A roster to a report: every check evaluated as far as the files allow, nothing computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from formula_funding.compile.counted_in_bands import pieces_counted
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
    Place,
    Problem,
    Problems,
    ProblemsFoundError,
    in_order,
)
from formula_funding.model.counting import EACH_STUDENT_ONCE, Counting
from formula_funding.model.counts import Cut
from formula_funding.model.inputs import Inputs
from formula_funding.model.plan import STUDENTS
from formula_funding.model.register import Register
from formula_funding.pipeline import planned
from formula_funding.read.findings import Detail
from formula_funding.read.former_codes import (
    check_former_codes,
    codes_of_today,
    tell_former_codes,
)
from formula_funding.read.nobody_counted import why_nobody_counts, without_rows
from formula_funding.read.previous_run import previous_run
from formula_funding.read.register_from_table import register_from_table, school_attributes_read
from formula_funding.read.roster import Roster, RosterFile, check_files_once, open_file, roster_of
from formula_funding.read.roster_rows import RosterReading, read_row_by_row
from formula_funding.report.checks import (
    CHECKS,
    COLUMNS,
    FILES,
    OF_EVERY_ROW,
    OF_ROWS,
    PREVIOUS_RUN,
    REGISTER,
    SCHOOL_CODES,
    SCHOOLS_FILLED,
    STUDENTS_ONCE,
    VALUES,
    Check,
    CheckResult,
    Outcome,
    check_of,
)
from formula_funding.rules.layout import RosterLayout
from formula_funding.sources.files_given import files_meant
from formula_funding.sources.remote import on_this_machine
from formula_funding.sources.table import Table
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.changed_codes import warn_of_changed_codes
from formula_funding.tally.comparison import compare_counts
from formula_funding.tally.data_from_files import (
    attributes_of_table,
    tables_counted,
    warn_of_empty_schools,
)
from formula_funding.tally.engines import engine
from formula_funding.tally.in_bands import roster_in_bands
from formula_funding.tally.sound_roster import reading_if_sound
from formula_funding.tally.tally import attributes_counted, counts_students


@dataclass(frozen=True)
class FileRead:
    """A file of the roster: how many rows were read, and whether that is all of it.

    `table` is None for a file that can't be read as a table. Rows are of `units`: students, or
    those of a table beside them.
    """

    path: Path
    units: str
    table: Table | None
    rows: int
    is_whole: bool

    @property
    def name(self) -> str:
        return self.path.as_posix()


@dataclass(frozen=True)
class RosterReport:
    """What is known of a roster.

    `unknown_schools` counts students by codes that the register lacks; `without_students` are the
    schools of the register that no row names.
    """

    rulebook: str
    files: tuple[FileRead, ...]
    register: str | None
    schools: int
    results: tuple[CheckResult, ...]
    unknown_schools: Mapping[str, int]
    without_students: tuple[str, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(finding for result in self.results for finding in result.findings)

    def having(self, outcome: Outcome) -> tuple[CheckResult, ...]:
        """The checks with an outcome."""
        return tuple(result for result in self.results if result.outcome is outcome)


def roster_report(inputs: Inputs, detail: Detail, workspace: Workspace) -> RosterReport:
    """Check a roster. `detail` says how many places and whether texts of cells are kept.

    Raises ProblemsFoundError with the problems of the rulebook and the layout, which come first,
    and for a rulebook that counts no students.
    """
    return _Report(inputs, detail, workspace).report()


@dataclass(frozen=True)
class _Asked:
    """What is read of some units: students, or those of a table beside them."""

    units: str
    layout: RosterLayout
    attributes: Cut
    counting: Counting = EACH_STUDENT_ONCE

    @property
    def checks_of_rows(self) -> tuple[Check, ...]:
        """The checks for which every row must have been read."""
        return OF_ROWS if self.units == STUDENTS else OF_EVERY_ROW


class _Report:
    def __init__(self, inputs: Inputs, detail: Detail, workspace: Workspace) -> None:
        problems = Problems()
        self._detail = detail
        self._workspace = workspace
        _, self._plan, self._layout = planned(inputs, problems)
        if not counts_students(self._plan):
            problems.add(
                codes.WRONG_VALUE,
                "the rulebook counts no students, so there is no roster to check",
                Place(inputs.rulebook.as_posix()),
                "check its table of schools with `funding check`",
            )
            problems.stop_if_errors()
        self._tables = tables_counted(self._plan, inputs, problems)
        problems.stop_if_errors()
        self._inputs = inputs
        self._found: dict[Check, list[Problem]] = defaultdict(list)
        self._why_not: dict[Check, list[str]] = defaultdict(list)
        self._unknown: dict[str, int] = {}
        self._empty: tuple[str, ...] = ()
        self._files: list[FileRead] = []

    def report(self) -> RosterReport:
        register = self._register()
        rosters = [on_this_machine(file) for file in self._inputs.rosters]
        reading = self._read(self._students(), rosters, register)
        for name in self._tables:
            path = self._inputs.tables.get(name)
            if path is None:
                reason = f"no file of `{name}` is given (--table {name}=FILE)"
                self._cannot(reason, FILES, COLUMNS, *OF_EVERY_ROW)
            else:
                self._read(self._table(name), [on_this_machine(path)], register)
        self._compare_with_register(register, reading)
        self._compare_with_previous(reading.students)
        return RosterReport(
            self._inputs.rulebook.as_posix(),
            tuple(self._files),
            self._inputs.schools.as_posix() if self._inputs.schools else None,
            len(register.ids),
            tuple(
                CheckResult(check, tuple(in_order(self._found[check])), tuple(self._why_not[check]))
                for check in CHECKS
            ),
            self._unknown,
            self._empty,
        )

    def _students(self) -> _Asked:
        names = attributes_counted(self._plan)
        return _Asked(STUDENTS, self._layout.roster, names, self._plan.counting)

    def _table(self, units: str) -> _Asked:
        layout = self._layout.tables.get(units, RosterLayout())
        return _Asked(units, layout, attributes_of_table(self._plan, units))

    def _read(self, asked: _Asked, given: Sequence[Path], register: Register) -> RosterReading:
        """Read the files of students, or of a table beside them, and count their units."""
        found = Problems()
        paths = files_meant(given, self._inputs.limits, found)
        check_files_once(paths, found)
        self._note(found)
        files = self._open_files(paths, asked)
        attributes = [self._plan.attributes[name] for name in asked.attributes]
        roster = roster_of(files, asked.layout, attributes, asked.counting, self._plan.as_of)
        reading = self._reading(roster, register, asked.units)
        self._note(reading.problems)
        self._note_former_codes(roster, register, reading)
        self._check_files_read(reading, roster, asked)
        tables = {file.table.name: file.table for file in files}
        for path in paths:
            name = path.as_posix()
            is_whole = name in reading.rows and name not in reading.unfinished
            rows = reading.rows.get(name, 0)
            self._files.append(FileRead(path, asked.units, tables.get(name), rows, is_whole))
        return reading

    def _reading(self, roster: Roster, register: Register, units: str) -> RosterReading:
        """The rows, counted by an engine; one by one only where something is wrong somewhere."""
        suspects = None
        if not self._has_errors():
            pieces = pieces_counted(self._plan, units=units)
            counter = engine(self._inputs.engine, resources=self._inputs.resources)
            banded = roster_in_bands(roster, pieces)
            sound, suspects = reading_if_sound(banded, register, counter)
            if sound is not None:
                return sound
        return read_row_by_row(roster, register, self._detail, may_stand_twice=suspects)

    def _note(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._found[check_of(problem)].append(problem)

    def _cannot(self, reason: str, *checks: Check) -> None:
        for check in checks:
            self._why_not[check].append(reason)

    def _register(self) -> Register:
        """The register; one without schools that is not given, if it can't be read."""
        path, found = self._inputs.schools, Problems()
        without = (REGISTER, SCHOOL_CODES, SCHOOLS_FILLED)
        none = Register((), (), {}, is_given=False)
        if path is None:
            self._cannot("no register of schools is given (--schools)", *without)
            needed = ", ".join(f"`{name}`" for name in school_attributes_read(self._plan))
            if needed:
                found.add(
                    codes.NO_REGISTER,
                    f"the rules read {needed} of the schools, but no register of schools is given",
                    hint="give it with --schools FILE",
                )
                self._found[REGISTER] += found
            return none
        try:
            return register_from_table(
                path, self._layout.schools, self._plan, found, self._workspace
            )
        except ProblemsFoundError as error:
            self._found[REGISTER] += error.problems
            self._cannot("the register has problems", *without[1:])
            return none

    def _open_files(self, paths: Sequence[Path], asked: _Asked) -> list[RosterFile]:
        """The files that can be read as tables, with the columns that they have."""
        files = []
        for path in paths:
            found = Problems()
            try:
                file = open_file(
                    *(path, asked.layout, asked.attributes, found, self._workspace),
                    *(asked.units, asked.counting),
                )
            except ProblemsFoundError as error:
                self._note(error.problems)
                self._cannot(f"{path.as_posix()} can't be read", COLUMNS, *asked.checks_of_rows)
                continue
            self._note(found)
            lacks_columns = any(problem.code is codes.MISSING_COLUMN for problem in found)
            files.append(self._with_what_it_has(file, asked, lacks_columns=lacks_columns))
        return files

    def _with_what_it_has(
        self, file: RosterFile, asked: _Asked, *, lacks_columns: bool
    ) -> RosterFile:
        name = file.table.name
        if lacks_columns:
            of_values = (VALUES, SCHOOLS_FILLED, PREVIOUS_RUN)
            needing = [check for check in asked.checks_of_rows if check in of_values]
            self._cannot(f"{name} lacks columns", *needing)
        if not file.school_id:
            self._cannot(f"{name} has no column of school ids", SCHOOL_CODES)
        lacking = set(asked.counting.attributes) - {*file.attributes, *file.given}
        if asked.units == STUDENTS and (not file.student_id or lacking):
            column = "`student_id`" if not file.student_id else f"`{min(lacking)}`"
            self._cannot(f"{name} has no column {column}", STUDENTS_ONCE)
            return replace(file, student_id=())
        return file

    def _note_former_codes(
        self, roster: Roster, register: Register, reading: RosterReading
    ) -> None:
        found = Problems()
        tell_former_codes(reading.former, roster.codes_of_today, found)
        if register.is_given and self._inputs.schools is not None:
            file = self._inputs.schools.as_posix()
            check_former_codes(roster.codes_of_today, register.ids, file, found)
        self._note(found)

    def _check_files_read(self, reading: RosterReading, roster: Roster, asked: _Asked) -> None:
        whole: list[Table] = []
        for table in (file.table for file in roster.files):
            rows = reading.rows[table.name]
            if table.name in reading.unfinished:
                self._cannot(
                    f"{table.name} was read in part only: {rows:,} rows", *asked.checks_of_rows
                )
            elif not any(p.place and p.place.file == table.name for p in reading.problems):
                whole.append(table)
        left_out = reading.left_out
        idle = [t for t in whole if reading.rows[t.name] == sum(left_out.get(t.name, {}).values())]
        if len(idle) == len(roster.files):
            self._note(why_nobody_counts(idle, left_out))
        else:
            self._note(without_rows(idle, reading.rows))

    def _compare_with_register(self, register: Register, reading: RosterReading) -> None:
        if not register.is_given:
            return
        if not reading.named:
            if not self._why_not[SCHOOLS_FILLED]:
                self._cannot("no row names a school of the register", SCHOOLS_FILLED)
            return
        self._unknown = dict(sorted(reading.unknown.items()))
        if self._why_not[SCHOOLS_FILLED]:
            return
        found = Problems()
        in_part = {school for school in reading.named if not reading.students.get(school)}
        empty = [school for school in register.ids if school not in reading.named]
        if self._unknown:
            warn_of_changed_codes(self._unknown, empty, self._files[0].name, found)
        if not self._has_errors():
            empty = sorted([*empty, *in_part])
        warn_of_empty_schools(empty, self._inputs.schools, found)
        self._note(found)
        self._empty = tuple(empty)

    def _has_errors(self) -> bool:
        return any(problem.is_error for found in self._found.values() for problem in found)

    def _compare_with_previous(self, students: Mapping[str, int]) -> None:
        if self._inputs.previous is None:
            self._cannot("no result of a previous run is given (--previous)", PREVIOUS_RUN)
        elif self._has_errors():
            self._cannot("the problems of the roster change the counts", PREVIOUS_RUN)
        else:
            found = Problems()
            today = codes_of_today(self._layout.roster.former_codes, self._plan.as_of)
            previous = previous_run(self._inputs.previous).under(today)
            compare_counts(students, previous, self._inputs.threshold, found)
            self._note(found)
