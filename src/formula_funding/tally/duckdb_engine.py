"""Counting by DuckDB, straight from CSV and Parquet files. It counts texts and nothing else."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

import duckdb

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import stop
from formula_funding.model.counting import SameStudent
from formula_funding.model.counts import Cut, LeftOut
from formula_funding.model.resources import Resources
from formula_funding.read.roster import Roster
from formula_funding.sources.row_filter import reasons
from formula_funding.sources.sql import sql_text
from formula_funding.sources.table import TableFormat, UncleanTableError, can_be_skipped_to
from formula_funding.sources.temporary import TemporaryFolder
from formula_funding.tally.coded_rows import CodedRows, coded_rows
from formula_funding.tally.joint_count import JointCount, joint_count
from formula_funding.tally.roster_sql import (
    NOBODY,
    RowsSql,
    judged_text,
    raw_text,
    reading,
    rows_sql,
    scans_of,
    student_of_parts,
    why_left_out,
)
from formula_funding.tally.tally import Tally, TallyTable, together

Counted = TypeVar("Counted")

_INTERRUPTED = "Query interrupted"
"""What DuckDB says in an error of Python's own if Ctrl-C is pressed while it counts."""
_LARGE = 16 * 2**20
"""From so many bytes on, coding a roster pays."""
_MIB_FOR_CODES = 240, 80
"""The memory within which a roster is coded if that is possible: at least, by processor."""
_MIB_FOR_ENROLMENTS = 400, 80
"""The same for looking at all rows of each student together."""


