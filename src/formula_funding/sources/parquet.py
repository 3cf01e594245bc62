"""Parquet files, read by DuckDB: their columns, and their rows as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, ProblemsFoundError, stopped
from formula_funding.rules.layout import TableLayout
from formula_funding.sources.sql import sql_file, sql_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PARQUET_FILE = "read_parquet(?, hive_partitioning = false)"
"""One file as it is: a folder called `grade=5` gives it no column."""


def silent_duckdb() -> DuckDBPyConnection:
    """A connection for one task that fits into memory.

    Else DuckDB draws a bar on standard output after two seconds, and makes a folder for what does
    not fit wherever the user stands.
    """
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET temp_directory = ''")
    return connection


def parquet_columns(path: Path, name: str, connection: DuckDBPyConnection) -> dict[str, str]:
    """The columns with their types. Raises ProblemsFoundError if the file is damaged."""
    import duckdb

    try:
        rows = connection.execute(
            f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {PARQUET_FILE})",
            [sql_file(path)],
        ).fetchall()
    except duckdb.Error:
        raise _damaged(name) from None
    return {str(column): str(kind) for column, kind in rows}


def check_nothing_declared(typed: Sequence[str], layout: TableLayout, name: str) -> None:
    """Raise ProblemsFoundError where a layout says how numbers or dates are written that are no
    texts; `typed` are the columns of such."""
    standard = TableLayout()
    if typed and (layout.numbers, layout.dates) != (standard.numbers, standard.dates):
        raise stopped(
            codes.BAD_LAYOUT,
            f"the column `{typed[0]}` holds numbers or dates as such, and the layout says how "
            "they are written",
            Place(name),
            "leave `numbers` and `dates` out of the layout",
        )


def parquet_rows(path: Path, name: str, names: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Rows as text, of the columns named; the “line” of a row is its number, counted from 1."""
    import duckdb

    columns = ", ".join(f"coalesce(CAST({sql_name(column)} AS VARCHAR), '')" for column in names)
    with silent_duckdb() as connection:
        try:
            cursor = connection.execute(f"SELECT {columns} FROM {PARQUET_FILE}", [sql_file(path)])
            number = 0
            while batch := cursor.fetchmany(10_000):
                for row in batch:
                    number += 1
                    yield number, list(map(str.strip, row))
        except duckdb.Error:
            raise _damaged(name) from None


def _damaged(name: str) -> ProblemsFoundError:
    return stopped(
        codes.UNREADABLE_DATA, "the Parquet file is damaged", Place(name), "export it again"
    )
