"""The allocation as a plain workbook: summary, lines, explanation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter

from formula_funding.exact.number_text import fixed_text, units_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.formula.kinds import Level
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import date_text
from formula_funding.model.explanation import ExplainedLine, ExplainedSchool
from formula_funding.pipeline import Run

EXACT_DIGITS = 15
"""A spreadsheet keeps that many digits; a longer number is written as text."""
_HEADER_ROW = 2
_NARROW, _WIDE, _WIDEST = 16, 34, 60

Cell = str | int | Decimal


def write_workbook(run: Run, path: Path, language: str) -> None:
    """Write the workbook. Its bytes depend on the run alone."""
    with xlsxwriter.Workbook(
        str(path),
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    ) as book:
        _Writer(book, run, language).write()


class _Writer:
    def __init__(self, book: Any, run: Run, language: str) -> None:
        self._book = book
        self._run = run
        self._allocation = run.allocation
        self._explainer = Explainer(run.allocation, run.evaluation)
        self._labels = Labels(run.allocation.plan, language)
        self._words = self._labels.words
        places = self._allocation.places
        money = "#,##0." + "0" * places
        self._formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "header": book.add_format(
                {"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"}
            ),
            "text": book.add_format({"valign": "top"}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
            "money": book.add_format({"num_format": money, "valign": "top"}),
            "count": book.add_format({"num_format": "#,##0", "valign": "top"}),
            "total": book.add_format({"bold": True, "num_format": money, "top": 1}),
            "total_count": book.add_format({"bold": True, "num_format": "#,##0", "top": 1}),
        }

    def write(self) -> None:
        plan = self._allocation.plan
        day = plan.as_of
        created = datetime(day.year, day.month, day.day) if day else datetime(2000, 1, 1)
        self._book.set_properties(
            {
                "title": plan.title.in_language(self._labels.language),
                "comments": f"{plan.rulebook} {plan.version}",
                "created": created,
            }
        )
        self._summary()
        self._lines()
        self._explanation()

    def _sheet(self, name: str, header: Sequence[str], widths: Sequence[int]) -> Any:
        """A sheet with its title in A1 and a header that stays in view."""
        plan = self._allocation.plan
        sheet = self._book.add_worksheet(name)
        title = plan.title.in_language(self._labels.language)
        if plan.as_of:
            title += f", {self._words('as_of')} {date_text(plan.as_of, self._labels.language)}"
        sheet.write_string(0, 0, f"{name}. {title}. {plan.currency}", self._formats["title"])
        if plan.legacy:
            legacy = plan.legacy.in_language(self._labels.language)
            sheet.write_string(1, 0, f"{self._words('legacy')}: {legacy}")
        for column, text in enumerate(header):
            sheet.write_string(_HEADER_ROW, column, text, self._formats["header"])
            sheet.set_column(column, column, widths[column])
        sheet.freeze_panes(_HEADER_ROW + 1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADER_ROW)
        sheet.set_footer(f"&L{plan.rulebook} {plan.version}".replace("&L&", "&L&&") + "&R&P / &N")
        return sheet

    def _row(
        self, sheet: Any, row: int, cells: Sequence[Cell | None], *, total: bool = False
    ) -> None:
        for column, cell in enumerate(cells):
            match cell:
                case None:
                    continue
                case Decimal():
                    sheet.write_number(
                        row, column, cell, self._formats["total" if total else "money"]
                    )
                case int():
                    sheet.write_number(
                        row, column, cell, self._formats["total_count" if total else "count"]
                    )
                case str():
                    sheet.write_string(row, column, cell, self._formats["wrapped"])

    def _money(self, units: int) -> Cell:
        return _number(units_text(units, self._allocation.places))

    def _fraction(self, value: Fraction) -> Cell:
        """An exact number if it has decimals only; else as it reads, such as 11/15."""
        places = decimal_places(value)
        if places is None:
            return self._labels.value("", value)
        return _number(fixed_text(value, max(places, self._allocation.places)))

    def _summary(self) -> None:
        allocation, words = self._allocation, self._words
        titles = [line.title.in_language(self._labels.language) for line in allocation.plan.lines]
        counted = [words("students")] if allocation.ledger.students else []
        sheet = self._sheet(
            words("summary"),
            [words("school_id"), words("name"), *counted, *titles, words("total")],
            [_NARROW, _WIDE, *[_NARROW] * len(counted), *[_NARROW + 4] * (len(titles) + 1)],
        )
        totals = allocation.school_totals
        row = _HEADER_ROW + 1
        for i, school in enumerate(allocation.register.ids):
            amounts = [self._money(amounts[i]) for amounts in allocation.lines.values()]
            name = allocation.register.names[i]
            students = allocation.ledger.students[i : i + 1]
            self._row(sheet, row, [school, name, *students, *amounts, self._money(totals[i])])
            row += 1
        sheet.autofilter(_HEADER_ROW, 0, row - 1, 2 + len(counted) + len(titles))
        sums = [self._money(total) for total in allocation.line_totals.values()]
        everyone = [allocation.ledger.students_read] * len(counted)
        self._row(
            sheet,
            row,
            [words("total"), "", *everyone, *sums, self._money(allocation.total)],
            total=True,
        )

    def _lines(self) -> None:
        allocation, words = self._allocation, self._words
        sheet = self._sheet(
            words("lines"),
            [words("school_id"), words("name"), words("line"), words("amount")],
            [_NARROW, _WIDE, _WIDE, _NARROW + 4],
        )
        row = _HEADER_ROW + 1
        for i, school in enumerate(allocation.register.ids):
            for line in allocation.plan.lines:
                title = line.title.in_language(self._labels.language)
                amount = self._money(allocation.lines[line.name][i])
                self._row(sheet, row, [school, allocation.register.names[i], title, amount])
                row += 1
        sheet.autofilter(_HEADER_ROW, 0, row - 1, 3)

    def _explanation(self) -> None:
        words = self._words
        sheet = self._sheet(
            words("explanation"),
            [
                *(words(key) for key in ("school_id", "name", "line", "who", "students", "rate")),
                *(words(key) for key in ("amount", "formula", "source", "rule")),
            ],
            [_NARROW, _WIDE, _WIDE, _WIDE, _NARROW, _NARROW, _NARROW + 4, _WIDEST, _WIDE, _WIDE],
        )
        row = _HEADER_ROW + 1
        for i in range(len(self._allocation.register.ids)):
            school = self._explainer.school(i)
            for cells in [*self._step_rows(school), *self._line_rows(school)]:
                self._row(sheet, row, [school.id, school.name, *cells])
                row += 1
        sheet.autofilter(_HEADER_ROW, 0, row - 1, 9)

    def _step_rows(self, school: ExplainedSchool) -> list[list[Cell | None]]:
        values = school.values
        return [
            [
                self._labels.of_name(step.calculation.name),
                None,
                None,
                None,
                self._fraction(step.value) if isinstance(step.value, Fraction) else None,
                self._labels.formula_with(step.calculation.tree, values),
                self._labels.source(step.calculation.source),
                str(step.calculation.place),
            ]
            for step in school.steps
            if step.calculation.level is Level.SCHOOL
        ]

    def _line_rows(self, school: ExplainedSchool) -> list[list[Cell | None]]:
        rows: list[list[Cell | None]] = []
        for explained in school.lines:
            line = explained.line
            title = line.title.in_language(self._labels.language)
            after: list[Cell | None] = [
                "; ".join(self._labels.sources_of(line)),
                str(line.place),
            ]
            rows += [
                [
                    title,
                    self._labels.group(group.values),
                    group.students,
                    self._fraction(group.rate),
                    self._fraction(group.amount),
                    self._labels.formula_with(line.amount, dict(group.values)),
                    *after,
                ]
                for group in explained.groups
            ]
            note = self._note(explained, school)
            amount = self._money(explained.amount)
            rows.append([title, self._words("total"), None, None, amount, note, *after])
        return rows

    def _note(self, explained: ExplainedLine, school: ExplainedSchool) -> str | None:
        reason = self._labels.zero_reason(explained)
        if reason is not None:
            return reason
        if not explained.line.per_student:
            return self._labels.formula_with(explained.line.amount, school.values)
        return self._labels.rounding(explained)


def _number(text: str) -> Cell:
    digits = text.replace("-", "").replace(".", "").lstrip("0")
    return Decimal(text) if len(digits) <= EXACT_DIGITS else text
