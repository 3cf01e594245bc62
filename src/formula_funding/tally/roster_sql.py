"""What is read of a roster's rows, as DuckDB's SQL: texts as they stand, and nothing cast."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from formula_funding.model.counting import Counting
from formula_funding.model.counts import LeftOut
from formula_funding.read.cell_reader import MAX_COUNT_DIGITS, SPACES
from formula_funding.read.roster import Roster, RosterFile, RowGroup
from formula_funding.sources.sql import sql_file, sql_name, sql_text
from formula_funding.sources.table import TableFormat, UncleanTableError
from formula_funding.sources.unreadable import MARK
from formula_funding.tally.bands_in_sql import sql_in_bands

NOBODY = "NULL"
NO_ID = "hash('')"
COUNTED = ("students", "file_rows", "bad")
_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What Python's `strip` takes away; by itself DuckDB's `trim` knows the plain space alone."""
_QUOTED_BEHIND_SPACES = re.compile('^ +"')
"""How DuckDB gives a cell in quotation marks behind several spaces: with both."""


@dataclass(frozen=True)
class Scan:
    """Files of one form that follow one another in a roster, read as one table `name`.

    A table for each of a thousand files would take DuckDB minutes to plan. `first` is the number
    of the first file.
    """

    name: str
    first: int
    files: Sequence[RosterFile]

    @property
    def file(self) -> RosterFile:
        """Any of the files: all are alike but for their rows."""
        return self.files[0]

    @property
    def number(self) -> str:
        """SQL for the number of the file of a row."""
        return str(self.first) if len(self.files) == 1 else f"({self.first} + file_index)"


def scans_of(roster: Roster) -> tuple[Scan, ...]:
    """The files of a roster, in their order, as few tables."""
    alike: list[list[RosterFile]] = []
    for file in roster.files:
        if alike and file.is_read_as(alike[-1][0]):
            alike[-1].append(file)
        else:
            alike.append([file])
    firsts = accumulate(map(len, alike), initial=0)
    return tuple(
        Scan(f"scan_{number}", first, files)
        for number, (first, files) in enumerate(zip(firsts, alike, strict=False))
    )


def reading(scan: Scan) -> str:
    """A query that reads files as text, without any guessing, as columns c0, c1, c2…

    What a file calls its columns never matters: a header may have no name at all in a place,
    or two names that SQL takes for one. `file_index` counts the files from 0.
    """
    file, header, stored = scan.file, scan.file.table.header, scan.file.table.stored_names
    paths = f"[{', '.join(sql_text(sql_file(file.table.path)) for file in scan.files)}]"
    if file.table.format is TableFormat.PARQUET:
        named = ", ".join(f"{sql_name(name)} AS c{i}" for i, name in enumerate(stored))
        return f"SELECT {named}, file_index FROM read_parquet({paths}, hive_partitioning = false)"
    numbered = ["row"] if file.table.has_row_numbers else []
    names = [*numbered, *(f"c{i}" for i in range(len(header)))]
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    # Of one column, a line without anything would be a row; an empty text in quotes is one.
    rows = ", allow_quoted_nulls = false) WHERE c0 IS NOT NULL" if names == ["c0"] else ")"
    return (
        f"SELECT *, file_index FROM read_csv({paths}, columns = {{{columns}}}, header = true, "
        f"skip = {file.table.lines_before}, auto_detect = false, "
        f"delim = {sql_text(file.table.delimiter)}, quote = '\"', escape = '\"', "
        f"strict_mode = true, hive_partitioning = false{rows}"
    )


@dataclass(frozen=True)
class RowsSql:
    """What is read of each row of a table: SQL by the name of the column.

    `reason` is 0, or the number of the reason why the row is left out. `student` is a hash of the
    student, and NULL where it does not matter who it is; `student_id` is who it is. `where` says
    which rows are read.
    """

    table: str
    format: TableFormat
    columns: Mapping[str, str]
    student_id: str
    where: str = "true"

    def query(self, without: Container[str]) -> str:
        """A query for the columns that are not among some."""
        read = [f"{text} AS {name}" for name, text in self.columns.items() if name not in without]
        return f"SELECT {', '.join(read)} FROM {self.table} WHERE {self.where}"


