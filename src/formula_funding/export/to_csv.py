"""A table as CSV (RFC 4180, decimal point)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from formula_funding.diagnostics.problem import Accepted
from formula_funding.export.tables import Table, accepted_text

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(table: Table) -> str:
    """The table as CSV. Text can't become a spreadsheet's formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([harmless(name) for name in table.columns])
    is_text = [name in table.texts for name in table.columns]
    for row in table.rows:
        writer.writerow(
            [harmless(cell) if text else cell for cell, text in zip(row, is_text, strict=True)]
        )
    return buffer.getvalue()


def write_csv(table: Table, path: Path) -> None:
    """Write the table, UTF-8."""
    path.write_text(csv_text(table), encoding="utf-8", newline="")


def accepted_column(accepted: Sequence[Accepted]) -> list[str]:
    """The head and the cells of a column that tells them; empty where nothing was accepted."""
    return ["accepted", harmless(accepted_text(accepted))] if accepted else []


def harmless(text: str) -> str:
    """Text that a spreadsheet would run as a formula, marked as text by an apostrophe."""
    return "'" + text if text.startswith(_STARTS_A_FORMULA) else text
