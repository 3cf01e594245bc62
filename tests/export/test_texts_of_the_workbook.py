"""Every text stands in a workbook as it was given, whatever XML or XlsxWriter would make of it."""

from __future__ import annotations

import csv
import warnings
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from formula_funding.export.to_workbook import write_workbook
from formula_funding.export.workbook_file import workbook_file
from formula_funding.model.limits import Limits
from formula_funding.pipeline import Inputs, Run, run
from formula_funding.sources.workbook_formulas import Cells, stored_cells
from formula_funding.verify.verify import verify

NAMES = [
    "<r><t>bold</t></r>",
    "<r>a & b</r>",
    '<r/></is></c><c r="Z9"><f>1+1</f><v>2</v></c><c><is></r>',
    "_x0041_",
    "a\x0bb\uffff",
    "#N/A",
    "#1",
    "=1+1",
]
LONGEST = "x" * 300
RULEBOOK = """\
rulebook: texts
title: "Texts \\x01"
version: "VERSION"
currency: RUB
students: {kind_of: {values: [a, "LONGEST"]}}
parameters: {rate: {kind: money, by: kind_of, values: {a: 1.5, "LONGEST": 2}}}
lines:
  one: {title: T, for: each student, amount: "rate[kind_of]"}
  two: {title: t, for: each student, amount: "rate[kind_of] * 2"}
  three: {title: T (one), for: each student, amount: "rate[kind_of] * 3"}
  four: {title: <r>A & B</r>, for: each student, amount: "rate[kind_of] * 4"}
"""


@pytest.fixture
def finished(tmp_path: Path) -> Run:
    folder = tmp_path / "run"
    folder.mkdir()
    text = RULEBOOK.replace("LONGEST", LONGEST).replace("VERSION", "&" * 200)
    (folder / "rulebook.yaml").write_text(text, encoding="utf-8")
    tables = {
        "schools": [["school_id", "name"], *([str(n), name] for n, name in enumerate(NAMES))],
        "roster": [
            ["school_id", "kind_of"],
            *([str(n), kind] for n in range(len(NAMES)) for kind in ("a", LONGEST)),
        ],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return run(Inputs(folder / "rulebook.yaml", (folder / "roster.csv",), folder / "schools.csv"))


def _column(cells: Cells, column: int) -> list[str]:
    return [cell.value for (_, at), cell in sorted(cells.items()) if at == column]


def test_names_and_titles_stand_in_the_workbook_as_they_were_given(
    finished: Run, tmp_path: Path
) -> None:
    """Nothing is warned of, every part is sound XML, and no name adds a cell."""
    path = tmp_path / "allocation.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_workbook(finished, path, "en")
    with zipfile.ZipFile(path) as book:
        for part in book.namelist():
            ElementTree.fromstring(book.read(part))
    cells = stored_cells(path, Limits())
    assert _column(cells["Summary"], 2)[1:] == list(finished.allocation.register.names)
    header = [cell.value for (row, _), cell in sorted(cells["Summary"].items()) if row == 3]
    assert header[3:7] == ["T (one) (one)", "t (two)", "T (one)", "<r>A & B</r>"]
    assert max(column for _, column in cells["Summary"]) == len(header)
    assert verify(path, Limits()).findings == []


@pytest.mark.parametrize("row_by_row", [True, False])
def test_a_text_that_looks_like_xml_of_the_library_is_a_text(
    tmp_path: Path, row_by_row: bool
) -> None:
    path = tmp_path / "texts.xlsx"
    with workbook_file(path, row_by_row=row_by_row) as book:
        sheet = book.add_worksheet("A")
        for row, name in enumerate(NAMES):
            sheet.write_string(row, 0, name, book.add_format({"bold": True}))
            sheet.write_formula(row, 1, "=A1", None, name)
    cells = stored_cells(path, Limits())["A"]
    assert _column(cells, 1) == _column(cells, 2) == NAMES
