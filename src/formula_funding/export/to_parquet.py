"""A table as Parquet, amounts as exact decimals."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from errno import EIO
from pathlib import Path

import duckdb

from formula_funding.export.tables import Table
from formula_funding.export.to_csv import csv_rows, quoted
from formula_funding.sources.sql import sql_file, sql_name, sql_text


def write_parquet(table: Table, path: Path) -> None:
    """Write the columns of the table: texts, BIGINT counts, DECIMAL(38, places) amounts.

    DuckDB reads them from a text file beside `path`.
    """
    with tempfile.TemporaryDirectory(prefix=".rows-", dir=path.parent) as folder:
        source = Path(folder) / "rows.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            file.writelines(_rows(table))
        _copy(table, source, path)


def _rows(table: Table) -> Iterator[str]:
    """The rows, part by part; every text is quoted, so that an empty one is not taken for NULL."""
    for cells in table.parts():
        columns = zip(table.columns, cells, strict=True)
        yield csv_rows(
            [
                [quoted(text) for text in texts] if name in table.texts else texts
                for name, texts in columns
            ]
        )


def _copy(table: Table, source: Path, path: Path) -> None:
    """From text to Parquet; read in one thread, which keeps the order and the groups of rows."""
    amount = f"DECIMAL(38, {table.places})"
    types = dict.fromkeys(table.texts, "VARCHAR") | dict.fromkeys(table.counts, "BIGINT")
    named = list(enumerate(table.columns))
    columns = ", ".join(f"c{i}: '{types.get(name, amount)}'" for i, name in named)
    selected = ", ".join(f"c{i} AS {sql_name(name)}" for i, name in named)
    with duckdb.connect() as connection:
        try:
            connection.execute(
                f"COPY (SELECT {selected} FROM read_csv({sql_text(sql_file(source))}, "
                f"columns = {{{columns}}}, header = false, auto_detect = false, delim = ',', "
                "quote = '\"', escape = '\"', new_line = '\\n', nullstr = '\\0', "
                "allow_quoted_nulls = false, parallel = false, hive_partitioning = false)) "
                f"TO {sql_text(str(path.absolute()))} (FORMAT parquet)"
            )
        except duckdb.OperationalError as error:
            raise OSError(EIO, str(error)) from error
