"""The roster: files whose rows are students, or students already counted.

`rows_of_roster` is the sure and slow reading, row by row, that places every problem. Engines
count the same files by themselves and only notice that something is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
    SHOWN,
    Place,
    Problem,
    Problems,
    ProblemsFoundError,
    in_order,
)
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.model.counting import EACH_STUDENT_ONCE, Counting, SameStudent
from formula_funding.model.counts import Cut
from formula_funding.model.plan import STUDENTS, Attribute, Value
from formula_funding.model.register import Register
from formula_funding.read.cell_reader import (
    CellReader,
    cell_readers,
    plain_number,
)
from formula_funding.read.enrolments import Enrolments, Row
from formula_funding.read.findings import BRIEF, Detail, Findings
from formula_funding.read.former_codes import codes_of_today
from formula_funding.read.lookalikes import lookalike, skeleton, skeletons
from formula_funding.read.plain_words import is_sign_for_nothing, total_at
from formula_funding.read.register_from_table import column_positions, joined_id
from formula_funding.read.value_from_text import BadValueError
from formula_funding.rules.layout import RosterLayout
from formula_funding.sources.open_table import open_table
from formula_funding.sources.row_filter import RowFilter, left_out, row_filters
from formula_funding.sources.table import Table, rows_of
from formula_funding.sources.unreadable import unreadable
from formula_funding.sources.workspace import Workspace


@dataclass(frozen=True)
class RowGroup:
    """Some alike students of a row: how many, and what the layout says of them all.

    `column` holds their number (None for one student per row), `given` the texts of attributes
    for which the file has no column.
    """

    column: str | None
    given: Mapping[str, str]


@dataclass(frozen=True)
class RosterFile:
    """One file of a roster and where its columns stand.

    `attributes` holds the columns (none for an attribute that the layout gives). A row stands
    for one group of alike students; in a wide table, for a group in each of several columns.
    `filters` leave rows out; `thousands` may part the digits of a count.
    """

    table: Table
    school_id: tuple[str, ...]
    student_id: tuple[str, ...]
    attributes: Mapping[str, str]
    groups: tuple[RowGroup, ...]
    filters: tuple[RowFilter, ...] = ()
    thousands: str = ""

    @property
    def given(self) -> Mapping[str, str]:
        """The texts of attributes that are alike for all rows; none for a wide table."""
        return self.groups[0].given if len(self.groups) == 1 else {}

    @property
    def is_counted(self) -> bool:
        """Whether rows are numbers of students, and not students."""
        return any(group.column is not None for group in self.groups)


@dataclass(frozen=True)
class Roster:
    """All files of a roster, and the attributes that the rules read of it.

    `readers` turn the texts of the attributes into values; `codes_of_today` translates former
    codes of schools. `counting` says what becomes of a student who stands in several rows.
    """

    files: tuple[RosterFile, ...]
    readers: Mapping[str, CellReader]
    codes_of_today: Mapping[str, str] = field(default_factory=dict)
    counting: Counting = EACH_STUDENT_ONCE

    @property
    def attributes(self) -> Cut:
        """The attributes that are read of each row, in declared order."""
        return tuple(self.readers)

    def school(self, text: str) -> str:
        """The id of today for the id that a row gives."""
        code = text.strip()
        return self.codes_of_today.get(code, code)

    def given_values(self, texts: Mapping[str, str]) -> dict[str, Value]:
        """The values that a layout gives, of the attributes that are read."""
        return {
            name: reader.value(texts[name])
            for name, reader in self.readers.items()
            if name in texts
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The files as the user named them."""
        return tuple(file.table.name for file in self.files)


@dataclass(frozen=True)
class RosterRow:
    """Some alike students of one school: usually one."""

    school: str
    values: Mapping[str, Value]
    students: int


def open_roster(
    paths: Sequence[Path],
    layout: RosterLayout,
    attributes: Sequence[Attribute],
    problems: Problems,
    workspace: Workspace,
    units: str = STUDENTS,
    counting: Counting = EACH_STUDENT_ONCE,
    as_of: date | None = None,
) -> Roster:
    """Open the files and find the columns of the attributes that the rules read.

    A column named like the units (`students`) says for how many of them a row stands, unless
    the layout says otherwise. Former codes of schools are those changed by `as_of`.

    Raises ProblemsFoundError with every missing column and whatever makes files unreadable.
    """
    check_files_once(paths, problems)
    names = tuple(attribute.name for attribute in attributes)
    files: list[RosterFile] = []
    unreadable_files: list[Problem] = []
    for path in paths:
        try:
            files.append(open_file(path, layout, names, problems, workspace, units, counting))
        except ProblemsFoundError as error:
            unreadable_files += error.problems
    if unreadable_files:
        others = [problem for problem in problems if problem.is_error]
        raise ProblemsFoundError(in_order([*unreadable_files, *others]))
    problems.stop_if_errors()
    return roster_of(files, layout, attributes, counting, as_of)


