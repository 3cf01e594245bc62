"""Workbooks as they really come: what is understood, and what is named with its cell."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.sources.conftest import BY_BIRTHDAY, BY_FTE, Run, places, totals
from tests.sources.workbooks import number, row, text, texts, write_workbook

HEAD = texts(1, "school_id", "grade")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "roster.xlsx"


def test_ids_as_numbers_have_lost_their_zeros_and_no_school_is_known(run: Run, path: Path) -> None:
    write_workbook(path, {"Oct": [HEAD, row(2, number("A2", "125"), number("B2", "5"))]})
    finished = run("roster.xlsx")
    assert places(finished) == ["D009 roster.xlsx › Oct › A2"]
    assert "leading zeros" in finished.problems[0].hint


def test_a_number_that_a_format_fills_up_is_the_same_number(run: Run, path: Path) -> None:
    rows = [texts(1, "school_id", "fte"), row(2, text("A2", "00125"), number("B2", "1", 1))]
    write_workbook(path, {"Oct": rows}, formats=["00000"])
    assert totals(run("roster.xlsx", rulebook=BY_FTE))["00125"] == "100.00"


def test_an_id_with_more_digits_than_a_spreadsheet_keeps_is_named(run: Run, path: Path) -> None:
    rows = [HEAD, row(2, number("A2", "1.23456789012345E+18"), number("B2", "5"))]
    write_workbook(path, {"Oct": rows})
    assert places(run("roster.xlsx")) == ["D072 roster.xlsx › Oct › A2"]


def test_merged_cells_are_named_where_they_have_no_value(run: Run, path: Path) -> None:
    rows = [HEAD, texts(2, "00125", "5"), row(3, text("B3", "6")), row(4, text("B4", "7"))]
    after = '<mergeCells><mergeCell ref="A2:A4"/></mergeCells>'
    write_workbook(path, {"Oct": rows}, after=after)
    finished = run("roster.xlsx")
    assert places(finished) == ["D070 roster.xlsx › Oct › A3"]
    assert "2 times; also in A4" in finished.stderr


def test_a_merged_title_above_the_header_troubles_nobody(run: Run, path: Path) -> None:
    rows = [texts(1, "Список учащихся"), texts(3, "school_id", "grade"), texts(4, "00125", "5")]
    after = '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    write_workbook(path, {"Oct": rows}, after=after)
    assert totals(run("roster.xlsx", "roster: {header_row: 3}"))["00125"] == "100.00"


def _with_hidden_row(path: Path) -> None:
    rows = [HEAD, texts(2, "00125", "5"), texts(3, "00125", "6", more='hidden="1"')]
    write_workbook(path, {"Oct": rows})


@pytest.mark.parametrize(("said", "total"), [("read", "200.00"), ("skip", "100.00")])
def test_a_layout_says_what_becomes_of_hidden_rows(
    run: Run, path: Path, said: str, total: str
) -> None:
    _with_hidden_row(path)
    assert totals(run("roster.xlsx", f"roster: {{hidden_rows: {said}}}"))["00125"] == total


def test_skipped_hidden_rows_stand_in_the_ledger(run: Run, path: Path) -> None:
    _with_hidden_row(path)
    finished = run("roster.xlsx", "roster: {hidden_rows: skip}", "--format", "table")
    assert "hidden rows" in finished.stdout


def test_a_formula_with_its_value_is_read(run: Run, path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Oct")
    sheet.write_row(0, 0, ["school_id", "grade"])
    sheet.write_formula("A2", '="00"&"125"', value="00125")
    sheet.write_formula("B2", "=4+1", value=5)
    book.close()
    assert totals(run("roster.xlsx"))["00125"] == "100.00"


def test_an_error_cell_is_named(run: Run, path: Path) -> None:
    error = '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    write_workbook(path, {"Oct": [HEAD, row(2, text("A2", "00125"), error)]})
    assert places(run("roster.xlsx")) == ["D069 roster.xlsx › Oct › B2"]


def test_an_error_in_a_column_that_nobody_reads_troubles_nobody(run: Run, path: Path) -> None:
    error = '<c r="C2" t="e"><v>#N/A</v></c>'
    rows = [texts(1, "school_id", "grade", "note")]
    rows += [row(2, text("A2", "00125"), text("B2", "5"), error)]
    write_workbook(path, {"Oct": rows})
    assert totals(run("roster.xlsx"))["00125"] == "100.00"


def test_numbers_stored_as_text_are_numbers(run: Run, path: Path) -> None:
    head = texts(1, "school_id", "grade", "fte")
    rows = [head, texts(2, "00125", "5", "0,5"), row(3, text("A3", "00125"), number("B3", "6"))]
    rows += [row(4, text("A4", "00125"), number("B4", "6"), number("C4", "0.25"))]
    write_workbook(path, {"Oct": rows})
    layout = 'roster: {numbers: "1 234,50"}'
    assert totals(run("roster.xlsx", layout, rulebook=BY_FTE))["00125"] == "175.00"


def test_a_computed_number_is_read_with_the_digits_that_a_spreadsheet_shows(
    run: Run, path: Path
) -> None:
    """0.1 + 0.2 is stored as 0.30000000000000004 and shown, with all digits, as 0.3."""
    head = texts(1, "school_id", "grade", "fte")
    cells = (text("A2", "00125"), number("B2", "5"), number("C2", "0.30000000000000004"))
    write_workbook(path, {"Oct": [head, row(2, *cells)]})
    assert totals(run("roster.xlsx", rulebook=BY_FTE))["00125"] == "30.00"


@pytest.mark.parametrize(
    ("is_1904", "serial"), [(False, "42248"), (True, "40786")], ids=["1900", "1904"]
)
@pytest.mark.parametrize("layout", ["roster: {}", 'roster: {dates: "31.01.2025"}'])
def test_a_date_is_the_same_day_in_both_systems(
    run: Run, path: Path, layout: str, is_1904: bool, serial: str
) -> None:
    """2015-09-01 is day 42248 of the one and day 40786 of the other; the day before is not."""
    rows = [texts(1, "school_id", "born")]
    for line, day in ((2, int(serial)), (3, int(serial) - 1)):
        rows.append(row(line, text(f"A{line}", "00125"), number(f"B{line}", str(day), 1)))
    write_workbook(path, {"Oct": rows}, formats=["dd\\.mm\\.yyyy"], is_1904=is_1904)
    assert totals(run("roster.xlsx", layout, rulebook=BY_BIRTHDAY))["00125"] == "100.00"


def test_dates_before_march_1900_can_be_read_in_two_ways(run: Run, path: Path) -> None:
    rows = [texts(1, "school_id", "born"), row(2, text("A2", "00125"), number("B2", "59", 1))]
    write_workbook(path, {"Oct": rows}, formats=["yyyy-mm-dd"])
    finished = run("roster.xlsx", rulebook=BY_BIRTHDAY)
    assert places(finished) == ["D075 roster.xlsx › Oct › B2"]


def test_the_only_sheet_with_the_columns_is_read_and_told(run: Run, path: Path) -> None:
    write_workbook(path, {"Cover": [texts(1, "Отчёт")], "Oct": [HEAD, texts(2, "00125", "5")]})
    finished = run("roster.xlsx")
    assert totals(finished)["00125"] == "100.00"
    assert "the sheet `Oct` was read" in finished.stderr


def test_two_candidate_sheets_stop_the_run(run: Run, path: Path) -> None:
    sheets = {"Oct": [HEAD, texts(2, "00125", "5")], "Nov": [HEAD, texts(2, "00125", "5")]}
    write_workbook(path, sheets)
    finished = run("roster.xlsx")
    assert places(finished) == ["D066 roster.xlsx"]
    assert "`Oct`, `Nov`" in finished.stderr
    assert totals(run("roster.xlsx", "roster: {sheet: Nov}"))["00125"] == "100.00"
    misspelt = run("roster.xlsx", "roster: {sheet: Now}")
    assert places(misspelt) == ["D066 roster.xlsx"]
    assert misspelt.errors[0].hint == "did you mean `Nov`?"


def test_a_totals_row_is_named_or_skipped_as_declared(run: Run, path: Path) -> None:
    rows = [HEAD, texts(2, "00125", "5"), texts(3, "Итого", "1")]
    write_workbook(path, {"Oct": rows})
    assert places(run("roster.xlsx")) == ["D021 roster.xlsx › Oct › A3"]
    skipped = run("roster.xlsx", "roster: {skip: {school_id: Итого}}", "--format", "table")
    assert "skipped, as the layout says" in skipped.stdout


def test_a_cell_beyond_the_header_is_named(run: Run, path: Path) -> None:
    write_workbook(path, {"Oct": [HEAD, texts(2, "00125", "5", "!")]})
    assert places(run("roster.xlsx")) == ["D005 roster.xlsx › Oct › C2"]


def test_a_hidden_sheet_is_read_only_by_its_name(run: Run, path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["school_id", "grade"])
    book.active.append(["00125", 5])
    other = book.create_sheet("old")
    other.append(["school_id", "grade"])
    other.append(["00126", 5])
    other.sheet_state = "hidden"
    book.save(path)
    assert totals(run("roster.xlsx"))["00126"] == "0.00"
    assert totals(run("roster.xlsx", "roster: {sheet: old}"))["00126"] == "100.00"


def test_a_workbook_of_each_writer_reads_alike(run: Run, path: Path) -> None:
    """With texts shared or in the cells, by openpyxl and by XlsxWriter."""
    values = [["school_id", "grade", "fte"], ["00125", 5, 0.5], ["00126", "6", "0.25"]]
    openpyxl_book = openpyxl.Workbook()
    for line in values:
        openpyxl_book.active.append(line)
    openpyxl_book.save(path)
    expected = {"00125": "50.00", "00126": "25.00"}
    assert totals(run("roster.xlsx", rulebook=BY_FTE)) == expected
    for constant_memory in (False, True):
        book = xlsxwriter.Workbook(path, {"constant_memory": constant_memory})
        sheet = book.add_worksheet()
        for i, line in enumerate(values):
            sheet.write_row(i, 0, line)
        book.close()
        assert totals(run("roster.xlsx", rulebook=BY_FTE)) == expected


def test_a_school_name_that_is_a_formula_reaches_outputs_as_text(
    run: Run, path: Path, tmp_path: Path
) -> None:
    write_workbook(path, {"Oct": [HEAD, texts(2, "00125", "5")]})
    name = '=HYPERLINK("http://example.org","x")'
    schools = f'school_id,name\n00125,"{name.replace(chr(34), chr(34) * 2)}"\n'
    for output in ("out.xlsx", "out.csv"):
        finished = run("roster.xlsx", None, "-o", output, schools=schools)
        assert finished.exit_code == 0, finished.stderr
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cells = [c for sheet in book for line in sheet.iter_rows() for c in line if c.value == name]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)
    assert "'=HYPERLINK" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
