"""Rows that a layout leaves out, and blank ones: none is lost in silence, each has its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.model.counts import LeftOut
from formula_funding.rules.layout import TableLayout
from formula_funding.sources.table import Table


@dataclass(frozen=True)
class RowFilter:
    """Rows with one of the texts in a column are kept, or left out, for a reason."""

    column: str
    position: int
    texts: frozenset[str]
    reason: LeftOut

    def leaves_out(self, text: str) -> bool:
        """Whether a row with this text in the column is left out."""
        return (text in self.texts) == (self.reason is LeftOut.SKIPPED)


def row_filters(table: Table, layout: TableLayout, problems: Problems) -> tuple[RowFilter, ...]:
    """The filters of a layout; a column that the file does not have is a problem."""
    found = []
    for reason, wanted in ((LeftOut.NOT_ASKED_FOR, layout.only), (LeftOut.SKIPPED, layout.skip)):
        for column, texts in wanted.items():
            if column in table.header:
                position = table.header.index(column)
                found.append(RowFilter(column, position, frozenset(texts), reason))
                continue
            problems.add(
                codes.MISSING_COLUMN,
                f"the file has no column `{column}`, by which the layout picks rows",
                table.header_place,
                did_you_mean(column, table.header),
            )
    return tuple(found)


def reasons(filters: Sequence[RowFilter]) -> tuple[LeftOut, ...]:
    """Why filters leave rows out, as engines number it from 1: each filter, then a blank row."""
    return (*(row_filter.reason for row_filter in filters), LeftOut.BLANK)


def left_out(cells: Sequence[str], filters: Sequence[RowFilter]) -> LeftOut | None:
    """Why a row of trimmed cells is left out; None if it is not."""
    if not any(cells):
        return LeftOut.BLANK
    for row_filter in filters:
        if row_filter.leaves_out(cells[row_filter.position]):
            return row_filter.reason
    return None