def roster_of(
    files: Sequence[RosterFile],
    layout: RosterLayout,
    attributes: Sequence[Attribute],
    counting: Counting = EACH_STUDENT_ONCE,
    as_of: date | None = None,
) -> Roster:
    """Files that are open as one roster."""
    today = codes_of_today(layout.former_codes, as_of)
    return Roster(tuple(files), cell_readers(layout, attributes), today, counting)


def check_files_once(paths: Sequence[Path], problems: Problems) -> None:
    """Note every file that is given a second time."""
    for i, path in enumerate(paths):
        if path.resolve() in {earlier.resolve() for earlier in paths[:i]}:
            problems.add(
                codes.STUDENT_TWICE,
                "the file is given twice, so each of its students would be paid for twice",
                Place(path.as_posix()),
                "name each file once",
            )


def _columns(name: str, layout: RosterLayout) -> tuple[str, ...]:
    """The columns of the file for a name of the rulebook; none where the layout gives a value."""
    return () if name in layout.given else layout.columns.get(name, (name,))


def _said_of_file(path: Path, layout: RosterLayout, problems: Problems) -> Mapping[str, str]:
    """What the layout says of all students of a file, which must fit one of its patterns."""
    fitting = [pattern for pattern in layout.by_file if path.match(pattern)]
    if len(fitting) == 1:
        return layout.by_file[fitting[0]]
    if layout.by_file:
        patterns = ", ".join(f"`{pattern}`" for pattern in fitting)
        problems.add(
            codes.BAD_LAYOUT,
            f"the file fits several patterns of `by_file`: {patterns}"
            if fitting
            else "the file fits no pattern of `by_file`",
            Place(path.as_posix()),
            "give patterns of which each file fits one",
        )
    return {}


def _check_one_student_per_row(file: RosterFile, counting: Counting, problems: Problems) -> None:
    """A main enrolment or a split can only be judged where each row is one known student."""
    if counting.same_student is SameStudent.ERROR:
        return
    rule = f"`same_student: {counting.same_student.value}`"
    place = file.table.header_place
    if not file.student_id:
        problems.add(
            codes.MISSING_COLUMN,
            f"the file has no column `student_id`, by which {rule} knows a student again",
            place,
            "add the column, or name it in a layout",
        )
    if file.is_counted:
        problems.add(
            codes.MISSING_COLUMN,
            f"the rows are counts of students, but {rule} needs a row for each enrolment",
            place,
            "give one row per student",
        )


def open_file(
    path: Path,
    layout: RosterLayout,
    attributes: Cut,
    problems: Problems,
    workspace: Workspace,
    units: str = STUDENTS,
    counting: Counting = EACH_STUDENT_ONCE,
) -> RosterFile:
    """Open a file and find its columns; those that are missing are noted and left out.

    Raises ProblemsFoundError where the file can't be read as a table.
    """
    found = {name: _columns(name, layout) for name in ("school_id", *attributes)}
    wanted = [*(column for columns in found.values() for column in columns), *layout.counts]
    table = open_table(path, layout, wanted, "roster", workspace, problems)
    school_id = found.pop("school_id")
    if len(column_positions("school_id", table, layout, problems)) < len(school_id):
        school_id = ()
    columns = {
        name: own[0]
        for name, own in found.items()
        if own and column_positions(name, table, layout, problems)
    }
    students = layout.students
    if students is None and units in table.header and not layout.counts:
        students = units
    shared = {**layout.constants, **_said_of_file(path, layout, problems)}
    groups = [RowGroup(column, {**shared, **given}) for column, given in layout.counts.items()] or [
        RowGroup(students, shared)
    ]
    for group in groups:
        if group.column is not None and group.column not in table.header:
            problems.add(
                codes.MISSING_COLUMN,
                f"the file has no column `{group.column}` with the number of {units}",
                table.header_place,
                did_you_mean(group.column, table.header, listed=False),
            )
    student_id = layout.columns.get("student_id", ("student_id",))
    if "student_id" in layout.columns:
        column_positions("student_id", table, layout, problems)
    if units != STUDENTS or any(column not in table.header for column in student_id):
        student_id = ()
    file = RosterFile(
        table,
        school_id,
        student_id,
        columns,
        tuple(group for group in groups if group.column in {None, *table.header}),
        row_filters(table, layout, problems),
        layout.thousands,
    )
    _check_one_student_per_row(file, counting, problems)
    return file


