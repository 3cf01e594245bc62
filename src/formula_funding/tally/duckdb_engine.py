"""Counting by DuckDB, straight from CSV and Parquet files. It counts texts and nothing else."""

from __future__ import annotations

import tempfile
from array import array
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import stop
from formula_funding.model.counting import Counting
from formula_funding.model.counts import Cut, LeftOut
from formula_funding.model.resources import Resources
from formula_funding.read.cell_reader import MAX_COUNT_DIGITS, SPACES
from formula_funding.read.roster import Roster, RosterFile, RowGroup
from formula_funding.sources.sql import sql_file, sql_name, sql_text
from formula_funding.sources.table import TableFormat
from formula_funding.sources.unreadable import MARK
from formula_funding.tally.tally import LedgerRow, Tally, TallyTable


class DuckdbEngine:
    """One joint count over all attributes, then added up for each cut.

    What does not fit into the memory allowed goes to temporary files.
    """

    def __init__(self, resources: Resources | None = None) -> None:
        self._resources = resources or Resources()

    def tally(self, roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally:
        """See `Engine.tally`."""
        resources = self._resources
        with (
            tempfile.TemporaryDirectory(prefix="formula-funding-", dir=resources.folder) as folder,
            duckdb.connect(config={"autoinstall_known_extensions": False}) as connection,
        ):
            try:
                connection.execute(f"SET temp_directory = {sql_text(folder)}")
                if resources.memory is not None:
                    connection.execute(f"SET memory_limit = {sql_text(resources.memory)}")
                return _tally(connection, roster, cuts, ledger)
            except duckdb.OutOfMemoryException:
                stop(
                    codes.OUT_OF_MEMORY,
                    "the memory or the room for temporary files does not suffice to count the rows",
                    roster.files[0].table.place(),
                    "allow more with --memory-limit, name a folder on a larger disk with "
                    "--temp-dir, or keep the roster as Parquet",
                )
            except (duckdb.InvalidInputException, duckdb.DataError, duckdb.OperationalError):
                # The file is no clean table; reading it slowly finds the line.
                return Tally(dict.fromkeys(cuts, TallyTable()), is_doubtful=True)
            except duckdb.Error as error:
                if type(error) is not duckdb.Error:
                    raise
                # So DuckDB passes on what the reader of a damaged Parquet file says.
                return Tally(dict.fromkeys(cuts, TallyTable()), is_doubtful=True)


def _tally(
    connection: duckdb.DuckDBPyConnection, roster: Roster, cuts: Sequence[Cut], ledger: Cut
) -> Tally:
    connection.execute("SET enable_progress_bar = false")
    for number, file in enumerate(roster.files):
        connection.execute(f"CREATE TEMP VIEW file_{number} AS {_reading(file)}")
    _count_jointly(connection, roster)
    totals = connection.execute(
        "SELECT coalesce(sum(bad), 0), count(DISTINCT file), "
        "(SELECT count(*) FROM joint WHERE NOT is_group) FROM counted"
    ).fetchall()
    bad, files, suspects = (int(total) for total in totals[0])
    # DuckDB finds no row at all in some files, such as one with a carriage return in its header.
    doubtful = bad > 0 or suspects > 0 or files < len(roster.files)
    return Tally(
        {cut: _cut(connection, cut, roster.attributes) for cut in cuts},
        _ledger(connection, ledger, roster.attributes),
        _enrolments(connection, roster),
        doubtful,
        _left_out(connection, roster),
    )


def _count_jointly(connection: duckdb.DuckDBPyConnection, roster: Roster) -> None:
    """Pass over the files once for everything that is to be counted of them: the table `joint`.

    Its groups (`is_group`) count students, rows of the files and bad cells by file, reason, school
    and all attributes; the view `counted` tells them in full. Its other rows are suspects: no
    student id, or a hash that several rows share. Equal ids have equal hashes, so that nobody who
    stands twice is missed; whether two ids are equal is for the slow reading to tell. Texts are
    grouped as they stand, which is quick.
    """
    rows = [row for number, file in enumerate(roster.files) for row in _rows(number, file, roster)]
    # What is alike in all rows need not be grouped by, added up or kept, which costs time.
    alike = {
        name: text
        for name, text in rows[0].columns.items()
        if _is_literal(text) and all(row.columns[name] == text for row in rows)
    }
    schools = [f"school_{i}" for i in range(len(roster.files[0].school_id))]
    keys = ["file", "reason", *schools, *_attributes(roster)]
    grouped = ", ".join(key for key in keys if key not in alike)
    sums = "".join(f", sum({name}) AS {name}" for name in _COUNTED if name not in alike)
    sets, is_group, having = f"({grouped})", "true", ""
    if alike.get("student") != _NOBODY:
        sets += ", (student)"
        is_group = "grouping(student) = 1"
        suspects = f"student IS NOT NULL AND (count(*) > 1 OR student = {_NO_ID})"
        having = f"HAVING {is_group} OR ({suspects})"
    connection.execute(
        f"CREATE TEMP TABLE joint AS SELECT {grouped}, {is_group} AS is_group, count(*) AS times"
        f"{sums} FROM ({' UNION ALL '.join(row.query(without=alike) for row in rows)}) "
        f"GROUP BY GROUPING SETS ({sets}) {having}"
    )
    filled = {name: alike.get(name, f"coalesce({name}, '')") for name in keys[2:]}
    told = {
        **{name: alike.get(name, name) for name in keys[:2]},
        **{name: filled[name] for name in _attributes(roster)},
        "school": filled[schools[0]] if not schools[1:] else _joined([filled[s] for s in schools]),
        **{name: f"times * {alike[name]}" if name in alike else name for name in _COUNTED},
    }
    selected = ", ".join(f"{text} AS {name}" for name, text in told.items())
    connection.execute(f"CREATE TEMP VIEW counted AS SELECT {selected} FROM joint WHERE is_group")


def _reading(file: RosterFile) -> str:
    """A query that reads a file as text, without any guessing, as columns c0, c1, c2…

    What the file calls its columns never matters: a header may have no name at all in a place,
    or two names that SQL takes for one.
    """
    path, header = sql_text(sql_file(file.table.path)), file.table.header
    if file.table.format is TableFormat.PARQUET:
        named = ", ".join(f"{sql_name(name)} AS c{i}" for i, name in enumerate(header))
        return f"SELECT {named} FROM read_parquet({path}, hive_partitioning = false)"
    numbered = ["row"] if file.table.has_row_numbers else []
    names = [*numbered, *(f"c{i}" for i in range(len(header)))]
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    return (
        f"SELECT * FROM read_csv({path}, columns = {{{columns}}}, header = true, "
        f"skip = {file.table.lines_before}, auto_detect = false, "
        f"delim = {sql_text(file.table.delimiter)}, quote = '\"', escape = '\"', "
        "strict_mode = true, hive_partitioning = false)"
    )


@dataclass(frozen=True)
class _Rows:
    """What is read of each row of a table: SQL by the name of the column.

    `reason` is 0, or the number of the filter that leaves the row out. `student` is a hash of the
    student, and NULL where it does not matter who it is.
    """

    table: str
    columns: Mapping[str, str]

    def query(self, without: Container[str]) -> str:
        """A query for the columns that are not among some."""
        read = [f"{text} AS {name}" for name, text in self.columns.items() if name not in without]
        return f"SELECT {', '.join(read)} FROM {self.table}"


def _rows(number: int, file: RosterFile, roster: Roster) -> list[_Rows]:
    """The rows of one file, once for each group of alike students for whom a row stands."""
    return [
        _Rows(f"file_{number}", _columns(number, file, group, roster, is_first=position == 0))
        for position, group in enumerate(file.groups)
    ]


def _columns(
    number: int, file: RosterFile, group: RowGroup, roster: Roster, *, is_first: bool
) -> dict[str, str]:
    reason = _reason(file)
    students, bad = "1", _unreadable_filter(file)
    if group.column is not None:
        cell = _cell(file, group.column)
        good, digits = _count(cell, file.thousands)
        students = f"CASE WHEN {good} THEN CAST({digits} AS BIGINT) ELSE 0 END"
        bad = f"CASE WHEN {good} THEN {bad} ELSE 1 END"
    student = _student(file, roster.counting) if is_first else _NOBODY
    if file.filters:
        bad = f"CASE WHEN {reason} = 0 THEN {bad} ELSE 0 END"
        student = f"CASE WHEN {reason} = 0 THEN {student} END"
    schools = {f"school_{i}": _text(file, column) for i, column in enumerate(file.school_id)}
    attributes = {
        _attribute(position): sql_text(group.given[name])
        if name in group.given
        else _text(file, file.attributes[name])
        for position, name in enumerate(roster.attributes)
    }
    return {
        "file": str(number),
        "reason": reason,
        **schools,
        **attributes,
        "student": student,
        "students": students,
        "file_rows": str(int(is_first)),
        "bad": bad,
    }


def _is_literal(sql: str) -> bool:
    """Whether SQL is the same in every row."""
    return sql == _NOBODY or sql.isdecimal() or sql.startswith("'")


def _student(file: RosterFile, counting: Counting) -> str:
    """The hash of the student of a row and the count date, if nobody may stand twice on it."""
    if not file.student_id:
        return _NOBODY
    student = _joined([_raw(file, column) for column in file.student_id])
    if counting.attribute is not None:
        return f"CASE WHEN {student} = '' THEN {_NO_ID} END"
    if counting.count_date is not None:
        day = _judged(file, counting.count_date)
        return f"CASE WHEN {student} = '' THEN {_NO_ID} ELSE hash({student}, {day}) END"
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


def _reason(file: RosterFile) -> str:
    """0, or the number of the first filter that leaves a row out, counted from 1."""
    cases = []
    for number, row_filter in enumerate(file.filters, start=1):
        texts = ", ".join(sql_text(text) for text in sorted(row_filter.texts))
        negated = "" if row_filter.reason is LeftOut.SKIPPED else "NOT "
        cases.append(f"WHEN {_cell(file, row_filter.column)} {negated}IN ({texts}) THEN {number}")
    return f"(CASE {' '.join(cases)} ELSE 0 END)" if cases else "0"


def _unreadable_filter(file: RosterFile) -> str:
    """1 where a cell by which rows are picked can't be taken at its word."""
    marks = [
        f"starts_with({_raw(file, row_filter.column)}, {sql_text(MARK)})"
        for row_filter in file.filters
    ]
    return f"({' OR '.join(marks)})::INT" if marks else "0"


def _left_out(
    connection: duckdb.DuckDBPyConnection, roster: Roster
) -> dict[tuple[int, LeftOut], int]:
    """See `Tally.left_out`."""
    found = connection.execute(
        "SELECT file, reason, sum(file_rows)::BIGINT FROM counted WHERE reason > 0 GROUP BY ALL"
    ).fetchall()
    rows: Counter[tuple[int, LeftOut]] = Counter()
    for file, number, count in found:
        rows[int(file), roster.files[file].filters[number - 1].reason] += int(count)
    return rows


def _enrolments(
    connection: duckdb.DuckDBPyConnection, roster: Roster
) -> dict[tuple[str, ...], int]:
    """See `Tally.enrolments`."""
    students = _students(roster)
    if not students or roster.counting.attribute is None:
        return {}
    key = "id, day" if roster.counting.count_date else "id"
    found = connection.execute(
        f"SELECT texts, count(*) FROM (SELECT list_sort(list(judged)) AS texts FROM ({students}) "
        f"GROUP BY {key}) GROUP BY texts"
    ).fetchall()
    return {tuple(texts): int(number) for texts, number in found}


def _students(roster: Roster) -> str:
    """A query for the id, the count date and the judged attribute of each row with a student."""
    counting = roster.counting

    return " UNION ALL ".join(
        f"SELECT {_joined([_raw(file, column) for column in file.student_id])} AS id, "
        f"{_judged(file, counting.count_date)} AS day, "
        f"{_judged(file, counting.attribute)} AS judged FROM file_{number}"
        + (f" WHERE {_reason(file)} = 0" if file.filters else "")
        for number, file in enumerate(roster.files)
        if file.student_id
    )


def _judged(file: RosterFile, name: str | None) -> str:
    """An attribute by which several rows of a student are judged."""
    column = file.attributes.get(name) if name else None
    return _cell(file, column) if column else sql_text(file.given.get(name or "", ""))


def _ledger(connection: duckdb.DuckDBPyConnection, ledger: Cut, attributes: Cut) -> list[LedgerRow]:
    names = ", ".join(["file", "school", *(_attribute(attributes.index(name)) for name in ledger)])
    found = connection.execute(
        f"SELECT {names}, sum(file_rows)::BIGINT, sum(students)::BIGINT FROM counted "
        "WHERE reason = 0 GROUP BY ALL"
    ).fetchall()
    return [
        (int(row[0]), row[1].strip(), _stripped(row[2:-2]), int(row[-2]), int(row[-1]))
        for row in found
    ]


def _cut(connection: duckdb.DuckDBPyConnection, cut: Cut, attributes: Cut) -> TallyTable:
    """The joint count added up for one cut, its texts numbered by DuckDB."""
    attributes_read = [_attribute(attributes.index(name)) for name in cut] or ["nothing"]
    names = ", ".join(attributes_read)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cut AS SELECT school, {names}, "
        "sum(students)::BIGINT AS students FROM (SELECT *, '' AS nothing FROM counted) "
        "WHERE reason = 0 GROUP BY ALL"
    )
    schools = _numbered(connection, "schools", "school")
    combinations = _numbered(connection, "combinations", names)
    rows = connection.execute(
        "SELECT schools.number, combinations.number, students FROM cut "
        f"JOIN schools USING (school) JOIN combinations USING ({names}) ORDER BY ALL"
    )
    school, combination, students = array("q"), array("q"), array("q")
    while batch := rows.fetchmany(_BATCH):
        school.extend(row[0] for row in batch)
        combination.extend(row[1] for row in batch)
        students.extend(row[2] for row in batch)
    return TallyTable(
        [text.strip() for (text,) in schools],
        [_stripped(texts) if cut else () for texts in combinations],
        school,
        combination,
        students,
    )


