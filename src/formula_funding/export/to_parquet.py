"""One row per school as Parquet, amounts as exact decimals."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import duckdb

from formula_funding.export.to_csv import header, rows
from formula_funding.model.allocation import Allocation
from formula_funding.read.table import quoted


def write_parquet(allocation: Allocation, path: Path) -> None:
    """Write the columns of the CSV table: texts, BIGINT students, DECIMAL(38, places) amounts."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "rows.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(header(allocation))
            writer.writerows(rows(allocation))
        types = dict.fromkeys(header(allocation), f"DECIMAL(38, {allocation.places})")
        types |= {"school_id": "VARCHAR", "name": "VARCHAR"}
        if "students" in types:
            types["students"] = "BIGINT"
        columns = ", ".join(f"{_text(name)}: '{type_}'" for name, type_ in types.items())
        order = quoted("school_id")
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT * FROM read_csv({_text(str(source))}, columns = {{{columns}}}, "
                f"header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                f"nullstr = '\\0') ORDER BY {order}) TO {_text(str(path))} (FORMAT parquet)"
            )


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
