"""What the formulas of a workbook give, computed with exact fractions from its own cells.

It knows the functions that this program writes into workbooks and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from statistics import median

from formula_funding.exact.number_text import NotANumberError, scientific_from_text
from formula_funding.exact.roots import natural_logarithm, root
from formula_funding.exact.rounding import Rounding, RoundingMode, round_fraction
from formula_funding.sources.workbook_formulas import Cells, Stored
from formula_funding.workbook.written_formula import (
    Applied,
    Area,
    Constant,
    Named,
    NotReadableError,
    Written,
    area_from_text,
    written_formula,
)

_DIGITS = 30
"""Decimals of a root and a logarithm; the formulas round them to far fewer."""
_HIGHEST_POWER, _MOST_DIGITS = 400, 10_000
"""Degrees and places; and binary digits of a power. A spreadsheet keeps far fewer."""
_LARGEST_AREA = 50_000_000
_ZERO, _ONE = Fraction(0), Fraction(1)
_DAY_ZERO = date(1899, 12, 30)


class FaultError(Exception):
    """A cell has no value: `#N/A`, `#DIV/0!` and the like."""


class Fault(str):
    """The error that stands in a cell."""

    __slots__ = ()


Scalar = Fraction | str | bool | Fault | None
"""The value of a cell; None is an empty one."""
Grid = list[list[Scalar]]
Value = Scalar | Grid


class Calculation:
    """Computes cells of a workbook when they are asked for, each once.

    `sheets` hold formulas and inputs; `names` lead to cells such as `Figures!$C$4`.
    """

    def __init__(self, sheets: Mapping[str, Cells], names: Mapping[str, str]) -> None:
        self._sheets = sheets
        self._names = names
        self._known: dict[tuple[str, int, int], Scalar] = {}
        self._grids: dict[Area, Grid] = {}
        self._extents = {
            sheet: tuple(max((at[k] for at in cells), default=0) for k in (0, 1))
            for sheet, cells in sheets.items()
        }

    def value(self, sheet: str, row: int, column: int) -> Scalar:
        """The value of a cell. Raises NotReadableError for a formula not written here."""
        at = (sheet, row, column)
        if at not in self._known:
            self._known[at] = Fault("#REF!")  # what a cell that reads itself finds
            self._known[at] = self._computed(sheet, row, column)
        return self._known[at]

    def _computed(self, sheet: str, row: int, column: int) -> Scalar:
        cell = self._sheets.get(sheet, {}).get((row, column))
        if cell is None:
            return None
        if cell.formula is None:
            return _stored(cell)
        try:
            found = self._of(written_formula(cell.formula), sheet)
        except FaultError as fault:
            return Fault(fault)
        found = found[0][0] if isinstance(found, list) else found
        return Fraction(0) if found is None else found

    def _of(self, tree: Written, sheet: str) -> Value:
        match tree:
            case Constant():
                return tree.value
            case Area():
                return self._area(tree, sheet)
            case Named():
                if tree.name not in self._names:
                    raise FaultError("#NAME?")
                return self._area(area_from_text(self._names[tree.name]), sheet)
            case Applied():
                return self._applied(tree, sheet)

    def _area(self, area: Area, own: str) -> Value:
        sheet = area.sheet or own
        if area.is_cell:
            return self.value(sheet, area.first_row, area.first_column)
        area = replace(area, sheet=sheet)
        if area not in self._grids:
            rows, columns = self._extents.get(sheet, (0, 0))
            last_row, last_column = min(area.last_row, rows), min(area.last_column, columns)
            height, width = last_row - area.first_row + 1, last_column - area.first_column + 1
            if height < 1 or width < 1 or height * width > _LARGEST_AREA:
                raise FaultError("#REF!")
            self._grids[area] = [
                [self.value(sheet, r, c) for c in range(area.first_column, last_column + 1)]
                for r in range(area.first_row, last_row + 1)
            ]
        return self._grids[area]

    def _applied(self, tree: Applied, sheet: str) -> Value:
        function, arguments = tree.function, tree.arguments
        if function == "IF":
            return self._if(tree, sheet)
        if function == "IFERROR":
            try:
                found = self._of(arguments[0], sheet)
            except FaultError:
                return self._of(arguments[1], sheet)
            return self._of(arguments[1], sheet) if isinstance(found, Fault) else found
        if function == "COLUMN":
            return self._columns(arguments[0])
        values = [self._of(argument, sheet) for argument in arguments]
        if function in _OF_EACH:
            return _of_each(_OF_EACH[function], values)
        if function in _OF_ALL:
            return _OF_ALL[function](values)
        raise NotReadableError(function)

    def _if(self, tree: Applied, sheet: str) -> Value:
        condition, yes, *no = tree.arguments
        chosen = self._of(condition, sheet)
        if isinstance(chosen, list):
            others = [self._of(part, sheet) for part in (yes, *no)]
            return _of_each(lambda v: v[1] if _truth(v[0]) else v[2], [chosen, *others])
        if _truth(chosen):
            return self._of(yes, sheet)
        return self._of(no[0], sheet) if no else False

    @staticmethod
    def _columns(tree: Written) -> Value:
        if not isinstance(tree, Area):
            raise FaultError("#VALUE!")
        columns = range(tree.first_column, min(tree.last_column, tree.first_column + 20_000) + 1)
        return [[Fraction(column) for column in columns]]


def _stored(cell: Stored) -> Scalar:
    match cell.kind:
        case "b":
            return cell.value == "1"
        case "e":
            return Fault(cell.value)
        case "n":
            return _number_of_text(cell.value)
        case _:
            return cell.value


# values


def _number(value: Scalar) -> Fraction:
    match value:
        case None:
            return Fraction(0)
        case Fault():
            raise FaultError(value)
        case bool():
            return Fraction(value)
        case str():
            return _number_of_text(value)
        case _:
            return value


def _number_of_text(text: str) -> Fraction:
    try:
        return scientific_from_text(text)
    except NotANumberError:
        raise FaultError("#VALUE!") from None


def _truth(value: Scalar) -> bool:
    return _number(value) != 0


def _text(value: Scalar) -> str:
    if isinstance(value, Fault):
        raise FaultError(value)
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


def _rank(value: Scalar) -> tuple[int, Fraction, str]:
    """By what values are ordered: numbers before texts before truths; case does not matter."""
    if isinstance(value, Fault):
        raise FaultError(value)
    if isinstance(value, bool):
        return 2, Fraction(value), ""
    if isinstance(value, str):
        return 1, Fraction(0), value.lower()
    return 0, _number(value), ""


def _equal(one: Scalar, other: Scalar) -> bool:
    if one is None and isinstance(other, str):
        return not other
    if other is None and isinstance(one, str):
        return not one
    return _rank(one) == _rank(other)


def _less(one: Scalar, other: Scalar) -> bool:
    return _rank(one) < _rank(other)


def _flat(values: Sequence[Value]) -> list[Scalar]:
    return [
        cell
        for value in values
        for cell in (
            [cell for row in value for cell in row] if isinstance(value, list) else [value]
        )
    ]


def _numbers(values: Sequence[Value]) -> list[Fraction]:
    """The numbers among values; texts and truths of ranges do not count."""
    found = []
    for value in values:
        if not isinstance(value, list):
            found.append(_number(value))
            continue
        for cell in _flat([value]):
            if isinstance(cell, Fault):
                raise FaultError(cell)
            if isinstance(cell, Fraction):
                found.append(cell)
    return found


def _grid(value: Value) -> Grid:
    return value if isinstance(value, list) else [[value]]


# functions of single values, and of each cell where they are given ranges

OfScalars = Callable[[Sequence[Scalar]], Scalar]


def _of_each(function: OfScalars, values: Sequence[Value]) -> Value:
    if not any(isinstance(value, list) for value in values):
        return function([value for value in values if not isinstance(value, list)])
    grids = [_grid(value) for value in values]
    height, width = max(map(len, grids)), max(len(grid[0]) for grid in grids)
    if any(len(g) not in {1, height} or len(g[0]) not in {1, width} for g in grids):
        raise FaultError("#VALUE!")

    def one(cells: Sequence[Scalar]) -> Scalar:
        try:
            return function(cells)
        except FaultError as fault:
            return Fault(fault)

    rows = zip(*(grid * height if len(grid) == 1 else grid for grid in grids), strict=True)
    return [
        [one(cells) for cells in zip(*(r * width if len(r) == 1 else r for r in row), strict=True)]
        for row in rows
    ]


def _times(values: Sequence[Scalar]) -> Scalar:
    """A product; most are of truths, over the columns of all schools."""
    one, other = values
    if isinstance(one, bool) and isinstance(other, bool):
        return _ONE if one and other else _ZERO
    left, right = _number(one), _number(other)
    return left * right if left and right else _ZERO


def _quotient(values: Sequence[Scalar]) -> Scalar:
    above, below = map(_number, values)
    if not below:
        raise FaultError("#DIV/0!")
    return above / below


def _power(values: Sequence[Scalar]) -> Scalar:
    base, exponent = map(_number, values)
    digits = (base.numerator * base.denominator).bit_length()
    if exponent.denominator == 1 and digits * abs(exponent) <= _MOST_DIGITS:
        if not base and exponent <= 0:
            raise FaultError("#NUM!")
        return base**exponent.numerator
    if exponent.numerator == 1 and exponent.denominator <= _HIGHEST_POWER and base >= 0:
        return root(base, exponent.denominator, _DIGITS)
    raise FaultError("#NUM!")


def _round(values: Sequence[Scalar]) -> Scalar:
    number, digits = map(_number, values)
    if abs(digits) > _HIGHEST_POWER:
        raise FaultError("#NUM!")
    unit = Fraction(10) ** -int(digits)
    return round_fraction(number, Rounding(unit, RoundingMode.HALF_UP))


def _modulo(values: Sequence[Scalar]) -> Scalar:
    number, divisor = map(_number, values)
    if not divisor:
        raise FaultError("#DIV/0!")
    return number % divisor


def _logarithm(values: Sequence[Scalar]) -> Scalar:
    [number] = map(_number, values)
    if number <= 0:
        raise FaultError("#NUM!")
    return natural_logarithm(number, _DIGITS)


def _sign(values: Sequence[Scalar]) -> Scalar:
    number = _number(values[0])
    return Fraction((number > 0) - (number < 0))


def _day(values: Sequence[Scalar]) -> Scalar:
    try:
        return Fraction((date(*(int(_number(value)) for value in values)) - _DAY_ZERO).days)
    except (ValueError, OverflowError, TypeError):
        raise FaultError("#VALUE!") from None


_OF_EACH: dict[str, OfScalars] = {
    "+": lambda v: _number(v[0]) + _number(v[1]),
    "-": lambda v: _number(v[0]) - _number(v[1]),
    "*": _times,
    "/": _quotient,
    "^": _power,
    "negative": lambda v: -_number(v[0]),
    "=": lambda v: _equal(v[0], v[1]),
    "<>": lambda v: not _equal(v[0], v[1]),
    "<": lambda v: _less(v[0], v[1]),
    ">": lambda v: _less(v[1], v[0]),
    "<=": lambda v: not _less(v[1], v[0]),
    ">=": lambda v: not _less(v[0], v[1]),
    "EXACT": lambda v: _text(v[0]) == _text(v[1]),
    "NOT": lambda v: not _truth(v[0]),
    "ABS": lambda v: abs(_number(v[0])),
    "SIGN": _sign,
    "ROUND": _round,
    "MOD": _modulo,
    "LN": _logarithm,
    "DATE": _day,
    "ISNUMBER": lambda v: isinstance(v[0], Fraction),
}


# functions of ranges as wholes

OfValues = Callable[[Sequence[Value]], Value]


def _product(values: Sequence[Value]) -> Value:
    grids = [_grid(value) for value in values]
    if any((len(g), len(g[0])) != (len(grids[0]), len(grids[0][0])) for g in grids):
        raise FaultError("#VALUE!")
    total = _ZERO
    for cells in zip(*(_flat([grid]) for grid in grids), strict=True):
        product = _ONE
        for cell in cells:
            if isinstance(cell, Fault):
                raise FaultError(cell)
            if product:
                product = product * cell if cell and isinstance(cell, Fraction) else _ZERO
        if product:
            total += product
    return total


def _matrix_product(values: Sequence[Value]) -> Value:
    left, right = map(_grid, values)
    if len(left[0]) != len(right):
        raise FaultError("#VALUE!")
    columns = list(zip(*right, strict=True))
    return [
        [
            sum((_number(a) * _number(b) for a, b in zip(row, column, strict=True)), Fraction(0))
            for column in columns
        ]
        for row in left
    ]


def _largest(values: Sequence[Value]) -> Value:
    found = sorted(_numbers(values[:1]), reverse=True)
    [rank] = _numbers(values[1:])
    if not 1 <= rank <= len(found):
        raise FaultError("#NUM!")
    return found[int(rank) - 1]


def _median(values: Sequence[Value]) -> Value:
    found = _numbers(values)
    if not found:
        raise FaultError("#NUM!")
    return median(found)


def _element(values: Sequence[Value]) -> Value:
    """INDEX over a row or a column."""
    cells, number = _flat(values[:1]), _numbers(values[1:2])[0]
    if not 1 <= number <= len(cells):
        raise FaultError("#REF!")
    return cells[int(number) - 1]


def _position(values: Sequence[Value]) -> Value:
    """MATCH of an equal value."""
    wanted = _flat(values[:1])[0]
    for position, cell in enumerate(_flat(values[1:2]), start=1):
        if not isinstance(cell, Fault) and _equal(wanted, cell):
            return Fraction(position)
    raise FaultError("#N/A")


def _not_there(_values: Sequence[Value]) -> Value:
    raise FaultError("#N/A")


_OF_ALL: dict[str, OfValues] = {
    "SUM": lambda v: sum(_numbers(v), Fraction(0)),
    "SUMPRODUCT": _product,
    "MIN": lambda v: min(_numbers(v), default=Fraction(0)),
    "MAX": lambda v: max(_numbers(v), default=Fraction(0)),
    "LARGE": _largest,
    "MEDIAN": _median,
    "AND": lambda v: all(map(_truth, _flat(v))),
    "OR": lambda v: any(list(map(_truth, _flat(v)))),
    "ROWS": lambda v: Fraction(len(_grid(v[0]))),
    "MMULT": _matrix_product,
    "TRANSPOSE": lambda v: [list(row) for row in zip(*_grid(v[0]), strict=True)],
    "INDEX": _element,
    "MATCH": _position,
    "NA": _not_there,
    "HYPERLINK": lambda v: v[-1],
}