def rows_of_roster(roster: Roster, register: Register, problems: Problems) -> Iterator[RosterRow]:
    """Every row of the roster, typed and checked; rows with a problem are passed over.

    When the rows are exhausted, `problems` holds all problems of all files. A row that does not
    count, such as one beside the main enrolment, is no row here.
    """
    reading = RosterReading(roster, register)
    yield from reading.rows()
    for problem in reading.problems:
        problems.add_problem(problem)


class RosterReading:
    """One reading of a roster, row by row. What it has found is complete after the last row.

    `rows_read` counts the rows of each file; `unfinished` names the files of which a part could
    not be read. `named` are the schools in which rows stand; `unknown` counts students by the
    codes that the register lacks, `former` rows by file and former code.
    """

    def __init__(self, roster: Roster, register: Register, detail: Detail = BRIEF) -> None:
        self.problems: list[Problem] = []
        self.rows_read: Counter[str] = Counter()
        self.unfinished: set[str] = set()
        self.named: set[str] = set()
        self.unknown: Counter[str] = Counter()
        self.former: Counter[tuple[str, str]] = Counter()
        schools = frozenset(register.ids) if register.is_given else None
        looks = skeletons(schools or ())
        self._enrolments = Enrolments(roster.counting)
        self._readers = [
            _FileReader(file, roster, schools, looks, self._enrolments, detail)
            for file in roster.files
        ]

    def rows(self) -> Iterator[RosterRow]:
        """The good rows."""
        found: list[Problem] = []
        for reader in self._readers:
            name = reader.table.name
            self.rows_read[name] = 0
            ragged: list[Problem] = []
            try:
                for line, cells in rows_of(reader.table, ragged):
                    self.rows_read[name] += 1
                    yield from reader.read(line, cells)
            except ProblemsFoundError as error:
                found += error.problems
                self.unfinished.add(name)
            self.rows_read[name] += len(ragged)
            reader.add_ragged(ragged)
        self._enrolments.judge()
        for reader in self._readers:
            found += reader.problems()
            self.named |= reader.named
            self.unknown.update(reader.students_unknown)
            self.former.update(reader.former)
        self.problems += found