def rows_sql(scan: Scan, roster: Roster) -> list[RowsSql]:
    """The rows of some files, once for each group of alike students for whom a row stands."""
    return [
        RowsSql(
            scan.name,
            scan.file.table.format,
            _columns(scan, group, roster, is_first=position == 0),
            _student_id(scan.file),
        )
        for position, group in enumerate(scan.file.groups)
    ]


def _columns(scan: Scan, group: RowGroup, roster: Roster, *, is_first: bool) -> dict[str, str]:
    file = scan.file
    reason = why_left_out(file)
    students, bad = "1", _unreadable_filter(file)
    if group.column is not None:
        cell = _cell(file, group.column)
        good, digits = _count(cell, file.thousands)
        students = f"CASE WHEN {good} THEN CAST({digits} AS BIGINT) ELSE 0 END"
        bad = f"CASE WHEN {good} THEN {bad} ELSE 1 END"
    student = _student(file, roster.counting) if is_first else NOBODY
    if file.filters:
        bad = f"CASE WHEN {reason} = 0 THEN {bad} ELSE 0 END"
        student = f"CASE WHEN {reason} = 0 THEN {student} END"
    schools = {f"school_{i}": _text(file, column) for i, column in enumerate(file.school_id)}
    attributes = {
        attribute_name(position): sql_text(group.given[name])
        if name in group.given
        else sql_in_bands(_text(file, file.attributes[name]), roster.bands.get(name))
        for position, name in enumerate(roster.attributes)
    }
    return {
        "file": scan.number,
        "reason": reason,
        **schools,
        **attributes,
        "student": student,
        "students": students,
        "file_rows": str(int(is_first)),
        "bad": bad,
    }


def is_literal(sql: str) -> bool:
    """Whether SQL is the same in every row."""
    return sql == NOBODY or sql.isdecimal() or sql.startswith("'")


def _student_id(file: RosterFile) -> str:
    """The student of a row."""
    return student_of_parts([raw_text(file, column) for column in file.student_id] or ["''"])


def _student(file: RosterFile, counting: Counting) -> str:
    """The hash of the student of a row and the count date, if nobody may stand twice on it."""
    if not file.student_id:
        return NOBODY
    student = _student_id(file)
    if counting.attribute is not None:
        return f"CASE WHEN {student} = '' THEN {NO_ID} END"
    if counting.count_date is not None:
        day = judged_text(file, counting.count_date)
        return f"CASE WHEN {student} = '' THEN {NO_ID} ELSE hash({student}, {day}) END"
    return f"hash({student})"


def _count(cell: str, thousands: str) -> tuple[str, str]:
    """Whether a cell is a count of students, and its digits alone."""
    plain = f"regexp_full_match({cell}, '[0-9]{{1,{MAX_COUNT_DIGITS}}}')"
    if not thousands:
        return plain, cell
    signs = SPACES if thousands == " " else thousands
    group = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in signs) + "]"
    grouped = f"regexp_full_match({cell}, '[0-9]{{1,3}}({group}[0-9]{{3}}){{1,3}}')"
    return f"({plain} OR {grouped})", f"regexp_replace({cell}, '{group}', '', 'g')"


def why_left_out(file: RosterFile) -> str:
    """0, or the number of the reason why a row is left out (`reasons`).

    Without filters a blank row is not told from one that lacks a school: it is read slowly.
    """
    if not file.filters:
        return "0"
    filtered = _cell(file, file.filters[0].column)
    row = f"concat({', '.join(_nth_text(file, i) for i in range(len(file.table.header)))})"
    blank = f"CASE WHEN {filtered} = '' THEN {trimmed(row)} = '' ELSE false END"
    cases = [f"WHEN {blank} THEN {len(file.filters) + 1}"]
    for number, row_filter in enumerate(file.filters, start=1):
        texts = ", ".join(sql_text(text) for text in sorted(row_filter.texts))
        negated = "" if row_filter.reason is LeftOut.SKIPPED else "NOT "
        cases.append(f"WHEN {_cell(file, row_filter.column)} {negated}IN ({texts}) THEN {number}")
    return f"(CASE {' '.join(cases)} ELSE 0 END)"


