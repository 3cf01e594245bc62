"""The rosters of the sample city as they really come: a workbook from each school."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

CITY = Path(__file__).parents[2] / "sample_data" / "city"


def rows_by_school() -> dict[str, list[list[str]]]:
    """The rows of the city's roster, by school."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    with (CITY / "roster.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        at = header.index("school_id")
        for row in reader:
            found[row[at]].append(row)
    return {school: [header, *rows] for school, rows in sorted(found.items())}


def write_workbook(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """A workbook of one sheet; grades are numbers, as a school types them, and ids are text."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Ученики")
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            if text.isdecimal() and not text.startswith("0"):
                sheet.write_number(number, column, int(text))
            else:
                sheet.write_string(number, column, text)
    book.close()
