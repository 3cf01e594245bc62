"""A table that is given in the place of another is told as what it is, by names that tell it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from formula_funding.diagnostics.wording import did_you_mean

ALLOCATION = "an allocation that `funding compute` wrote"
_COLUMNS: Mapping[str, Collection[frozenset[str]]] = {
    ALLOCATION: (
        frozenset({"school_id", "name", "total"}),
        frozenset({"school_id", "name", "line", "amount"}),
    ),
    "a tally that `funding tally` kept": (frozenset({"school_id", "left_out", "rows"}),),
}
_SHEETS = frozenset({"Record", "Запись"})
"""What the program writes of itself into a workbook, hidden, in either language."""
INSTEAD = "give the roster after the rulebook, and the register of schools by --schools"


def is_like_one(column: str, header: Collection[str]) -> bool:
    """Whether a column of this name, or of one much like it, stands in the header."""
    return column in header or bool(did_you_mean(column, header, listed=False))


def other_table(header: Collection[str], wanted: Collection[str], else_: str | None) -> str | None:
    """What a table is that has none of the columns `wanted`: one of the program's own, or `else_`.

    None for a table that may be what is wanted.
    """
    if not wanted or not set(wanted).isdisjoint(header):
        return None
    for what, groups in _COLUMNS.items():
        if any(columns <= {*header} for columns in groups):
            return what
    return None if any(is_like_one(column, header) for column in wanted) else else_


def is_written_by_us(hidden_sheets: Collection[str]) -> bool:
    """Whether a workbook is an allocation, by the names of its hidden sheets."""
    return not _SHEETS.isdisjoint(hidden_sheets)
