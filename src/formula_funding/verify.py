"""A workbook held against the engine: which of its cells were changed by hand.

The engine computes again from the same files and writes the workbook that should be. Rows are
matched by what they are about, cells by their formulas, and what is left by its value.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code, Place, Problems, stopped
from formula_funding.exact.number_text import scientific_from_text
from formula_funding.export.allocation_workbook.cells import FIRST_ROW
from formula_funding.export.to_workbook import write_workbook
from formula_funding.formula.weight import deep_recursion
from formula_funding.language.words import LANGUAGES, Words
from formula_funding.model.plan import Plan
from formula_funding.pipeline import Inputs, Run, run
from formula_funding.sources.workbook_formulas import Cells, Stored, stored_cells
from formula_funding.workbook.rates import rate_names

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
_VALUE, _NAME_OF_CELL = 3, 8
"""Columns of the figures."""
_DIGITS = Context(prec=15)

RowKey = tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """How much of a workbook was compared."""

    schools: int
    cells: int
    formulas: int


def verify(workbook: Path, inputs: Inputs, problems: Problems) -> Verified:
    """Compare a workbook with what the engine makes of the files; add what differs to `problems`.

    Raises ProblemsFoundError if a file can't be read or the workbook is no allocation workbook.
    """
    found = stored_cells(workbook, inputs.limits)
    language = _language(found, workbook)
    finished = run(inputs)
    expected = _written(finished, language, inputs)
    comparison = _Comparison(workbook.as_posix(), found, expected, Words(language), problems)
    comparison.compare()
    if comparison.only_figures_changed:
        changed = _with_figures(finished, found[comparison.sheet("figures")])
        comparison.expected = _written(changed, language, inputs)
    if comparison.only_figures_changed or not len(problems):
        comparison.compare_results(finished.allocation.places)
    count = sum(len(cells) for cells in expected.values())
    formulas = sum(
        cell.formula is not None for sheet in expected.values() for cell in sheet.values()
    )
    return Verified(len(finished.allocation.register.ids), count, formulas)


def _language(found: Book, workbook: Path) -> str:
    for language in LANGUAGES:
        words = Words(language)
        if words("cover") in found and words("summary") in found:
            return language
    raise stopped(
        codes.NO_ALLOCATION_WORKBOOK,
        "the workbook has no cover and no summary",
        Place(workbook.as_posix()),
        "give a workbook that `funding compute -o FILE.xlsx` wrote",
    )


def _written(finished: Run, language: str, inputs: Inputs) -> dict[str, Cells]:
    """The cells of the workbook that the engine writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "expected.xlsx"
        write_workbook(finished, path, language)
        return stored_cells(path, inputs.limits)


def _with_figures(finished: Run, figures: Cells) -> Run:
    """The run with the figures that stand in the workbook."""
    plan = finished.allocation.plan
    places = {name: key for key, name in rate_names(plan).items()}
    changed: dict[str, dict[tuple[str, ...], Fraction]] = {}
    for (row, column), cell in figures.items():
        if column == _NAME_OF_CELL and cell.value in places and (row, _VALUE) in figures:
            value = figures[row, _VALUE]
            if value.formula is None and value.kind == "n":
                parameter, key = places[cell.value]
                changed.setdefault(parameter, {})[key] = scientific_from_text(value.value)
    evaluation, problems = finished.evaluation, Problems()
    with deep_recursion():
        allocation, evaluation = allocation_from_counts(
            _plan_with(plan, changed), evaluation.counts, evaluation.register, problems
        )
    problems.stop_if_errors()
    ledger = replace(allocation.ledger, accepted=finished.allocation.ledger.accepted)
    return replace(finished, allocation=replace(allocation, ledger=ledger), evaluation=evaluation)


def _plan_with(plan: Plan, changed: Mapping[str, Mapping[tuple[str, ...], Fraction]]) -> Plan:
    parameters = {
        name: replace(parameter, values={**parameter.values, **changed.get(name, {})})
        for name, parameter in plan.parameters.items()
    }
    return replace(plan, parameters=parameters)