def _unreadable_filter(file: RosterFile) -> str:
    """1 where a cell by which rows are picked can't be taken at its word."""
    marks = [
        f"starts_with({raw_text(file, row_filter.column)}, {sql_text(MARK)})"
        for row_filter in file.filters
    ]
    return f"({' OR '.join(marks)})::INT" if marks else "0"


def judged_text(file: RosterFile, name: str | None) -> str:
    """An attribute by which several rows of a student are judged."""
    column = file.attributes.get(name) if name else None
    return _cell(file, column) if column else sql_text(file.given.get(name or "", ""))


def raw_text(file: RosterFile, column: str) -> str:
    """A cell as it stands; an empty one is ''."""
    return f"coalesce({_text(file, column)}, '')"


def _text(file: RosterFile, column: str) -> str:
    """A cell as it stands; an empty one is NULL or ''."""
    return _nth_text(file, file.table.header.index(column))


def _nth_text(file: RosterFile, number: int) -> str:
    is_text = file.table.format is TableFormat.CSV
    return f"c{number}" if is_text else f"CAST(c{number} AS VARCHAR)"


def _cell(file: RosterFile, column: str) -> str:
    """A cell as text without white space around it; an empty one is ''."""
    return trimmed(raw_text(file, column))


def trimmed(text: str) -> str:
    """A text without white space around it; most texts are ASCII without any, which is quick.

    A cell in quotation marks behind several spaces is an error: DuckDB takes the marks for a part
    of its text.
    """
    is_quoted = (
        f"starts_with({text}, ' ') AND regexp_matches({text}, '{_QUOTED_BEHIND_SPACES.pattern}')"
    )
    return (
        f"(CASE WHEN strlen({text}) = length({text}) AND {text} >= '!' AND {text}[-1] >= '!' "
        f"THEN {text} WHEN {is_quoted} THEN error('quoted behind spaces') "
        f"ELSE trim({text}, {sql_text(_SPACES)}) END)"
    )


def stripped(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts without white space around them, as `trimmed` gives them.

    Raises UncleanTableError for a cell in quotation marks behind several spaces.
    """
    bare = tuple(text.strip() for text in texts)
    if bare != tuple(texts) and any(map(_QUOTED_BEHIND_SPACES.match, texts)):
        raise UncleanTableError
    return bare


def school_of_parts(texts: Sequence[str]) -> str:
    """See `joined_ids.school_of_parts`; the texts are not trimmed yet."""
    cells = [trimmed(text) for text in texts]
    return cells[0] if len(cells) == 1 else _joined(cells, cells)


def student_of_parts(texts: Sequence[str]) -> str:
    """See `joined_ids.student_of_parts`; the texts are not trimmed yet."""
    cells = [trimmed(text) for text in texts]
    lengths = [f"length({cell})" for cell in cells[:-1]]
    return cells[0] if len(cells) == 1 else _joined([*lengths, *cells], cells)


def _joined(parts: Sequence[str], cells: Sequence[str]) -> str:
    """Some parts joined by hyphens; empty if any of the cells is."""
    empty = " OR ".join(f"{cell} = ''" for cell in cells)
    joined = " || '-' || ".join(parts)
    return f"CASE WHEN {empty} THEN '' ELSE {joined} END"


def has_hyphen(texts: Sequence[str]) -> str:
    """Whether any of some texts has a hyphen, so that others may be joined alike."""
    return "(" + " OR ".join(f"contains({text}, '-')" for text in texts) + ")"


def attribute_name(number: int) -> str:
    """The name of an attribute's column."""
    return f"attribute_{number}"


def attribute_names(roster: Roster) -> list[str]:
    """The names of the columns of all attributes, in declared order."""
    return [attribute_name(number) for number in range(len(roster.attributes))]
