"""A workbook from each of the sample city's sixty schools, good ones and wrong ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import Funding
from tests.report.sixty_workbooks import CITY, rows_by_school, write_workbook

RULEBOOK = CITY.parents[1] / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"
SCHOOLS = ("--schools", CITY / "schools.csv")
WRONG = "FFF4B6B6"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The good workbooks."""
    folder = tmp_path_factory.mktemp("city") / "rosters"
    folder.mkdir()
    for school, rows in rows_by_school().items():
        write_workbook(folder / f"{school}.xlsx", rows)
    return folder


def changed(path: Path, change: Callable[[Any], None]) -> None:
    book = openpyxl.load_workbook(path)
    change(book.active)
    book.save(path)


def one_school(sheet: Any) -> None:
    sheet["C5"], sheet["B9"] = 12, "0999"
    sheet["A11"] = sheet["A10"].value
    sheet["F20"] = "note"
    sheet.append([None, "Итого"])


def another_school(sheet: Any) -> None:
    sheet.merge_cells("D5:D6")
    sheet["C9"] = "=1/0"
    sheet.row_dimensions[14].hidden = True


def test_sixty_workbooks_give_the_allocation_of_the_one_table(
    funding: Funding, folder: Path
) -> None:
    assert len(list(folder.iterdir())) == 60
    found = [
        funding("compute", RULEBOOK, roster, *SCHOOLS, "--format", "csv").stdout
        for roster in (folder, folder / "*.xlsx", CITY / "roster.csv")
    ]
    assert found[0] == found[1] == found[2]
    assert found[0].count("\n") == 61


def test_each_wrong_workbook_of_sixty_goes_back_marked(
    funding: Funding, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "rosters").mkdir()
    for file in folder.iterdir():
        (tmp_path / "rosters" / file.name).write_bytes(file.read_bytes())
    changed(tmp_path / "rosters" / "0101.xlsx", one_school)
    changed(tmp_path / "rosters" / "0105.xlsx", another_school)
    words = ("roster", "check", RULEBOOK, "rosters", *SCHOOLS)
    finished = funding(*words, "-o", "back")
    assert finished.exit_code == 1
    assert finished.stderr == "Wrote back/0101.xlsx\nWrote back/0105.xlsx\n"
    assert finished.stdout.splitlines()[:3] == [
        "rosters/0101.xlsx: 1,034 rows",
        "rosters/0105.xlsx: 1,016 rows",
        "58 other files: 47,951 rows",
    ]
    assert _coloured(tmp_path / "back" / "0101.xlsx") == {"C5", "B9", "A11", "F20", "B1035"}
    row_14 = {f"{letter}14" for letter in "ABCD"}
    assert _coloured(tmp_path / "back" / "0105.xlsx") == {"D5", "C9"} | row_14
    key = openpyxl.load_workbook(tmp_path / "back" / "0101.xlsx")["Check"]
    assert key["A1"].value == "What is wrong in 0101.xlsx"
    assert [row[1].value for row in key.iter_rows(min_row=7)] == [
        *("D007", "D009", "D012", "D005", "D021"),
    ]
    report = json.loads(funding(*words, "--format", "json").stdout)
    reasons = {c["name"]: c["not_evaluated"] for c in report["checks"]}
    assert reasons["values"] == []


def _coloured(path: Path) -> set[str]:
    sheet = openpyxl.load_workbook(path)["Ученики"]
    return {
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == WRONG
    }
