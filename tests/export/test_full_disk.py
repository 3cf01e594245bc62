"""A disk that fills up while workbooks are written is told as of every other file."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import xlsxwriter

from formula_funding.export.workbook_file import workbook_file
from tests.conftest import Funding


def test_a_full_disk_under_workbooks_of_schools_is_a_problem_and_leaves_nothing(
    funding: Funding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert funding("init", "city").exit_code == 0
    before = sorted(tmp_path.iterdir())

    def full(_book: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(xlsxwriter.Workbook, "_store_workbook", full)
    files = ("city/rulebook.yaml", "city/roster.csv", "--schools", "city/schools.csv")
    finished = funding("compute", *files, "--per-school", "out")
    (problem,) = finished.errors
    assert (finished.exit_code, problem.code, problem.at) == (3, "O002", "out")
    assert problem.says.endswith("no space left on device")
    assert "--temp-dir" in problem.hint
    assert sorted(tmp_path.iterdir()) == before


def test_what_the_library_says_of_a_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "book.xlsx"
    with pytest.raises(FileNotFoundError), workbook_file(nowhere) as book:
        book.add_worksheet("A")
