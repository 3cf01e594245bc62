"""A table as Parquet, amounts as exact decimals."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import duckdb

from formula_funding.export.tables import Table
from formula_funding.sources.sql import sql_file, sql_name, sql_text


def write_parquet(table: Table, path: Path) -> None:
    """Write the columns of the table: texts, BIGINT counts, DECIMAL(38, places) amounts."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "rows.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(("row", *table.columns))
            writer.writerows((number, *row) for number, row in enumerate(table.rows))
        amount = f"DECIMAL(38, {table.places})"
        types = dict.fromkeys(table.texts, "VARCHAR") | dict.fromkeys(table.counts, "BIGINT")
        named = list(enumerate(table.columns))
        columns = ", ".join(
            ["place: 'BIGINT'", *(f"c{i}: '{types.get(name, amount)}'" for i, name in named)]
        )
        selected = ", ".join(f"c{i} AS {sql_name(name)}" for i, name in named)
        with duckdb.connect() as connection:
            try:
                connection.execute(
                    f"COPY (SELECT {selected} FROM read_csv({sql_text(sql_file(source))}, "
                    f"columns = {{{columns}}}, header = true, auto_detect = false, delim = ',', "
                    "quote = '\"', escape = '\"', nullstr = '\\0', hive_partitioning = false) "
                    f"ORDER BY place) TO {sql_text(str(path.absolute()))} (FORMAT parquet)"
                )
            except duckdb.OperationalError as error:
                raise OSError(error.args[0]) from error
