"""One row per school as Parquet, amounts as exact decimals."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import duckdb

from formula_funding.export.to_csv import TEXT_COLUMNS, header, rows
from formula_funding.model.allocation import Allocation
from formula_funding.sources.sql import sql_file, sql_name, sql_text


def write_parquet(allocation: Allocation, path: Path) -> None:
    """Write the columns of the CSV table: texts, BIGINT students, DECIMAL(38, places) amounts."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "rows.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(header(allocation))
            writer.writerows(rows(allocation))
        names = header(allocation)
        amount = f"DECIMAL(38, {allocation.places})"
        types = dict.fromkeys(TEXT_COLUMNS, "VARCHAR") | {"students": "BIGINT"}
        columns = ", ".join(f"c{i}: '{types.get(name, amount)}'" for i, name in enumerate(names))
        selected = ", ".join(f"c{i} AS {sql_name(name)}" for i, name in enumerate(names))
        with duckdb.connect() as connection:
            try:
                connection.execute(
                    f"COPY (SELECT {selected} FROM read_csv({sql_text(sql_file(source))}, "
                    f"columns = {{{columns}}}, header = true, auto_detect = false, delim = ',', "
                    "quote = '\"', escape = '\"', nullstr = '\\0', hive_partitioning = false) "
                    f"ORDER BY c0) TO {sql_text(str(path.absolute()))} (FORMAT parquet)"
                )
            except duckdb.OperationalError as error:
                raise OSError(error.args[0]) from error
