"""What the cells of the allocation workbook hold, and tables and forms made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from formula_funding.exact.number_text import fixed_text, number_to_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.model.plan import Value
from formula_funding.workbook.formula_from_tree import (
    EXACT_DIGITS,
    CantBeAFormulaError,
    number_literal,
)

FIRST_ROW = 4
"""The number of the first row below the header, as a spreadsheet counts."""

_DIGITS = Context(prec=EXACT_DIGITS)
_DAY_ZERO = date(1899, 12, 30)
"""The day that spreadsheets number 0."""


class Formula(NamedTuple):
    """A formula without its `=`, and the engine's value for it; `#N/A` where there is none."""

    text: str
    value: Decimal | int | str | bool
    is_array: bool = False


class Held(NamedTuple):
    """The engine's value in a cell that can't be a formula."""

    value: str | Decimal


class Figure(NamedTuple):
    """A figure, a count or a fact that a reader may change."""

    value: Decimal | int | str | bool | date


class Link(NamedTuple):
    """A cell that leads to another one: its address, and what is shown."""

    target: str
    shown: str | int


Cell = str | int | Decimal | Formula | Figure | Held | Link | None
Row = Sequence[Cell]


@dataclass(frozen=True)
class Sheet:
    """A table: header, rows, and a last row of totals where there is one.

    A Decimal is shown with all its decimals, an int as a count.
    """

    name: str
    header: list[str]
    rows: Iterable[Row]
    total: Row | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Defined names, each with its cell of this sheet, such as $C$4."""
    truths: int | None = None
    """The column that says TRUE or FALSE, if there is one."""


class Look(Enum):
    """How a cell of a form looks."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    LABEL = "label"
    PLAIN = "plain"
    HEADER = "header"
    HEADER_OF_NUMBERS = "header of numbers"
    IN_TABLE = "in table"
    FOLLOWING = "following"
    """Filled by formulas with texts of any length, which are written smaller if need be."""
    TOTAL = "total"
    INPUT = "input"
    TO_SIGN = "to sign"
    SMALL = "small"


class Placed(NamedTuple):
    """A cell of a form: row and column counted from 0.

    `number_format` is for a formula that may give a number where it now gives none.
    """

    row: int
    column: int
    cell: Cell
    look: Look = Look.PLAIN
    number_format: str = ""


@dataclass(frozen=True)
class Form:
    """A sheet that is no table: cells placed one by one, for reading and printing."""

    name: str
    widths: Sequence[int]
    cells: Sequence[Placed]
    lists: Mapping[str, str] = field(default_factory=dict)
    """Cells whose value is chosen from a list, each with the range of the list."""
    truths: str | None = None
    """The cell that begins with TRUE or FALSE, if there is one."""
    page_breaks: Sequence[int] = ()
    where: Mapping[str, Mapping[Look, str]] = field(default_factory=dict)
    """How ranges look where a formula holds for their first row, and so on."""


def sheet_reference(name: str) -> str:
    """The name of a sheet as formulas write it."""
    return name if name.isidentifier() else "'" + name.replace("'", "''") + "'"


def cached(value: Value | None) -> Decimal | str | bool:
    """A value as a spreadsheet would show it; a number to as many digits as it keeps."""
    if value is None:
        return "#N/A"
    if isinstance(value, date):
        return Decimal((value - _DAY_ZERO).days)
    if isinstance(value, Fraction):
        places = decimal_places(value)
        text = fixed_text(value, places) if places is not None else None
        if text is not None and len(text) <= EXACT_DIGITS:
            return Decimal(text)
        return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
    return value


def shown(cell: Cell) -> Decimal | int | str | bool | date:
    """What a reader sees in a cell; the empty text in an empty one."""
    if isinstance(cell, Formula | Figure | Held):
        return cell.value
    if isinstance(cell, Link):
        return cell.shown
    return "" if cell is None else cell


def cached_text(value: Decimal | int | str | bool) -> Decimal | str:
    """A value of a formula as a cell holds it that has no formula."""
    is_number = isinstance(value, Decimal | int) and not isinstance(value, bool)
    return Decimal(value) if is_number else str(value)


def figure(value: Fraction, at_least: int = 0) -> Figure | Formula | str:
    """A number that formulas read: 11/15 is a formula, and one of too many digits is a text."""
    places = decimal_places(value)
    if places is None:
        try:
            return Formula(number_literal(value), cached(value))
        except CantBeAFormulaError:
            return number_to_text(value)
    number = number_or_text(fixed_text(value, max(places, at_least)))
    return number if isinstance(number, str) else Figure(number)


def number_or_text(text: str) -> str | Decimal:
    """A decimal text as a number, unless a spreadsheet would lose its digits."""
    digits = text.replace("-", "").replace(".", "").lstrip("0")
    return Decimal(text) if len(digits) <= EXACT_DIGITS else text
