"""A roster as a workbook in which the wrong cells are coloured and explained, with a key.

A workbook keeps its sheets, values and formats; a CSV or Parquet file becomes a sheet of texts.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
    Place,
    Problem,
    ProblemsFoundError,
    column_letters,
    in_order,
    stop,
)
from formula_funding.sources.table import Table, TableFormat, records_of
from formula_funding.sources.temporary import TemporaryFolder
from formula_funding.sources.workbook_parts import check_parts

KEY_SHEET = "Check"
MAX_CELLS = 1_000_000
MAX_COMMENTS = 1_000
_COLOURS = {True: "FFF4B6B6", False: "FFFFE699"}
"""Of errors and of warnings."""
_KEY = ("No.", "Code", "What is wrong", "How often", "Where", "Expected", "What to do")
_WIDTHS = (6, 8, 44, 11, 20, 28, 48)
_LINE_HEIGHT = 15
_FONT = "Calibri"
_LONGEST = 32_000
_AUTHOR = "funding roster check"


def write_annotated(
    table: Table, found: Sequence[Problem], path: Path, within: Path | None = None
) -> None:
    """Write the copy of a file with what was found in it. Its bytes depend on these alone.

    Its sheets are written in a temporary folder in `within` first.

    Raises ProblemsFoundError if the file has too many cells for such a copy.
    """
    book = _copy(table)
    marks = _Marks(book)
    problems = in_order(found)
    for number, problem in enumerate(problems, 1):
        for place in _places(problem):
            marks.mark(place, problem, number, first_row=_first_row(table))
    _write_key(book, problems, table)
    path.write_bytes(_timeless(book, within))


def _first_row(table: Table) -> int:
    """The row of the copy in which line 1 of the file stands."""
    return 2 if table.format is TableFormat.PARQUET else 1


def _places(problem: Problem) -> list[Place]:
    return [problem.place, *problem.more_places] if problem.place else []


def _copy(table: Table) -> Any:
    if table.sheet and table.name.lower().endswith(".xlsx"):
        check_parts(Path(table.name), table.name)
        return openpyxl.load_workbook(table.name)
    book = openpyxl.Workbook()
    sheet = book.active
    stem = re.sub(r"[\[\]:*?/\\]", "_", Path(table.name).stem)
    sheet.title = table.sheet or stem[:31] or "roster"
    cells = 0
    for line, record in _records(table):
        cells += len(record)
        if cells > MAX_CELLS:
            stop(
                codes.CANT_WRITE,
                f"the file has more than {MAX_CELLS:,} cells, too many for a marked copy",
                Place(table.name),
                "mend what the report tells first, or use --format json",
            )
        for column, text in enumerate(record, 1):
            if text:
                cell = sheet.cell(line + _first_row(table) - 1, column)
                cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:_LONGEST]
                cell.data_type = "s"  # a text that begins with = is no formula
                cell.number_format = "@"
    for column in range(1, len(table.header) + 1):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = 16
    return book


def _records(table: Table) -> Iterator[tuple[int, list[str]]]:
    """The records up to where the file can't be read any further."""
    try:
        yield from records_of(table)
    except ProblemsFoundError:
        return


class _Marks:
    """Colours cells and adds comments."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._comments = 0
        self._is_error: dict[Any, bool] = {}

    def mark(self, place: Place, problem: Problem, number: int, *, first_row: int) -> None:
        """Mark the cell of a place, or its whole row; nothing where the whole file is meant."""
        if not place.line:
            return
        sheet = self._book[place.sheet] if place.sheet else self._book.worksheets[0]
        row = place.line + first_row - 1
        last = max(sheet.max_column, 1)
        for column in [place.column] if place.column else range(1, last + 1):
            self._colour(_shown_cell(sheet, row, column), is_error=problem.is_error)
        cell = _shown_cell(sheet, row, place.column or 1)
        if self._comments < MAX_COMMENTS:
            self._comment(cell, f"{number}. {problem.code.id}: {_told(problem, place, first_row)}")

    def _colour(self, cell: Any, *, is_error: bool) -> None:
        is_error = is_error or self._is_error.get((cell.parent.title, cell.coordinate), False)
        self._is_error[cell.parent.title, cell.coordinate] = is_error
        cell.fill = PatternFill("solid", fgColor=_COLOURS[is_error])

    def _comment(self, cell: Any, text: str) -> None:
        before = f"{cell.comment.text}\n\n" if cell.comment else ""
        if text in before:
            return
        cell.comment = Comment(before + text, _AUTHOR, width=320, height=120)
        self._comments += 1


def _shown_cell(sheet: Any, row: int, column: int) -> Any:
    """A cell, or the first of those with which it is merged, the only one that shows."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell):
        return cell
    merge = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
    return sheet.cell(merge.min_row, merge.min_col)


