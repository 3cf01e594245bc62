"""Formulas translated for a spreadsheet give what the engine gives, as LibreOffice calculates."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
import xlsxwriter

from formula_funding.exact.rounding import Rounding, RoundingMode, round_fraction
from formula_funding.exact.sharing import NothingToShareByError
from formula_funding.formula.aggregates import AGGREGATES, Unit
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.formula.parse import parse_formula
from formula_funding.formula.tree import Aggregate, Lookup, Tree
from formula_funding.judge.evaluate import NoSuchNumberError, Value, evaluate
from formula_funding.language.words import LANGUAGES, Words
from formula_funding.workbook import aggregate_formulas, formula_from_tree
from formula_funding.workbook.aggregate_formulas import Among, reason_to_hold
from formula_funding.workbook.formula_from_tree import (
    CantBeAFormulaError,
    number_literal,
    rounded_formula,
    text_literal,
)
from formula_funding.workbook.names import CellNames
from tests.workbook.recalculated import recalculated

VALUES: dict[str, Value] = {
    "n": Fraction(7),
    "none": Fraction(0),
    "debt": Fraction("-2.5"),
    "rate": Fraction("160300.05"),
    "third": Fraction(1, 3),
    "group": "A",
    "word": "a*",
}


class _Known:
    """Names that stand for values: as cells of a spreadsheet, and for the judge."""

    def name(self, name: str) -> str:
        value = VALUES[name]
        if isinstance(value, str):
            return text_literal(value)
        assert isinstance(value, Fraction)
        return number_literal(value)

    def rate(self, lookup: Lookup) -> str:
        raise AssertionError(lookup)

    def aggregate(self, tree: Aggregate) -> str:
        raise AssertionError(tree)


class _Judged:
    def name(self, name: str) -> Value:
        return VALUES[name]

    def rate(self, table: str, keys: tuple[str, ...]) -> Fraction:
        raise AssertionError(table, keys)

    def aggregate(self, tree: Aggregate) -> Fraction:
        raise AssertionError(tree)


FORMULAS = [
    *(function.example.partition(" = ")[0] for function in FUNCTIONS.values()),
    "if(n > 5, rate, 1 / none)",
    "if(n < 5 or 1 / none > 0, 1, 2)",
    "if(n > 5 and none = 1, 1, 2)",
    "if(none = 1 and 1 / none > 0, 1, 2)",
    "if(1 / none > 0 and none = 1, 1, 2)",
    "if(n = 7 or 1 / none > 0, 1, 2)",
    "none / none",
    "n / third",
    "1 / none",
    "-n^2",
    "(-n)^2",
    "n - (2 - 5)",
    "n - -debt",
    "12 / 2 / 3",
    "12 / (2 / 3)",
    "2 * 3^2",
    "22.35% * rate",
    "round(rate * 0.5, 2)",
    "round(rate * 0.1 * 3, 2)",
    "round(debt, 0)",
    "round(1.005, 2)",
    "round(2.675 * 100, 0)",
    "round(123456.5, -1)",
    "round(3560 * (0.5 * (0.875 - 0.55)), 0)",
    "round_half_even(3560 * (0.5 * (0.875 - 0.55)), 0)",
    "100 / round(n * 0.5, 0)",
    "100 / round_half_even(n * 0.5, 0)",
    "100 / round_down(n * 0.5, 1) / 2",
    "n - round_half_even(0 - n, 0)",
    "round_half_even(2.5, 0)",
    "round_half_even(3.5, 0)",
    "round_half_even(debt, 0)",
    "round_half_even(rate * 0.5, 2)",
    "round_half_even(rate * 1.5, 2)",
    "round_half_even(1.005, 2)",
    "round_half_even(1.0051, 2)",
    "round_half_even(250, -2)",
    "round_up(third * 3, 0)",
    "round_up(0.1 * 3, 1)",
    "round_up(debt, 0)",
    "round_down(debt, 0)",
    "round_down(0.1 * 3 * 10, 0)",
    "round_down(1.1 * 1.1 * 100, 0)",
    "ramp(0.2, 0.2, 0.6)",
    "ramp(n, 7, 7)",
    "root(debt, 3, 2)",
    "root(27, 3, 4)",
    "root(0.0225, 2, 1)",
    "ln(none, 2)",
    "clamp(n, 8, 7)",
    "if(group = 'A', 1, 2)",
    "if(group = 'a', 1, 2)",
    "if(group != 'a', 1, 2)",
    "if(word in ['a', 'b'], 1, 2)",
    "if(word in ['b', 'a*'], 1, 2)",
    "if(n in [1..4, 7], 1, 2)",
    "if(n in 1..4, 1, 2)",
    "if(n not in 1..4, 1, 2)",
    "if(not (n = 7), 1, 2)",
    "if(0.1 + 0.2 = 0.3, 1, 2)",
    "if(third * 3 >= 1, 1, 2)",
    "if(2025-01-31 < 2025-02-01, 1, 2)",
]


def _judged(tree: Tree) -> Fraction | None:
    try:
        value = evaluate(tree, _Judged())
    except (NoSuchNumberError, ValueError):
        return None
    assert isinstance(value, Fraction)
    return value


def _calculated(formulas: Sequence[tuple[str, bool]], folder: Path) -> list[object]:
    """What LibreOffice calculates; every cell holds the wrong value 999 before that."""
    path = folder / "formulas.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Sheet")
        for row, (formula, is_array) in enumerate(formulas):
            if is_array:
                sheet.write_array_formula(row, 0, row, 0, f"{{={formula}}}", None, 999)
            else:
                sheet.write_formula(row, 0, f"={formula}", None, 999)
        _write_columns(sheet)
    sheet = recalculated(path, folder)["Sheet"]
    return [sheet.cell(row, 1).value for row in range(1, len(formulas) + 1)]


def _differs(found: object, expected: Fraction | None) -> bool:
    if expected is None:
        return not (isinstance(found, str) and found.startswith("#"))
    shown = Fraction(str(found)) if isinstance(found, int | float) else None
    return shown is None or abs(shown - expected) > Fraction(1, 10**9)


def test_a_formula_gives_in_a_spreadsheet_what_the_judge_finds(tmp_path: Path) -> None:
    trees = [parse_formula(text) for text in FORMULAS]
    written = [(formula_from_tree.formula_from_tree(tree, _Known()), False) for tree in trees]
    found = _calculated(written, tmp_path)
    wrong = {
        text: (formula, value, expected)
        for text, (formula, _), value, expected in zip(
            FORMULAS, written, found, map(_judged, trees), strict=True
        )
        if _differs(value, expected)
    }
    assert wrong == {}


NUMBERS = ["0", "2.345", "2.355", "-2.345", "0.125", "1234567890.125", "75", "-75", "49.99", "150"]
UNITS = ["0.01", "1", "100", "0.05", "0.25", "1000"]


def test_every_rounding_of_a_line_is_that_of_the_engine(tmp_path: Path) -> None:
    cases = [
        (Fraction(number), Rounding(Fraction(unit), mode))
        for number in NUMBERS
        for unit in UNITS
        for mode in RoundingMode
    ]
    written = [(rounded_formula(number_literal(n), rounding), False) for n, rounding in cases]
    found = _calculated(written, tmp_path)
    wrong = [
        (str(number), rounding, formula, value)
        for (number, rounding), (formula, _), value in zip(cases, written, found, strict=True)
        if _differs(value, round_fraction(number, rounding))
    ]
    assert wrong == []


# aggregates over columns: C holds the values, D who counts, E the group

SCHOOLS = [
    ("5.5", 1, 1),
    ("9", 1, 1),
    ("9", 1, 2),
    ("-1", 1, 2),
    ("20", 0, 1),
    ("0", 1, 1),
    ("7", 1, 3),
]
_COLUMNS = {"values": "$C$1:$C$7", "chosen": "$D$1:$D$7"}


def _write_columns(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    for row, (value, chosen, group) in enumerate(SCHOOLS):
        for column, cell in ((2, Fraction(value)), (3, chosen), (4, group)):
            sheet.write_formula(row, column, f"={number_literal(Fraction(cell))}")


@pytest.mark.parametrize("by_group", [False, True])
def test_an_aggregate_gives_in_a_spreadsheet_what_its_definition_gives(
    tmp_path: Path, by_group: bool
) -> None:
    cases: list[tuple[str, int, str]] = []
    for function, formula in aggregate_formulas.FORMULAS.items():
        for asking in range(len(SCHOOLS)):
            among = Among(
                **_COLUMNS,
                alike=f"$E$1:$E$7=$E${asking + 1}" if by_group else None,
                own=f"$C${asking + 1}",
                own_chosen=f"$D${asking + 1}",
                given="2",
            )
            cases.append((function, asking, formula.write(among)))
    written = [(text, aggregate_formulas.FORMULAS[name].is_array) for name, _, text in cases]
    found = _calculated(written, tmp_path)
    wrong = [
        (function, asking, formula, value)
        for (function, asking, formula), value in zip(cases, found, strict=True)
        if _differs(value, _by_definition(function, asking, by_group))
    ]
    assert wrong == []


def _by_definition(function: str, asking: int, by_group: bool) -> Fraction | None:
    """The value for a school; None where several are meant and one is asked for."""
    alike = [
        i for i, school in enumerate(SCHOOLS) if not by_group or school[2] == SCHOOLS[asking][2]
    ]
    chosen = [i for i in alike if SCHOOLS[i][1]]
    units = [Unit(str(i), 1, (Fraction(SCHOOLS[i][0]),)) for i in chosen]
    try:
        results = AGGREGATES[function].of([Fraction(2)], units, len(alike))
    except NothingToShareByError:
        return None
    if not AGGREGATES[function].for_each:
        return results[0]
    return results[chosen.index(asking)] if asking in chosen else Fraction(0)


# nothing is left out in silence


@pytest.mark.parametrize("function", [*FUNCTIONS, CONDITIONAL])
def test_every_function_has_a_formula(function: str) -> None:
    assert function in formula_from_tree.FORMULAS


@pytest.mark.parametrize("function", AGGREGATES)
def test_every_aggregate_has_a_formula_or_a_reason_to_hold_a_value(function: str) -> None:
    reason = reason_to_hold(function)
    assert (reason is None) == (function in aggregate_formulas.FORMULAS)
    if reason is not None:
        assert all(Words(language)(reason) for language in LANGUAGES)
        assert function in aggregate_formulas.HELD, "say why it can't be a formula"


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("n + 1234567890123456", "held_digits"),
        ("if(2025-01-01 > 1899-12-31, 1, 2)", "held_day"),
        ("round_half_even(" * 8 + "n" + ", 2)" * 8, "held_too_long"),
    ],
)
def test_what_a_spreadsheet_cannot_hold_says_why(formula: str, reason: str) -> None:
    with pytest.raises(CantBeAFormulaError) as refused:
        formula_from_tree.formula_from_tree(parse_formula(formula), _Known())
    assert refused.value.reason == reason
    assert all(Words(language)(reason) for language in LANGUAGES)


def test_names_of_cells_are_such_as_spreadsheets_allow_and_differ_by_more_than_case() -> None:
    names = CellNames()
    found = [names.new(name) for name in ("step_share@2024-09..2024-12", "step_a", "step_A")]
    assert found == ["step_share_2024_09_2024_12", "step_a", "step_A_2"]
