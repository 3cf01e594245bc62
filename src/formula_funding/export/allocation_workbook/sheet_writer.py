"""Writes tables and forms into the sheets of a workbook, row by row and in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import Any, NoReturn

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import stop
from formula_funding.export.allocation_workbook.cells import (
    FIRST_ROW,
    Figure,
    Form,
    Formula,
    Held,
    Link,
    Placed,
    Row,
    Sheet,
    sheet_reference,
    shown,
)
from formula_funding.export.allocation_workbook.styles import WRAPPED, Styles, places_of
from formula_funding.export.workbook_file import printable

_HEADER_ROW = FIRST_ROW - 2
MOST_ROWS = 1_048_576
"""A spreadsheet keeps no more rows in a sheet."""
_NARROWEST, _WIDEST, _MARGIN = 9, 48, 2
_A4, _LINE_HEIGHT = 9, 15
_MEASURED = 1_000
"""So many rows settle how wide the columns of texts are; longer texts further on take lines."""
_LONGEST_FOOTER = 100
"""A spreadsheet keeps 255 characters, and each & takes two."""
_TALLEST = 409
"""Points; a spreadsheet keeps no row that is higher."""
_PROTECTED = {
    "autofilter": True,
    "format_columns": True,
    "format_rows": True,
    "objects": True,
}
"""What a reader may still do on a protected sheet."""


class SheetWriter:
    """Writes one sheet after another. `footer` stands at the foot of each page on the left."""

    def __init__(self, book: Any, styles: Styles, footer: str) -> None:
        self._book = book
        self._styles = styles
        told = printable(footer[:_LONGEST_FOOTER]).replace("&", "&&")
        self._footer = f"&L{told}&R&P / &N"

    # tables

    def table(self, worksheet: Any, sheet: Sheet) -> int:
        """Write a table below its head, with a header that stays in view and a filter.

        Returns the number of the last row of the table, as a spreadsheet counts.
        """
        remaining, after = iter(sheet.rows), _HEADER_ROW + 1
        begun = list(islice(remaining, _MEASURED))
        rows = _Rows(worksheet, self._styles, _widths(sheet.header, begun))
        self._header(worksheet, sheet, begun, rows.widths)
        for row in chain(begun, remaining):
            rows.write(after, row)
            after += 1
            if after >= MOST_ROWS:
                _stop_for_rows(sheet.name)
        if sheet.total is not None:
            rows.write(after, sheet.total, is_total=True)
        for column, width in enumerate(rows.widths):
            worksheet.set_column(column, column, width)
        for name, cell in sheet.names.items():
            refused = self._book.define_name(name, f"={sheet_reference(sheet.name)}!{cell}")
            assert not refused, name
        worksheet.autofilter(_HEADER_ROW, 0, after - 1, len(sheet.header) - 1)
        worksheet.freeze_panes(_HEADER_ROW + 1, 2)
        worksheet.repeat_rows(_HEADER_ROW)
        if sheet.truths is not None:
            self._flags(worksheet, _HEADER_ROW + 1, sheet.truths, after, sheet.truths)
        self.set_up_pages(worksheet)
        return after

    def head(self, worksheet: Any, title: str, notes: str, back: str) -> None:
        """The title, and below it the way back to the sheet `back` and what must be known."""
        worksheet.write_string(0, 0, title, self._styles.title)
        self._link(worksheet, 1, 0, Link(f"{sheet_reference(back)}!A1", back))
        if notes:
            worksheet.write_string(1, 1, notes, self._styles.note)

    def set_up_pages(self, worksheet: Any) -> None:
        """A4 across, one page wide, numbered; locked but for the inputs."""
        worksheet.set_landscape()
        worksheet.set_paper(_A4)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_footer(self._footer)
        worksheet.protect("", _PROTECTED)

    def _header(
        self, worksheet: Any, sheet: Sheet, begun: Sequence[Row], widths: Sequence[int]
    ) -> None:
        lines = max(
            _lines_of(text, width - _MARGIN)  # bold letters are wider
            for text, width in zip(sheet.header, widths, strict=True)
        )
        worksheet.set_row(_HEADER_ROW, _height(lines))
        for column, text in enumerate(sheet.header):
            is_text = all(isinstance(shown(row[column]), str) for row in begun)
            worksheet.write_string(_HEADER_ROW, column, text, self._styles.header[is_text])

    # forms

    def form(self, worksheet: Any, form: Form) -> None:
        """Write a form."""
        for column, width in enumerate(form.widths):
            worksheet.set_column(column, column, width)
        self._set_heights(worksheet, form)
        for placed in form.cells:
            self._placed(worksheet, placed)
        for cell, cells in form.lists.items():
            worksheet.data_validation(cell, {"validate": "list", "source": f"={cells}"})
        for cells, looks in form.where.items():
            for look, formula in looks.items():
                style = self._styles.where[look]
                options = {"type": "formula", "criteria": f"={formula}", "format": style}
                worksheet.conditional_format(cells, options)
        if form.truths is not None:
            self._flags_of_text(worksheet, form.truths)
        if form.page_breaks:
            worksheet.set_h_pagebreaks(list(form.page_breaks))
        worksheet.hide_gridlines(2)
        self.set_up_pages(worksheet)

    def _set_heights(self, worksheet: Any, form: Form) -> None:
        """Rows as high as their wrapped texts; to be told before any later row is written."""
        heights: dict[int, int] = {}
        for row, column, cell, look, _ in form.cells:
            if look in WRAPPED:
                lines = _lines_of(str(shown(cell)), form.widths[column])
                heights[row] = max(heights.get(row, 1), lines)
        for row, lines in heights.items():
            if lines > 1:
                worksheet.set_row(row, _height(lines))

    def _placed(self, worksheet: Any, placed: Placed) -> None:
        row, column, cell, look, number_format = placed
        if isinstance(cell, Link):
            self._link(worksheet, row, column, cell)
            return
        value = shown(cell)
        style = self._styles.form(look, value, number_format)
        if isinstance(cell, Formula):
            _write_formula(worksheet, row, column, cell, style)
        elif isinstance(value, str):
            worksheet.write_string(row, column, value, style)
        else:
            worksheet.write_number(row, column, value, style)

    def _link(self, worksheet: Any, row: int, column: int, link: Link) -> None:
        _write_formula(worksheet, row, column, _formula_of(link), self._styles.link)

    # what all sheets have

    def _flags(self, worksheet: Any, *cells: int) -> None:
        """TRUE and FALSE are told by the word, and by colour and weight besides."""
        for value, style in (("TRUE", self._styles.holds), ("FALSE", self._styles.fails)):
            options = {"type": "cell", "criteria": "==", "value": value, "format": style}
            worksheet.conditional_format(*cells, options)

    def _flags_of_text(self, worksheet: Any, cell: str) -> None:
        for formula, style in (
            ("=all_checks", self._styles.holds),
            ("=NOT(all_checks)", self._styles.fails),
        ):
            options = {"type": "formula", "criteria": formula, "format": style}
            worksheet.conditional_format(cell, options)


class _Rows:
    """Writes the rows of one table. Columns of numbers become as wide as the widest of them."""

    def __init__(self, worksheet: Any, styles: Styles, widths: list[int]) -> None:
        self.widths = widths
        self._worksheet = worksheet
        self._styles = styles
        self._lines = 1
        self._writers: Mapping[type, Callable[..., None]] = {
            str: self._text,
            int: self._number,
            Decimal: self._number,
            Formula: self._formula,
            Figure: self._figure,
            Held: self._held,
            Link: self._link,
        }

    def write(self, number: int, row: Row, *, is_total: bool = False) -> None:
        """Write a row of cells."""
        writers, self._lines = self._writers, 1
        for column, cell in enumerate(row):
            if cell is not None:
                writers[type(cell)](number, column, cell, is_total)
        if self._lines > 1:
            self._worksheet.set_row(number, _height(self._lines))

    def _text(self, row: int, column: int, cell: str, is_total: bool) -> None:
        style = self._style_of(column, cell, is_total=is_total)
        self._worksheet.write_string(row, column, cell, style)

    def _number(self, row: int, column: int, cell: Decimal | int, is_total: bool) -> None:
        style = self._style_of(column, cell, is_total=is_total)
        self._worksheet.write_number(row, column, cell, style)

    def _formula(self, row: int, column: int, cell: Formula, is_total: bool) -> None:
        style = self._style_of(column, cell.value, is_total=is_total)
        _write_formula(self._worksheet, row, column, cell, style)

    def _figure(self, row: int, column: int, cell: Figure, _is_total: bool) -> None:
        value = cell.value
        if isinstance(value, date):
            self._worksheet.write_datetime(row, column, value, self._styles.day)
            return
        style = self._style_of(column, value, kind="figure")
        if isinstance(value, bool):
            self._worksheet.write_boolean(row, column, value, style)
        elif isinstance(value, str):
            self._worksheet.write_string(row, column, value, style)
        else:
            self._worksheet.write_number(row, column, value, style)

    def _held(self, row: int, column: int, cell: Held, _is_total: bool) -> None:
        style = self._style_of(column, cell.value, kind="held")
        is_text = isinstance(cell.value, str)
        write = self._worksheet.write_string if is_text else self._worksheet.write_number
        write(row, column, cell.value, style)

    def _link(self, row: int, column: int, cell: Link, _is_total: bool) -> None:
        _write_formula(self._worksheet, row, column, _formula_of(cell), self._styles.link)

    def _style_of(
        self, column: int, value: object, *, is_total: bool = False, kind: str = ""
    ) -> Any:
        """The style of a cell; its column is made wider, or its row higher, where needed."""
        if isinstance(value, str):
            if len(value) > self.widths[column] - _MARGIN:
                self._lines = max(self._lines, _lines_of(value, self.widths[column]))
            return self._styles.cell(None, is_total=is_total, kind=kind)
        places = places_of(value)
        if isinstance(value, Decimal | int):
            self.widths[column] = max(self.widths[column], _length(value) + _MARGIN)
        return self._styles.cell(places, is_total=is_total, kind=kind)


def _stop_for_rows(sheet: str) -> NoReturn:
    stop(
        codes.TOO_MANY_ROWS,
        f"the sheet {sheet} would have more than {MOST_ROWS:,} rows",
        hint="write one workbook per school with --per-school DIR, or a .json file",
    )


def _widths(header: Sequence[str], rows: Sequence[Row]) -> list[int]:
    """Each column as wide as its longest cell, within reason; a header may take more lines."""
    widths = []
    for column, title in enumerate(header):
        longest = max((_length(shown(row[column])) for row in rows), default=0)
        longest_word = max((len(word) for word in title.split()), default=0)
        widths.append(min(max(longest, longest_word, _NARROWEST) + _MARGIN, _WIDEST))
    return widths


def _length(value: object) -> int:
    """About how many characters a value takes, with separators of thousands."""
    if isinstance(value, str):
        return len(value)
    return len(f"{value:,}") + 2 if isinstance(value, Decimal | int) else len("00.00.0000")


def _lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column, its own line breaks included."""
    return sum(max(-(-len(part) // (width - _MARGIN)), 1) for part in text.split("\n"))


def _height(lines: int) -> int:
    return min(_LINE_HEIGHT * lines, _TALLEST)


def _formula_of(link: Link) -> Formula:
    found = f'"{link.shown}"' if isinstance(link.shown, str) else str(link.shown)
    return Formula(f'HYPERLINK("#{link.target}",{found})', link.shown)


def _write_formula(worksheet: Any, row: int, column: int, cell: Formula, style: Any) -> None:
    if cell.is_array:
        text = f"{{={cell.text}}}"
        worksheet.write_array_formula(row, column, row, column, text, style, cell.value)
    else:
        worksheet.write_formula(row, column, f"={cell.text}", style, cell.value)
