"""What was changed by hand in a workbook is found, each with its cell, and nothing else is told."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.export.to_workbook import write_workbook
from formula_funding.pipeline import Inputs, Run
from formula_funding.verify import verify
from tests.export.town import town
from tests.workbook.recalculated import (
    all_recalculated,
    part_of,
    rewritten,
    with_wrong_values,
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return town(tmp_path_factory.mktemp("run") / "town", "last")


@pytest.fixture(scope="module")
def book(finished: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "town.xlsx"
    write_workbook(finished, path, "en")
    return path


def _told(workbook: Path, inputs: Inputs) -> list[str]:
    problems = Problems()
    verify(workbook, inputs, problems)
    return [
        f"{p.code.id} {p.place.sheet} {p.place.cell or p.place.line}" for p in problems if p.place
    ]


def _with(book: Path, target: Path, sheet: str, change: Callable[[str], str]) -> Path:
    """A copy in which one sheet is another text."""
    part = part_of(book, sheet)
    copy = rewritten(book, target, lambda name, text: change(text) if name == part else text)
    with zipfile.ZipFile(book) as one, zipfile.ZipFile(copy) as other:
        assert one.read(part) != other.read(part), "nothing was changed"
    return copy


def _cell(text: str, address: str) -> str:
    found = re.search(rf'<c r="{address}"[^>]*>.*?</c>', text)
    assert found, address
    return found[0]


def _value(address: str, value: str) -> Callable[[str], str]:
    """A change of a cell into a number, as by typing over it."""
    return lambda text: text.replace(_cell(text, address), f'<c r="{address}"><v>{value}</v></c>')


def _without_row(number: int) -> Callable[[str], str]:
    return lambda text: re.sub(rf'<row r="{number}".*?</row>', "", text)


def _exchanged(one: int, other: int) -> Callable[[str], str]:
    """A change by which two rows have each other's id and name."""

    def change(text: str) -> str:
        for column in "AB":
            cells = [_cell(text, f"{column}{row}") for row in (one, other)]
            told = [re.sub(r'r="[A-Z]+\d+"', "", cell) for cell in cells]
            text = text.replace(cells[0], "\0").replace(
                cells[1], told[0].replace("<c ", f'<c r="{column}{other}" ')
            )
            text = text.replace("\0", told[1].replace("<c ", f'<c r="{column}{one}" '))
        return text

    return change


def test_a_workbook_as_it_was_written_is_as_the_engine_makes_it(
    finished: Run, book: Path, tmp_path: Path
) -> None:
    for language in ("en", "ru"):
        path = tmp_path / f"{language}.xlsx"
        write_workbook(finished, path, language)
        assert _told(path, finished.inputs) == []
    problems = Problems()
    verified = verify(book, finished.inputs, problems)
    assert verified.schools == 3
    assert verified.formulas > 50


@pytest.mark.parametrize(
    ("sheet", "change", "told"),
    [
        ("Figures", _value("C4", "30000"), "W009 Figures C4"),
        ("Explanation", _value("F5", "31"), "W010 Explanation F5"),
        ("Schools", _value("D4", "1251"), "W010 Schools D4"),
        ("Lines", _value("D4", "999.99"), "W007 Lines D4"),
        ("Summary", _value("F5", "1"), "W007 Summary F5"),
        ("Lines", _without_row(6), "W004 Lines 6"),
        ("Summary", _exchanged(4, 6), "W006 Summary 4"),
        ("Schools", _exchanged(4, 5), "W006 Schools 4"),
        (
            "Explanation",
            lambda text: text.replace("<f>F5*G5</f>", "<f>F5*G5+1000</f>"),
            "W008 Explanation H5",
        ),
        (
            "Summary",
            lambda text: text.replace("<t>Two</t>", "<t>Another</t>"),
            "W011 Summary B5",
        ),
    ],
)
def test_what_was_changed_by_hand_is_told_with_its_cell(
    finished: Run, book: Path, tmp_path: Path, sheet: str, change: Callable[[str], str], told: str
) -> None:
    changed = _with(book, tmp_path / "changed.xlsx", sheet, change)
    found = [line for line in _told(changed, finished.inputs) if not line.startswith("W012")]
    assert found == [told]


def test_a_workbook_that_was_not_calculated_anew_is_told(
    finished: Run, book: Path, tmp_path: Path
) -> None:
    stale = with_wrong_values(book, tmp_path / "stale.xlsx")
    told = _told(stale, finished.inputs)
    assert told
    assert all(line.startswith("W012") for line in told)


def test_amounts_that_follow_a_changed_figure_are_held_against_the_engine_with_it(
    finished: Run, book: Path, tmp_path: Path
) -> None:
    """After LibreOffice has opened, calculated and saved both workbooks."""
    whole = with_wrong_values(book, tmp_path / "whole.xlsx")
    changed = _with(book, tmp_path / "changed.xlsx", "Figures", _value("C6", "1200.75"))
    saved, followed = all_recalculated([whole, changed], tmp_path)
    assert _told(saved, finished.inputs) == []
    assert _told(followed, finished.inputs) == ["W009 Figures C6"]


def test_another_workbook_and_one_without_a_sheet_are_told(
    finished: Run, book: Path, tmp_path: Path
) -> None:
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")
    with pytest.raises(ProblemsFoundError, match="W002"):
        _told(tmp_path / "other.xlsx", finished.inputs)
    lacking = openpyxl.load_workbook(book)
    del lacking["Lines"]
    lacking.save(tmp_path / "lacking.xlsx")
    assert _told(tmp_path / "lacking.xlsx", finished.inputs) == ["W003 Lines 0"]


def test_a_row_that_was_added_is_told(finished: Run, book: Path, tmp_path: Path) -> None:
    added = '<row r="400"><c r="A400" t="inlineStr"><is><t>999</t></is></c></row></sheetData>'
    changed = _with(
        book,
        tmp_path / "changed.xlsx",
        "Lines",
        lambda text: text.replace("</sheetData>", added),
    )
    assert _told(changed, finished.inputs) == ["W005 Lines 400"]