def _told(problem: Problem, place: Place, first_row: int) -> str:
    told = [problem.message]
    if problem.expected:
        told.append(f"Expected: {problem.expected}")
    if place.earlier:
        is_here = place.earlier.is_beside(place)
        told.append(f"Earlier: {_cell(place.earlier, first_row) if is_here else place.earlier}")
    return "\n".join(told)


def _cell(place: Place, first_row: int) -> str:
    """A cell of the copy, by its place in the file."""
    return f"{column_letters(place.column or 1)}{place.line + first_row - 1}"


def _write_key(book: Any, problems: Sequence[Problem], table: Table) -> None:
    name, number = KEY_SHEET, 1
    while name in book.sheetnames:
        number += 1
        name = f"{KEY_SHEET} {number}"
    first = book.worksheets[0]
    sheet = book.create_sheet(name)
    bold = Font(name=_FONT, bold=True)
    top = Alignment(horizontal="left", vertical="top", wrap_text=True)
    _write_text(sheet.cell(1, 1), f"What is wrong in {Path(table.name).name}")
    sheet.cell(1, 1).font = Font(name=_FONT, bold=True, size=14)
    _write_text(sheet.cell(2, 1), "Wrong cells are coloured and have a comment.")
    for row, is_error, word in ((3, True, "must be corrected"), (4, False, "should be looked at")):
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=_COLOURS[is_error])
        _write_text(sheet.cell(row, 2), word)
    for column, (title, width) in enumerate(zip(_KEY, _WIDTHS, strict=True), 1):
        _write_text(sheet.cell(6, column), title)
        sheet.cell(6, column).font = bold
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = width
    for number, problem in enumerate(problems, 1):
        row = 6 + number
        shown, target = _shown(problem, first.title, _first_row(table))
        told = (problem.code.id, problem.message, problem.count, shown, problem.expected)
        values = (number, *told, problem.hint)
        sheet.row_dimensions[row].height = _LINE_HEIGHT * _lines(values)
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            if isinstance(value, str):
                _write_text(cell, value)
            else:
                cell.value = value
            cell.alignment = top
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=_COLOURS[problem.is_error])
        if target is not None:
            sheet.cell(row, 5).hyperlink = target
            sheet.cell(row, 5).font = Font(name=_FONT, color="FF0563C1", underline="single")
    sheet.freeze_panes = "A7"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(
        fitToPage=True
    )
    book.active = len(book.sheetnames) - 1
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet


def _lines(values: Sequence[object]) -> int:
    """How many lines the tallest text of a row of the key takes."""
    return max(
        -(-len(value) // (width - 4)) if isinstance(value, str) else 1
        for value, width in zip(values, _WIDTHS, strict=True)
    )


def _write_text(cell: Any, text: str) -> None:
    cell.value = text
    cell.data_type = "s"


def _shown(problem: Problem, first_sheet: str, first_row: int) -> tuple[str, str | None]:
    """The first cells of a problem, and a link to the first of them."""
    cells = [_cell(place, first_row) for place in _places(problem)[:5] if place.line]
    if not cells or problem.place is None:
        return "the whole file", None
    more = f" and {problem.count - len(cells):,} more" if problem.count > len(cells) else ""
    sheet = (problem.place.sheet or first_sheet).replace("'", "''")
    return ", ".join(cells) + more, f"#'{sheet}'!{cells[0]}"


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Where openpyxl, which can't be told, writes each sheet before it packs it."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


_ANY_TIME = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms)")


def _timeless(book: Any, within: Path | None) -> bytes:
    """The workbook's bytes without the time of writing."""
    buffer, timeless = io.BytesIO(), io.BytesIO()
    with TemporaryFolder(within) as folder, _temporary_files_in(folder):
        book.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(timeless, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", data)
            entry = zipfile.ZipInfo(name, _ANY_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
    return timeless.getvalue()
