"""The sheet of charts: the lines and the schools, with a text for those who can't see them."""

from __future__ import annotations

from typing import Any

from formula_funding.export.allocation_workbook.cells import FIRST_ROW
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.export.workbook_file import printable

MOST_SCHOOLS = 100
"""Columns of more schools can't be told apart."""
_WIDTH, _HEIGHT, _BAR, _TALL = 960, 200, 28, 560
_AMOUNTS = {"num_format": "#,##0", "num_font": {"size": 8}}
_ROWS_BETWEEN, _PIXELS_OF_A_ROW = 2, 20


def write_charts(workings: Workings, book: Any, worksheet: Any) -> None:
    """Charts of the summary's totals; the numbers they show are kept with them."""
    words, allocation = workings.words, workings.allocation
    summary, first = words("summary"), workings.first_line
    last = first + len(allocation.lines) - 1
    row = workings.total_row - 1
    chart = _chart(book, "bar", words("chart_lines"))
    chart.set_y_axis({"reverse": True, "num_font": {"size": 8}, "interval_unit": 1})
    chart.set_x_axis({**_AMOUNTS, "label_position": "high"})
    chart.add_series(
        {
            "name": words("chart_lines"),
            "categories": [summary, FIRST_ROW - 2, first, FIRST_ROW - 2, last],
            "values": [summary, row, first, row, last],
            "categories_data": list(map(printable, workings.titles.values())),
            "values_data": [workings.money(sum(a)) for a in allocation.lines.values()],
        }
    )
    height = min(_HEIGHT + _BAR * len(allocation.lines), _TALL)
    description = words("chart_lines_alt", sheet=summary)
    _insert(worksheet, 2, chart, height, description)
    if len(allocation.register.ids) > MOST_SCHOOLS:
        return
    top, bottom, total = FIRST_ROW - 1, workings.last_school_row - 1, last + 1
    chart = _chart(book, "column", words("chart_schools"))
    chart.set_x_axis({"num_font": {"size": 8, "rotation": -90}, "interval_unit": 1})
    chart.set_y_axis(_AMOUNTS)
    chart.add_series(
        {
            "name": words("chart_schools"),
            "categories": [summary, top, 0, bottom, 0],
            "values": [summary, top, total, bottom, total],
            "categories_data": list(map(printable, allocation.register.ids)),
            "values_data": [workings.money(amount) for amount in allocation.school_totals],
        }
    )
    described = words("chart_schools_alt", column=words("total"), sheet=summary)
    below = 2 + height // _PIXELS_OF_A_ROW + _ROWS_BETWEEN
    worksheet.set_h_pagebreaks([below])
    _insert(worksheet, below, chart, _TALL, described)


def _chart(book: Any, kind: str, title: str) -> Any:
    chart = book.add_chart({"type": kind})
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    return chart


def _insert(worksheet: Any, row: int, chart: Any, height: int, description: str) -> None:
    chart.set_size({"width": _WIDTH, "height": height})
    worksheet.insert_chart(row, 0, chart, {"description": description})
