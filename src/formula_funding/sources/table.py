"""A table of rows: a header, and the rows one by one as checked text with their places.

Every source ends as a `Table`: a file that an engine can scan by itself, plain CSV in UTF-8 or
Parquet, perhaps a recoded copy. Reading it here is the slow and sure way, which finds the place of
everything that is wrong in the file that the user gave.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
    InvariantBrokenError,
    Place,
    Problem,
    ProblemsFoundError,
    stopped,
)
from formula_funding.diagnostics.wording import counted
from formula_funding.model.counts import LeftOut
from formula_funding.sources.encodings import WAY_OUT
from formula_funding.sources.parquet import parquet_rows
from formula_funding.sources.remote import RemoteParts
from formula_funding.sources.unreadable import Trouble

_ROWS_AT_ONCE = 2_000
"""So few that the memory of their cells is used again for the next, which is quicker."""


_NOTHING = ("", "\x1a")
"""What a line of white space holds, and the sign by which programs of DOS end a text."""
_LONGEST_CELL = 2**21
"""In characters. DuckDB takes so many bytes in a row, and Python would take much less."""
csv.field_size_limit(_LONGEST_CELL)


class _Strict(csv.excel):
    """CSV as DuckDB splits it: a quotation mark opens a cell behind a space, too."""

    strict = True
    skipinitialspace = True


class UncleanTableError(Exception):
    """A file is not all UTF-8, or not all rows as long as its header."""


class TableFormat(Enum):
    """How a table is stored where engines scan it."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True)
class Table:
    """Rows with a header.

    `name` is the file as the user named it, and `sheet` a sheet of it. `source` is what is scanned:
    the file itself, a recoded copy, or parts that lie elsewhere; `lines_before` stand in each of
    them before the header. A copy of a workbook has one column more, before the others: the row of
    the sheet (`has_row_numbers`). Columns after the `own_columns` were joined from elsewhere.
    `left_out` are rows that were left out already while copying; `troubles` says for each column
    why some of its cells, perhaps of rows that do not count, can't be taken at their word. A
    Parquet file names its columns as in `stored_names`, with white space that the header lacks;
    `types` are theirs in a file on this machine.
    """

    name: str
    source: Path | RemoteParts
    format: TableFormat
    header: tuple[str, ...]
    delimiter: str = ","
    lines_before: int = 0
    header_line: int = 1
    sheet: str = ""
    own_columns: int | None = None
    has_row_numbers: bool = False
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    troubles: Mapping[str, frozenset[Trouble]] = field(default_factory=dict)
    stored_names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """What is scanned on this machine. Raises InvariantBrokenError if it lies elsewhere."""
        if isinstance(self.source, RemoteParts):
            raise InvariantBrokenError(f"{self.name} lies elsewhere and was opened as a file")
        return self.source

    @property
    def is_copy(self) -> bool:
        """Whether a copy in the workspace is scanned in place of the file that the user gave."""
        return isinstance(self.source, Path) and self.source != Path(self.name)

    def place(self, line: int = 0, column: int = 0) -> Place:
        """A place in the file that the user gave, counted from 1; 0 is the whole.

        Parquet has records and no lines.
        """
        if self.own_columns is not None and column > self.own_columns:
            column = 0
        in_records = self.format is TableFormat.PARQUET
        return Place(self.name, line, column, sheet=self.sheet, in_records=in_records)

    @property
    def form(self) -> tuple[object, ...]:
        """What tables have in common whose columns stand in the same places and are kept alike."""
        stored = self.format, self.header, self.stored_names, self.types
        return (*stored, self.delimiter, self.lines_before, self.has_row_numbers)

    @property
    def header_place(self) -> Place:
        """Where the names of the columns stand."""
        return self.place(self.header_line)


