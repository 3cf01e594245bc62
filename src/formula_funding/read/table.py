"""Tables of rows: a CSV or Parquet file, its header, and its rows one by one as checked text.

Fast engines read the same files by themselves; reading here is the slow and sure way, which
finds the line of everything that is wrong.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code, Place, Problem, ProblemsFoundError
from formula_funding.diagnostics.wording import counted
from formula_funding.read.sql import sql_file, sql_name

_PARQUET, _ZIP, _OLE = b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class TableFormat(Enum):
    """How a table is stored."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True)
class Table:
    """A file of rows with a header; `blank_lines` stand before it."""

    path: Path
    format: TableFormat
    header: tuple[str, ...]
    delimiter: str = ","
    blank_lines: int = 0

    @property
    def name(self) -> str:
        """The file as the user named it, with forward slashes."""
        return self.path.as_posix()


def open_table(path: Path, delimiter: str = ",") -> Table:
    """Find out what a file is and read its header.

    Raises ProblemsFoundError if it is missing, empty, damaged or not what its ending says.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        reason = "is a folder" if path.is_dir() else (error.strerror or "unreadable").lower()
        raise _stop(codes.FILE_NOT_FOUND, f"can't open the file: {reason}", path) from None
    format_ = _format(path, start)
    if not start:
        raise _stop(codes.EMPTY_FILE, "the file is empty", path, hint="export it again")
    blank_lines = 0
    if format_ is TableFormat.PARQUET:
        header = _parquet_header(path)
    else:
        blank_lines, header = _csv_header(path, delimiter)
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        shown = ", ".join(f"`{name}`" if name else "(no name)" for name in repeated)
        raise _stop(
            codes.DUPLICATE_COLUMN,
            f"a column stands twice in the header: {shown}",
            path,
            line=1,
            hint="rename or remove one of them",
        )
    return Table(path, format_, header, delimiter, blank_lines)


def rows_of(table: Table, found: list[Problem] | None = None) -> Iterator[tuple[int, list[str]]]:
    """Each row as (line of the file, trimmed cells), without blank lines.

    Rows of another length than the header go to `found` and are passed over; empty cells beyond
    the header are nothing, as Excel leaves them behind and DuckDB overlooks them. Raises
    ProblemsFoundError at a byte that is not UTF-8 or a quotation mark never closed.
    """
    if table.format is TableFormat.PARQUET:
        yield from _parquet_rows(table)
        return
    reader = _csv_records(table.path, table.delimiter)
    next(reader)
    for line, cells in reader:
        while len(cells) > len(table.header) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(table.header):
            if found is not None:
                found.append(_ragged(table, line, len(cells)))
            continue
        yield line, [cell.strip() for cell in cells]


def records_of(table: Table) -> Iterator[tuple[int, list[str]]]:
    """Each record as it stands, the header first, with its line; also rows of another length.

    Raises ProblemsFoundError where the file can't be split into cells any further.
    """
    if table.format is TableFormat.PARQUET:
        yield 0, list(table.header)
        yield from _parquet_rows(table)
    else:
        yield from _csv_records(table.path, table.delimiter)


def _ragged(table: Table, line: int, cells: int) -> Problem:
    return Problem(
        codes.RAGGED_ROW,
        f"a row has {counted(cells, 'cell')}; the header has {len(table.header)}",
        Place(table.name, line),
        "look for a stray or missing separator or quotation mark",
    )


def _format(path: Path, start: bytes) -> TableFormat:
    ending = path.suffix.lower()
    looks = {_PARQUET: "a Parquet file", _ZIP: "a workbook or zip archive", _OLE: "an old workbook"}
    if ending == ".csv":
        if start in looks:
            raise _stop(
                codes.UNKNOWN_FORMAT,
                f"the file ends in .csv, but it is {looks[start]}",
                path,
                hint="rename a Parquet file to .parquet"
                if start == _PARQUET
                else "open it in Excel and save it as “CSV UTF-8”",
            )
        return TableFormat.CSV
    if ending == ".parquet":
        if start and start != _PARQUET:
            raise _stop(
                codes.UNKNOWN_FORMAT,
                "the file ends in .parquet, but it is no Parquet file",
                path,
                hint="rename it to its true ending, or export it again",
            )
        return TableFormat.PARQUET
    raise _stop(
        codes.UNKNOWN_FORMAT,
        f"a table ending in `{ending}` can't be read"
        if ending
        else "a table without an ending can't be read",
        path,
        hint="save it as “CSV UTF-8” (.csv), or give a .parquet file",
    )


def _csv_header(path: Path, delimiter: str) -> tuple[int, tuple[str, ...]]:
    """How many blank lines stand before the header, and the header."""
    first = next(_csv_records(path, delimiter), None)
    if first is None:
        raise _stop(codes.EMPTY_FILE, "the file has no header", path)
    header = tuple(cell.strip() for cell in first[1])
    others = [d for d in (";", "\t", ",") if d != delimiter and d in header[0]]
    if len(header) == 1 and others:
        raise _stop(
            codes.MISSING_COLUMN,
            "the header has a single column",
            path,
            line=1,
            hint=f"the separator seems to be {others[0]!r}: write beside the rulebook a file "
            f"layout.yaml with `roster: {{delimiter: {others[0]!r}}}` (or `schools:` instead)",
        )
    return first[0] - 1, header


def _csv_records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; blank lines are passed over."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                if cells:
                    yield line, cells
                line = reader.line_num + 1
        except UnicodeDecodeError:
            raise _not_utf8(path) from None
        except csv.Error as error:
            unclosed = "unexpected end" in str(error)
            raise _stop(
                codes.RAGGED_ROW,
                "a quotation mark is opened here and never closed"
                if unclosed
                else "the row can't be split into cells",
                path,
                line=line,
                hint="double a quotation mark that belongs to the text, or remove it",
            ) from None


def _not_utf8(path: Path) -> ProblemsFoundError:
    with path.open("rb") as file:
        for number, content in enumerate(file, start=1):
            try:
                content.decode("utf-8")
            except UnicodeDecodeError as error:
                place = Place(path.as_posix(), number, error.start + 1)
                return ProblemsFoundError(
                    [
                        Problem(
                            codes.NOT_TEXT,
                            "the file is not UTF-8 text",
                            place,
                            "open it in Excel and save it as “CSV UTF-8”",
                        )
                    ]
                )
    return _stop(codes.NOT_TEXT, "the file is not UTF-8 text", path)


def _parquet_header(path: Path) -> tuple[str, ...]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"SELECT column_name FROM (DESCRIBE SELECT * FROM {PARQUET_FILE})",
                [sql_file(path)],
            ).fetchall()
    except duckdb.Error:
        raise _damaged(path) from None
    return tuple(str(row[0]) for row in rows)


def _parquet_rows(table: Table) -> Iterator[tuple[int, list[str]]]:
    """Rows as text; the “line” of a row is its number, counted from 1."""
    import duckdb

    columns = ", ".join(f"CAST({sql_name(name)} AS VARCHAR)" for name in table.header)
    with duckdb.connect() as connection:
        try:
            cursor = connection.execute(
                f"SELECT {columns} FROM {PARQUET_FILE}", [sql_file(table.path)]
            )
            number = 0
            while batch := cursor.fetchmany(10_000):
                for row in batch:
                    number += 1
                    yield number, ["" if cell is None else str(cell).strip() for cell in row]
        except duckdb.Error:
            raise _damaged(table.path) from None


PARQUET_FILE = "read_parquet(?, hive_partitioning = false)"
"""One file as it is: a folder called `grade=5` gives it no column."""


def _damaged(path: Path) -> ProblemsFoundError:
    return _stop(codes.UNREADABLE_DATA, "the Parquet file is damaged", path, hint="export it again")


def _stop(
    code: Code, message: str, path: Path, *, line: int = 0, hint: str | None = None
) -> ProblemsFoundError:
    return ProblemsFoundError([Problem(code, message, Place(path.as_posix(), line), hint)])
