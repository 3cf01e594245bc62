"""The cells of a sheet, row by row: what is stored, as text, or why it can't be taken at its word.

One pass over the sheet's XML sees the value, the formula, the format, hidden rows and merged
cells; numbers stay the text that the file holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from formula_funding.diagnostics.problem import Place
from formula_funding.model.limits import Limits
from formula_funding.sources.inflated import Package
from formula_funding.sources.unreadable import Trouble, marked, unreadable
from formula_funding.sources.workbook_parts import PLAIN, NumberFormat, Shows, WorkbookParts
from formula_funding.sources.xml_events import (
    NonsenseError,
    broken,
    member,
    read_xml,
    whole_number,
)

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_DIGITS = 15
"""So many digits of a number a spreadsheet keeps and shows."""
_AS_SHOWN = Context(prec=_DIGITS, rounding=ROUND_HALF_UP)
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True)
class SheetRow:
    """A row with at least one cell that is not empty: column (from 1) → text."""

    number: int
    cells: Mapping[int, str]
    is_hidden: bool


@dataclass(frozen=True)
class Merge:
    """Cells that are merged into the first of them."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell belongs to the merge and is not the one with the value."""
        inside = (
            self.first_row <= row <= self.last_row
            and self.first_column <= column <= self.last_column
        )
        return inside and (row, column) != (self.first_row, self.first_column)


@dataclass
class SheetReader:
    """Reads one sheet; `take` gets each row that is not blank.

    `ids` are the columns of codes, in which no date can stand. Afterwards `merges` holds the merged
    cells, and `troubles` what is wrong with cells of each column.
    """

    package: Package
    parts: WorkbookParts
    limits: Limits
    dates: str
    decimal: str
    ids: frozenset[int] = frozenset()
    merges: list[Merge] = field(default_factory=list)
    troubles: set[tuple[int, Trouble]] = field(default_factory=set)
    cells: int = 0

    def read(
        self,
        part: str,
        take: Callable[[SheetRow], None],
        progress: Callable[[int], None] = lambda done: None,
    ) -> None:
        """Raises ProblemsFoundError if the sheet is damaged, unsafe or beyond a limit."""
        handler = _Handler(self, take)

        def chunks() -> Iterator[bytes]:
            done = 0
            for chunk in self.package.chunks(part):
                yield chunk
                done += len(chunk)
                progress(done)

        if part not in self.package:
            raise broken(self.package.name)
        read_xml(chunks(), self.package.name, handler.start, handler.end, handler.text)


class _Handler:
    """Follows the XML of a sheet: rows, cells, and what stands in them."""

    def __init__(self, reader: SheetReader, take: Callable[[SheetRow], None]) -> None:
        self._reader = reader
        self._take = take
        self._texts = reader.parts.texts
        self._formats = reader.parts.formats
        self._row = 0
        self._column = 0
        self._cells: dict[int, str] = {}
        self._is_hidden = False
        self._kind = self._style = ""
        self._has_formula = self._is_collecting = False
        self._pieces: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self._column = self._column_of(attributes.get("r"))
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._has_formula = False
            self._pieces.clear()
        elif tag in {"v", "t"}:
            self._is_collecting = True
        elif tag == "f":
            self._has_formula = True
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def text(self, data: str) -> None:
        if self._is_collecting:
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._is_collecting = False
        elif tag == "c":
            text = self._cell("".join(self._pieces))
            if text:
                self._cells[self._column] = text
        elif tag == "row":
            self._end_row()

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r")
        row = whole_number(number) if number is not None else self._row + 1
        if not self._row < row <= MAX_ROW:
            raise NonsenseError("rows out of order")
        self._row, self._column = row, 0
        self._cells = {}
        self._is_hidden = attributes.get("hidden", "0") in {"1", "true"}

    def _end_row(self) -> None:
        reader = self._reader
        reader.cells += max(len(self._cells), 1)
        reader.limits.check("cells", reader.cells, Place(reader.package.name))
        if self._cells:
            self._take(SheetRow(self._row, self._cells, self._is_hidden))

    def _column_of(self, reference: str | None) -> int:
        column = _column(reference.rstrip("0123456789")) if reference else self._column + 1
        if not self._column < column <= MAX_COLUMN:
            raise NonsenseError("cells out of order")
        return column

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        ends = [_CELL.fullmatch(first), _CELL.fullmatch(last or first)]
        if ends[0] is None or ends[1] is None:
            raise NonsenseError("no range of cells")
        columns = [_column(end[1]) for end in ends if end]
        rows = [int(end[2]) for end in ends if end]
        self._reader.merges.append(Merge(rows[0], rows[1], columns[0], columns[1]))
        self._reader.cells += 1
        self._reader.limits.check("cells", self._reader.cells, Place(self._reader.package.name))

    def _cell(self, stored: str) -> str:
        """The text of a cell, by its kind (ECMA-376, 18.18.11)."""
        kind = self._kind
        if kind == "s":
            return member(self._texts, stored) if stored else ""
        if kind in {"str", "inlineStr"}:
            return stored
        if not stored:
            return self._marked(Trouble.NO_VALUE) if self._has_formula else ""
        if kind == "n":
            style = self._style
            number_format = member(self._formats, style) if style and self._formats else PLAIN
            return self._number(stored, number_format)
        if kind == "d":
            return self._date(_iso_date(stored, self._reader.dates))
        if kind == "b":
            return "true" if stored in {"1", "true"} else "false"
        return self._marked(Trouble.ERROR, stored) if kind == "e" else stored

    def _marked(self, trouble: Trouble, shown: str = "") -> str:
        self._reader.troubles.add((self._column, trouble))
        return marked(trouble, shown=shown)

    def _number(self, stored: str, number_format: NumberFormat) -> str:
        if (
            stored.isascii()
            and stored.isdecimal()
            and len(stored) <= _DIGITS
            and number_format is PLAIN
        ):
            return stored.lstrip("0") or "0"
        text = number_text(
            stored,
            number_format,
            is_1904=self._reader.parts.is_1904,
            dates=self._reader.dates,
            decimal=self._reader.decimal,
        )
        why = unreadable(text)
        if why is not None:
            self._reader.troubles.add((self._column, why.trouble))
        elif number_format.shows is Shows.DATE:
            return self._date(text)
        return text

    def _date(self, text: str) -> str:
        """A date, which can't stand in a column of codes."""
        return self._marked(Trouble.DATE, text) if self._column in self._reader.ids else text


