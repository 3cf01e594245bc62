"""A copy of the roster with the wrong cells marked, to send back to the school."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem
from formula_funding.export.to_annotated_workbook import write_annotated
from formula_funding.sources.table import Table, TableFormat
from tests.conftest import Finished, Funding
from tests.report.test_roster_check import BAD, GOOD, RULEBOOK, SCHOOLS

ERROR, WARNING = "FFF4B6B6", "FFFFE699"


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "schools.csv").write_text(SCHOOLS)
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text(BAD, encoding="utf-8")


def mark(funding: Funding, *words: str) -> Finished:
    return funding("roster", "check", "rulebook.yaml", *words, "--schools", "schools.csv")


def coloured(sheet: Any) -> dict[str, str]:
    return {
        cell.coordinate: cell.fill.fgColor.rgb
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid"
    }


def test_the_wrong_cells_of_a_csv_file_are_marked(funding: Funding, tmp_path: Path) -> None:
    finished = mark(funding, "bad.csv", "-o", "marked.xlsx")
    assert (finished.exit_code, finished.stderr) == (1, "Wrote marked.xlsx\n")
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert book.sheetnames == ["bad", "Check"]
    sheet = book["bad"]
    row_7 = {f"{letter}7": ERROR for letter in "ABCD"}
    cells = dict.fromkeys(["C2", "C3", "B4", "A5", "C5", "D5", "B6"], ERROR)
    assert coloured(sheet) == cells | row_7
    assert sheet["A2"].value == "pupil-a"
    assert "D007" in sheet["C2"].comment.text
    assert "Expected: a whole number from 1 to 11" in sheet["C2"].comment.text


def test_the_key_says_what_is_wrong_how_often_where_and_what_to_do(
    funding: Funding, tmp_path: Path
) -> None:
    mark(funding, "bad.csv", "-o", "marked.xlsx")
    key = openpyxl.load_workbook(tmp_path / "marked.xlsx")["Check"]
    rows = [[cell.value for cell in row] for row in key.iter_rows(min_row=6)]
    assert rows[0][1:] == ["Code", "What is wrong", "How often", "Where", "Expected", "What to do"]
    assert [(row[1], row[3], row[4]) for row in rows[1:]] == [
        ("D007", 2, "C2, C3"),
        ("D009", 1, "B4"),
        ("D012", 1, "A5"),
        ("D006", 1, "C5"),
        ("D007", 1, "D5"),
        ("D021", 1, "B6"),
        ("D005", 1, "A7"),
    ]
    assert key["E7"].hyperlink.location or key["E7"].hyperlink.target == "#'bad'!C2"


def test_text_in_a_copy_is_never_a_formula(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(
        'student_id,school_id,grade,needs\n=HYPERLINK("x"),001,12,none\n+1,@a,-1,=1+1\n'
    )
    mark(funding, "bad.csv", "-o", "marked.xlsx")
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert types <= {"s", "n"}
    assert book["bad"]["A2"].value == '=HYPERLINK("x")'
    with zipfile.ZipFile(tmp_path / "marked.xlsx") as archive:
        texts = [archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in text for text in texts)


def test_the_same_roster_gives_the_same_bytes(funding: Funding, tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        mark(funding, "bad.csv", "-o", name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_of_several_files_each_wrong_one_has_its_copy_in_a_folder(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "good.csv").write_text("school_id,grade,needs\n001,1,none\n")
    (tmp_path / "other" / "bad.csv").write_text("school_id,grade,needs\n001,0,none\n")
    finished = mark(funding, "bad.csv", "good.csv", "other/bad.csv", "-o", "marked")
    assert finished.stderr == "Wrote marked/bad.xlsx\nWrote marked/bad-2.xlsx\n"
    assert sorted(p.name for p in (tmp_path / "marked").iterdir()) == ["bad-2.xlsx", "bad.xlsx"]


def test_a_good_roster_has_no_copy(funding: Funding, tmp_path: Path) -> None:
    finished = mark(funding, "good.csv", "-o", "marked.xlsx")
    assert (finished.exit_code, finished.stderr) == (0, "")
    assert not (tmp_path / "marked.xlsx").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["bad.csv", "-o", "marked.csv"], "O003"),
        (["bad.csv", "good.csv", "-o", "marked.xlsx"], "O003"),
        (["bad.csv", "-o", "mine.xlsx"], "O001"),
        (["bad.csv", "-o", "nowhere/marked.xlsx"], "O002"),
    ],
)
def test_a_copy_that_can_not_be_written_is_refused_before_reading(
    funding: Funding, tmp_path: Path, words: list[str], code: str
) -> None:
    (tmp_path / "mine.xlsx").write_text("mine")
    finished = mark(funding, *words)
    assert (finished.exit_code, [p.code for p in finished.problems]) == (3, [code])
    assert (tmp_path / "mine.xlsx").read_text() == "mine"


def test_a_file_that_breaks_off_is_copied_as_far_as_it_can_be_read(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "bad.csv").write_text('school_id,grade,needs\n001,12,none\n001,1,"none\n')
    assert mark(funding, "bad.csv", "-o", "marked.xlsx").exit_code == 1
    sheet = openpyxl.load_workbook(tmp_path / "marked.xlsx")["bad"]
    assert sheet["B2"].value == "12"
    assert coloured(sheet)["A3"] == ERROR


def test_a_copy_of_a_workbook_keeps_its_values_formats_and_formulas(tmp_path: Path) -> None:
    """The workbook of a school, with a problem in a cell and a warning in a row of a sheet."""
    source = tmp_path / "school.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Оценки"
    sheet.append(["school_id", "grade"])
    sheet.append(["001", 12])
    sheet.append(["=1+1", 3])
    sheet["B2"].number_format = "000"
    book.create_sheet("Check")["A1"] = "theirs"
    book.save(source)
    table = Table(
        source.as_posix(), source, TableFormat.CSV, ("school_id", "grade"), sheet="Оценки"
    )
    name = source.as_posix()
    problems = [
        Problem(codes.BAD_VALUE, "`grade` is wrong", Place(name, 2, 2, sheet="Оценки")),
        Problem(codes.NOT_FUNDED, "a row", Place(name, 3, sheet="Оценки"), count=7),
        Problem(codes.EMPTY_FILE, "the file", Place(name)),
    ]
    write_annotated(table, problems, tmp_path / "marked.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert marked.sheetnames == ["Оценки", "Check", "Check 2"]
    sheet = marked["Оценки"]
    assert (sheet["B2"].value, sheet["B2"].number_format) == (12, "000")
    assert sheet["A3"].value == "=1+1"
    assert coloured(sheet) == {"B2": ERROR, "A3": WARNING, "B3": WARNING}
    assert marked["Check"]["A1"].value == "theirs"
    where = [row[4].value for row in marked["Check 2"].iter_rows(min_row=7)]
    assert where == ["the whole file", "B2", "A3 and 6 more"]
