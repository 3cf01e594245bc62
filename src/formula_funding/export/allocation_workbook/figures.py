"""The sheet of figures: rates in force, and what belongs to all schools together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from formula_funding.export.allocation_workbook.cells import (
    FIRST_ROW,
    Cell,
    Figure,
    Held,
    Row,
    Sheet,
    figure,
)
from formula_funding.export.allocation_workbook.schools import entry_cells, entry_title
from formula_funding.export.allocation_workbook.told import place_text
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.formula.tree import Name, Tree
from formula_funding.language.numbers import date_text
from formula_funding.model.plan import Calculation

_WORD = re.compile(r"[^\W\d][\w.]*")


def figures(workings: Workings, formulas: Iterable[str]) -> Sheet:
    """One row per rate in force, with the name by which formulas read it.

    A rate that none of the workbook's `formulas` reads is no input and says so.
    """
    read = {word for formula in formulas for word in _WORD.findall(formula)}
    words, labels = workings.words, workings.labels
    rows: list[Row] = []
    cells: dict[str, str] = {}

    def add(name: str, row: Row) -> None:
        cells[name] = f"$C${FIRST_ROW + len(rows)}"
        rows.append(row)

    for parameter in labels.plan.parameters.values():
        for key, value in parameter.values.items():
            titles = map(labels.category, parameter.keys, key)
            name = workings.names[parameter.name, key]
            found: Cell = figure(value, workings.allocation.places)
            if name not in read and isinstance(found, Figure) and isinstance(found.value, Decimal):
                found = Held(found.value)
            add(
                name,
                [
                    labels.of_name(parameter.name),
                    ", ".join(titles),
                    found,
                    labels.title(parameter.unit, ""),
                    date_text(parameter.since, labels.language) if parameter.since else "",
                    labels.source(parameter.source_of(key)),
                    place_text(parameter.place),
                    name if name in read else words("read_by_none"),
                ],
            )
    for entry in workings.table.system:
        title = entry_title(workings, entry)
        [found] = entry_cells(workings, entry, title)
        add(
            entry.name,
            [title, words("schools"), found, "", "", *_rule(workings, entry.tree), entry.name],
        )
    keys = ("name", "who", "value", "unit", "in_force_from", "source", "rule", "name_of_cell")
    return Sheet(words("figures"), [words(key) for key in keys], rows, names=cells)


def _rule(workings: Workings, tree: Tree) -> list[Cell]:
    """The source and the place of a step."""
    item = workings.allocation.plan.item(tree.name) if isinstance(tree, Name) else None
    if not isinstance(item, Calculation):
        return ["", ""]
    return [workings.labels.source(item.source), place_text(item.place)]
