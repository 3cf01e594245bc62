"""A workbook as a table: the sheet that is meant, its header, and a plain copy of its rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import SHOWN, Place, Problem, Problems, stopped
from formula_funding.diagnostics.wording import counted, did_you_mean
from formula_funding.model.counts import LeftOut
from formula_funding.rules.layout import TableLayout
from formula_funding.sources.inflated import Package
from formula_funding.sources.other_table import ALLOCATION, INSTEAD, is_written_by_us
from formula_funding.sources.table import Table, TableFormat
from formula_funding.sources.unreadable import Trouble, marked
from formula_funding.sources.workbook_cells import MAX_COLUMN, Merge, SheetReader, SheetRow
from formula_funding.sources.workbook_parts import SheetPart, WorkbookParts, workbook_parts
from formula_funding.sources.workspace import Workspace
from formula_funding.sources.xml_events import EnoughError, broken

Header = tuple[int, tuple[str, ...]]
"""The row of the names of the columns, and the names."""


def workbook_table(
    path: Path,
    name: str,
    layout: TableLayout,
    wanted: Sequence[str],
    workspace: Workspace,
    problems: Problems,
) -> Table:
    """The sheet that the layout names, or the only one that can be meant, as a table.

    Raises ProblemsFoundError if the workbook can't be read, or could be read in two ways.
    """
    package = Package(path, name, workspace.limits, "workbook")
    try:
        parts = workbook_parts(package, workspace.limits)

        def reader(ids: frozenset[int] = frozenset()) -> SheetReader:
            return SheetReader(package, parts, workspace.limits, layout.dates, layout.decimal, ids)

        sheet, header = _chosen(parts, reader, layout, wanted, name, problems)
        copy = _Copy(workspace, name, sheet.name, header, layout)
        sheet_reader = reader(_ids(header[1], layout))
        size = package.size(sheet.part)
        with copy:
            sheet_reader.read(
                sheet.part, copy.take, lambda done: workspace.progress(name, done, size)
            )
        for problem in copy.problems:
            problems.add_problem(problem)
        merges = [m for m in sheet_reader.merges if m.last_row > header[0]]
        path = copy.path
        if merges:
            path = _marked_copy(path, name, merges, len(header[1]), workspace)
        troubles = {*sheet_reader.troubles, *_merged(merges, len(header[1]))}
        left_out = {LeftOut.HIDDEN: copy.hidden} if layout.hidden_rows == "skip" else {}
        return Table(
            name,
            path,
            TableFormat.CSV,
            header[1],
            header_line=header[0],
            sheet=sheet.name,
            has_row_numbers=True,
            left_out={reason: rows for reason, rows in left_out.items() if rows},
            troubles=_by_name(troubles, header[1]),
        )
    finally:
        package.close()


def _ids(names: Sequence[str], layout: TableLayout) -> frozenset[int]:
    """The columns, counted from 1, that hold codes of schools or students."""
    ids = {*layout.named("school_id"), *layout.named("student_id")}
    return frozenset(column for column, name in enumerate(names, 1) if name in ids)


def _merged(merges: Iterable[Merge], width: int) -> Iterator[tuple[int, Trouble]]:
    """The columns of a table that some merge covers, however many there are."""
    beginning = Counter[int]()
    for merge in merges:
        beginning[merge.first_column] += 1
        beginning[merge.last_column + 1] -= 1
    covering = 0
    for column in range(1, width + 1):
        covering += beginning[column]
        if covering:
            yield column, Trouble.MERGED


def _by_name(
    troubles: Iterable[tuple[int, Trouble]], names: Sequence[str]
) -> dict[str, frozenset[Trouble]]:
    found: dict[str, frozenset[Trouble]] = {}
    for column, trouble in troubles:
        if column <= len(names):
            name = names[column - 1]
            found[name] = found.get(name, frozenset()) | {trouble}
    return found


def _chosen(
    parts: WorkbookParts,
    reader: Callable[[], SheetReader],
    layout: TableLayout,
    wanted: Sequence[str],
    name: str,
    problems: Problems,
) -> tuple[SheetPart, Header]:
    """The sheet that is meant, and its header."""
    if layout.sheet is not None:
        named = [sheet for sheet in parts.sheets if sheet.name == layout.sheet]
        if not named:
            raise stopped(
                codes.NO_SUCH_SHEET,
                f"the workbook has no sheet `{layout.sheet}`",
                Place(name),
                did_you_mean(layout.sheet, (sheet.name for sheet in parts.sheets)),
            )
        header = _header(reader(), named[0], layout)
        if header is None:
            raise stopped(codes.EMPTY_FILE, "the sheet has no header", _place(name, named[0]))
        return named[0], header
    filled = [
        (sheet, header)
        for sheet in parts.sheets
        if not sheet.is_hidden and (header := _header(reader(), sheet, layout)) is not None
    ]
    if not filled:
        raise stopped(codes.EMPTY_FILE, "the file has no header", Place(name))
    if len(filled) == 1:
        return filled[0]
    sheet, header = _fitting(filled, wanted, parts, name)
    problems.add_alike(
        Problem(
            codes.FORM_FOUND_OUT,
            f"the sheet `{sheet.name}` was read, the only one with the columns needed",
            Place(name),
            f"say so in a layout: `sheet: {sheet.name}`",
        )
    )
    return sheet, header


def _fitting(
    filled: Sequence[tuple[SheetPart, Header]],
    wanted: Sequence[str],
    parts: WorkbookParts,
    name: str,
) -> tuple[SheetPart, Header]:
    """The only one of several sheets that has the columns wanted."""
    fitting = [found for found in filled if set(wanted) <= set(found[1][1])]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and is_written_by_us([s.name for s in parts.sheets if s.is_hidden]):
        message = f"the workbook is {ALLOCATION}, no table of students or schools"
        raise stopped(codes.NO_SUCH_SHEET, message, Place(name), INSTEAD)
    sheets = [sheet for sheet, _ in fitting or filled]
    named = ", ".join(f"`{sheet.name}`" for sheet in sheets)
    raise stopped(
        codes.NO_SUCH_SHEET,
        f"the table could be on any of the sheets {named}"
        if fitting
        else f"none of the sheets {named} has all the columns that are needed",
        Place(name),
        f"name one in a layout: `sheet: {sheets[0].name}`",
    )


def _header(reader: SheetReader, sheet: SheetPart, layout: TableLayout) -> Header | None:
    """The header of a sheet: the row that the layout names, or the first that is not blank."""
    found: list[Header] = []

    def take(row: SheetRow) -> None:
        if layout.header_row is None or row.number >= layout.header_row:
            if layout.header_row in {None, row.number}:
                width = max(row.cells)
                names = (row.cells.get(column, "").strip() for column in range(1, width + 1))
                found.append((row.number, tuple(names)))
            raise EnoughError

    reader.read(sheet.part, take)
    return found[0] if found else None


def _place(name: str, sheet: SheetPart) -> Place:
    return Place(name, sheet=sheet.name)


class _Copy:
    """Writes the rows below the header as plain CSV, with the number of each before it."""

    def __init__(
        self, workspace: Workspace, name: str, sheet: str, header: Header, layout: TableLayout
    ) -> None:
        self.path = workspace.new_file(".csv")
        self.hidden = 0
        self._limits = workspace.limits
        self._size = 0
        self._name = name
        self._sheet = sheet
        self._header_row, names = header
        self._columns = range(1, len(names) + 1)
        self._layout = layout
        self._hidden_places: list[Place] = []
        self._beyond = 0
        self._beyond_places: list[Place] = []

    def __enter__(self) -> None:
        self._file = self.path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(["row", *(f"c{column}" for column in self._columns)])

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def take(self, row: SheetRow) -> None:
        """Copy one row, unless it is the header or something above it."""
        if row.number <= self._header_row:
            return
        if row.is_hidden:
            self.hidden += 1
            if len(self._hidden_places) < SHOWN:
                self._hidden_places.append(Place(self._name, row.number, sheet=self._sheet))
            if self._layout.hidden_rows == "skip":
                return
        cells = row.cells
        self._size += len(self._columns) + sum(map(len, cells.values()))
        self._limits.check("inflated_bytes", self._size, Place(self._name))
        if max(cells) > len(self._columns):
            self._note_beyond(row)
        self._writer.writerow([row.number, *(cells.get(column, "") for column in self._columns)])

    def _note_beyond(self, row: SheetRow) -> None:
        beyond = [c for c, text in row.cells.items() if c > len(self._columns) and text.strip()]
        self._beyond += len(beyond)
        for column in beyond[: SHOWN - len(self._beyond_places)]:
            self._beyond_places.append(Place(self._name, row.number, column, sheet=self._sheet))

    @property
    def problems(self) -> list[Problem]:
        """What was wrong with rows as such."""
        found = []
        if self._hidden_places and self._layout.hidden_rows == "error":
            found.append(
                Problem(
                    codes.HIDDEN_ROWS,
                    f"{counted(self.hidden, 'row')} are hidden, by hand or by a filter"
                    if self.hidden > 1
                    else "a row is hidden, by hand or by a filter",
                    self._hidden_places[0],
                    "show them all, or say in a layout `hidden_rows: read` or `hidden_rows: skip`",
                    tuple(self._hidden_places[1:]),
                    self.hidden,
                )
            )
        if self._beyond_places:
            found.append(
                Problem(
                    codes.RAGGED_ROW,
                    "a cell stands beyond the columns of the header",
                    self._beyond_places[0],
                    "delete it, or give its column a name",
                    tuple(self._beyond_places[1:]),
                    self._beyond,
                )
            )
        return found


def _marked_copy(
    path: Path, name: str, merges: Sequence[Merge], columns: int, workspace: Workspace
) -> Path:
    """The copy again, with a mark in each cell that a merge leaves without a value.

    Merged cells stand in a workbook after all rows, so they are known only at the end. They never
    overlap, unless somebody means to keep us busy.
    """
    copy = workspace.new_file(".csv")
    waiting = sorted(merges, key=lambda merge: merge.first_row, reverse=True)
    active: list[Merge] = []
    with (
        path.open(encoding="utf-8", newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        reader, writer = csv.reader(source), csv.writer(target, lineterminator="\n")
        writer.writerow(next(reader))
        for cells in reader:
            row = int(cells[0])
            while waiting and waiting[-1].first_row <= row:
                active.append(waiting.pop())
            active = [merge for merge in active if merge.last_row >= row]
            if len(active) > MAX_COLUMN:
                raise broken(name)
            for merge in active:
                for column in range(merge.first_column, min(merge.last_column, columns) + 1):
                    if merge.covers(row, column) and not cells[column]:
                        cells[column] = marked(Trouble.MERGED)
            writer.writerow(cells)
    return copy
