"""The workbook, read back: numbers are numbers, texts are texts, and everything adds up."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from formula_funding.exact.number_text import units_text
from formula_funding.export.to_workbook import write_workbook
from formula_funding.pipeline import Run
from tests.export.village import NAMES

HEADER_ROW = 3
OUR_FORMULA = re.compile(r"=[\w.:!()*/+,$<>=^{}' -]+")
"""What a formula is made of beside the texts in it."""
TEXT_IN_A_FORMULA = re.compile(r'"((?:[^"]|"")*)"')
OUR_TEXT = re.compile(r"|#('[\w ]+'|\w+)![A-Z]+\d+|[\w ]+|TRUE: .*|FALSE: .*")
"""Nothing, where a link leads and what it shows, and what the checks say."""


def _written(run: Run, folder: Path, language: str = "en") -> Any:
    path = folder / "allocation.xlsx"
    write_workbook(run, path, language)
    return openpyxl.load_workbook(path, data_only=True)


def _table(sheet: Any) -> tuple[list[str], list[list[Any]]]:
    """The header and the rows below it, as values."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADER_ROW)]
    return rows[0], rows[1:]


def _amount(value: object) -> Decimal:
    """An amount as it stands in the file; one of more than 15 digits stands there as text."""
    return Decimal(str(value))


def _units(run: Run, units: int) -> Decimal:
    return Decimal(units_text(units, run.allocation.places))


@pytest.mark.parametrize(
    ("language", "names"),
    [
        (
            "en",
            [
                *("Cover", "Summary", "Charts", "Statement", "Lines", "Explanation", "Schools"),
                *("Figures", "Checks", "Not funded", "Ledger", "Values held"),
            ],
        ),
        (
            "ru",
            [
                *("Титул", "Сводка", "Диаграммы", "Уведомление", "Строки", "Расчёт", "Школы"),
                *("Показатели", "Проверки", "Не финансируются", "Учёт строк", "Без формул"),
            ],
        ),
    ],
)
def test_the_sheets_are_named_and_headed_in_the_readers_language(
    village: Run, tmp_path: Path, language: str, names: list[str]
) -> None:
    book = _written(village, tmp_path, language)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    assert [sheet.title for sheet in visible] == names
    assert set(book.sheetnames) - set(names) == {"Record" if language == "en" else "Запись"}
    title = "A village & its schools" if language == "en" else "Село и его школы"
    first = {"School id", "Name", "Sheet", "Check"} | {"Код школы", "Название", "Лист", "Проверка"}
    forms = {"Cover", "Charts", "Statement"} | {"Титул", "Диаграммы", "Уведомление"}
    for sheet in visible:
        assert title in f"{sheet['A1'].value} {sheet['A2'].value}"
        if sheet.title not in forms:
            header, _ = _table(sheet)
            assert header[0] in first
            assert all(header)


def test_the_summary_holds_every_amount_and_its_totals_add_up(village: Run, tmp_path: Path) -> None:
    allocation = village.allocation
    header, rows = _table(_written(village, tmp_path)["Summary"])
    assert header == [
        *("School id", "Name", "Students", "Base", "-Halls", "Total", "Calculation, row")
    ]
    *schools, total = rows
    for i, row in enumerate(schools):
        amounts = [_units(village, units[i]) for units in allocation.lines.values()]
        assert [_amount(value) for value in row[3:5]] == amounts
        assert _amount(row[5]) == sum(amounts)
        assert row[:3] == [
            allocation.register.ids[i],
            allocation.register.names[i],
            allocation.ledger.students[i],
        ]
    assert total[0] == "Total"
    assert total[2] == sum(row[2] for row in schools)
    for column in (3, 4, 5):
        assert _amount(total[column]) == sum(_amount(row[column]) for row in schools)
    assert _amount(total[5]) == _units(village, allocation.total)


def test_the_lines_hold_every_school_and_line(village: Run, tmp_path: Path) -> None:
    allocation = village.allocation
    _, rows = _table(_written(village, tmp_path)["Lines"])
    expected = [
        (school, title, _units(village, allocation.lines[name][i]))
        for i, school in enumerate(allocation.register.ids)
        for name, title in (("base", "Base"), ("halls", "-Halls"))
    ]
    assert [(row[0], row[2], _amount(row[3])) for row in rows] == expected


def test_in_the_explanation_students_times_rate_is_the_amount_and_groups_add_up_to_the_line(
    village: Run, tmp_path: Path
) -> None:
    header, rows = _table(_written(village, tmp_path)["Explanation"])
    at = header.index
    base = [row for row in rows if row[at("Line")] == "Base"]
    groups: dict[str, Decimal] = dict.fromkeys(NAMES, Decimal(0))
    for row in base:
        amount = _amount(row[at("Amount")])
        if row[at("Students")] is None:
            assert groups[row[0]] == amount
            continue
        assert row[at("Students")] * _amount(row[at("Rate")]) == amount
        groups[row[0]] += amount
    assert sum(1 for row in base if row[at("Students")] is None) == len(NAMES)
    assert all(groups.values())


def test_no_text_is_a_formula_a_link_or_a_number(village: Run, tmp_path: Path) -> None:
    seen: set[str] = set()
    _written(village, tmp_path)
    for sheet in openpyxl.load_workbook(tmp_path / "allocation.xlsx").worksheets:
        for row in sheet.iter_rows(min_row=HEADER_ROW + 1):
            for cell in row:
                if cell.data_type == "f":
                    formula = getattr(cell.value, "text", cell.value)
                    assert OUR_FORMULA.fullmatch(TEXT_IN_A_FORMULA.sub("", formula)), formula
                    texts = TEXT_IN_A_FORMULA.findall(formula)
                    assert all(map(OUR_TEXT.fullmatch, texts)), formula
                    assert not set(texts) & {*NAMES, *NAMES.values()}
                assert cell.hyperlink is None
            if sheet.title in {"Figures", "Values held", "Cover", "Statement", "Checks"}:
                continue
            assert row[0].data_type == "s" or row[0].value is None
            if row[1].value:
                seen.add(row[1].value)
                assert row[1].data_type == "s"
    assert seen >= set(NAMES.values())


def test_a_number_is_a_number_unless_a_spreadsheet_would_lose_its_digits(
    village: Run, tmp_path: Path
) -> None:
    kinds: set[str] = set()
    sheet = _written(village, tmp_path)["Summary"]
    for row in sheet.iter_rows(min_row=HEADER_ROW + 1, min_col=3, max_col=6):
        for cell in row:
            digits = str(cell.value).replace(".", "").replace("-", "").lstrip("0")
            assert cell.data_type == ("n" if len(digits) <= 15 else "s")
            kinds.add(cell.data_type)
    assert kinds == {"n", "s"}


def test_the_students_whom_no_line_funds_are_listed(village: Run, tmp_path: Path) -> None:
    _, rows = _table(_written(village, tmp_path)["Not funded"])
    assert [(row[0], row[3]) for row in rows] == [("0131", 4)]


def test_the_same_run_gives_the_same_bytes(village: Run, tmp_path: Path) -> None:
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    write_workbook(village, one, "ru")
    write_workbook(village, two, "ru")
    assert one.read_bytes() == two.read_bytes()
