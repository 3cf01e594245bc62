"""Counting by DuckDB, straight from CSV and Parquet files. It counts texts and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from formula_funding.model.counts import Cut
from formula_funding.read.roster import MAX_COUNT_DIGITS, Roster, RosterFile
from formula_funding.read.sql import sql_file, sql_name, sql_text
from formula_funding.read.table import TableFormat
from formula_funding.tally.tally import LedgerRow, Tally, TallyRow


class DuckdbEngine:
    """One joint count over all attributes, then added up for each cut."""

    def tally(self, roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally:
        """See `Engine.tally`."""
        with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
            try:
                return _tally(connection, roster, cuts, ledger)
            except (duckdb.InvalidInputException, duckdb.DataError, duckdb.OperationalError):
                # The file is no clean table; reading it slowly finds the line.
                return Tally(dict.fromkeys(cuts, ()), is_doubtful=True)


def _tally(
    connection: duckdb.DuckDBPyConnection, roster: Roster, cuts: Sequence[Cut], ledger: Cut
) -> Tally:
    for number, file in enumerate(roster.files):
        connection.execute(f"CREATE TEMP VIEW file_{number} AS {_reading(file)}")
    parts = [
        part
        for number, file in enumerate(roster.files)
        for part in _counted_rows(number, file, roster.attributes)
    ]
    names = [_attribute(number) for number in range(len(roster.attributes))]
    connection.execute(
        f"""
        CREATE TEMP TABLE joint AS
        SELECT {", ".join(["file", "school", *names])},
               sum(students) AS students, sum(is_row) AS file_rows, sum(is_bad) AS bad
        FROM ({" UNION ALL ".join(parts)})
        GROUP BY ALL
        """
    )
    totals = connection.execute(
        "SELECT coalesce(sum(bad), 0), count(DISTINCT file) FROM joint"
    ).fetchall()
    bad, files = (int(total) for total in totals[0])
    # DuckDB finds no row at all in some files, such as one with a carriage return in its header.
    doubtful = bad > 0 or files < len(roster.files) or _has_student_twice(connection, roster)
    return Tally(
        {cut: _cut(connection, cut, roster.attributes) for cut in cuts},
        _ledger(connection, ledger, roster.attributes),
        _enrolments(connection, roster),
        doubtful,
    )


def _reading(file: RosterFile) -> str:
    """A query that reads a file as text, without any guessing, as columns c0, c1, c2…

    What the file calls its columns never matters: a header may have no name at all in a place,
    or two names that SQL takes for one.
    """
    path, header = sql_text(sql_file(file.table.path)), file.table.header
    if file.table.format is TableFormat.PARQUET:
        names = ", ".join(f"{sql_name(name)} AS c{i}" for i, name in enumerate(header))
        return f"SELECT {names} FROM read_parquet({path}, hive_partitioning = false)"
    columns = ", ".join(f"c{i}: 'VARCHAR'" for i in range(len(header)))
    return (
        f"SELECT * FROM read_csv({path}, columns = {{{columns}}}, header = true, "
        f"skip = {file.table.blank_lines}, auto_detect = false, "
        f"delim = {sql_text(file.table.delimiter)}, quote = '\"', escape = '\"', "
        "strict_mode = true, hive_partitioning = false)"
    )


def _counted_rows(number: int, file: RosterFile, attributes: Cut) -> list[str]:
    """Queries for (file, school, attributes…, students, is_row, is_bad) of file `number`.

    A wide table gives one query for each of its columns of counts.
    """
    school = _joined(file, file.school_id)
    no_student = f"({_joined(file, file.student_id)} = '')::INT" if file.student_id else "0"

    def query(given: dict[str, str], count: str | None, is_row: int) -> str:
        columns = [
            f"{sql_text(given[name]) if name in given else _cell(file, file.attributes[name])} "
            f"AS {_attribute(position)}"
            for position, name in enumerate(attributes)
        ]
        students, bad = "1", no_student
        if count is not None:
            cell = _cell(file, count)
            good = f"regexp_full_match({cell}, '[0-9]{{1,{MAX_COUNT_DIGITS}}}')"
            students = f"CASE WHEN {good} THEN CAST({cell} AS BIGINT) ELSE 0 END"
            bad = f"CASE WHEN {good} THEN {no_student} ELSE 1 END"
        selected = ", ".join([f"{number} AS file", f"{school} AS school", *columns])
        return (
            f"SELECT {selected}, {students} AS students, {is_row} AS is_row, {bad} AS is_bad "
            f"FROM file_{number}"
        )

    if not file.counts:
        return [query({}, file.students, 1)]
    return [
        query(dict(given), column, int(position == 0))
        for position, (column, given) in enumerate(file.counts.items())
    ]


def _has_student_twice(connection: duckdb.DuckDBPyConnection, roster: Roster) -> bool:
    """Whether a student stands in two rows of a count date where that is an error."""
    students = _students(roster)
    if not students or roster.counting.attribute is not None:
        return False
    twice = connection.execute(
        f"SELECT 1 FROM ({students}) GROUP BY {_key(roster)} HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
    return bool(twice)


def _enrolments(
    connection: duckdb.DuckDBPyConnection, roster: Roster
) -> dict[tuple[str, ...], int]:
    """See `Tally.enrolments`."""
    students = _students(roster)
    if not students or roster.counting.attribute is None:
        return {}
    found = connection.execute(
        f"SELECT texts, count(*) FROM (SELECT list_sort(list(judged)) AS texts FROM ({students}) "
        f"GROUP BY {_key(roster)}) GROUP BY texts"
    ).fetchall()
    return {tuple(texts): int(number) for texts, number in found}


def _key(roster: Roster) -> str:
    return "id, day" if roster.counting.count_date else "id"


def _students(roster: Roster) -> str:
    """A query for the id, the count date and the judged attribute of each row with a student."""
    counting = roster.counting

    def cell(file: RosterFile, name: str | None) -> str:
        column = file.attributes.get(name) if name else None
        return _cell(file, column) if column else "''"

    return " UNION ALL ".join(
        f"SELECT {_joined(file, file.student_id)} AS id, {cell(file, counting.count_date)} AS day, "
        f"{cell(file, counting.attribute)} AS judged FROM file_{number}"
        for number, file in enumerate(roster.files)
        if file.student_id
    )


def _ledger(connection: duckdb.DuckDBPyConnection, ledger: Cut, attributes: Cut) -> list[LedgerRow]:
    names = ", ".join(["file", "school", *(_attribute(attributes.index(name)) for name in ledger)])
    found = connection.execute(
        f"SELECT {names}, sum(file_rows)::BIGINT, sum(students)::BIGINT FROM joint GROUP BY ALL"
    ).fetchall()
    return [(int(row[0]), row[1], tuple(row[2:-2]), int(row[-2]), int(row[-1])) for row in found]


def _cut(connection: duckdb.DuckDBPyConnection, cut: Cut, attributes: Cut) -> list[TallyRow]:
    names = ", ".join(["school", *(_attribute(attributes.index(name)) for name in cut)])
    found = connection.execute(
        f"SELECT {names}, sum(students)::BIGINT FROM joint GROUP BY ALL"
    ).fetchall()
    return [(row[0], tuple(row[1:-1]), int(row[-1])) for row in found]


def _attribute(number: int) -> str:
    return f"attribute_{number}"


_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What Python's `strip` takes away; by itself DuckDB's `trim` knows the plain space alone."""
_SPACE = "[" + "".join(f"\\x{{{ord(space):x}}}" for space in _SPACES) + "]"


def _cell(file: RosterFile, column: str) -> str:
    """A cell as text without white space around it; an empty one is ''."""
    text = f"CAST(c{file.table.header.index(column)} AS VARCHAR)"
    return (
        f"(CASE WHEN regexp_matches({text}, '^{_SPACE}|{_SPACE}$') "
        f"THEN trim({text}, {sql_text(_SPACES)}) ELSE coalesce({text}, '') END)"
    )


def _joined(file: RosterFile, columns: tuple[str, ...]) -> str:
    """An id of several columns; empty if any part is, as in the slow reading."""
    cells = [_cell(file, column) for column in columns]
    if len(cells) == 1:
        return cells[0]
    empty = " OR ".join(f"{cell} = ''" for cell in cells)
    joined = " || '-' || ".join(cells)
    return f"CASE WHEN {empty} THEN '' ELSE {joined} END"