def parts_of(table: Table) -> tuple[Table, ...]:
    """Each file of a table as a table; the parts of what a URL names have names of their own."""
    source = table.source
    if isinstance(source, Path):
        return (table,)
    first, *others = source.urls
    if not others and PurePosixPath(first).name == PurePosixPath(table.name).name:
        return (table,)
    return tuple(
        replace(table, name=url, source=replace(source, urls=(url,))) for url in source.urls
    )


def rows_of(table: Table, found: list[Problem] | None = None) -> Iterator[tuple[int, list[str]]]:
    """Each row as (line of the file, trimmed cells), without blank lines.

    Rows of another length than the header go to `found` and are passed over; empty cells beyond
    the header are nothing, as Excel leaves them behind and DuckDB overlooks them. A line of white
    space is blank. Raises
    ProblemsFoundError at a byte that is not UTF-8 or a quotation mark never closed.
    """
    for part in parts_of(table):
        if part.format is TableFormat.PARQUET:
            yield from _parquet_rows(part)
        else:
            yield from _csv_rows(part, found)


def _parquet_rows(table: Table) -> Iterator[tuple[int, list[str]]]:
    source = table.source
    if isinstance(source, Path):
        yield from parquet_rows(source, table.name, table.stored_names)
        return
    [url] = source.urls
    for number, cells in enumerate(source.files.records(url, table.stored_names), start=1):
        yield number, list(map(str.strip, cells))


def _csv_rows(table: Table, found: list[Problem] | None) -> Iterator[tuple[int, list[str]]]:
    reader = _csv_records(table)
    next(reader)
    if table.has_row_numbers:
        for _, [row, *cells] in reader:
            yield int(row), list(map(str.strip, cells))
        return
    width = len(table.header)
    for line, cells in reader:
        if len(cells) != width:
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if len(cells) == 1 and cells[0].strip() in _NOTHING:
                continue
            if len(cells) != width:
                if found is not None:
                    found.append(_ragged(table, line, len(cells)))
                continue
        yield line, list(map(str.strip, cells))


def columns_of(table: Table) -> Iterator[dict[str, Sequence[str]]]:
    """The rows of a CSV table, some at a time, as the cells of each column as they stand.

    Raises UncleanTableError where `rows_of` finds anything wrong, or passes over empty cells.
    """
    try:
        with table.path.open(encoding="utf-8-sig", newline="") as file:
            for _ in range(table.lines_before):
                file.readline()
            records = filter(None, csv.reader(file, _Strict, delimiter=table.delimiter))
            next(records)
            while rows := list(islice(records, _ROWS_AT_ONCE)):
                columns = list(zip(*rows, strict=True))[int(table.has_row_numbers) :]
                yield dict(zip(table.header, columns, strict=True))
    except (csv.Error, ValueError):  # bytes that are no text, or lengths that differ
        raise UncleanTableError from None


def can_be_skipped_to(table: Table) -> bool:
    """Whether each line before the header of a CSV file is whole in itself.

    Of a title with an end of line within quotation marks DuckDB takes two lines for one: it skips
    the header too, and takes the first student for the header.
    """
    if not table.lines_before:
        return True
    with table.path.open(encoding="utf-8-sig", newline="") as file:
        try:
            for line in islice(file, table.lines_before):
                list(csv.reader([line], _Strict, delimiter=table.delimiter))
        except (csv.Error, UnicodeDecodeError):
            return False
    return True


def records_of(table: Table) -> Iterator[tuple[int, list[str]]]:
    """Each record as it stands, the header first, with its line; also rows of another length.

    Raises ProblemsFoundError where the file can't be split into cells any further.
    """
    if table.format is TableFormat.PARQUET:
        yield 0, list(table.header)
        yield from _parquet_rows(table)
    elif table.has_row_numbers:
        yield table.header_line, list(table.header)
        for _, cells in islice(csv_records(table.path, table.name, ","), 1, None):
            yield int(cells[0]), cells[1:]
    else:
        yield from _csv_records(table)


