"""A file whose header has none of the columns that are read: what is told, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import SHOWN, Problem, ProblemsFoundError
from formula_funding.model.url import Given
from formula_funding.rules.layout import TableLayout
from formula_funding.sources.beginnings import beginnings
from formula_funding.sources.other_table import is_like_one
from formula_funding.sources.table import Table
from formula_funding.sources.workspace import Workspace

_ENOUGH = 2
"""So many names of columns in a row make it the header."""


def other_header(
    path: Given,
    table: Table,
    wanted: Sequence[str],
    layout: TableLayout,
    part: str,
    workspace: Workspace,
) -> Problem | None:
    """The problem of a header without any column that is wanted; None if it has one, or alike.

    A title may stand above the names, or they are others. `part` is that of the layout: `roster`,
    `schools` or a table of the rulebook.
    """
    if not {*wanted}.isdisjoint(table.header):
        return None
    row = _row_with(wanted, path, layout, part, workspace)
    if row is None and (len(wanted) < _ENOUGH or _is_like(wanted, table)):
        return None
    known = ", ".join(f"`{column}`" for column in list(filter(None, table.header))[:SHOWN])
    hint = (
        f"its header begins {known}; a layout says what its columns are called and where they "
        "stand: funding roster draft FILE --rulebook RULEBOOK writes a first one"
    )
    if row is not None:
        own = f"{part}: {{header_row: {row}}}"
        own = own if part in {"roster", "schools"} else f"tables: {{{own}}}"
        hint = f"they stand in row {row}, below a title: write {own} into layout.yaml (--layout)"
    return Problem(
        codes.MISSING_COLUMN,
        "the file has none of the columns that are read: "
        + ", ".join(f"`{column}`" for column in dict.fromkeys(wanted)),
        table.header_place,
        hint,
    )


def _is_like(wanted: Sequence[str], table: Table) -> bool:
    return any(is_like_one(column, table.header) for column in wanted)


def _row_with(
    wanted: Sequence[str], path: Given, layout: TableLayout, part: str, workspace: Workspace
) -> int | None:
    """The row among the first ones that has most of the columns wanted, and enough of them."""
    if not isinstance(path, Path):
        return None
    try:
        of_bundle = "schools" if part == "schools" else "roster"
        found = beginnings(path, of_bundle, workspace, layout)
    except ProblemsFoundError:
        return None
    ranked = [
        (len({*wanted} & {*cells}), -row) for beginning in found for row, cells in beginning.rows
    ]
    names, row = max(ranked, default=(0, 0))
    return -row if names >= min(_ENOUGH, len({*wanted})) else None