def _numbered(
    connection: duckdb.DuckDBPyConnection, table: str, names: str
) -> list[tuple[str, ...]]:
    """Make a table of the distinct texts of `cut`, numbered from 0 in their order; the texts."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {names}, row_number() OVER "
        f"(ORDER BY {names}) - 1 AS number FROM (SELECT DISTINCT {names} FROM cut)"
    )
    return connection.execute(f"SELECT {names} FROM {table} ORDER BY number").fetchall()


def _stripped(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts)


def _attribute(number: int) -> str:
    return f"attribute_{number}"


def _attributes(roster: Roster) -> list[str]:
    return [_attribute(number) for number in range(len(roster.attributes))]


_NOBODY = "NULL"
_NO_ID = "hash('')"
_BATCH = 100_000
_COUNTED = ("students", "file_rows", "bad")
_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What Python's `strip` takes away; by itself DuckDB's `trim` knows the plain space alone."""


def _raw(file: RosterFile, column: str) -> str:
    """A cell as it stands; an empty one is ''."""
    return f"coalesce({_text(file, column)}, '')"


def _text(file: RosterFile, column: str) -> str:
    """A cell as it stands; an empty one is NULL or ''."""
    name = f"c{file.table.header.index(column)}"
    return name if file.table.format is TableFormat.CSV else f"CAST({name} AS VARCHAR)"


def _cell(file: RosterFile, column: str) -> str:
    """A cell as text without white space around it; an empty one is ''."""
    return _trimmed(_raw(file, column))


def _trimmed(text: str) -> str:
    """A text without white space around it; most texts are ASCII without any, which is quick."""
    return (
        f"(CASE WHEN strlen({text}) = length({text}) AND ascii({text}) > 32 "
        f"AND ascii({text}[-1]) > 32 THEN {text} ELSE trim({text}, {sql_text(_SPACES)}) END)"
    )


def _joined(texts: Sequence[str]) -> str:
    """An id of several texts, trimmed; empty if any part is, as in the slow reading."""
    cells = [_trimmed(text) for text in texts]
    if len(cells) == 1:
        return cells[0]
    empty = " OR ".join(f"{cell} = ''" for cell in cells)
    joined = " || '-' || ".join(cells)
    return f"CASE WHEN {empty} THEN '' ELSE {joined} END"
