"""Counting by DuckDB, straight from CSV and Parquet files. It counts texts and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from formula_funding.model.counts import Cut
from formula_funding.read.roster import MAX_COUNT_DIGITS, Roster, RosterFile
from formula_funding.read.table import TableFormat, quoted
from formula_funding.tally.tally import Tally, TallyRow


class DuckdbEngine:
    """One joint count over all attributes, then added up for each cut."""

    def tally(self, roster: Roster, cuts: Sequence[Cut]) -> Tally:
        """See `Engine.tally`."""
        with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
            try:
                return _tally(connection, roster, cuts)
            except (duckdb.InvalidInputException, duckdb.ConversionException):
                # The file is no clean table; reading it slowly finds the line.
                return Tally(0, dict.fromkeys(cuts, ()), is_doubtful=True)


def _tally(connection: duckdb.DuckDBPyConnection, roster: Roster, cuts: Sequence[Cut]) -> Tally:
    for number, file in enumerate(roster.files):
        connection.execute(f"CREATE TEMP VIEW file_{number} AS SELECT * FROM {_reading(file)}")
    parts = [
        part
        for number, file in enumerate(roster.files)
        for part in _counted_rows(f"file_{number}", file, roster.attributes)
    ]
    names = [_attribute(name) for name in roster.attributes]
    connection.execute(
        f"""
        CREATE TEMP TABLE joint AS
        SELECT {", ".join(["school", *names])},
               sum(students) AS students, sum(is_row) AS file_rows, sum(is_bad) AS bad
        FROM ({" UNION ALL ".join(parts)})
        GROUP BY ALL
        """
    )
    totals = connection.execute(
        "SELECT coalesce(sum(file_rows), 0), coalesce(sum(bad), 0) FROM joint"
    ).fetchall()
    rows, bad = (int(total) for total in totals[0])
    doubtful = bad > 0 or _has_student_twice(connection, roster)
    return Tally(rows, {cut: _cut(connection, cut) for cut in cuts}, doubtful)


def _reading(file: RosterFile) -> str:
    """The table function that reads a file as text, without any guessing."""
    path = _text(str(file.table.path))
    if file.table.format is TableFormat.PARQUET:
        return f"read_parquet({path})"
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in file.table.header)
    return (
        f"read_csv({path}, columns = {{{columns}}}, header = true, auto_detect = false, "
        f"delim = {_text(file.table.delimiter)}, quote = '\"', escape = '\"', strict_mode = true)"
    )


def _counted_rows(view: str, file: RosterFile, attributes: Cut) -> list[str]:
    """Queries for (school, attributes…, students, is_row, is_bad) of one file.

    A wide table gives one query for each of its columns of counts.
    """
    school = _joined(file.school_id)
    no_student = f"({_joined(file.student_id)} = '')::INT" if file.student_id else "0"

    def query(given: dict[str, str], count: str | None, is_row: int) -> str:
        columns = [
            f"{_text(given[name]) if name in given else _cell(file.attributes[name])} "
            f"AS {_attribute(name)}"
            for name in attributes
        ]
        students, bad = "1", no_student
        if count is not None:
            good = f"regexp_full_match({_cell(count)}, '[0-9]{{1,{MAX_COUNT_DIGITS}}}')"
            students = f"CASE WHEN {good} THEN CAST({_cell(count)} AS BIGINT) ELSE 0 END"
            bad = f"CASE WHEN {good} THEN {no_student} ELSE 1 END"
        selected = ", ".join([f"{school} AS school", *columns])
        return (
            f"SELECT {selected}, {students} AS students, {is_row} AS is_row, {bad} AS is_bad "
            f"FROM {view}"
        )

    if not file.counts:
        return [query({}, file.students, 1)]
    return [
        query(dict(given), column, int(number == 0))
        for number, (column, given) in enumerate(file.counts.items())
    ]


def _has_student_twice(connection: duckdb.DuckDBPyConnection, roster: Roster) -> bool:
    ids = [
        f"SELECT {_joined(file.student_id)} AS id FROM file_{number}"
        for number, file in enumerate(roster.files)
        if file.student_id
    ]
    if not ids:
        return False
    twice = connection.execute(
        f"SELECT 1 FROM ({' UNION ALL '.join(ids)}) GROUP BY id HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
    return bool(twice)


def _cut(connection: duckdb.DuckDBPyConnection, cut: Cut) -> list[TallyRow]:
    names = ", ".join(["school", *(_attribute(name) for name in cut)])
    found = connection.execute(
        f"SELECT {names}, sum(students)::BIGINT FROM joint GROUP BY ALL"
    ).fetchall()
    return [(row[0], tuple(row[1:-1]), int(row[-1])) for row in found]


def _attribute(name: str) -> str:
    return quoted(f"attribute {name}")


def _cell(column: str) -> str:
    return f"trim(coalesce(CAST({quoted(column)} AS VARCHAR), ''))"


def _joined(columns: tuple[str, ...]) -> str:
    """An id of several columns; empty if any part is, as in the slow reading."""
    if len(columns) == 1:
        return _cell(columns[0])
    parts = " || '-' || ".join(_cell(column) for column in columns)
    empty = " OR ".join(f"{_cell(column)} = ''" for column in columns)
    return f"CASE WHEN {empty} THEN '' ELSE {parts} END"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
