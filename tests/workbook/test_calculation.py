"""The formulas of a workbook computed with exact fractions, without any spreadsheet program."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given

from formula_funding.diagnostics.problem import Place
from formula_funding.export.allocation_workbook.record import Recorded, recorded
from formula_funding.export.to_workbook import write_workbook
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.limits import Limits
from formula_funding.sources.workbook_formulas import Stored, stored_cells
from formula_funding.workbook.calculation import Calculation, Fault, Scalar
from formula_funding.workbook.written_formula import NotReadableError, written_formula
from tests.properties.budget import worlds_tried
from tests.properties.running import files_of
from tests.properties.worlds import World, worlds

_CELLS = {
    (1, 1): Stored(None, "30", "n"),
    (2, 1): Stored(None, "12.5", "n"),
    (3, 1): Stored(None, "text", "s"),
    (4, 1): Stored(None, "1", "b"),
    (5, 1): Stored("A6+1", "", "n"),
    (6, 1): Stored("A5+1", "", "n"),
}


def _value(formula: str) -> Scalar:
    sheet = {**_CELLS, (9, 9): Stored(formula, "", "n")}
    return Calculation({"One": sheet, "It's": _CELLS}, {"rate": "One!$A$2"}).value("One", 9, 9)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1+2*3^2", 19),
        ("-2^2", 4),
        ("2-3-4", -5),
        ("8/2/2", 2),
        ("--(1=1)", 1),
        ("10^-2", "1/100"),
        ("ROUND(-2.5,0)", -3),
        ("ROUND(1250,-2)", 1300),
        ("A1*rate", 375),
        ("SUM(One!$A$1:$A$4)", "85/2"),
        ("SUM('It''s'!A1:A2)", "85/2"),
        ("SUMPRODUCT(--(A1:A2>20),A1:A2)", 30),
        ("IF(A4,1,1/0)", 1),
        ("IFERROR(1/0,7)", 7),
        ("MOD(-7,3)", 2),
        ("LARGE(A1:A2,2)", "25/2"),
        ('IF("a"="A",1,0)', 1),
        ("MATCH(12.5,A1:A2,0)", 2),
        ("SUM(MMULT(A1:A2,TRANSPOSE(A1:A2)))", "7225/4"),
    ],
)
def test_a_formula_gives_what_a_spreadsheet_gives(formula: str, value: int | str) -> None:
    assert _value(formula) == Fraction(value)


@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        ("1/0", "#DIV/0!"),
        ("A3+1", "#VALUE!"),
        ("unknown+1", "#NAME?"),
        ("NA()", "#N/A"),
        ("SUM(Nowhere!A1:A2)", "#REF!"),
        ("10^99^99", "#NUM!"),
        ("A5", "#REF!"),
        ("INDEX(A1:A2,3)", "#REF!"),
    ],
)
def test_what_has_no_value_is_a_fault(formula: str, fault: str) -> None:
    found = _value(formula)
    assert isinstance(found, Fault)
    assert found == fault


@pytest.mark.parametrize("text", ["", "1+", "(1", "1 2", "#REF!", "A1;B2", '"open', "SUM(1,"])
def test_a_formula_that_the_program_would_not_write_is_refused(text: str) -> None:
    with pytest.raises(NotReadableError):
        written_formula(text)


def test_a_function_that_the_program_does_not_write_is_refused() -> None:
    with pytest.raises(NotReadableError):
        _value("WEBSERVICE(A3)")


def _recorded(path: Path) -> Recorded:
    return recorded(stored_cells(path, Limits())["Record"], Place("book"), Limits())


@given(worlds())
@worlds_tried(8)
def test_every_formula_of_random_rulebooks_gives_the_engines_value(
    tmp_path_factory: pytest.TempPathFactory, world: World
) -> None:
    path = tmp_path_factory.mktemp("random") / "world.xlsx"
    with files_of(world) as files:
        finished = files.run_if_money_exists()
        write_workbook(finished, path, "en")
    written = _recorded(path)
    calculation = Calculation(written.sheets, written.names)
    with deep_recursion():
        for sheet, cells in written.sheets.items():
            for (row, column), cell in cells.items():
                if cell.formula is not None:
                    value = calculation.value(sheet, row, column)
                    assert _is(value, cell), (sheet, row, column, cell, value)


def _is(value: Scalar, cell: Stored) -> bool:
    if isinstance(value, Fraction):
        known = Fraction(cell.value)
        return abs(value - known) <= max(Fraction(1, 1000), abs(known) / 10**12)
    return cell.value == (str(int(value)) if isinstance(value, bool) else value)
