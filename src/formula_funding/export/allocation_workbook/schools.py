"""The sheet of schools: their facts, the steps over them, and their lines."""

from __future__ import annotations

from fractions import Fraction

from formula_funding.export.allocation_workbook.cells import (
    FIRST_ROW,
    Cell,
    Formula,
    Sheet,
    cached,
)
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.formula.tree import Name
from formula_funding.workbook.school_table import ROW, Entry, Part


def schools(workings: Workings) -> Sheet:
    """One row per school: its facts, the steps over them, and its lines."""
    register, words, table = workings.allocation.register, workings.words, workings.table
    titles = [entry_title(workings, entry) for entry in table.columns]
    columns = [
        entry_cells(workings, entry, title)
        for entry, title in zip(table.columns, titles, strict=True)
    ]
    rows = [
        [school, register.names[i], *(column[i] for column in columns)]
        for i, school in enumerate(register.ids)
    ]
    return Sheet(words("schools"), [words("school_id"), words("name"), *titles], rows)


def entry_title(workings: Workings, entry: Entry) -> str:
    """What a column, or a named cell of the system, is called."""
    if isinstance(entry.tree, Name) and entry.part is not Part.CHOSEN:
        return workings.labels.of_name(entry.tree.name)
    return workings.labels.formula(entry.tree)


def entry_cells(workings: Workings, entry: Entry, title: str) -> list[Cell]:
    """The cells of a column of schools, or the one cell of the system."""
    values = workings.values_of(entry.tree, bool(entry.name))
    sheet = "figures" if entry.name else "schools"
    cells: list[Cell] = []
    for row, value in enumerate(values, start=FIRST_ROW):
        if entry.formula is not None:
            text = entry.formula.replace(ROW, str(row))
            is_chosen = entry.part is Part.CHOSEN
            found = cached(Fraction(value is True) if is_chosen and value is not None else value)
            cells.append(Formula(text, found, entry.is_array))
        elif entry.held is not None:
            held = workings.hold(sheet, title, entry.held, workings.plain(value))
            # What reads a number that does not exist must find none either.
            cells.append(Formula("NA()", cached(None)) if value is None else held)
        else:
            cells.append(workings.fact(value))
    return cells
