"""What was changed by hand in a workbook is found, each with its cell, and nothing else is told."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from formula_funding.diagnostics.problem import Place, ProblemsFoundError
from formula_funding.export.to_workbook import write_workbook
from formula_funding.language.words import Words
from formula_funding.model.limits import Limits
from formula_funding.pipeline import Inputs, Run
from formula_funding.verify.verify import Verdict, verify
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
def books(finished: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("book")
    paths = {language: folder / f"{language}.xlsx" for language in ("en", "ru")}
    for language, path in paths.items():
        write_workbook(finished, path, language)
    return paths


@pytest.fixture(scope="module")
def book(books: dict[str, Path]) -> Path:
    return books["en"]


def _told(workbook: Path, inputs: Inputs | None = None) -> list[str]:
    """Code, sheet and cell of each finding."""
    found = verify(workbook, Limits(), inputs).findings
    return [f"{f.code.id} {f.sheet} {Place('', f.row, f.column, sheet='x').spot}" for f in found]


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


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_workbook_as_it_was_written_is_clean_by_its_record_and_by_the_engine(
    finished: Run, books: dict[str, Path], language: str
) -> None:
    for inputs in (None, finished.inputs):
        verified = verify(books[language], Limits(), inputs)
        assert not verified.findings
        assert verified.verdict is Verdict.AS_WRITTEN
        assert verified.formulas > 50


_CHANGES: list[tuple[str, Callable[[str], str], str]] = [
    ("figures", _value("C4", "30000"), "W009 C4"),
    ("explanation", _value("F5", "31"), "W010 F5"),
    ("schools", _value("D4", "1251"), "W010 D4"),
    ("lines", _value("D4", "999.99"), "W007 D4"),
    ("summary", _value("F5", "1"), "W007 F5"),
    ("statement_sheet", _value("D12", "1"), "W007 D12"),
    ("lines", _without_row(6), "W004 row 6"),
    ("summary", _exchanged(4, 6), "W006 row 4"),
    ("schools", _exchanged(4, 5), "W006 row 4"),
    (
        "explanation",
        lambda text: text.replace("<f>F5*G5</f>", "<f>F5*G5+1000</f>"),
        "W008 H5",
    ),
    ("summary", lambda text: text.replace("<t>Two</t>", "<t>Another</t>"), "W011 B5"),
]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("sheet", "change", "told"), _CHANGES)
def test_what_was_changed_by_hand_is_told_with_its_cell(
    books: dict[str, Path],
    tmp_path: Path,
    sheet: str,
    change: Callable[[str], str],
    told: str,
    language: str,
) -> None:
    name = Words(language)(sheet)
    changed = _with(books[language], tmp_path / "changed.xlsx", name, change)
    found = [line for line in _told(changed) if not line.startswith("W012")]
    code, cell = told.split(" ", 1)
    assert found == [f"{code} {name} {cell}"]


def test_the_files_of_the_run_tell_the_same_as_the_record(
    finished: Run, book: Path, tmp_path: Path
) -> None:
    changed = _with(book, tmp_path / "changed.xlsx", "Lines", _value("D4", "999.99"))
    assert _told(changed, finished.inputs) == _told(changed) == ["W007 Lines D4"]


def test_what_was_written_and_what_is_found_are_told(book: Path, tmp_path: Path) -> None:
    changed = _with(book, tmp_path / "changed.xlsx", "Figures", _value("C4", "30000"))
    [figure, *_] = verify(changed, Limits()).as_json()["findings"]
    assert (figure["cell"], figure["written"], figure["found"]) == ("C4", "33333.33", "30000")
    assert json.dumps(figure)


def test_formulas_that_were_not_calculated_anew_after_a_change_are_told(
    book: Path, tmp_path: Path
) -> None:
    changed = _with(book, tmp_path / "changed.xlsx", "Figures", _value("C4", "30000"))
    verified = verify(changed, Limits())
    assert verified.verdict is Verdict.STALE
    told = _told(changed)
    assert told[0] == "W009 Figures C4"
    assert {"W012 Explanation H5", "W012 Summary F7"} <= set(told)


def test_another_school_chosen_on_the_statement_is_nobodys_change(
    book: Path, tmp_path: Path
) -> None:
    """Here it was chosen without calculating: the statement alone shows another school."""
    changed = _with(
        book, tmp_path / "changed.xlsx", "Statement", lambda text: text.replace(">001<", ">002<")
    )
    told = _told(changed)
    assert told
    assert all(line.startswith("W012 Statement ") for line in told)


def test_a_workbook_that_was_not_calculated_anew_is_told(book: Path, tmp_path: Path) -> None:
    stale = with_wrong_values(book, tmp_path / "stale.xlsx")
    told = _told(stale)
    assert told
    assert all(line.startswith("W012") for line in told)
    problems = list(verify(stale, Limits()).problems())
    assert len(problems) < 40 < len(told)
    assert sum(" times: " in problem.message for problem in problems) >= 3


def test_libreoffice_may_save_a_workbook_and_calculate_it(
    finished: Run, books: dict[str, Path], tmp_path: Path
) -> None:
    """Clean if nothing was changed; consistent if a figure and a count were changed."""
    same = [with_wrong_values(path, tmp_path / f"{key}.xlsx") for key, path in books.items()]
    one = _with(books["ru"], tmp_path / "one.xlsx", "Показатели", _value("C6", "1200.75"))
    both = _with(one, tmp_path / "both.xlsx", "Расчёт", _value("F5", "31"))
    english, russian, changed = all_recalculated([*same, both], tmp_path)
    for saved in (english, russian):
        assert _told(saved) == _told(saved, finished.inputs) == []
    told = ["W009 Показатели C6", "W010 Расчёт F5"]
    assert sorted(_told(changed)) == sorted(_told(changed, finished.inputs)) == told
    assert verify(changed, Limits()).verdict is Verdict.CONSISTENT


def test_another_workbook_and_one_without_a_sheet_are_told(
    finished: Run, book: Path, tmp_path: Path
) -> None:
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")
    with pytest.raises(ProblemsFoundError, match="W002"):
        _told(tmp_path / "other.xlsx")
    lacking = openpyxl.load_workbook(book)
    del lacking["Lines"]
    lacking.save(tmp_path / "lacking.xlsx")
    assert _told(tmp_path / "lacking.xlsx") == ["W003 Lines "]
    del lacking["Record"]
    lacking.save(tmp_path / "lacking.xlsx")
    assert _told(tmp_path / "lacking.xlsx", finished.inputs) == ["W003 Lines "]
    with pytest.raises(ProblemsFoundError, match="W020"):
        _told(tmp_path / "lacking.xlsx")


@pytest.mark.parametrize(
    "record", ["", "not base64!", "eJyrVipJrShRsjI0MLKoBQAh/QR0", "eNoDAAAAAAE="]
)
def test_a_damaged_record_is_told(book: Path, tmp_path: Path, record: str) -> None:
    changed = openpyxl.load_workbook(book)
    changed["Record"]["A2"] = record
    changed.save(tmp_path / "damaged.xlsx")
    with pytest.raises(ProblemsFoundError, match="W020"):
        _told(tmp_path / "damaged.xlsx")


def test_a_record_that_unfolds_beyond_the_limits_is_refused(book: Path) -> None:
    with pytest.raises(ProblemsFoundError, match="unfolds to at most"):
        verify(book, Limits(inflated_bytes=20_000))


def test_a_row_that_was_added_is_told(book: Path, tmp_path: Path) -> None:
    added = '<row r="400"><c r="A400" t="inlineStr"><is><t>999</t></is></c></row></sheetData>'
    changed = _with(
        book,
        tmp_path / "changed.xlsx",
        "Lines",
        lambda text: text.replace("</sheetData>", added),
    )
    assert _told(changed) == ["W005 Lines row 400"]


def _deleted(book: openpyxl.Workbook) -> None:
    book["Summary"].delete_rows(5)


def _inserted(book: openpyxl.Workbook) -> None:
    book["Summary"].insert_rows(5)
    book["Summary"]["A5"] = "999"


def _swapped(book: openpyxl.Workbook) -> None:
    for one, other in zip(book["Schools"][4], book["Schools"][6], strict=True):
        one.value, other.value = other.value, one.value


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_deleted, "W004 Summary row 5"),
        (_inserted, "W005 Summary row 5"),
        (_swapped, "W006 Schools row 4"),
    ],
)
def test_rows_that_move_others_are_one_finding(
    book: Path, tmp_path: Path, change: Callable[[openpyxl.Workbook], None], told: str
) -> None:
    """Deleted, inserted or exchanged as a spreadsheet program does it, with all their cells."""
    changed = openpyxl.load_workbook(book)
    change(changed)
    changed.create_sheet("Notes of my own")["A1"] = "not looked at"
    changed.save(tmp_path / "changed.xlsx")
    assert _told(tmp_path / "changed.xlsx") == [told]


def test_more_cells_than_the_limit_are_refused(book: Path) -> None:
    with pytest.raises(ProblemsFoundError, match="at most so many cells"):
        verify(book, Limits(cells=100))


def _typed(address: str, kind: str, value: str) -> Callable[[str], str]:
    cell = f'<c r="{address}" t="{kind}"><v>{value}</v></c>'
    return lambda text: text.replace(_cell(text, address), cell)


@pytest.mark.parametrize(("sheet", "address"), [("Figures", "C4"), ("Explanation", "F5")])
def test_a_text_in_place_of_a_number_is_told_although_it_looks_alike(
    book: Path, tmp_path: Path, sheet: str, address: str
) -> None:
    number = openpyxl.load_workbook(book)[sheet][address].value
    changed = _with(book, tmp_path / "b.xlsx", sheet, _typed(address, "str", f"{number}"))
    verified = verify(changed, Limits())
    assert [finding.code.id for finding in verified.findings] == ["W011"]
    assert verified.findings[0].message.startswith(f"the text `{number}` stands here")
    assert verified.verdict is Verdict.CHANGED


def test_a_figure_taken_away_is_no_figure_that_formulas_follow(book: Path, tmp_path: Path) -> None:
    changed = _with(
        book, tmp_path / "b.xlsx", "Figures", lambda text: text.replace(_cell(text, "C4"), "")
    )
    verified = verify(changed, Limits())
    assert [finding.code.id for finding in verified.findings] == ["W011"]
    assert verified.verdict is Verdict.CHANGED
