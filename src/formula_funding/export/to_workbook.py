"""The allocation as a workbook, written so that it can be read, filtered and printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from formula_funding.diagnostics.problem import Accepted
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.export.ledger_sheet import ledger_sheet
from formula_funding.export.workbook_sheets import Cell, Figure, Formula, Held, Row, Sheet, sheets
from formula_funding.language.labels import Labels
from formula_funding.pipeline import Run

_HEADER_ROW = 2
_NARROWEST, _WIDEST = 9, 48
_LINE_HEIGHT = 15
_A4 = 9


def write_workbook(run: Run, path: Path, language: str) -> None:
    """Write the workbook. Its bytes depend on the run alone; texts never become formulas."""
    labels = Labels(run.allocation.plan, language)
    explainer = Explainer(run.allocation, run.evaluation)
    try:
        with xlsxwriter.Workbook(str(path)) as book:
            writer = _Writer(book, labels, run.allocation.ledger.accepted)
            for sheet in sheets(run.allocation, run.evaluation, explainer, labels):
                writer.write(sheet)
            if run.allocation.ledger.students:
                ledger = run.allocation.ledger
                writer.write(ledger_sheet(ledger, run.allocation.register, labels.words))
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error


class _Writer:
    def __init__(self, book: Any, labels: Labels, accepted: Sequence[Accepted]) -> None:
        self._book = book
        self._accepted = accepted
        self._labels = labels
        self._formats: dict[tuple[int | None, bool, bool], Any] = {}
        self._title = book.add_format({"bold": True, "font_size": 14})
        style = {"bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom"}
        self._header = {
            True: book.add_format(style | {"align": "left", "indent": 1}),
            False: book.add_format(style | {"align": "right"}),
        }
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        plan = labels.plan
        day = plan.as_of
        created = datetime(day.year, day.month, day.day) if day else datetime(2000, 1, 1)
        book.set_properties(
            {
                "title": plan.title.in_language(labels.language),
                "comments": f"{plan.rulebook} {plan.version}",
                "created": created,
            }
        )

    def write(self, table: Sheet) -> None:
        """A sheet with its title in A1, a header that stays in view, and a filter."""
        sheet = self._book.add_worksheet(table.name)
        self._write_title(sheet, table.name)
        widths = _widths(table)
        for column, (text, width) in enumerate(zip(table.header, widths, strict=True)):
            sheet.set_column(column, column, width)
            is_text = all(row[column] is None or type(row[column]) is str for row in table.rows)
            sheet.write_string(_HEADER_ROW, column, text, self._header[is_text])
        sheet.set_row(_HEADER_ROW, _LINE_HEIGHT * _lines(list(table.header), widths))
        first = _HEADER_ROW + 1
        for number, row in enumerate(table.rows, start=first):
            self._write_row(sheet, number, row, widths)
        after = first + len(table.rows)
        if table.total is not None:
            self._write_row(sheet, after, table.total, widths, is_total=True)
        for name, cell in table.names.items():
            self._book.define_name(name, f"={table.name}!{cell}")
        sheet.autofilter(_HEADER_ROW, 0, after - 1, len(table.header) - 1)
        self._set_up_pages(sheet)

    def _write_title(self, sheet: Any, name: str) -> None:
        plan, words, language = self._labels.plan, self._labels.words, self._labels.language
        title = f"{name}: {plan.title.in_language(language)}"
        if self._labels.when:
            title += f", {self._labels.when}"
        sheet.write_string(0, 0, f"{title}, {self._labels.measure}", self._title)
        notes = [f"{words('legacy')}: {plan.legacy.in_language(language)}"] if plan.legacy else []
        notes += [
            f"{words('accepted')} {accepted.problem.code.id}: {accepted.reason}"
            for accepted in self._accepted
        ]
        if notes:
            sheet.write_string(1, 0, "; ".join(notes), self._title)

    def _write_row(
        self, sheet: Any, number: int, row: Row, widths: list[int], *, is_total: bool = False
    ) -> None:
        sheet.set_row(number, _LINE_HEIGHT * _lines(row, widths))
        for column, cell in enumerate(row):
            if isinstance(cell, Formula):
                self._write_formula(sheet, number, column, cell, is_total)
            elif isinstance(cell, Held):
                style = self._format(_places(cell.value), is_total, is_held=True)
                write = sheet.write_string if isinstance(cell.value, str) else sheet.write_number
                write(number, column, cell.value, style)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, cell, self._day)
            elif isinstance(cell, Figure):
                sheet.write_number(number, column, cell.value, self._format(_places(cell.value)))
            elif isinstance(cell, Decimal):
                sheet.write_number(number, column, cell, self._format(_places(cell), is_total))
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell, self._format(0, is_total))
            elif cell is not None:
                sheet.write_string(number, column, cell, self._format(None, is_total))

    def _write_formula(
        self, sheet: Any, number: int, column: int, cell: Formula, is_total: bool
    ) -> None:
        style = self._format(_places(cell.value), is_total)
        if cell.is_array:
            text = f"{{={cell.text}}}"
            sheet.write_array_formula(number, column, number, column, text, style, cell.value)
        else:
            sheet.write_formula(number, column, f"={cell.text}", style, cell.value)

    def _format(self, places: int | None, is_total: bool = False, is_held: bool = False) -> Any:
        """The format of a number with so many decimals, or of text (None).

        A cell that holds a value where others calculate is in italics on grey.
        """
        key = (places, is_total, is_held)
        if key not in self._formats:
            style: dict[str, Any] = {"valign": "top"}
            if places is None:
                style |= {"text_wrap": True, "align": "left", "indent": 1}
            if places is not None:
                style["num_format"] = "#,##0" + ("." + "0" * places if places else "")
            if is_held:
                style |= {"italic": True, "bg_color": "#EEEEEE"}
            if is_total:
                style |= {"bold": True, "top": 1}
            self._formats[key] = self._book.add_format(style)
        return self._formats[key]

    def _set_up_pages(self, sheet: Any) -> None:
        plan = self._labels.plan
        version = f"{self._labels.words('version')} {plan.version}"
        about = f"{plan.rulebook}, {version}".replace("&", "&&")
        sheet.freeze_panes(_HEADER_ROW + 1, 2)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADER_ROW)
        sheet.set_footer(f"&L{about}&R&P / &N")


def _places(number: Decimal | str | bool) -> int | None:
    if not isinstance(number, Decimal):
        return None
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _shown_length(cell: Cell) -> int:
    """About how many characters a cell takes, with separators of thousands."""
    if isinstance(cell, Formula | Figure | Held):
        cell = cell.value
    if isinstance(cell, date):
        return len("00.00.0000")
    if isinstance(cell, str):
        return len(cell)
    return len(f"{cell:,}") + 2 if cell is not None else 0


def _widths(table: Sheet) -> list[int]:
    """Each column as wide as its longest cell, within reason; a header may take more lines."""
    rows = [*table.rows, *([table.total] if table.total else [])]
    widths = []
    for column, title in enumerate(table.header):
        longest = max((_shown_length(row[column]) for row in rows), default=0)
        longest_word = max(len(word) for word in title.split())
        widths.append(min(max(longest, longest_word, _NARROWEST) + 2, _WIDEST))
    return widths


def _lines(row: Row, widths: list[int]) -> int:
    """How many lines of text the tallest cell of a row takes."""
    return max(
        -(-len(cell) // (width - 2)) if isinstance(cell, str) and cell else 1
        for cell, width in zip(row, widths, strict=True)
    )
