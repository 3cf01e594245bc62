"""CSV and Parquet files as columns of text in Spark, without any guessing.

Spark's own CSV reader turns `20,0` into 200 and takes what a row lacks for nothing, so it is not
used. Spark only parts a file into lines; a line that is no whole record (a broken quotation, a
cell with an end of line in it) is marked, and the file left to the reading row by row.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql.types import (
    BooleanType,
    ByteType,
    DateType,
    DecimalType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
)

from formula_funding.sources.table import Table, TableFormat
from formula_funding.tally.spark_session import reader, same_names_told

ROW, HEADER, FLAWED = 0, 1, 2
"""What a line is: a row of data, a line up to the header, or no record of this table."""
KIND = "kind"
ALIKE = (
    *(StringType, BooleanType, DateType, DecimalType),
    *(ByteType, ShortType, IntegerType, LongType),
)
"""Types of Parquet columns whose values Spark writes as DuckDB does."""
_GLOB = re.compile(r"[*?\[\]{}\\]")


@dataclass(frozen=True)
class TextRows:
    """The rows of a table as (kind, c0, c1 …), every cell text and '' where there is nothing.

    `header_lines` is the number of lines of kind HEADER that must be found; another number tells
    of a row that reads like the header. `is_sure` is False where Spark might write a value
    otherwise than the other engines do.
    """

    rows: DataFrame
    header_lines: int = 0
    is_sure: bool = True


def cell_name(position: int) -> str:
    """The name of a column by its position; what the file calls it never matters."""
    return f"c{position}"


def text_rows(session: SparkSession, table: Table, needed: Collection[str]) -> TextRows:
    """The rows of a table, of which the `needed` columns matter.

    Nothing is read of it before they are counted.
    """
    if table.format is TableFormat.PARQUET:
        return _parquet_rows(session, table, needed)
    lines = reader(session).text(_spark_paths(table)).where(sf.col("value") != "")
    before = _lines_to_header(table)
    width = len(table.header) + int(table.has_row_numbers)
    cells, is_record = _cells(sf.col("value"), table.delimiter)
    split = lines.select("value", cells.alias("cells"), is_record.alias("is_record"))
    beyond = sf.slice("cells", width + 1, sf.greatest(sf.size("cells") - width, sf.lit(0)))
    fits = (sf.size("cells") >= width) & ~sf.exists(beyond, lambda text: text != "")
    kind = (
        sf.when(sf.col("value").isin(list(before)), HEADER)
        .when(sf.col("is_record") & fits & sf.is_valid_utf8("value"), ROW)
        .otherwise(FLAWED)
    )
    first = int(table.has_row_numbers)
    rows = split.select(
        kind.alias(KIND),
        *(
            sf.coalesce(sf.get("cells", sf.lit(first + i)), sf.lit("")).alias(cell_name(i))
            for i in range(len(table.header))
        ),
    )
    parts = 1 if isinstance(table.source, Path) else len(table.source.urls)
    return TextRows(rows, len(before) * parts)


def _cells(line: Column, delimiter: str) -> tuple[Column, Column]:
    """The cells of a line, and whether the line is a whole record."""
    sign = re.escape(delimiter)
    one = f'(?:"(?:[^"]++|"")*+"|[^"{sign}]*+)'
    record = f"\\A{one}(?:{sign}{one})*+\\z"
    quoted = sf.transform(
        sf.regexp_extract_all(line, sf.lit(f"(?:\\A|{sign})({one})"), sf.lit(1)),
        lambda text: sf.when(sf.startswith(text, sf.lit('"')), _unquoted(text)).otherwise(text),
    )
    has_quote = sf.contains(line, sf.lit('"'))
    return (
        sf.when(has_quote, quoted).otherwise(sf.split(line, f"\\Q{delimiter}\\E", -1)),
        sf.when(has_quote, line.rlike(record)).otherwise(sf.lit(True)),
    )


def _unquoted(text: Column) -> Column:
    inner = sf.substring(text, sf.lit(2), sf.length(text) - 2)
    return sf.replace(inner, sf.lit('""'), sf.lit('"'))


def _lines_to_header(table: Table) -> tuple[str, ...]:
    """The lines of a CSV file up to its header, without the blank ones."""
    if not isinstance(table.source, Path):
        return tuple(line for line in table.source.first_lines if line)
    with table.path.open(encoding="utf-8-sig", newline="") as file:
        lines = [line.rstrip("\r\n") for line in islice(file, table.lines_before + 1)]
    return tuple(line for line in lines if line)


def _parquet_rows(session: SparkSession, table: Table, needed: Collection[str]) -> TextRows:
    with same_names_told(table.place()):
        read = reader(session).parquet(*_spark_paths(table))
    kinds = {field.name: field.dataType for field in read.schema.fields}
    stored = dict(zip(table.header, table.stored_names, strict=True))
    is_sure = all(isinstance(kinds[stored[name]], ALIKE) for name in needed)
    cells = [
        sf.coalesce(column(name).cast("string"), sf.lit("")).alias(cell_name(i))
        for i, name in enumerate(table.stored_names)
    ]
    return TextRows(read.select(sf.lit(ROW).alias(KIND), *cells), is_sure=is_sure)


def column(name: str) -> Column:
    """The column of a name; signs in it mean nothing."""
    return sf.col(f"`{name.replace('`', '``')}`")


def _spark_paths(table: Table) -> list[str]:
    source = table.source
    if isinstance(source, Path):
        return ["file://" + literal_path(source.absolute().as_posix())]
    return [literal_path(url) for url in source.urls]


def literal_path(path: str) -> str:
    """The path or URL of one file; `*`, `?`, `[` and `{` in it are no pattern of several files."""
    return _GLOB.sub(r"\\\g<0>", path)