class _Comparison:
    """Two workbooks, cell by cell; what differs becomes a problem with its place."""

    def __init__(
        self, file: str, found: Book, expected: Book, words: Words, problems: Problems
    ) -> None:
        self.expected = expected
        self._file = file
        self._found = found
        self._words = words
        self._problems = problems
        self._are_rows_whole = True
        self._changed: Counter[str] = Counter()

    def sheet(self, key: str) -> str:
        return self._words(key)

    @property
    def only_figures_changed(self) -> bool:
        """Whether figures were changed and nothing else."""
        return set(self._changed) == {codes.CHANGED_FIGURE.id}

    def compare(self) -> None:
        """Sheets, then rows, then the cells of rows that both have."""
        tables = [key for key in _KEYS if self.sheet(key) in self.expected]
        forms = [key for key in _FORMS if self.sheet(key) in self.expected]
        for key in (*forms, *tables):
            if self.sheet(key) not in self._found:
                self._tell(codes.MISSING_SHEET, self.sheet(key), 0, 0, "the sheet is missing")
        if self._changed:
            return
        matched = {key: list(self._rows(key)) for key in tables}
        for key in tables:
            for row, other in matched[key]:
                self._compare_rows(key, row, other)
        for key in forms:
            rows = {row for row, _ in self.expected[self.sheet(key)]}
            for row in sorted(rows):
                self._compare_rows(key, row, row)

    # rows

    def _rows(self, key: str) -> Iterator[tuple[int, int]]:
        """The rows that both have, with their numbers in both; the others are told."""
        name = self.sheet(key)
        ours = _keyed(self.expected[name], _KEYS[key])
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

    def _compare_rows(self, key: str, row: int, other: int) -> None:
        name = self.sheet(key)
        ours, theirs = self.expected[name], self._found[name]
        last = max(column for _, column in [*ours, *theirs])
        for column in range(1, last + 1):
            self._compare_cells(
                key, ours.get((row, column)), theirs.get((other, column)), other, column
            )

    def _compare_cells(
        self, key: str, ours: Stored | None, theirs: Stored | None, row: int, column: int
    ) -> None:
        name = self.sheet(key)
        if ours is not None and ours.formula is not None:
            if theirs is None or theirs.formula is None:
                stands = f"`{theirs.value}`" if theirs is not None else "nothing"
                message = f"{stands} stands where a formula gave `{ours.value}`"
                self._tell(codes.FORMULA_OVERWRITTEN, name, row, column, message)
            elif self._are_rows_whole and not _same_formula(ours.formula, theirs.formula):
                message = f"the formula `={theirs.formula}` was `={ours.formula}`"
                self._tell(codes.FORMULA_CHANGED, name, row, column, message)
        elif not _same_value(ours, theirs) and not self._is_choice(key, row, column):
            before = f"`{ours.value}`" if ours is not None else "nothing"
            now = f"`{theirs.value}`" if theirs is not None else "nothing"
            code = codes.CHANGED_CELL
            if column == _VALUE and key == "figures":
                code = codes.CHANGED_FIGURE
            elif ours is not None and ours.kind == "n" and key in {"explanation", "schools"}:
                code = codes.CHANGED_COUNT
            self._tell(code, name, row, column, f"{now} stands here, and the engine has {before}")

    def _is_choice(self, key: str, row: int, column: int) -> bool:
        """Whether a cell is the one in which the statement's school is chosen."""
        return key == "statement_sheet" and (row, column) == (4, 3)

    def compare_results(self, places: int) -> None:
        """Where nothing else was changed: what the formulas show is what the engine computes."""
        least = Decimal(5).scaleb(-places - 1)
        for key in _KEYS:
            name = self.sheet(key)
            if key == "checks" and self._changed:
                continue  # they say that the figures are no longer those of the run
            for (row, column), ours in self.expected.get(name, {}).items():
                theirs = self._found[name].get((row, column))
                if ours.formula is None or theirs is None:
                    continue
                if not _is_near(ours, theirs, least):
                    message = (
                        f"the cell shows `{theirs.value}`, and the engine finds `{ours.value}`"
                    )
                    self._tell(codes.RESULT_DIFFERS, name, row, column, message)

    def _tell(self, code: Code, sheet: str, row: int, column: int, message: str) -> None:
        self._changed[code.id] += 1
        self._problems.add(code, message, Place(self._file, row, column, sheet=sheet))


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
        return ours is theirs or not (ours or theirs or _NOTHING).value
    if ours.kind == "b" or theirs.formula is not None:
        return _truth(ours) == _truth(theirs)
    if ours.kind == theirs.kind == "n":
        one, other = (_DIGITS.create_decimal(cell.value) for cell in (ours, theirs))
        return one == other
    return ours.value == theirs.value


_NOTHING = Stored(None, "", "s")


def _truth(cell: Stored) -> str:
    """LibreOffice stores TRUE as a formula."""
    return (
        {"1": "TRUE", "0": "FALSE"}.get(cell.value, cell.value) if cell.kind == "b" else cell.value
    )


def _is_near(ours: Stored, theirs: Stored, least: Decimal) -> bool:
    """Whether two results are alike to the coin; spreadsheets keep some 15 digits."""
    if ours.value == theirs.value or (ours.value.startswith("#") and theirs.kind == "e"):
        return True
    try:
        one, other = Decimal(ours.value), Decimal(theirs.value)
    except InvalidOperation:
        return False
    return abs(one - other) < max(least, abs(one) / 10**12)
