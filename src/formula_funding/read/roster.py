"""The roster: files whose rows are students, or students already counted; opened, not yet read.

Engines count the rows and only notice that something is wrong; `roster_rows` reads them one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
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
from formula_funding.model.url import Given
from formula_funding.read.cell_reader import CellReader, cell_readers
from formula_funding.read.former_codes import codes_of_today
from formula_funding.read.other_header import other_header
from formula_funding.read.register_from_table import column_positions
from formula_funding.read.text_in_bands import TextInBands
from formula_funding.read.unread_counts import warn_of_unread_counts
from formula_funding.rules.layout import RosterLayout
from formula_funding.sources.open_table import open_table
from formula_funding.sources.other_table import INSTEAD, other_table
from formula_funding.sources.remote import RemoteParts
from formula_funding.sources.row_filter import RowFilter, row_filters
from formula_funding.sources.table import Table
from formula_funding.sources.unreadable import Trouble
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
        """The texts of attributes that are alike for all rows and, in a wide table, columns."""
        first, *others = (group.given.items() for group in self.groups or [RowGroup(None, {})])
        return dict(item for item in first if all(item in given for given in others))

    def is_read_as(self, other: RosterFile) -> bool:
        """Whether both files are read in the same way, so that they can be read as one."""
        return self.table.form == other.table.form and replace(self, table=other.table) == other

    @property
    def columns_read(self) -> frozenset[str]:
        """The columns of the file of which anything is read."""
        counts = (group.column for group in self.groups if group.column is not None)
        filters = (row_filter.column for row_filter in self.filters)
        return frozenset(
            (*self.school_id, *self.student_id, *self.attributes.values(), *counts, *filters)
        )

    @property
    def has_unsure_students(self) -> bool:
        """Whether a cell with a student's id, perhaps of a row that does not count, is no id."""
        troubles = {t for column in self.student_id for t in self.table.troubles.get(column, ())}
        return any(not is_known_by(trouble) for trouble in troubles)

    @property
    def is_counted(self) -> bool:
        """Whether rows are numbers of students, and not students."""
        return any(group.column is not None for group in self.groups)


@dataclass(frozen=True)
class Roster:
    """All files of a roster, and the attributes that the rules read of it.

    `readers` turn the texts of the attributes into values; `codes_of_today` translates former
    codes of schools. `counting` says what becomes of a student who stands in several rows.
    `bands` say of attributes that engines count in bands by what texts they do.
    `expected_schools` are those of a register, if one is given; the rows may name others.
    """

    files: tuple[RosterFile, ...]
    readers: Mapping[str, CellReader]
    codes_of_today: Mapping[str, str] = field(default_factory=dict)
    counting: Counting = EACH_STUDENT_ONCE
    bands: Mapping[str, TextInBands] = field(default_factory=dict)
    expected_schools: tuple[str, ...] = ()

    @property
    def has_unsure_students(self) -> bool:
        """Whether ids of students must be looked at one by one."""
        return any(file.has_unsure_students for file in self.files)

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


def is_known_by(trouble: Trouble) -> bool:
    """Whether a student can be known by a cell in such a trouble: by the number that it stores."""
    return trouble is Trouble.SHOWN_OTHERWISE


