"""Codes and ids that a spreadsheet program made into something else: dates, shortened numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import process_time

import pytest

from tests.conftest import Funding
from tests.sources.conftest import RULEBOOK, Run, places, totals
from tests.sources.workbooks import number, row, text, texts, write_workbook

HEAD = texts(1, "school_id", "student_id", "grade")
DAY = "45789"
"""12 May 2025, as a workbook stores it."""


def workbook(path: Path, *rows: Sequence[str], after: str = "") -> None:
    """A sheet `Oct` with schools, students and grades; style 1 shows a date, style 2 zeros."""
    lines = [row(2 + i, *cells) for i, cells in enumerate(rows)]
    write_workbook(
        path, {"Oct": [HEAD, *lines]}, formats=["mm\\-dd", "000\\-000\\-000\\ 00"], after=after
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "r.xlsx"


@pytest.mark.parametrize("schools", ["", "school_id\n05-12\n05-13\n"], ids=["alone", "register"])
def test_a_school_code_that_became_a_date_is_named_with_its_cell(
    run: Run, path: Path, schools: str
) -> None:
    workbook(
        path,
        (text("A2", "05-13"), text("B2", "a"), number("C2", "5")),
        (number("A3", DAY, 1), text("B3", "b"), number("C3", "5")),
    )
    finished = run("r.xlsx", schools=schools)
    assert places(finished) == ["D101 r.xlsx › Oct › A3"]


def test_a_school_of_the_register_that_became_a_date_is_named_with_its_cell(
    funding: Funding, tmp_path: Path
) -> None:
    rows = [texts(1, "school_id", "name"), row(2, number("A2", DAY, 1), text("B2", "Hill"))]
    write_workbook(tmp_path / "schools.xlsx", {"Schools": rows}, formats=["mm\\-dd"])
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "r.csv").write_text("school_id,grade\n05-12,5\n")
    finished = funding("compute", "rulebook.yaml", "r.csv", "--schools", "schools.xlsx")
    assert places(finished) == ["D101 schools.xlsx › Schools › A2"]


def test_a_date_in_a_column_that_is_no_id_stays_a_date(run: Run, path: Path) -> None:
    layout = 'roster: {columns: {grade: student_id, student_id: grade}, only: {grade: ["5"]}}'
    rows = (text("A2", "00125"), number("B2", DAY, 1), number("C2", "5"))
    workbook(path, rows)
    assert places(run("r.xlsx", layout)) == ["D007 r.xlsx › Oct › B2"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (number("B3", DAY, 1), "D101"),
        (number("B3", "1.23456789012345E+18"), "D072"),
        ('<c r="B3" t="e"><v>#N/A</v></c>', "D069"),
        ('<c r="B3"><f>A1</f></c>', "D068"),
    ],
)
def test_a_student_id_that_can_not_be_taken_at_its_word_is_named(
    run: Run, path: Path, cell: str, code: str
) -> None:
    workbook(
        path,
        (text("A2", "00125"), text("B2", "a"), number("C2", "5")),
        (text("A3", "00125"), cell, number("C3", "5")),
    )
    assert places(run("r.xlsx")) == [f"{code} r.xlsx › Oct › B3"]


def test_a_student_id_that_is_merged_away_is_named(run: Run, path: Path) -> None:
    after = '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'
    workbook(
        path,
        (text("A2", "00125"), text("B2", "a"), number("C2", "5")),
        (text("A3", "00125"), number("C3", "5")),
        after=after,
    )
    assert places(run("r.xlsx")) == ["D070 r.xlsx › Oct › B3"]


def test_very_many_wide_merges_below_the_table_keep_nobody_busy(run: Run, path: Path) -> None:
    merges = "".join(f'<mergeCell ref="A{line}:XFD{line}"/>' for line in range(10, 20_010))
    rows = (text("A2", "00125"), text("B2", "a"), number("C2", "5"))
    workbook(path, rows, after=f"<mergeCells>{merges}</mergeCells>")
    before = process_time()
    assert totals(run("r.xlsx"))["00125"] == "100.00"
    assert process_time() - before < 10


def test_a_student_id_that_a_format_parts_by_hyphens_is_the_number_that_is_stored(
    run: Run, path: Path
) -> None:
    workbook(
        path,
        (text("A2", "00125"), number("B2", "11223344595", 2), number("C2", "5")),
        (text("A3", "00125"), number("B3", "11223344596", 2), number("C3", "5")),
    )
    assert totals(run("r.xlsx"))["00125"] == "200.00"


def test_an_unreadable_student_id_in_a_row_that_is_skipped_troubles_nobody(
    run: Run, path: Path
) -> None:
    workbook(
        path,
        (text("A2", "00125"), text("B2", "a"), number("C2", "5")),
        (text("A3", "Итого"), '<c r="B3" t="e"><v>#N/A</v></c>', number("C3", "1")),
    )
    assert totals(run("r.xlsx", "roster: {skip: {school_id: Итого}}"))["00125"] == "100.00"


DATES = (
    *("2025-05-12", "2025-05-12 00:00:00", "12.05.2025", "12.05.2025 0:00", "05/12/2025"),
    *("12.май", "12-May", "May-12", "01 сен", "сен.01"),
)


@pytest.mark.parametrize("code", DATES)
def test_a_date_as_a_school_code_of_a_text_file_is_named_where_no_register_knows_it(
    run: Run, tmp_path: Path, code: str
) -> None:
    (tmp_path / "r.csv").write_text(f"school_id,grade\n05-13,5\n{code},5\n", encoding="utf-8")
    assert places(run("r.csv", schools="")) == ["D101 r.csv:3:1"]
    known = f"school_id\n05-13\n{code}\n"
    assert totals(run("r.csv", schools=known))[code] == "100.00"


@pytest.mark.parametrize(
    "code", ["05-12", "5.12", "12.05", "1205", "12-2025", "12.13.2025", "99.05.2025", "12 Mayfield"]
)
def test_a_school_code_that_is_no_date_is_a_school_code(
    run: Run, tmp_path: Path, code: str
) -> None:
    (tmp_path / "r.csv").write_text(f"school_id,grade\n{code},5\n", encoding="utf-8")
    assert totals(run("r.csv", schools=""))[code] == "100.00"


def test_a_date_that_the_register_lacks_is_told_with_the_code_that_it_was(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "r.csv").write_text("school_id,grade\n05-13,5\n12.05.2025,5\n")
    finished = run("r.csv", schools="school_id\n05-12\n05-13\n")
    assert places(finished) == ["D009 r.csv:3:1"]
    assert finished.errors[0].hint == "a code taken for a date? the register has `05-12`"


def test_shortened_ids_that_are_alike_are_told_to_be_shortened(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(
        "school_id,student_id,grade\n00125,1.12233E+10,5\n00125,1.12233E+10,5\n"
    )
    finished = run("r.csv")
    assert places(finished) == ["D012 r.csv:3:2"]
    assert "shortened" in finished.errors[0].hint


def test_codes_that_a_program_made_numbers_of_are_told_with_what_they_were(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "r.csv").write_text("school_id,grade\n00126,5\n125.0,5\n")
    assert run("r.csv").errors[0].hint == "taken for a number? the register has `00125`"
    (tmp_path / "r.csv").write_text("school_id,grade\n126.0,5\n125.0,5\n")
    assert "export the column as text" in run("r.csv").errors[0].hint
    (tmp_path / "r.csv").write_text("school_id,grade\n00126,5\n00125,5\n")
    hint = run("r.csv", schools="school_id\n125\n126\n").errors[0].hint
    assert hint == "the register has lost the leading zeros that the ids have here"