class _FileReader:
    """Reads the rows of one file.

    `looks` holds the known codes of schools by their looks, where no register is given those met
    in any file; `enrolments` collects the students of all files.
    """

    def __init__(
        self,
        file: RosterFile,
        roster: Roster,
        schools: frozenset[str] | None,
        looks: dict[str, str],
        enrolments: Enrolments,
        detail: Detail,
    ) -> None:
        at = file.table.header.index
        self.table = file.table
        self._detail = detail
        self.findings = Findings(file.table, detail)
        self.unknown: list[tuple[int, int, str]] = []
        self.named: set[str] = set()
        self.students_unknown: Counter[str] = Counter()
        self.former: Counter[tuple[str, str]] = Counter()
        self._file = file
        self._roster = roster
        self._schools = schools
        self._looks = looks
        self._enrolments = enrolments
        self._counting = enrolments.counting
        self._school_at = [at(column) for column in file.school_id]
        self._student_at = [at(column) for column in file.student_id]
        self._attributes_at = {name: at(column) for name, column in file.attributes.items()}
        read_at = {*self._school_at, *self._attributes_at.values()}
        self._only_filtered = [f for f in file.filters if f.position not in read_at]
        self._groups = [
            (
                at(group.column) if group.column else None,
                roster.given_values(group.given),
            )
            for group in file.groups
        ]
        self._given = roster.given_values(file.given)

    def read(self, line: int, cells: list[str]) -> Iterator[RosterRow]:
        """The counted students of one row; none if it is left out or something is wrong."""
        if left_out(cells, self._file.filters) is not None:
            return
        if tuple(cells) == self._file.table.header:
            self.findings.add_second_header(line, (self._school_at or [0])[0] + 1)
            return
        for row_filter in self._only_filtered:
            why = unreadable(cells[row_filter.position])
            if why is not None:
                self.findings.add_unreadable(row_filter.column, why, line, row_filter.position + 1)
        total = total_at(cells, self._school_at)
        if total is not None:
            self.findings.add_total(line, total + 1)
            return
        school = self._school(line, cells)
        shared: dict[str, Value | None] = {
            name: self._value(name, cells[position], line, position)
            for name, position in self._attributes_at.items()
        }
        shared |= self._given
        self._check_student(line, cells, shared)
        if school is None or None in shared.values():
            return
        if self._counting.main is not None and not shared.get(self._counting.main, True):
            return
        values = {name: value for name, value in shared.items() if value is not None}
        for position, given in self._groups:
            students = 1
            if position is not None:
                students = self._number_of_students(line, cells, position)
            yield RosterRow(school, values | given, students)

    def _school(self, line: int, cells: list[str]) -> str | None:
        if not self._school_at:
            return None
        code = joined_id(cells, self._school_at)
        school = self._roster.school(code)
        if code in self._roster.codes_of_today:
            self.former[self.table.name, code] += 1
        column = self._school_at[0] + 1
        for position in self._school_at:
            why = unreadable(cells[position])
            if why is not None:
                self.findings.add_unreadable("school_id", why, line, position + 1)
                return None
        if not school or (self._schools is None and is_sign_for_nothing(school)):
            self.findings.add(
                codes.STUDENT_WITHOUT_SCHOOL,
                "a row has no school id" + (", but a sign for nothing" if school else ""),
                line,
                column,
                "fill in the id of the school",
            )
            return None
        if self._schools is None:
            self._looks.setdefault(skeleton(school), school)
        if self._schools is None or school not in self._schools:
            alike = lookalike(school, self._looks)
            if alike is not None:
                self.findings.add_lookalike("a school code", alike, line, column)
                return None
        if self._schools is not None and school not in self._schools:
            self.unknown.append((line, column, school))
            self.students_unknown[school] += self._students_told(cells)
            self.findings.add(
                codes.UNKNOWN_SCHOOL,
                f"the register has no school `{school}`",
                line,
                column,
                did_you_mean(school, self._schools) or "add the school to the register",
            )
            return None
        self.named.add(school)
        return school

    def problems(self) -> list[Problem]:
        """What was wrong. If no school is known, the ids are not shown: they may be anything."""
        found = self.findings.problems()
        lacking = {school for _, _, school in self.unknown}
        if (self.named and len(lacking) <= _LISTED) or not self.unknown:
            return found
        others = [problem for problem in found if problem.code is not codes.UNKNOWN_SCHOOL]
        kept = self.unknown[: self._detail.places]
        places = [self.table.place(line, column) for line, column, _ in kept]
        without_zeros = {school.lstrip("0") for school in self._schools or ()}
        if self.named:
            listed = ", ".join(f"`{school}`" for school in sorted(lacking)[:SHOWN])
            message = f"the register lacks {len(lacking):,} schools of this column: {listed}, …"
            hint = "add the schools to the register, or correct the codes"
        else:
            message = "the register has none of the schools in this column"
            hint = "is this the column of school ids?"
            if lacking <= without_zeros:
                hint = "the ids have lost their leading zeros: a spreadsheet read them as numbers"
        return [
            *others,
            Problem(
                codes.UNKNOWN_SCHOOL,
                message,
                places[0],
                hint,
                tuple(places[1:]),
                len(self.unknown),
            ),
        ]

    def _check_student(
        self, line: int, cells: list[str], values: Mapping[str, Value | None]
    ) -> None:
        if not self._student_at:
            return
        student = joined_id(cells, self._student_at)
        column = self._student_at[0] + 1
        if not student:
            self.findings.add(
                codes.EMPTY_VALUE,
                "`student_id` is empty",
                line,
                column,
                "fill in the id, or leave the column out altogether",
            )
            return
        school = joined_id(cells, self._school_at)
        self._enrolments.add(student, values, Row(self.findings, line, column, school))

    def _value(self, name: str, text: str, line: int, position: int) -> Value | None:
        try:
            return self._roster.readers[name].value(text)
        except BadValueError as error:
            self.findings.add_bad_value(name, error, line, position + 1, text)
            return None

    def add_ragged(self, problems: Iterable[Problem]) -> None:
        """Note rows of another length than the header; alike ones are counted together."""
        for problem in problems:
            line = problem.place.line if problem.place else 0
            self.findings.add(problem.code, problem.message, line, 0, problem.hint)

    def _students_told(self, cells: list[str]) -> int:
        """How many students a row stands for, as far as its cells are counts."""
        thousands = self._file.thousands
        counts = (
            1 if position is None else count_from_text(cells[position], thousands)
            for position, _ in self._groups
        )
        return sum(count or 0 for count in counts)

    def _number_of_students(self, line: int, cells: list[str], position: int) -> int:
        text = cells[position]
        number = count_from_text(text, self._file.thousands)
        if number is not None:
            return number
        why = unreadable(text)
        if why is not None:
            column = self._file.table.header[position]
            self.findings.add_unreadable(column, why, line, position + 1)
            return 0
        self.findings.add(
            codes.BAD_COUNT,
            "a count of students is empty" if not text else "a cell is no count of students",
            line,
            position + 1,
            expected="a whole number, 0 or more",
            text=text,
        )
        return 0


def count_from_text(text: str, thousands: str = "") -> int | None:
    """A whole number of students, as every engine understands it; None for another text."""
    if thousands:
        text = plain_number(text, "\0", thousands) or ""
    good = text.isascii() and text.isdecimal() and len(text) <= MAX_COUNT_DIGITS
    return int(text) if good else None


MAX_COUNT_DIGITS = 12
_LISTED = 10
"""So many codes that the register lacks are told one by one."""
