"""A table as Parquet, amounts as exact decimals."""

from __future__ import annotations

from collections.abc import Sequence
from errno import EIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from formula_funding.exact.number_text import units_text, units_texts
from formula_funding.export.tables import Table
from formula_funding.sources.parquet import silent_duckdb
from formula_funding.sources.sql import sql_name, sql_text

if TYPE_CHECKING:
    import numpy as np

_DIGITS = 19
"""No whole number of 64 bits has more."""


def write_parquet(table: Table, path: Path) -> None:
    """Write the columns of the table: texts, BIGINT counts, DECIMAL(38, places) amounts."""
    selected, rows = [], {}
    for number, (name, values) in enumerate(zip(table.columns, table.values(), strict=True)):
        column = f"c{number}"
        if name in table.texts:
            rows[column], cell = _texts(values), f"{column}::VARCHAR"
        elif name in table.counts:
            rows[column], cell = _numbers(values), f"{column}::BIGINT"
        else:
            rows[column], cell = _amounts(values, column, table.places)
        selected.append(f"{cell} AS {sql_name(name)}")
    with silent_duckdb() as connection:
        try:
            # Several threads would cut the groups of rows anew in every run.
            connection.execute("SET threads = 1")
            connection.register("rows", rows)
            connection.execute(
                f"COPY (SELECT {', '.join(selected)} FROM rows) "
                f"TO {sql_text(str(path.absolute()))} (FORMAT parquet)"
            )
        except duckdb.OperationalError as error:
            raise OSError(EIO, str(error)) from error


def _amounts(units: Sequence[int], column: str, places: int) -> tuple[np.ndarray[Any, Any], str]:
    """The cells of amounts, and SQL for a decimal of such a cell; text if a number is very long."""
    decimal = f"DECIMAL(38, {places})"
    try:
        cells = _numbers(units)
    except OverflowError:
        return _texts(units_texts(units, places)), f"{column}::{decimal}"
    return cells, f"({column}::DECIMAL({_DIGITS}, 0) * {units_text(1, places)})::{decimal}"


def _numbers(values: Sequence[int]) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.array(values, dtype=np.int64)


def _texts(values: Sequence[str]) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.array(values, dtype=object)
