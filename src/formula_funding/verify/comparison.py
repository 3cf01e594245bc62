"""Two workbooks, cell by cell: as one was written, and as it is found. What differs is a finding.

Rows are matched by what they are about, so that a missing row is one finding and no more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code
from formula_funding.export.allocation_workbook.cells import FIRST_ROW, cached
from formula_funding.export.allocation_workbook.record import Recorded
from formula_funding.language.words import Words
from formula_funding.sources.workbook_formulas import Cells, Stored
from formula_funding.workbook.calculation import Calculation, Scalar

Book = Mapping[str, Cells]

_KEYS = {
    "summary": (1,),
    "lines": (1, 3),
    "explanation": (1, 3, 4),
    "schools": (1,),
    "figures": (1, 2),
    "payments": (1,),
    "checks": (1,),
    "excluded": (1, 3),
    "ledger_title": (1, 2),
    "held_cells": (1, 2, 3),
}
"""The tables, and the columns that say what a row is about."""
_FORMS = ("cover", "charts", "statement_sheet")
_FIGURE, _STUDENTS, _FIRST_FACT = 3, 6, 3
"""Columns of the figures, the explanation and the schools that hold inputs."""
_CHOICE = (4, 3)
"""The cell of the statement in which a school is chosen."""
_INPUTS = {codes.CHANGED_FIGURE, codes.CHANGED_COUNT}
_IS_NUMBER = re.compile(r"[-()0-9./]+")
"""A formula that is a figure of endless decimals, such as 11/15."""
_DIGITS = Context(prec=15)
_NOTHING = Stored(None, "", "s")

RowKey = tuple[str, ...]


class Finding(NamedTuple):
    """What was changed: a code, the place (row and column 0 where there is none), a sentence, and
    what was written and what is found there, as text."""

    code: Code
    sheet: str
    row: int
    column: int
    message: str
    written: str | None = None
    found: str | None = None

    @property
    def is_input(self) -> bool:
        """Whether it is a figure, a count or a fact, which formulas follow."""
        return self.code in _INPUTS


def findings(found: Book, written: Recorded, words: Words) -> list[Finding]:
    """What differs in the cells that were found from those written.

    Results of formulas are compared where nothing but inputs was changed: with those written, or,
    after a change, with what the formulas as written give for the inputs as they are found.
    """
    comparison = _Comparison(found, written, words)
    comparison.compare()
    if all(finding.is_input for finding in comparison.findings):
        comparison.compare_results()
    return comparison.findings


class _Comparison:
    def __init__(self, found: Book, written: Recorded, words: Words) -> None:
        self.findings: list[Finding] = []
        self._found = found
        self._written = written
        self._words = words
        self._are_rows_whole = True

    def compare(self) -> None:
        """Sheets, then rows, then the cells of rows that both have."""
        sheets = self._written.sheets
        for sheet in sheets:
            if sheet not in self._found:
                self._tell(codes.MISSING_SHEET, sheet, 0, 0, f"the sheet {sheet} is missing")
        self._are_rows_whole = not self.findings
        both = sheets.keys() & self._found.keys()
        tables = [key for key in _KEYS if self._words(key) in both]
        forms = [key for key in _FORMS if self._words(key) in both]
        matched = {key: list(self._rows(key)) for key in tables}
        for key in tables:
            self._compare_rows(key, matched[key])
        for key in forms:
            rows = sorted({row for row, _ in sheets[self._words(key)]})
            self._compare_rows(key, [(row, row) for row in rows])

    # rows

    def _rows(self, key: str) -> Iterator[tuple[int, int]]:
        """The rows that both have, with their numbers in both; the others are told."""
        name = self._words(key)
        ours = _keyed(self._written.sheets[name], _KEYS[key])
        theirs = _keyed(self._found[name], _KEYS[key])
        for row_key, row in ours.items():
            if row_key not in theirs:
                message = f"the row of {_told(row_key)} is missing"
                self._tell(codes.ROW_MISSING, name, row, 0, message)
        for row_key, row in theirs.items():
            if row_key not in ours:
                message = f"a row of {_told(row_key)} does not belong here"
                self._tell(codes.ROW_ADDED, name, row, 0, message)
        common = [row_key for row_key in ours if row_key in theirs]
        order = [row_key for row_key in theirs if row_key in ours]
        self._are_rows_whole &= len(common) == len(ours) == len(theirs)
        for wanted, stands in zip(common, order, strict=True):
            if wanted == stands:
                yield ours[wanted], theirs[wanted]
            elif ours[wanted] < ours[stands]:
                self._are_rows_whole = False
                message = f"{_told(stands)} stands where {_told(wanted)} should: rows are exchanged"
                self._tell(codes.ROWS_EXCHANGED, name, theirs[stands], 0, message)

    # cells

    def _compare_rows(self, key: str, rows: Sequence[tuple[int, int]]) -> None:
        name = self._words(key)
        ours, theirs = self._written.sheets[name], self._found[name]
        last = max((column for _, column in [*ours, *theirs]), default=0)
        for row, other in rows:
            for column in range(1, last + 1):
                cells = ours.get((row, column)), theirs.get((other, column))
                self._compare_cells(key, *cells, other, column)

    def _compare_cells(
        self, key: str, ours: Stored | None, theirs: Stored | None, row: int, column: int
    ) -> None:
        if ours is None and theirs is None:
            return
        values = tuple(None if cell is None else cell.value for cell in (ours, theirs))
        name, stands = self._words(key), "nothing" if theirs is None else f"`{theirs.value}`"
        if ours is not None and ours.formula is not None and _is_computed(ours):
            if theirs is None or theirs.formula is None:
                message = f"{stands} stands where a formula gave `{ours.value}`"
                self._tell(codes.FORMULA_OVERWRITTEN, name, row, column, message, *values)
            elif self._are_rows_whole and not _same_formula(ours.formula, theirs.formula):
                message = f"the formula `={theirs.formula}` was `={ours.formula}`"
                formulas = f"={ours.formula}", f"={theirs.formula}"
                self._tell(codes.FORMULA_CHANGED, name, row, column, message, *formulas)
        elif not _same_value(ours, theirs) and not _is_choice(key, row, column):
            before = "nothing" if ours is None else f"`{ours.value}`"
            code = _code_of(key, column, ours, theirs)
            if theirs is not None and ours is not None and ours.kind != theirs.kind == "s":
                stands = f"the text {stands}"
            self._tell(code, name, row, column, f"{stands} stands here, {before} before", *values)

    # results

    def compare_results(self) -> None:
        """What the formulas show is what they give for the inputs that are found."""
        sheets = {
            sheet: {
                at: cell if _is_computed(cell) else _as_found(cell, self._found[sheet].get(at))
                for at, cell in cells.items()
            }
            for sheet, cells in self._written.sheets.items()
        }
        calculation = Calculation(sheets, self._written.names)
        least = Decimal(5).scaleb(-self._written.places - 1)
        for sheet in self._written.sheets:
            is_as_written = self._is_as_written(sheet)
            for (row, column), cell in sheets[sheet].items():
                theirs = self._found[sheet].get((row, column))
                if cell.formula is None or theirs is None:
                    continue
                ours = cell
                if not is_as_written:
                    ours = _as_stored(calculation.value(sheet, row, column))
                if not _is_near(ours, theirs, least):
                    shown = f"`{theirs.value}`" if theirs.value else "nothing"
                    message = f"the cell shows {shown}, and its formula gives"
                    message = f"{message} `{ours.value}`"
                    values = ours.value, theirs.value
                    self._tell(codes.RESULT_DIFFERS, sheet, row, column, message, *values)

    def _is_as_written(self, sheet: str) -> bool:
        """Whether formulas of a sheet read nothing that was changed, a chosen school included."""
        if any(finding.is_input for finding in self.findings):
            return False
        cells = self._written.sheets[sheet], self._found[sheet]
        ours, theirs = (of_sheet.get(_CHOICE) for of_sheet in cells)
        return sheet != self._words("statement_sheet") or _same_value(ours, theirs)

    def _tell(
        self, code: Code, sheet: str, row: int, column: int, message: str, *values: str | None
    ) -> None:
        self.findings.append(Finding(code, sheet, row, column, message, *values))


def _code_of(key: str, column: int, ours: Stored | None, theirs: Stored | None) -> Code:
    """What kind of cell without a formula was changed.

    A text in place of a number, or nothing, is no input that formulas follow.
    """
    if ours is not None and theirs is not None and ours.kind == theirs.kind:
        if key == "figures" and column == _FIGURE:
            return codes.CHANGED_FIGURE
        if key == "explanation" and column == _STUDENTS:
            return codes.CHANGED_COUNT
        if key == "schools" and column >= _FIRST_FACT:
            return codes.CHANGED_COUNT
    return codes.CHANGED_CELL


def _is_computed(cell: Stored) -> bool:
    """Whether a cell follows others."""
    return cell.formula is not None and not _IS_NUMBER.fullmatch(cell.formula)


def _as_found(ours: Stored, theirs: Stored | None) -> Stored:
    """An input as formulas read it: as it was written, if it is still that."""
    if theirs is None:
        return _NOTHING
    return ours if _same_value(ours, theirs) else theirs._replace(formula=None)


def _is_choice(key: str, row: int, column: int) -> bool:
    return key == "statement_sheet" and (row, column) == _CHOICE


def _keyed(cells: Cells, columns: Sequence[int]) -> dict[RowKey, int]:
    """The rows below the header by what they are about; those alike are numbered."""
    found: dict[RowKey, int] = {}
    alike: Counter[RowKey] = Counter()
    for row in sorted({row for row, _ in cells if row >= FIRST_ROW}):
        stored = (cells.get((row, column)) for column in columns)
        key = tuple(cell.value if cell is not None else "" for cell in stored)
        alike[key] += 1
        found[*key, str(alike[key])] = row
    return found


def _told(key: RowKey) -> str:
    return ", ".join(f"`{part}`" for part in key[:-1] if part)


def _same_formula(ours: str, theirs: str) -> bool:
    """Programs write the same formula with other blanks and quotes; an empty one is elsewhere."""
    return not theirs or _plain(ours) == _plain(theirs)


def _plain(formula: str) -> str:
    text = formula.replace(" ", "").replace("'", "").replace("_xlfn.", "")
    return text.replace("TRUE()", "TRUE").replace("FALSE()", "FALSE").upper()


def _same_value(ours: Stored | None, theirs: Stored | None) -> bool:
    if ours is None or theirs is None:
        return not (ours or theirs or _NOTHING).value
    if ours.kind == theirs.kind == "n":
        try:
            one, other = (_DIGITS.create_decimal(cell.value) for cell in (ours, theirs))
        except InvalidOperation:
            return ours.value == theirs.value
        return one == other
    return ours.kind == theirs.kind and _truth(ours) == _truth(theirs)


def _truth(cell: Stored) -> str:
    """LibreOffice stores TRUE as a formula."""
    known = {"1": "TRUE", "0": "FALSE"}
    return known.get(cell.value, cell.value) if cell.kind == "b" else cell.value


def _as_stored(value: Scalar) -> Stored:
    """A value as a cell keeps it."""
    if isinstance(value, bool):
        return Stored(None, str(int(value)), "b")
    if isinstance(value, Fraction):
        return Stored(None, f"{cached(value):f}", "n")
    text = "" if value is None else value
    return Stored(None, text, "e" if text.startswith("#") else "s")


def _is_near(ours: Stored, theirs: Stored, least: Decimal) -> bool:
    """Whether two results are alike to the coin; spreadsheets keep some 15 digits."""
    if ours.value == theirs.value or (ours.kind == "e" and theirs.kind == "e"):
        return True
    try:
        one, other = Decimal(ours.value), Decimal(theirs.value)
    except InvalidOperation:
        return False
    return abs(one - other) < max(least, abs(one) / 10**12)