def _ragged(table: Table, line: int, cells: int) -> Problem:
    return Problem(
        codes.RAGGED_ROW,
        f"a row has {counted(cells, 'cell')}; the header has {len(table.header)}",
        table.place(line),
        "look for a stray or missing separator or quotation mark",
    )


def _csv_records(table: Table) -> Iterator[tuple[int, list[str]]]:
    """Each record of a CSV file, wherever it lies, with the line on which it begins."""
    source = table.source
    if isinstance(source, Path):
        yield from csv_records(source, table.name, table.delimiter, table.lines_before)
        return
    [url] = source.urls
    yield from _records(source.files.lines(url), table.name, table.delimiter, table.lines_before)


def csv_records(
    path: Path, name: str, delimiter: str, lines_before: int = 0
) -> Iterator[tuple[int, list[str]]]:
    """Each record of a UTF-8 file with the line on which it begins; blank lines are passed over."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            yield from _records(file, name, delimiter, lines_before)
        except UnicodeDecodeError:
            raise _not_utf8(path, name) from None


def _records(
    lines: Iterator[str], name: str, delimiter: str, lines_before: int
) -> Iterator[tuple[int, list[str]]]:
    for _ in range(lines_before):
        next(lines, None)
    begun: list[str] = []
    reader = csv.reader(_noting(lines, begun), _Strict, delimiter=delimiter)
    before, line, is_mended = lines_before, lines_before + 1, False
    try:
        while True:
            begun.clear()
            try:
                cells = next(reader, None)
            except csv.Error:
                if is_mended:
                    raise
                rest = _without_spaces_behind_quotes(chain(begun.copy(), lines), delimiter)
                reader = csv.reader(rest, _Strict, delimiter=delimiter)
                before, is_mended = line - 1, True
                continue
            if cells is None:
                return
            if cells:
                yield line, cells
            line = before + reader.line_num + 1
    except csv.Error as error:
        raise stopped(
            codes.RAGGED_ROW,
            _why_not_split(str(error)),
            Place(name, line),
            "double a quotation mark that belongs to the text, or remove it",
        ) from None


def _noting(lines: Iterator[str], begun: list[str]) -> Iterator[str]:
    """The same lines, each of them added to `begun` when it is given."""
    for line in lines:
        begun.append(line)
        yield line


def _without_spaces_behind_quotes(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """The lines without the spaces behind closing quotation marks, which DuckDB overlooks.

    The first line begins a record. A cell may go over several lines.
    """
    sign = re.escape(delimiter)
    start = rf'(?:\A|{sign}) *+"(?:[^"]++|"")*+'
    cell = re.compile(rf'({start}") *+(?={sign}|[\r\n]|\Z)|({start}\Z)|((?:\A|{sign})[^{sign}]*+)')
    is_open = False
    for line in lines:
        whole = f'"{line}' if is_open else line  # as if the open cell began here
        mended = cell.sub(r"\1\2\3", whole)
        yield mended[1:] if is_open else mended
        is_open = any(match[2] for match in cell.finditer(whole))


def _why_not_split(told: str) -> str:
    """What is wrong with a row of which Python's reader of CSV has told something."""
    if "unexpected end" in told:
        return "a quotation mark is opened here and never closed"
    if "field limit" in told:
        return f"a cell has more than {_LONGEST_CELL:,} characters"
    return "the row can't be split into cells"


def _not_utf8(path: Path, name: str) -> ProblemsFoundError:
    with path.open("rb") as file:
        for number, content in enumerate(file, start=1):
            try:
                content.decode("utf-8")
            except UnicodeDecodeError as error:
                return stopped(
                    codes.NOT_TEXT,
                    "the file is not UTF-8 text",
                    Place(name, number, error.start + 1),
                    WAY_OUT,
                )
    return stopped(codes.NOT_TEXT, "the file is not UTF-8 text", Place(name))
