"""What the workbook promises beside its amounts: links, names, locks, pages, instalments, codes."""

from __future__ import annotations

import hashlib
import re
import zipfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.export.allocation_workbook import sheet_writer
from formula_funding.export.to_workbook import write_workbook
from tests.export.town import REMAINDERS, town


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of a town, beside the files that it was made of."""
    folder = tmp_path_factory.mktemp("book") / "town"
    write_workbook(town(folder, "last"), folder / "town.xlsx", "en")
    return folder / "town.xlsx"


@pytest.fixture(scope="module")
def book(written: Path) -> Any:
    """The workbook that people see: without the record, which is hidden for good."""
    found = openpyxl.load_workbook(written)
    assert found["Record"].sheet_state == "veryHidden"
    del found["Record"]
    return found


def _rows(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    """The rows of a table below its header, as values."""
    return list(openpyxl.load_workbook(path, data_only=True)[sheet].values)[3:]


def _linked(book: Any, link: str) -> Any:
    found = re.match(r'=HYPERLINK\("#(\w+)!([A-Z]+\d+)"', link)
    assert found, link
    return book[found[1]][found[2]]


def test_links_lead_from_a_line_to_its_calculation_and_back(book: Any) -> None:
    for row in book["Lines"].iter_rows(min_row=4):
        target = _linked(book, row[-1].value)
        there = book["Explanation"][target.row]
        assert [cell.value for cell in there[:3]] == [cell.value for cell in row[:3]]
        assert there[3].value == "Total"
        assert _linked(book, there[11].value).row == row[0].row


def test_links_lead_from_a_school_to_its_calculation_and_from_the_cover_everywhere(
    book: Any,
) -> None:
    for row in book["Summary"].iter_rows(min_row=4, max_row=6):
        target = _linked(book, row[-1].value)
        assert target.value == row[0].value
        assert book["Explanation"].cell(target.row - 1, 1).value != row[0].value
    links = [row[0].value for row in book["Cover"].iter_rows() if _is_link(row[0].value)]
    assert [_linked(book, link).parent.title for link in links] == book.sheetnames[1:]
    backs = {_linked(book, book[name]["A2"].value).parent.title for name in ("Lines", "Charts")}
    assert backs == {"Cover"}


def _is_link(value: object) -> bool:
    return isinstance(value, str) and value.startswith("=HYPERLINK")


def test_rates_totals_and_the_checks_have_names(book: Any) -> None:
    names = {name: defined.attr_text for name, defined in book.defined_names.items()}
    assert names["rate_norm.low"] == "Figures!$C$4"
    assert names["rate_heat"] == "Figures!$C$6"
    assert names["total_base"] == "Summary!$D$7"
    assert names["grand_total"] == "Summary!$F$7"
    assert book["Checks"][names["all_checks"].split("!")[1].replace("$", "")].value
    in_sheet = [row[-1].value for row in book["Figures"].iter_rows(min_row=4)]
    assert in_sheet == ["rate_norm.low", "rate_norm.high", "rate_heat"]


def test_formulas_are_locked_and_figures_counts_and_the_choice_are_open(book: Any) -> None:
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book)
    open_cells = {
        sheet.title: sorted({cell.column_letter for row in sheet for cell in row if _is_open(cell)})
        for sheet in book
    }
    assert {title: columns for title, columns in open_cells.items() if columns} == {
        "Statement": ["C"],
        "Explanation": ["F"],
        "Schools": ["C", "D", "E"],
        "Figures": ["C"],
    }
    assert not any(
        _is_open(cell) for sheet in book for row in sheet for cell in row if cell.data_type == "f"
    )
    [choice] = book["Statement"].data_validations.dataValidation
    assert choice.formula1 == "Summary!$A$4:$A$6"


def _is_open(cell: Any) -> bool:
    return cell.value is not None and not cell.protection.locked


def test_every_sheet_prints_on_a4_across_one_page_wide_with_its_header_and_number(
    book: Any,
) -> None:
    for sheet in book:
        setup = sheet.page_setup
        assert (setup.paperSize, setup.orientation) == (9, "landscape")
        assert (setup.fitToWidth or 1, setup.fitToHeight) == (1, 0)
        assert sheet.oddFooter.right.text == "&P / &N"
        assert not sheet.merged_cells.ranges
        if sheet.auto_filter.ref:
            assert sheet.print_title_rows == "$3:$3"
            assert sheet.freeze_panes == "C4"
            assert sheet.auto_filter.ref.startswith("A3:")


def test_charts_have_a_text_for_those_who_cannot_see_them(written: Path) -> None:
    with zipfile.ZipFile(written) as parts:
        drawing = parts.read("xl/drawings/drawing1.xml").decode("utf-8")
    texts = re.findall(r'descr="([^"]*)"', drawing)
    assert len(texts) == 2
    assert all("“Summary”" in text for text in texts)


def test_the_properties_hold_the_title_and_the_hash_of_every_file_read(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    assert book.properties.title == "Town"
    hashes = {found.name: found.value for found in book.custom_doc_props.props}
    assert hashes == {
        f"SHA-256 {name}": hashlib.sha256((written.parent / name).read_bytes()).hexdigest()
        for name in ("rulebook.yaml", "roster.csv", "schools.csv")
    }


def test_lines_carry_their_budget_codes(written: Path) -> None:
    codes = {row[2]: row[4] for row in _rows(written, "Lines")}
    assert codes["Teaching"] == "kosgu 211"
    assert not codes["Heating"]


@pytest.mark.parametrize("remainder", REMAINDERS)
def test_instalments_are_those_of_the_engine(tmp_path: Path, remainder: str) -> None:
    finished = town(tmp_path / "town", remainder)
    path = tmp_path / "town.xlsx"
    write_workbook(finished, path, "en")
    payment = finished.allocation.plan.payment
    assert payment is not None
    *schools, total = _rows(path, "Instalments")
    for row, units in zip(schools, finished.allocation.school_totals, strict=True):
        whole = Decimal(units).scaleb(-2)
        paid = [Decimal(str(cell)) for cell in row[2:5]]
        assert sum(paid) == whole == Decimal(str(row[5]))
        assert paid == list(payment.of(Fraction(whole)).values())
    assert Decimal(str(total[5])) == Decimal(finished.allocation.total).scaleb(-2)


def test_all_checks_hold_in_a_fresh_workbook(written: Path) -> None:
    rows = _rows(written, "Checks")
    assert len(rows) > 8
    assert all(row[4] is True for row in rows)
    assert {row[3] for row in rows[:-1]} == {0}


def test_more_rows_than_a_sheet_keeps_stop_the_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """XlsxWriter would leave them out without a word."""
    monkeypatch.setattr(sheet_writer, "MOST_ROWS", 8)
    with pytest.raises(ProblemsFoundError, match=r"W001.*more than 8 rows"):
        write_workbook(town(tmp_path / "town", "last"), tmp_path / "town.xlsx", "en")


def test_each_rule_has_its_file_line_and_source_wherever_the_files_lie(written: Path) -> None:
    rules = {row[9] for row in _rows(written, "Explanation")}
    assert "town/rulebook.yaml:18:3" in rules
    assert not any(str(rule).startswith("/") for rule in rules)
    sources = {row[10] for row in _rows(written, "Explanation") if row[2] == "Teaching"}
    assert "The act, 15 January 2025, 3" in sources