def open_roster(
    paths: Sequence[Given],
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
    the layout says otherwise; an unread column that seems to say so is warned of. Former codes of
    schools are those changed by `as_of`.

    Raises ProblemsFoundError with every missing column and whatever makes files unreadable.
    """
    check_files_once(paths, problems)
    names = tuple(attribute.name for attribute in attributes)
    files: list[RosterFile] = []
    unreadable_files = Problems()
    for path in paths:
        found = Problems()
        try:
            files.append(open_file(path, layout, names, found, workspace, units, counting))
        except ProblemsFoundError as error:
            for problem in error.problems:
                unreadable_files.add_alike(problem)
        for problem in found:
            problems.add_alike(problem)
    _check_parts_once(files, problems)
    if unreadable_files.has_errors:
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


def check_files_once(paths: Sequence[Given], problems: Problems) -> None:
    """Note every file that is given a second time."""
    seen: set[Given] = set()
    for path in paths:
        file = path.resolve() if isinstance(path, Path) else path
        if file in seen:
            problems.add(
                codes.STUDENT_TWICE,
                "the file is given twice, so each of its students would be paid for twice",
                Place(path.as_posix()),
                "name each file once",
            )
        seen.add(file)


def _check_parts_once(files: Sequence[RosterFile], problems: Problems) -> None:
    """Note every file that several of the given URLs name."""
    sources = [file.table.source for file in files]
    urls = Counter(url for one in sources if isinstance(one, RemoteParts) for url in one.urls)
    for url, times in urls.items():
        if times > 1:
            problems.add(
                codes.STUDENT_TWICE,
                "several URLs name the file, so each of its students would be paid for twice",
                Place(url),
                "name each file once",
            )


def _other_table(table: Table, of_students: Sequence[str]) -> Problem | None:
    """What to tell of a table of schools, which has no column that is read of students."""
    is_register = "name" in table.header and "student_id" not in table.header
    what = other_table(table.header, of_students, "a register of schools" if is_register else None)
    if what is None:
        return None
    message = f"the file is {what}, not a roster of students"
    return Problem(codes.MISSING_COLUMN, message, table.header_place, INSTEAD)


def _columns(name: str, layout: RosterLayout) -> tuple[str, ...]:
    """The columns of the file for a name of the rulebook; none where the layout gives a value."""
    return () if name in layout.given else layout.named(name)


def _said_of_file(path: Given, layout: RosterLayout, problems: Problems) -> Mapping[str, str]:
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
    """Where a student may stand in several rows, each must be of one known student on one date."""
    day = counting.count_date
    if file.student_id and day not in file.given and any(day in one.given for one in file.groups):
        problems.add(
            codes.MISSING_COLUMN,
            f"the rows are known students, each of whom may stand once for each `{day}`, but the "
            f"layout gives `{day}` for each column of counts",
            file.table.header_place,
            f"give a row for each student and `{day}`, which stands in a column; or leave the ids "
            "of students out of the file",
        )
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


def _tells_counts(layout: RosterLayout, units: str) -> bool:
    """Whether the layout says for how many units a row stands, so that no column's name does."""
    return bool(layout.counts) or units in layout.constants


def _row_groups(
    path: Given, table: Table, layout: RosterLayout, units: str, problems: Problems
) -> tuple[RowGroup, ...]:
    """For how many units each row stands; a column of counts that is missing is noted."""
    shared = {**layout.constants, **_said_of_file(path, layout, problems)}
    students = layout.students
    if students is None and units in table.header and not _tells_counts(layout, units):
        students = units
    counts: list[tuple[str | None, Mapping[str, str]]] = [*layout.counts.items()]
    counts = counts or [(students, {})]
    lacking = [column for column, _ in counts if column not in {None, *table.header}]
    for column in filter(None, lacking):
        problems.add(
            codes.MISSING_COLUMN,
            f"the file has no column `{column}` with the number of {units}",
            table.header_place,
            did_you_mean(column, table.header, listed=False),
        )
    return tuple(
        RowGroup(column, {**shared, **given}) for column, given in counts if column not in lacking
    )


def _student_id(
    table: Table, layout: RosterLayout, units: str, problems: Problems
) -> tuple[str, ...]:
    """The columns by which a student is known; none where one of them is missing."""
    if "student_id" in layout.columns:
        column_positions("student_id", table, layout, problems)
    columns = layout.named("student_id")
    is_known = units == STUDENTS and all(column in table.header for column in columns)
    return columns if is_known else ()


def open_file(
    path: Given,
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
    part = "roster" if units == STUDENTS else units
    other = _other_table(table, wanted[len(found["school_id"]) :]) if units == STUDENTS else None
    other = other or other_header(path, table, wanted, layout, part, workspace)
    if other is not None:
        problems.add_problem(other)
        problems = Problems()  # what else it lacks says nothing more
    school_id = found.pop("school_id")
    if len(column_positions("school_id", table, layout, problems)) < len(school_id):
        school_id = ()
    columns = {
        name: own[0]
        for name, own in found.items()
        if own and column_positions(name, table, layout, problems)
    }
    groups = _row_groups(path, table, layout, units, problems)
    file = RosterFile(
        table,
        school_id,
        _student_id(table, layout, units, problems),
        columns,
        groups,
        row_filters(table, layout, problems),
        layout.thousands,
    )
    _check_one_student_per_row(file, counting, problems)
    is_told = file.is_counted or _tells_counts(layout, units)
    if units == STUDENTS and not (is_told or file.student_id):
        read = [*school_id, *columns.values(), *(one.column for one in file.filters)]
        warn_of_unread_counts(table, read, problems)
    return file
