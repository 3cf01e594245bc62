"""A table as CSV (RFC 4180, decimal point)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from formula_funding.diagnostics.problem import Accepted
from formula_funding.export.tables import Table, accepted_text

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PARTS_CELLS = re.compile('[,"\r\n]')


def csv_parts(table: Table) -> Iterator[str]:
    """The text of a table as CSV, part by part. Text can't become a spreadsheet's formula."""
    yield csv_rows([[name] for name in _cells(table.columns)])
    for cells in table.parts():
        columns = zip(table.columns, cells, strict=True)
        yield csv_rows([_cells(texts) if name in table.texts else texts for name, texts in columns])


def write_csv(table: Table, path: Path) -> None:
    """Write the table, UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_parts(table))


def csv_rows(cells: Sequence[Sequence[str]]) -> str:
    """The lines of some rows, given column by column, each cell as it is to stand there."""
    return "".join(f"{line}\n" for line in map(",".join, zip(*cells, strict=True)))


def quoted(text: str) -> str:
    """Text in quotation marks."""
    return '"' + text.replace('"', '""') + '"'


def _cells(texts: Sequence[str]) -> list[str]:
    """Texts as cells; each distinct one is looked at once."""
    cell_of = {text: _cell(text) for text in set(texts)}
    return [cell_of[text] for text in texts]


def _cell(text: str) -> str:
    cell = harmless(text)
    return quoted(cell) if _PARTS_CELLS.search(cell) else cell


def accepted_column(accepted: Sequence[Accepted]) -> list[str]:
    """The head and the cells of a column that tells them; empty where nothing was accepted."""
    return ["accepted", harmless(accepted_text(accepted))] if accepted else []


def harmless(text: str) -> str:
    """Text that a spreadsheet would run as a formula, marked as text by an apostrophe."""
    return "'" + text if text.startswith(_STARTS_A_FORMULA) else text
