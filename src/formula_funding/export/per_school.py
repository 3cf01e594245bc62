"""One workbook for each school: its statement, its calculation and the figures in force."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from formula_funding.allocate.units import value_at
from formula_funding.export.allocation_workbook.cells import (
    FIRST_ROW,
    Cell,
    Formula,
    Held,
    Link,
    Row,
    cached_text,
    sheet_reference,
)
from formula_funding.export.allocation_workbook.explanation import explanation, rows_of_school
from formula_funding.export.allocation_workbook.figures import figures
from formula_funding.export.allocation_workbook.leftovers import held
from formula_funding.export.allocation_workbook.properties import file_hashes, set_properties
from formula_funding.export.allocation_workbook.record import Record
from formula_funding.export.allocation_workbook.sheet_writer import SheetWriter
from formula_funding.export.allocation_workbook.statement import statement_of
from formula_funding.export.allocation_workbook.styles import Styles
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.export.workbook_file import workbook_in_memory
from formula_funding.language.labels import Labels
from formula_funding.pipeline import Run
from formula_funding.workbook.formula_from_tree import EXACT_DIGITS, CantBeAFormulaError, literal
from formula_funding.workbook.school_table import Part

_NOT_IN_A_FILE_NAME = re.compile(r"[^\w.-]")
_OF_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_NAME = 60
_RATE, _AMOUNT = 6, 7
"""Columns of the explanation."""


def write_schools(run: Run, folder: Path, language: str) -> None:
    """Write a workbook for each school into a folder that exists."""
    workings = Workings(run.allocation, run.evaluation, Labels(run.allocation.plan, language))
    hashes = file_hashes(run)
    taken: set[str] = set()
    schools = run.allocation.register.ids
    for index, school in enumerate(schools):
        path = folder / f"{_file_name(school, taken)}.xlsx"
        with workbook_in_memory(path) as book:
            _write_school(workings, index, book, hashes)
        run.inputs.progress("", index + 1, len(schools))


def _write_school(workings: Workings, index: int, book: Any, hashes: Mapping[str, str]) -> None:
    workings.held.clear()
    words, allocation = workings.words, workings.allocation
    plan = allocation.plan
    footer = f"{plan.rulebook}, {words('version')} {plan.version}"
    writer = SheetWriter(book, Styles(book, allocation.places), footer)
    record = Record()
    name = words("statement_sheet")
    form = record.sheet(name, book.add_worksheet(name))
    rows, totals = rows_of_school(workings, index, FIRST_ROW)
    told = explanation(workings)
    alone = _rows_alone(workings, index, rows)
    writer.form(form, statement_of(workings, index, totals))
    sheets = {"explanation": replace(told, header=told.header[:-1], rows=alone)}
    of_school = [cell.text for row in alone for cell in row if isinstance(cell, Formula)]
    of_system = [entry.formula or "" for entry in workings.table.system]
    known = figures(workings, [*of_school, *(text for text in of_system if "!" not in text)])
    of_all = [[_alone(workings, "figures", row[0], cell) for cell in row] for row in known.rows]
    sheets["figures"] = replace(known, rows=of_all)
    if workings.held:
        sheets["held_cells"] = held(workings)
    title = f"{allocation.register.ids[index]} {allocation.register.names[index]}"
    for key, sheet in sheets.items():
        worksheet = record.sheet(sheet.name, book.add_worksheet(sheet.name))
        writer.head(worksheet, f"{words(key)}: {title}", "", name)
        writer.table(worksheet, sheet)
        for defined, cell in sheet.names.items():
            record.name(defined, f"{sheet_reference(sheet.name)}!{cell}")
    kept = book.add_worksheet(words("record"))
    record.write(kept, words("about_record"), "", allocation.places)
    set_properties(book, workings.labels, hashes)


def _rows_alone(workings: Workings, index: int, rows: Sequence[Row]) -> list[list[Cell]]:
    """The explanation without its links.

    A product with a held rate of endless digits is held too, and so is the sum of its line.
    """
    facts = _facts(workings, index)
    found: list[list[Cell]] = []
    is_sum_held = False
    for row in rows:
        title = str(row[2])
        cells = [
            _alone(workings, "explanation", title, _with_facts(workings, cell, facts))
            for cell in row[:-1]
        ]
        rate, amount = cells[_RATE], cells[_AMOUNT]
        is_sum_held = is_sum_held or _is_endless(rate)
        is_held = is_sum_held if rate is None else _is_endless(rate)
        if is_held and isinstance(amount, Formula):
            value = cached_text(amount.value)
            cells[_AMOUNT] = workings.hold("explanation", title, "held_product", value)
        is_sum_held = is_sum_held and rate is not None
        found.append(cells)
    return found


def _is_endless(rate: Cell) -> bool:
    return isinstance(rate, Held) and (
        isinstance(rate.value, str) or len(rate.value.as_tuple().digits) >= EXACT_DIGITS
    )


def _facts(workings: Workings, index: int) -> dict[str, str]:
    """What is known of the school and follows no rate, as formulas write it, by column."""
    found = {}
    for entry in workings.table.columns:
        if entry.part is Part.FACT and entry.held is None:
            value = value_at(workings.evaluation.schools.keep(entry.tree), index)
            with suppress(CantBeAFormulaError):
                found[workings.table.letters[entry.tree]] = literal(value)
    return found


def _with_facts(workings: Workings, cell: Cell, facts: Mapping[str, str]) -> Cell:
    """A formula with the facts themselves in place of their cells."""
    if not isinstance(cell, Formula) or "!" not in cell.text:
        return cell
    address = rf"{re.escape(workings.table.sheet)}!([A-Z]+)[0-9]+"
    text = re.sub(address, lambda found: facts.get(found[1], found[0]), cell.text)
    return cell._replace(text=text)


def _alone(workings: Workings, sheet: str, title: Cell, cell: Cell) -> Cell:
    """A cell without what lies in the workbook of all schools: there it holds the value."""
    if isinstance(cell, Link):
        return None
    if isinstance(cell, Formula) and "!" in cell.text:
        return workings.hold(sheet, str(title), "held_alone", cached_text(cell.value))
    return cell


def _file_name(school: str, taken: set[str]) -> str:
    """A name that every file system takes, and that no other school has."""
    name = _NOT_IN_A_FILE_NAME.sub("_", school)[:_LONGEST_NAME]
    is_plain = name == school and not _OF_DEVICES.fullmatch(name) and name.strip(".") == name
    if not is_plain or name.lower() in taken:
        name = f"{name.strip('.')}-{hashlib.sha256(school.encode()).hexdigest()[:8]}"
    taken.add(name.lower())
    return name
