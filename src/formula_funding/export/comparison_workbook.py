"""A comparison as a workbook: for each scenario its schools, a summary with charts, its lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from formula_funding.exact.number_text import units_text
from formula_funding.export.comparison_as_text import per_student_texts, percent_text
from formula_funding.export.tables import accepted_text
from formula_funding.export.workbook_file import workbook_file
from formula_funding.language.reasons import (
    by_text,
    cause_text,
    kind_text,
    line_text,
    step_text,
)
from formula_funding.language.words import Words
from formula_funding.scenario.difference import TOGETHER, Compared
from formula_funding.scenario.summary import (
    histogram,
    outcome,
    outcomes_by_kind,
    totals_of_causes,
    totals_of_lines,
)

_HEADER_ROW = 2
_LONGEST_NAME = 20
_A4, _HEADER_HEIGHT, _CHART_ROWS = 9, 60, 16
_MOST_SCHOOLS_IN_A_CHART = 60
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
Cell = str | int | Decimal | None


def write_comparison(
    compared: Sequence[Compared], path: Path, language: str, within: Path | None = None
) -> None:
    """Write the workbook. Its bytes depend on the results alone; texts never become formulas.

    Temporary files go to `within`.
    """
    with workbook_file(path, within) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        for number, one in enumerate(compared, 1):
            _ScenarioSheets(book, one, number, language).write()


class _ScenarioSheets:
    """The sheets of one scenario."""

    def __init__(self, book: Any, compared: Compared, number: int, language: str) -> None:
        self._book = book
        self._compared = compared
        self._number = number
        self._language = language
        self._words = Words(language)
        self._names = {key: self._sheet_name(self._words(key)) for key in ("summary", "lines")}
        self._of_schools = self._sheet_name(compared.name)
        if self._of_schools.casefold() in map(str.casefold, self._names.values()):
            self._of_schools += f", {self._words('schools')}"
        self._bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        self._bold_right = book.add_format(
            {"bold": True, "text_wrap": True, "bottom": 1, "align": "right"}
        )
        self._title_format = book.add_format({"bold": True, "font_size": 14})
        decimals = f".{'0' * compared.places}" if compared.places else ""
        self._money_format = book.add_format({"num_format": f"#,##0{decimals}"})

    def write(self) -> None:
        """Schools, the summary with its charts, every line of every school."""
        self._schools()
        self._summary()
        self._lines()

    def _sheet_name(self, name: str) -> str:
        """A name as a workbook takes it for a sheet, with the number of the scenario."""
        return f"{self._number} {name[:_LONGEST_NAME].translate(_FORBIDDEN)}".strip()

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        title = self._compared.title.in_language(self._language)
        measure = self._compared.measure.in_language(self._language)
        told = ", ".join(part for part in (title, measure) if part)
        sheet.write_string(0, 0, told, self._title_format)
        if self._compared.accepted:
            told = accepted_text(self._compared.accepted)
            sheet.write_string(1, 0, f"{self._words('accepted')} {told}")
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _table(
        self, sheet: Any, row: int, header: Sequence[str], rows: Sequence[Sequence[Cell]]
    ) -> int:
        """Write a table; the row after it."""
        for column, text in enumerate(header):
            holds_texts = all(isinstance(cells[column], str) for cells in rows)
            sheet.write_string(row, column, text, self._bold if holds_texts else self._bold_right)
        for at, cells in enumerate(rows, row + 1):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                elif isinstance(cell, int):
                    sheet.write_number(at, column, cell)
                elif cell is not None:
                    sheet.write_number(at, column, cell, self._money_format)
        return row + 1 + len(rows)

    def _schools(self) -> None:
        words, compared = self._words, self._compared
        sheet = self._sheet(self._of_schools)
        causes = compared.causes
        kind = [by_text(compared, self._language)] if compared.by else []
        header = [words("school_id"), words("name"), *kind, *self._changed_header()]
        header += [words("students"), words("students_after"), words("per_student_change")]
        header += [cause_text(cause, compared, self._language) for cause in causes]
        if compared.is_explained:
            header.append(words("only_together"))
        rows: list[list[Cell]] = []
        for d in compared.differences:
            told: list[Cell] = [kind_text(d.kind, compared, self._language)] if kind else []
            before, after = d.students or (None, None)
            per_student = per_student_texts(d, compared.places)[-1]
            row: list[Cell] = [d.school, d.name, *told, *self._changed(d.before, d.after)]
            row += [before, after, Decimal(per_student) if per_student else None]
            row += [self._money(d.causes.get(cause, 0)) for cause in causes]
            if compared.is_explained:
                row.append(self._money(d.together))
            rows.append(row)
        self._table(sheet, _HEADER_ROW, header, rows)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 36)
        sheet.set_column(2, len(header) - 1, 18)
        if kind:
            sheet.set_column(2, 2, 36)
        sheet.set_row(_HEADER_ROW, _HEADER_HEIGHT)
        sheet.repeat_rows(_HEADER_ROW)
        sheet.freeze_panes(_HEADER_ROW + 1, 2)

    def _summary(self) -> None:
        words, compared = self._words, self._compared
        name = self._names["summary"]
        sheet = self._sheet(name)
        sheet.fit_to_pages(1, 1)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 7, 18)
        whole = outcome("", compared.differences)
        kinds = [whole, *outcomes_by_kind(compared)]
        counts = [words(key) for key in ("gains", "loses", "stays")]
        row = self._table(
            sheet,
            _HEADER_ROW,
            [words("schools"), *counts, *self._changed_header()],
            [
                [
                    kind_text(one.kind, compared, self._language) if n else words("total"),
                    *(one.gain, one.lose, one.rest),
                    *self._changed(one.before, one.after),
                ]
                for n, one in enumerate(kinds)
            ],
        )
        lines: list[list[Cell]] = [
            [line_text(compared, t.name, self._language), *self._changed(t.before, t.after)]
            for t in totals_of_lines(compared)
        ]
        row = self._table(sheet, row + 1, [words("lines"), *self._changed_header()], lines)
        causes = totals_of_causes(compared) if compared.is_explained else []
        charts: list[tuple[str, str, int, int, int]] = []
        if causes:
            told: list[list[Cell]] = [
                [self._cause(t.name), self._money(t.change), t.schools] for t in causes
            ]
            header = [words("causes"), words("change"), words("schools_moved")]
            charts.append((words("causes"), "bar", row + 2, row + 1 + len(told), 1))
            row = self._table(sheet, row + 1, header, told)
        steps: list[list[Cell]] = [
            [step_text(low, high, self._language), count]
            for low, high, count in histogram(compared)
        ]
        charts.append((words("schools_by_change"), "column", row + 2, row + 1 + len(steps), 1))
        row = self._table(sheet, row + 1, [words("schools_by_change"), words("schools")], steps)
        for title, kind, first, last, column in charts:
            self._chart(sheet, (row + 1, title, kind), (name, first, last, column))
            row += _CHART_ROWS
        if len(compared.differences) <= _MOST_SCHOOLS_IN_A_CHART:
            first, last = _HEADER_ROW + 1, _HEADER_ROW + len(compared.differences)
            column = 4 + bool(compared.by)
            self._chart(
                sheet,
                (row + 1, words("change"), "column"),
                (self._of_schools, first, last, column),
            )

    def _chart(
        self, sheet: Any, shown: tuple[int, str, str], data: tuple[str, int, int, int]
    ) -> None:
        """A chart at a row, with a title and of a kind, of a column of a sheet's rows."""
        row, title, kind = shown
        name, first, last, column = data
        chart = self._book.add_chart({"type": kind})
        chart.add_series(
            {
                "name": title,
                "categories": [name, first, 0, last, 0],
                "values": [name, first, column, last, column],
            }
        )
        chart.set_title({"name": title})
        grouped = {"num_format": "#,##0"}
        chart.set_x_axis({"label_position": "low", **(grouped if kind == "bar" else {})})
        chart.set_y_axis({"label_position": "low", "reverse": kind == "bar", **grouped})
        chart.set_legend({"none": True})
        sheet.insert_chart(row, 0, chart, {"x_scale": 2})

    def _lines(self) -> None:
        words, compared = self._words, self._compared
        sheet = self._sheet(self._names["lines"])
        causes = [*compared.causes, *([TOGETHER] if compared.is_explained else [])]
        header = [words("school_id"), words("name"), words("line"), *self._changed_header()]
        header += [self._cause(cause) for cause in causes]
        rows: list[list[Cell]] = []
        for d in compared.differences:
            for line in d.lines:
                row: list[Cell] = [d.school, d.name, line_text(compared, line, self._language)]
                row += self._changed(d.base.get(line, 0), d.scenario.get(line, 0))
                row += [self._money(d.split.get(cause, {}).get(line, 0)) for cause in causes]
                rows.append(row)
        self._table(sheet, _HEADER_ROW, header, rows)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 2, 36)
        sheet.set_column(3, len(header) - 1, 18)
        sheet.set_row(_HEADER_ROW, _HEADER_HEIGHT)
        sheet.repeat_rows(_HEADER_ROW)
        sheet.freeze_panes(_HEADER_ROW + 1, 3)
        sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + len(rows), len(header) - 1)

    # pieces

    def _changed_header(self) -> list[str]:
        return [*(self._words(key) for key in ("before", "after", "change")), "%"]

    def _changed(self, before: int, after: int) -> list[Cell]:
        percent = percent_text(before, after - before)
        money = [self._money(units) for units in (before, after, after - before)]
        return [*money, Decimal(percent) if percent else None]

    def _money(self, units: int) -> Decimal:
        return Decimal(units_text(units, self._compared.places))

    def _cause(self, cause: str) -> str:
        return cause_text(cause, self._compared, self._language)
