"""A workbook for each school: its own amounts, calculating, and nobody else's."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.export.per_school import write_schools
from formula_funding.export.whole_file import fill_whole
from formula_funding.model.limits import Limits
from formula_funding.pipeline import Run
from formula_funding.verify.verify import verify
from tests.export.town import town
from tests.export.village import NAMES


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return town(tmp_path_factory.mktemp("run") / "town", "last")


def _written(finished: Run, folder: Path, language: str = "en") -> list[Path]:
    fill_whole(folder, lambda path: write_schools(finished, path, language), force=False)
    return sorted(folder.iterdir())


def _statement(path: Path, *, formulas: bool = False) -> dict[Any, Any]:
    """The amounts of the statement by what stands beside them."""
    sheet = openpyxl.load_workbook(path, data_only=not formulas)["Statement"]
    return {row[1]: row[3] for row in sheet.values if row[3] is not None}


def test_each_school_has_a_file_with_its_own_amounts_and_no_other_school(
    finished: Run, tmp_path: Path
) -> None:
    files = _written(finished, tmp_path / "schools")
    assert [path.stem for path in files] == list(finished.allocation.register.ids)
    for i, path in enumerate(files):
        told = _statement(path)
        amounts = [units[i] for units in finished.allocation.lines.values()]
        expected = [Decimal(units).scaleb(-2) for units in (*amounts, sum(amounts))]
        found = [Decimal(str(told[title])) for title in ("Teaching", "Heating", "Total")]
        assert found == expected
        others = {name for k, name in enumerate(("One", "Two", "Three")) if k != i}
        book = openpyxl.load_workbook(path)
        cells = {cell.value for sheet in book for row in sheet for cell in row}
        assert not cells & others


def test_the_workbook_of_a_school_can_be_verified(finished: Run, tmp_path: Path) -> None:
    path, *_ = _written(finished, tmp_path / "schools")
    assert verify(path, Limits()).findings == []
    book = openpyxl.load_workbook(path)
    book["Explanation"]["F5"] = 31
    book.save(path)
    found = verify(path, Limits()).findings
    assert (found[0].code.id, found[0].sheet, found[0].row) == ("W010", "Explanation", 5)


def test_amounts_are_formulas_over_the_explanation_and_its_groups_over_the_figures(
    finished: Run, tmp_path: Path
) -> None:
    path, *_ = _written(finished, tmp_path / "schools")
    told = _statement(path, formulas=True)
    book = openpyxl.load_workbook(path)
    row = int(re.fullmatch(r"=Explanation!H(\d+)", told["Teaching"])[1])  # type: ignore[index]
    assert book["Explanation"][f"C{row}"].value == "Teaching"
    rates = [cell.value for cell in book["Explanation"]["G"]]
    assert "=rate_norm.low" in rates
    assert book.defined_names["rate_norm.low"].attr_text == "Figures!$C$4"
    formulas = [
        cell.value
        for sheet in book
        for row in sheet
        for cell in row
        if cell.data_type == "f" and "HYPERLINK" not in str(cell.value)
    ]
    sheets = {name for text in formulas for name in re.findall(r"(\w+)!", text)}
    assert sheets <= set(book.sheetnames)
    held = {row[2] for row in list(book["Values held"].values)[3:]}
    assert held == {"value: it reads other sheets, which stand in the workbook of all schools"}


def test_an_id_that_is_no_file_name_gets_one_of_its_own(village: Run, tmp_path: Path) -> None:
    names = [path.name for path in _written(village, tmp_path / "schools")]
    assert len(names) == len(NAMES)
    assert all(re.fullmatch(r"[\w.-]+\.xlsx", name) for name in names)
    assert {"0131.xlsx", "-7.xlsx", "42.xlsx"} <= set(names)


def test_an_empty_folder_that_is_there_stays_with_its_rights(finished: Run, tmp_path: Path) -> None:
    folder, link = tmp_path / "shared", tmp_path / "link"
    folder.mkdir(mode=0o750)
    link.symlink_to(folder)
    before = folder.stat()
    _written(finished, link)
    assert (folder.stat().st_ino, folder.stat().st_mode) == (before.st_ino, before.st_mode)
    assert link.is_symlink()
    assert list(folder.iterdir())


def test_a_folder_with_files_is_not_written_to_unasked(finished: Run, tmp_path: Path) -> None:
    folder = tmp_path / "schools"
    first = {path.name: path.read_bytes() for path in _written(finished, folder)}
    with pytest.raises(ProblemsFoundError, match="holds files already"):
        _written(finished, folder)
    fill_whole(folder, lambda path: write_schools(finished, path, "en"), force=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