def number_text(
    stored: str, number_format: NumberFormat, *, is_1904: bool, dates: str, decimal: str
) -> str:
    """A stored number as the layout writes numbers and dates; marked if it shows another one."""
    try:
        number = Decimal(stored.strip())
    except InvalidOperation:
        raise NonsenseError("no number") from None
    if not number.is_finite() or abs(number.adjusted()) > 300:
        raise NonsenseError("no number of a spreadsheet")
    if number == number.to_integral_value() and number.adjusted() >= _DIGITS:
        return marked(Trouble.TOO_LONG, shown=stored)
    if number_format.shows is Shows.DATE:
        return _date(number, is_1904=is_1904, dates=dates)
    plain = _plain(_AS_SHOWN.plus(number))
    if number_format.shows is Shows.ZEROS and len(plain.lstrip("-")) < number_format.zeros:
        return marked(Trouble.SHOWN_OTHERWISE, plain, plain.zfill(number_format.zeros))
    if number_format.shows is Shows.OTHERWISE:
        return marked(Trouble.SHOWN_OTHERWISE, plain, "…")
    return plain.replace(".", decimal)


def _plain(number: Decimal) -> str:
    """Digits without an exponent and without zeros at the end."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _date(number: Decimal, *, is_1904: bool, dates: str) -> str:
    """A day counted from the epoch of the workbook, in the layout's form.

    Until 28 February 1900 the days are shifted by one: Excel counts a 29 February that never was.
    """
    days = int(number)
    if not is_1904 and days <= 60:
        return marked(Trouble.EARLY_DATE, shown=str(number))
    epoch = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
    if days < 0 or days > (date.max - epoch).days:
        raise NonsenseError("no date of a spreadsheet")
    day = _day(epoch + timedelta(days), dates)
    rest = number - days
    return day if not rest else f"{day} {_plain(rest)}"  # with a time of the day, it is no date


def _iso_date(stored: str, dates: str) -> str:
    """A date of ISO 8601, as Excel keeps it in a “Strict Open XML” workbook, in the layout's form.

    Raises NonsenseError.
    """
    try:
        moment = datetime.fromisoformat(stored)
    except ValueError:
        raise NonsenseError("no date") from None
    day = _day(moment.date(), dates)
    return day if moment.time() == time.min else f"{day} {moment.time().isoformat()}"


def _day(day: date, dates: str) -> str:
    """A day in the layout's form."""
    if dates == "2025-01-31":
        return day.isoformat()
    year, month, of_month = day.isoformat().split("-")
    parts = (month, of_month, year) if dates.startswith("01") else (of_month, month, year)
    return ("." if "." in dates else "/").join(parts)


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column
