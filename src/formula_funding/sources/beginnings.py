"""The first rows of a file in each way in which it might be read, for drafting its layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems, ProblemsFoundError, stopped
from formula_funding.rules.layout import TableLayout
from formula_funding.sources.csv_table import DELIMITERS
from formula_funding.sources.encodings import encoding_of, recoded, told_encoding
from formula_funding.sources.files_given import MANIFEST
from formula_funding.sources.inflated import Package
from formula_funding.sources.open_table import open_table, unfolded
from formula_funding.sources.table import csv_records
from formula_funding.sources.workbook_cells import SheetReader, SheetRow
from formula_funding.sources.workbook_parts import workbook_parts
from formula_funding.sources.workspace import Workspace
from formula_funding.sources.xml_events import EnoughError

ROWS = 30
"""So many rows are looked at for the names of the columns."""
_OPEN = TableLayout()


@dataclass(frozen=True)
class Beginning:
    """The first rows that are not blank, each with its line: as the fields of a layout split them.

    `form` holds those fields: `encoding` and `delimiter`, or `sheet`.
    """

    form: Mapping[str, str]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def beginnings(
    path: Path, part: str, workspace: Workspace, layout: TableLayout = _OPEN
) -> list[Beginning]:
    """Every reading of a file that gives at least one row; `part` is `roster` or `schools`.

    `layout` says how a bundle is read, whose form is known, and may tell the encoding of a text.
    Raises ProblemsFoundError if the file can't be read at all.
    """
    name = path.as_posix()
    if not (path / MANIFEST).is_file():
        unpacked, ending = unfolded(path, name, workspace)
        if ending == ".xlsx":
            return _of_workbook(unpacked, name, workspace)
        if ending not in {".parquet", ".zip"}:
            return _of_text(unpacked, name, layout.encoding, workspace)
    table = open_table(path, layout, (), part, workspace, Problems())
    return [Beginning({}, ((table.header_line, table.header),))]


def _of_text(path: Path, name: str, told: str | None, workspace: Workspace) -> list[Beginning]:
    exact = (told_encoding(path, told) if told else None) or encoding_of(path, name)
    encoding = exact[:6] if exact.startswith("utf-16") else exact
    if encoding != "utf-8":
        path = recoded(path, name, exact, workspace)
    found = []
    damage: ProblemsFoundError | None = None
    for delimiter in DELIMITERS:
        rows: list[tuple[int, tuple[str, ...]]] = []
        try:
            for line, cells in islice(csv_records(path, name, delimiter), ROWS):
                rows.append((line, _trimmed(cells)))
        except ProblemsFoundError as error:
            damage = error  # split at this sign, the quotation marks make no sense from here on
        if rows:
            found.append(Beginning({"encoding": encoding, "delimiter": delimiter}, tuple(rows)))
    if not found:
        raise damage or _empty(name)
    return found


def _of_workbook(path: Path, name: str, workspace: Workspace) -> list[Beginning]:
    package = Package(path, name, workspace.limits, "workbook")
    try:
        parts = workbook_parts(package, workspace.limits)
        found = []
        for sheet in parts.sheets:
            rows: list[tuple[int, tuple[str, ...]]] = []

            def take(row: SheetRow, rows: list[tuple[int, tuple[str, ...]]] = rows) -> None:
                last = max(row.cells)
                rows.append(
                    (row.number, _trimmed(row.cells.get(i, "") for i in range(1, last + 1)))
                )
                if len(rows) == ROWS:
                    raise EnoughError

            form = TableLayout()
            reader = SheetReader(package, parts, workspace.limits, form.dates, form.decimal)
            if not sheet.is_hidden:
                reader.read(sheet.part, take)
            if rows:
                found.append(Beginning({"sheet": sheet.name}, tuple(rows)))
        if not found:
            raise _empty(name)
        return found
    finally:
        package.close()


def _empty(name: str) -> ProblemsFoundError:
    return stopped(codes.EMPTY_FILE, "the file has no header", Place(name))


def _trimmed(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells)
