"""Counting by DuckDB, straight from CSV and Parquet files. It counts texts and nothing else."""

from __future__ import annotations

import tempfile
from array import array
from collections import Counter
from collections.abc import Sequence

import duckdb

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import stop
from formula_funding.model.counts import Cut, LeftOut
from formula_funding.model.resources import Resources
from formula_funding.read.roster import Roster
from formula_funding.sources.sql import sql_text
from formula_funding.sources.table import TableFormat
from formula_funding.tally.roster_sql import (
    COUNTED,
    NO_ID,
    NOBODY,
    attribute_name,
    attribute_names,
    is_literal,
    joined_id,
    judged_text,
    raw_text,
    reading,
    rows_sql,
    why_left_out,
)
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
                if not _can_be_damage(error, roster):
                    raise
                return Tally(dict.fromkeys(cuts, TallyTable()), is_doubtful=True)


def _can_be_damage(error: duckdb.Error, roster: Roster) -> bool:
    """Whether an error can come from a damaged Parquet file.

    DuckDB passes on what the reader of such a file says as a plain error, and calls numbers there
    that make no sense an error of its own.
    """
    has_parquet = any(file.table.format is TableFormat.PARQUET for file in roster.files)
    return has_parquet and (type(error) is duckdb.Error or isinstance(error, duckdb.InternalError))


def _tally(
    connection: duckdb.DuckDBPyConnection, roster: Roster, cuts: Sequence[Cut], ledger: Cut
) -> Tally:
    connection.execute("SET enable_progress_bar = false")
    for number, file in enumerate(roster.files):
        connection.execute(f"CREATE TEMP VIEW file_{number} AS {reading(file)}")
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
    rows = [
        row for number, file in enumerate(roster.files) for row in rows_sql(number, file, roster)
    ]
    # What is alike in all rows need not be grouped by, added up or kept, which costs time.
    alike = {
        name: text
        for name, text in rows[0].columns.items()
        if is_literal(text) and all(row.columns[name] == text for row in rows)
    }
    schools = [f"school_{i}" for i in range(len(roster.files[0].school_id))]
    keys = ["file", "reason", *schools, *attribute_names(roster)]
    grouped = ", ".join(key for key in keys if key not in alike)
    sums = "".join(f", sum({name}) AS {name}" for name in COUNTED if name not in alike)
    sets, is_group, having = f"({grouped})", "true", ""
    if alike.get("student") != NOBODY:
        sets += ", (student)"
        is_group = "grouping(student) = 1"
        suspects = f"student IS NOT NULL AND (count(*) > 1 OR student = {NO_ID})"
        having = f"HAVING {is_group} OR ({suspects})"
    connection.execute(
        f"CREATE TEMP TABLE joint AS SELECT {grouped}, {is_group} AS is_group, count(*) AS times"
        f"{sums} FROM ({' UNION ALL '.join(row.query(without=alike) for row in rows)}) "
        f"GROUP BY GROUPING SETS ({sets}) {having}"
    )
    filled = {name: alike.get(name, f"coalesce({name}, '')") for name in keys[2:]}
    told = {
        **{name: alike.get(name, name) for name in keys[:2]},
        **{name: filled[name] for name in attribute_names(roster)},
        "school": filled[schools[0]]
        if not schools[1:]
        else joined_id([filled[s] for s in schools]),
        **{name: f"times * {alike[name]}" if name in alike else name for name in COUNTED},
    }
    selected = ", ".join(f"{text} AS {name}" for name, text in told.items())
    connection.execute(f"CREATE TEMP VIEW counted AS SELECT {selected} FROM joint WHERE is_group")


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
        f"SELECT {joined_id([raw_text(file, column) for column in file.student_id])} AS id, "
        f"{judged_text(file, counting.count_date)} AS day, "
        f"{judged_text(file, counting.attribute)} AS judged FROM file_{number}"
        + (f" WHERE {why_left_out(file)} = 0" if file.filters else "")
        for number, file in enumerate(roster.files)
        if file.student_id
    )


def _ledger(connection: duckdb.DuckDBPyConnection, ledger: Cut, attributes: Cut) -> list[LedgerRow]:
    names = ", ".join(
        ["file", "school", *(attribute_name(attributes.index(name)) for name in ledger)]
    )
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
    attributes_read = [attribute_name(attributes.index(name)) for name in cut] or ["nothing"]
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


_BATCH = 100_000
