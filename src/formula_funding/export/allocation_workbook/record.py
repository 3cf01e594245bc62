"""The record: what was written into a workbook, kept in it, so that it can be told what changed.

A hidden sheet holds every cell as it was written: JSON, deflated, as text in base64. Whoever can
write a workbook can write its record too: it is against slips of the hand, no proof of anything.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, ProblemsFoundError, stopped
from formula_funding.export.allocation_workbook.cells import cached
from formula_funding.model.limits import Limits
from formula_funding.sources.workbook_formulas import Cells, Stored

_FORM = 1
_MANY = 2_000
"""So many cells are packed at a time."""
_LONGEST = 32_000
"""Characters in a cell of the record; a spreadsheet keeps 32,767."""


@dataclass(frozen=True)
class Recorded:
    """What a workbook was: the cells of each sheet, the cells that have names (such as
    `Figures!$C$4`), and the decimals of its amounts."""

    sheets: Mapping[str, Cells]
    names: Mapping[str, str]
    places: int


class Record:
    """Gathers what is written. Sheets are written through what `sheet` returns."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._sheets: list[RecordedSheet] = []
        self._packer = zlib.compressobj(6)
        self._packed: list[bytes] = []

    def sheet(self, name: str, worksheet: Any) -> RecordedSheet:
        """A worksheet that notes here what is written into it."""
        self._sheets.append(RecordedSheet(self, name, worksheet))
        return self._sheets[-1]

    def name(self, name: str, cell: str) -> None:
        """Note a cell that has a name."""
        self._names[name] = cell

    def pack(self, sheet: str, cells: list[tuple[object, ...]]) -> None:
        """Note cells: row and column from 1, kind, formula, value."""
        self._pack({"sheet": sheet, "cells": cells})

    def _pack(self, content: Mapping[str, object]) -> None:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._packed.append(self._packer.compress(text.encode("utf-8")))

    def write(self, worksheet: Any, about: str, notes: str, places: int) -> None:
        """Write the record into a sheet that only a program shows again.

        `about` says what it is, `notes` what must be known of the figures.
        """
        for sheet in self._sheets:
            sheet.close()
        self._pack({"form": _FORM, "places": places, "names": self._names})
        text = base64.b64encode(b"".join([*self._packed, self._packer.flush()])).decode("ascii")
        worksheet.write_string(0, 0, about)
        worksheet.write_string(0, 1, notes)
        for row, start in enumerate(range(0, len(text), _LONGEST), start=1):
            worksheet.write_string(row, 0, text[start : start + _LONGEST])
        worksheet.protect()
        worksheet.very_hidden()


class RecordedSheet:
    """A worksheet of XlsxWriter whose cells are noted as they are written."""

    def __init__(self, record: Record, name: str, worksheet: Any) -> None:
        self._record = record
        self._name = name
        self._worksheet = worksheet
        self._cells: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._worksheet, name)

    def write_string(self, row: int, column: int, value: str, style: Any = None) -> None:
        """Write a text."""
        self._worksheet.write_string(row, column, value, style)
        if value:
            self._note(row, column, "s", None, value)

    def write_number(self, row: int, column: int, value: Decimal | int, style: Any = None) -> None:
        """Write a number."""
        self._worksheet.write_number(row, column, value, style)
        self._note(row, column, "n", None, str(value))

    def write_boolean(self, row: int, column: int, value: bool, style: Any = None) -> None:
        """Write TRUE or FALSE."""
        self._worksheet.write_boolean(row, column, value, style)
        self._note(row, column, "b", None, str(int(value)))

    def write_datetime(self, row: int, column: int, value: date, style: Any = None) -> None:
        """Write a day."""
        self._worksheet.write_datetime(row, column, value, style)
        self._note(row, column, "n", None, str(cached(value)))

    def write_formula(self, row: int, column: int, text: str, style: Any, value: Any) -> None:
        """Write a formula, beginning with `=`, and what it gives."""
        self._worksheet.write_formula(row, column, text, style, value)
        self._note_formula(row, column, text[1:], value)

    def write_array_formula(self, *cells_text_style_value: Any) -> None:
        """Write a formula of one cell that reads ranges, as `{=…}`."""
        self._worksheet.write_array_formula(*cells_text_style_value)
        row, column, _, _, text, _, value = cells_text_style_value
        self._note_formula(row, column, text[2:-1], value)

    def _note_formula(self, row: int, column: int, formula: str, value: Any) -> None:
        if isinstance(value, bool):
            self._note(row, column, "b", formula, str(int(value)))
        elif isinstance(value, str):
            self._note(row, column, "e" if value.startswith("#") else "s", formula, value)
        else:
            self._note(row, column, "n", formula, str(value))

    def _note(self, row: int, column: int, kind: str, formula: str | None, value: str) -> None:
        self._cells.append((row + 1, column + 1, kind, formula, value))
        if len(self._cells) >= _MANY:
            self.close()

    def close(self) -> None:
        """Pass on what is noted and not yet passed on."""
        if self._cells:
            self._record.pack(self._name, self._cells)
            self._cells = []


def recorded(cells: Cells, place: Place, limits: Limits) -> Recorded:
    """The record from the cells of its sheet.

    Raises ProblemsFoundError if it is damaged or unfolds beyond a limit.
    """
    sheets: dict[str, Cells] = {}
    names: dict[str, str] = {}
    places: int | None = None
    count = 0
    try:
        for line in _lines(cells, place, limits):
            content = json.loads(line)
            if "form" in content:
                is_known = content["form"] == _FORM
                places, names = int(content["places"]), dict(content["names"])
                if not is_known:
                    raise _damaged(place)
                continue
            sheet = sheets.setdefault(str(content["sheet"]), {})
            for row, column, kind, formula, value in content["cells"]:
                told = None if formula is None else str(formula)
                sheet[int(row), int(column)] = Stored(told, str(value), str(kind))
            count += len(content["cells"])
            limits.check("cells", count, place)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error):
        raise _damaged(place) from None
    if places is None:
        raise _damaged(place)
    return Recorded(sheets, names, places)


def _lines(cells: Cells, place: Place, limits: Limits) -> Iterator[bytes]:
    """The lines of the record, unfolded piece by piece."""
    texts = (cells[row, 1].value for row in sorted(row for row, column in cells if column == 1))
    next(texts, None)
    packed = base64.b64decode("".join(texts), validate=True)
    unpacker, size, rest = zlib.decompressobj(), 0, b""
    while not unpacker.eof:
        piece = unpacker.decompress(packed, 1 << 20)
        size += len(piece)
        limits.check("inflated_bytes", size, place)
        if not piece and not unpacker.unconsumed_tail and not unpacker.eof:
            raise zlib.error("the record ends too early")
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        packed = unpacker.unconsumed_tail


def _damaged(place: Place) -> ProblemsFoundError:
    return stopped(
        codes.RECORD_DAMAGED,
        "the record of what was written is damaged",
        place,
        "compare with the files of the run: funding verify WORKBOOK RULEBOOK ROSTER",
    )
