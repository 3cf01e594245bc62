"""A comparison as a workbook: one sheet for each scenario, with a chart of the changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from formula_funding.exact.number_text import units_text
from formula_funding.language.reasons import cause_text
from formula_funding.language.words import Words
from formula_funding.whatif import Compared

_HEADER_ROW, _TEXTS, _CHANGE = 2, 2, 4
_LONGEST_NAME = 25
_A4, _HEADER_HEIGHT = 9, 60
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write_comparison(compared: Sequence[Compared], path: Path, language: str) -> None:
    """Write the workbook. Its bytes depend on the results alone; texts never become formulas."""
    try:
        with xlsxwriter.Workbook(str(path)) as book:
            book.set_properties({"created": datetime(2000, 1, 1)})
            for number, one in enumerate(compared, 1):
                _write_scenario(book, one, number, language)
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error


def _write_scenario(book: Any, compared: Compared, number: int, language: str) -> None:
    words = Words(language)
    plan, scenario = compared.base.plan, compared.scenario.scenario
    name = f"{number} {scenario.scenario[:_LONGEST_NAME].translate(_FORBIDDEN)}".strip()
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
    money = book.add_format({"num_format": f"#,##0.{'0' * compared.places}"})
    title = f"{scenario.title.in_language(language)}, {plan.currency}"
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    header = [words(key) for key in ("school_id", "name", "before", "after", "change")]
    header += [cause_text(cause, compared.plans, language) for cause in compared.causes]
    header.append(words("only_together"))
    for column, text in enumerate(header):
        sheet.write_string(_HEADER_ROW, column, text, bold)
    for row, d in enumerate(compared.differences, _HEADER_ROW + 1):
        sheet.write_string(row, 0, d.school)
        sheet.write_string(row, 1, d.name)
        figures = [d.before, d.after, d.change, *(d.causes[c] for c in compared.causes)]
        for column, units in enumerate([*figures, d.together], _TEXTS):
            sheet.write_number(row, column, Decimal(units_text(units, compared.places)), money)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 36)
    sheet.set_column(_TEXTS, len(header) - 1, 18)
    sheet.set_row(_HEADER_ROW, _HEADER_HEIGHT)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.freeze_panes(_HEADER_ROW + 1, _TEXTS)
    last = _HEADER_ROW + len(compared.differences)
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": words("change"),
            "categories": [name, _HEADER_ROW + 1, 0, last, 0],
            "values": [name, _HEADER_ROW + 1, _CHANGE, last, _CHANGE],
        }
    )
    chart.set_title({"name": words("change")})
    chart.set_x_axis({"label_position": "low"})
    chart.set_legend({"none": True})
    sheet.insert_chart(last + 2, 0, chart, {"x_scale": 2})
