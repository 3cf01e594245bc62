"""The cells of a workbook with their formulas, as they are stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from formula_funding.diagnostics.problem import Place
from formula_funding.model.limits import Limits
from formula_funding.sources.inflated import Package
from formula_funding.sources.workbook_parts import WorkbookParts, workbook_parts
from formula_funding.sources.xml_events import NonsenseError, member, read_xml

_ESCAPED = re.compile(r"_x((?![dD][89a-fA-F])[0-9a-fA-F]{4})_")
"""How workbooks write characters that XML can't hold, and texts that look like that."""
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Stored(NamedTuple):
    """A cell: its formula without `=` (None without one, empty if another cell holds it), what it
    shows, and the kind of that: `n` a number, `s` a text, `b` a truth, `e` an error."""

    formula: str | None
    value: str
    kind: str


Cells = dict[tuple[int, int], Stored]
"""The cells that are not empty, by row and column, both counted from 1."""


def stored_cells(path: Path, limits: Limits) -> dict[str, Cells]:
    """The cells of every sheet, by the sheet's name.

    Raises ProblemsFoundError if the workbook is damaged, unsafe or beyond a limit.
    """
    name = path.as_posix()
    package = Package(path, name, limits, "workbook")
    try:
        parts = workbook_parts(package, limits)
        found: dict[str, Cells] = {}
        for sheet in parts.sheets:
            before = sum(map(len, found.values()))
            handler = _Handler(parts, limits, Place(name), before)
            chunks = package.chunks(sheet.part)
            read_xml(chunks, name, handler.start, handler.end, handler.text)
            found[sheet.name] = handler.cells
        return found
    finally:
        package.close()


class _Handler:
    """Follows the XML of a sheet. `before` cells of other sheets count against the limit too."""

    def __init__(self, parts: WorkbookParts, limits: Limits, place: Place, before: int) -> None:
        self.cells: Cells = {}
        self._limits = limits
        self._place = place
        self._before = before
        self._texts = parts.texts
        self._at: tuple[int, int] = (0, 0)
        self._kind = ""
        self._formula: list[str] | None = None
        self._value: list[str] = []
        self._pieces: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self._at = _address(attributes.get("r", ""))
            self._kind = attributes.get("t", "n")
            self._formula, self._value = None, []
        elif tag == "f":
            self._formula = self._pieces = []
        elif tag in {"v", "t"}:
            self._pieces = self._value

    def text(self, data: str) -> None:
        if self._pieces is not None:
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        if tag in {"f", "v", "t"}:
            self._pieces = None
        elif tag == "c":
            self._take()

    def _take(self) -> None:
        value, kind = "".join(self._value), self._kind
        if kind == "s":
            value = member(self._texts, value)
        elif kind in {"str", "inlineStr"}:
            kind = "s"
        if kind == "s":
            value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        formula = None if self._formula is None else "".join(self._formula)
        if value or formula is not None:
            self.cells[self._at] = Stored(formula, value, kind)
            self._limits.check("cells", self._before + len(self.cells), self._place)


def _address(reference: str) -> tuple[int, int]:
    """Row and column of a reference such as C17. Raises NonsenseError for anything else."""
    found = _CELL.fullmatch(reference)
    if found is None:
        raise NonsenseError("a cell without a place")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column