class DuckdbEngine:
    """A large roster is coded and counted by each cut; of any other, all groups are counted.

    `large` are the bytes from which a roster is large. What does not fit into the memory allowed
    goes to temporary files.
    """

    def __init__(self, resources: Resources | None = None, large: int = _LARGE) -> None:
        self._resources = resources or Resources()
        self._large = large

    def tally(self, roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally:
        """See `Engine.tally`."""
        resources = self._resources
        if not all(can_be_skipped_to(file.table) for file in roster.files):
            return _doubtful(cuts)
        with (
            TemporaryFolder(resources.folder) as folder,
            duckdb.connect(config={"autoinstall_known_extensions": False}) as connection,
            ThreadPoolExecutor(1) as beside,
        ):
            try:
                connection.execute(f"SET temp_directory = {sql_text(str(folder))}")
                connection.execute("SET enable_progress_bar = false")
                _limit(connection, resources.memory)
                for scan in scans_of(roster):
                    connection.execute(f"CREATE TEMP VIEW {scan.name} AS {reading(scan)}")
                size = sum(file.table.path.stat().st_size for file in roster.files)
                is_large = size >= self._large
                return _tally(
                    connection, roster, cuts, ledger, resources, beside if is_large else None
                )
            except duckdb.OutOfMemoryException:
                stop(
                    codes.OUT_OF_MEMORY,
                    "the memory or the room for temporary files does not suffice to count the rows",
                    roster.files[0].table.place(),
                    "allow more with --memory-limit, or name a folder on a larger disk with "
                    "--temp-dir",
                )
            except (duckdb.InvalidInputException, duckdb.OperationalError, UncleanTableError):
                # The file is no clean table; reading it slowly finds the line.
                return _doubtful(cuts)
            except duckdb.Error as error:
                if not _can_be_damage(error, roster):
                    raise
                return _doubtful(cuts)
            except RuntimeError as error:
                if str(error) == _INTERRUPTED:
                    raise KeyboardInterrupt from None
                raise


def _doubtful(cuts: Sequence[Cut]) -> Tally:
    """The tally of files that must be read row by row."""
    return Tally(dict.fromkeys(cuts, TallyTable()), is_doubtful=True)


def _can_be_damage(error: duckdb.Error, roster: Roster) -> bool:
    """Whether an error can come from a damaged Parquet file.

    DuckDB passes on what the reader of such a file says as a plain error, and calls numbers there
    that make no sense an error of its own, or of the data.
    """
    has_parquet = any(file.table.format is TableFormat.PARQUET for file in roster.files)
    return has_parquet and (
        type(error) is duckdb.Error or isinstance(error, duckdb.InternalError | duckdb.DataError)
    )


def _tally(
    connection: duckdb.DuckDBPyConnection,
    roster: Roster,
    cuts: Sequence[Cut],
    ledger: Cut,
    resources: Resources,
    beside: Executor | None,
) -> Tally:
    """See `Engine.tally`. A large roster is counted with something done `beside`."""
    rows = [row for scan in scans_of(roster) for row in rows_sql(scan, roster)]
    coded = None
    if beside is not None:
        coded = _within_little(
            lambda: coded_rows(connection, roster, rows, cuts, ledger, beside),
            *(connection, resources.memory, _MIB_FOR_CODES),
        )
    joint: JointCount | None = None
    if coded is None or coded.coding.unforeseen:
        _limit(connection, resources.memory)
        joint = joint_count(connection, roster, rows if coded is None else _not_coded(rows, coded))
    counts = [count for count in (coded, joint) if count is not None]
    # Known before the tables are made, so that what finds it out needs no memory beside them.
    is_doubtful = any(count.is_doubtful for count in counts)
    files = {file for count in counts for file in count.files}
    tables = {cut: together([count.table(cut) for count in counts]) for cut in cuts}
    read = [row for count in counts for row in count.ledger(ledger)]
    enrolments = _within_little(
        lambda: _enrolments(connection, roster), connection, resources.memory, _MIB_FOR_ENROLMENTS
    )
    _limit(connection, resources.memory)
    left_out = Counter[tuple[int, LeftOut]]()
    for count in counts:
        for file, reason, number in count.left_out:
            left_out[file, reasons(roster.files[file].filters)[reason - 1]] += number
    # DuckDB finds no row at all in some files, as in one with a carriage return in its header.
    are_all_read = len(files) == len(roster.files)
    return Tally(
        tables,
        read,
        enrolments,
        is_doubtful or not are_all_read,
        left_out,
        may_stand_twice=_may_stand_twice(roster, rows, coded) if are_all_read else None,
    )


def _may_stand_twice(
    roster: Roster, rows: Sequence[RowsSql], coded: CodedRows | None
) -> frozenset[str] | None:
    """See `Tally.may_stand_twice`; only hashes of ids alone tell who it is."""
    counting = roster.counting
    if coded is None or roster.has_unsure_students or counting.count_date is not None:
        return None
    return coded.may_stand_twice(rows) if counting.same_student is SameStudent.ERROR else None


def _within_little(
    count: Callable[[], Counted],
    connection: duckdb.DuckDBPyConnection,
    memory: str | None,
    mib: tuple[int, int],
) -> Counted:
    """What is counted; if no limit of memory is given, little is taken at first.

    Some files, such as Parquet in one group of rows, may not be read within that.
    """
    if memory is None:
        least, for_each = mib
        _limit(connection, f"{max(least, for_each * (os.cpu_count() or 1))}MiB")
        with suppress(duckdb.OutOfMemoryException):
            return count()
    _limit(connection, memory)
    return count()


def _limit(connection: duckdb.DuckDBPyConnection, memory: str | None) -> None:
    """Let DuckDB take so much memory; as much as it likes if nothing is said."""
    said = f"SET memory_limit = {sql_text(memory)}" if memory else "RESET memory_limit"
    connection.execute(said)


def _not_coded(rows: Sequence[RowsSql], coded: CodedRows) -> list[RowsSql]:
    """The rows that were not foreseen; whether a student stands twice is known of all."""
    return [
        replace(row, columns={**row.columns, "student": NOBODY})
        for row in map(coded.coding.left_of, rows)
    ]


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
        f"SELECT {student_of_parts([raw_text(file, column) for column in file.student_id])} AS id, "
        f"{judged_text(file, counting.count_date)} AS day, "
        f"{judged_text(file, counting.attribute)} AS judged FROM {scan.name}"
        + (f" WHERE {why_left_out(file)} = 0" if file.filters else "")
        for scan in scans_of(roster)
        for file in [scan.file]
        if file.student_id
    )
