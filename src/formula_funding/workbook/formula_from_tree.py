"""Tree to spreadsheet formula: the same calculation in functions of Excel 2010 and LibreOffice.

One function per kind of node. What a spreadsheet can't compute exactly raises CantBeAFormulaError
with its reason; the cell then holds the engine's value and says why.

Formulas are in the form in which files keep them (English, commas), without the leading `=`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Protocol

from formula_funding.exact.number_text import number_to_text
from formula_funding.exact.rounding import Rounding, RoundingMode, decimal_places
from formula_funding.formula.functions import CONDITIONAL
from formula_funding.formula.tree import (
    Aggregate,
    Call,
    Day,
    Interval,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Text,
    Tree,
)

EXACT_DIGITS = 15
"""Digits that a spreadsheet keeps of a number."""
LONGEST_FORMULA = 8_000
"""Excel refuses formulas of more than 8,192 characters."""
LONGEST_TEXT = 255
"""Characters of a text inside a formula."""
FIRST_DAY = date(1900, 3, 1)
"""Spreadsheets disagree about the days before it."""


class CantBeAFormulaError(ValueError):
    """A spreadsheet can't compute this; `reason` is a key of `language/words`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Cells(Protocol):
    """Where a formula finds what it reads: addresses or names of cells, as formula text."""

    def name(self, name: str) -> str:
        """The cell of an attribute, definition, step, line or single rate."""
        ...

    def rate(self, lookup: Lookup) -> str:
        """The cell of a rate in a table, or the formula that looks it up."""
        ...

    def aggregate(self, tree: Aggregate) -> str:
        """The cell in which an aggregate is computed."""
        ...


def formula_from_tree(tree: Tree, cells: Cells) -> str:
    """The formula of a checked tree. Raises CantBeAFormulaError where there is none."""
    formula = _Translator(cells).write(tree)
    if len(formula) > LONGEST_FORMULA:
        raise CantBeAFormulaError("held_too_long")
    return formula


def rounded_formula(inner: str, rounding: Rounding) -> str:
    """A formula rounded to whole multiples of a unit by a named mode.

    A unit of 0.05 is a twentieth: the sum is multiplied by 20, rounded and divided again.
    """
    unit = rounding.unit
    digits = _digits_of(unit)
    if digits is not None:
        return _round_to_digits(inner, digits, rounding.mode)
    whole = _round_to_digits(f"({inner})*{_scale(1 / unit)}", 0, rounding.mode)
    return f"{whole}*{_scale(unit)}"


def _scale(number: Fraction) -> str:
    text = str(number.numerator)
    return text if number.denominator == 1 else f"{text}/{number.denominator}"


def _digits_of(unit: Fraction) -> int | None:
    """2 for 0.01, -2 for 100; None for a unit that is no power of ten."""
    places = decimal_places(unit)
    if unit.numerator == 1 and places is not None and unit.denominator == 10**places:
        return places
    text = str(unit.numerator)
    if unit.denominator == 1 and text.rstrip("0") == "1":
        return 1 - len(text)
    return None


def _round_to_digits(inner: str, digits: int, mode: RoundingMode) -> str:
    nearest, coin = _nearest(inner, digits), f"/10^{digits}" if digits >= 0 else f"*10^{-digits}"
    match mode:
        case RoundingMode.HALF_UP:
            return nearest
        # ROUNDUP and ROUNDDOWN see a difference in the 16th digit, and LibreOffice 7.4 takes
        # ROUNDDOWN(1234567890.125,2) for 1234567890.13. Comparisons overlook that digit.
        case RoundingMode.UP:
            lacking = f"(ABS({nearest})<ABS({inner}))"
            return _nearest(f"{nearest}+SIGN({inner})*{lacking}{coin}", digits)
        case RoundingMode.DOWN:
            too_much = f"(ABS({nearest})>ABS({inner}))"
            return _nearest(f"{nearest}-SIGN({inner})*{too_much}{coin}", digits)
    # Half to even: away from zero, and one coin back where that made a tie odd.
    coins = f"ABS({inner})*10^{digits}" if digits >= 0 else f"ABS({inner})/10^{-digits}"
    whole = _nearest(coins, 0)
    return f"(SIGN({inner})*({whole}-IF({coins}+0.5={whole},MOD({whole},2),0)){coin})"


def _nearest(inner: str, digits: int) -> str:
    """ROUND. To whole numbers by way of tenths: with 0 digits LibreOffice rounds the binary number
    as it is, and 3560*0.5*(0.875-0.55) = 578.5, held as 578.4999999999999, would become 578."""
    return f"ROUND({inner},{digits})" if digits else f"(ROUND(({inner})/10,1)*10)"


def text_literal(text: str) -> str:
    """A text inside a formula."""
    if len(text) > LONGEST_TEXT:
        raise CantBeAFormulaError("held_too_long")
    return '"' + text.replace('"', '""') + '"'


def number_literal(value: Fraction) -> str:
    """A number inside a formula; 11/15 where no decimal is exact."""
    text = number_to_text(value)
    if any(len(part.strip("-").replace(".", "")) > EXACT_DIGITS for part in text.split("/")):
        raise CantBeAFormulaError("held_digits")
    return f"({text})" if "/" in text or value < 0 else text


def literal(value: str | bool | date | Fraction | None) -> str:
    """A text, a truth or a number inside a formula."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case Fraction():
            return number_literal(value)
        case str():
            return text_literal(value)
    raise CantBeAFormulaError("held_function")


_COMPARING, _ADDING, _MULTIPLYING, _POWER, _SIGN, _ATOM = range(1, 7)
"""How tightly operators bind in a spreadsheet: a sign binds before a power there."""
_RANKS = {"+": _ADDING, "-": _ADDING, "*": _MULTIPLYING, "/": _ATOM, "^": _POWER, "negative": _SIGN}
_COMPARISONS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class _Translator:
    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    def write(self, tree: Tree) -> str:
        match tree:
            case Number():
                return number_literal(tree.value)
            case Day():
                return self._day(tree.value)
            case Text():
                return text_literal(tree.value)
            case Name():
                return self._cells.name(tree.name)
            case Lookup():
                return self._cells.rate(tree)
            case Aggregate():
                return self._cells.aggregate(tree)
            case Call():
                return self._call(tree)
            case Operation():
                return self._operation(tree)
            case Membership():
                return self._membership(tree)

    @staticmethod
    def _day(day: date) -> str:
        if day < FIRST_DAY:
            raise CantBeAFormulaError("held_day")
        return f"DATE({day.year},{day.month},{day.day})"

    def _call(self, tree: Call) -> str:
        if tree.function not in FORMULAS:
            raise CantBeAFormulaError("held_function")
        return FORMULAS[tree.function]([self.write(argument) for argument in tree.arguments])

    def _operation(self, tree: Operation) -> str:
        operator = tree.operator
        if operator in {"and", "or", "not"}:
            return self._logic(operator, [self.write(part) for part in tree.operands])
        if operator in _COMPARISONS:
            return self._comparison(tree)
        if operator == "negative":
            return "-" + self._inner(tree.operands[0], _ATOM)
        if operator == "/":
            return self._quotient(tree)
        rank = _RANKS[operator]
        left = self._inner(tree.operands[0], rank + (operator == "^"))
        right = self._inner(tree.operands[1], rank + (operator in {"-", "^"}))
        return f"{left}{operator}{right}"

    @staticmethod
    def _logic(operator: str, parts: Sequence[str]) -> str:
        """As the engine decides: one decisive side is enough, even if the other does not exist."""
        if operator == "not":
            return f"NOT({parts[0]})"
        left, right = parts
        if operator == "and":
            both = f"IF(IFERROR({right},TRUE),AND({left},{right}),FALSE)"
            return f"IF(IFERROR({left},TRUE),{both},FALSE)"
        return f"IF(IFERROR({left},FALSE),TRUE,IF(IFERROR({right},FALSE),TRUE,OR({left},{right})))"

    def _comparison(self, tree: Operation) -> str:
        sign = _COMPARISONS[tree.operator]
        left, right = (self._inner(part, _ADDING) for part in tree.operands)
        if any(isinstance(part, Text) for part in tree.operands):
            # `=` takes "a" and "A" for the same text.
            return f"EXACT({left},{right})" if sign == "=" else f"NOT(EXACT({left},{right}))"
        return f"{left}{sign}{right}"

    def _quotient(self, tree: Operation) -> str:
        """0 / 0 is 0, and anything else / 0 does not exist."""
        above, below = tree.operands
        left, right = self._inner(above, _MULTIPLYING), self._inner(below, _POWER)
        if isinstance(below, Number) and below.value:
            return f"({left}/{right})"
        return f"IF({right}=0,IF({left}=0,0,NA()),{left}/{right})"

    def _membership(self, tree: Membership) -> str:
        item = self._inner(tree.item, _ADDING)
        found = [self._member(item, member) for member in tree.members]
        return found[0] if len(found) == 1 else f"OR({','.join(found)})"

    @staticmethod
    def _member(item: str, member: Text | Number | Interval) -> str:
        match member:
            case Text():
                return f"EXACT({item},{text_literal(member.value)})"
            case Number():
                return f"{item}={number_literal(member.value)}"
        first, last = number_literal(member.first), number_literal(member.last)
        return f"AND({item}>={first},{item}<={last})"

    def _inner(self, tree: Tree, rank: int) -> str:
        """A part, in brackets if it binds more loosely than what stands around it."""
        own = _ATOM
        if isinstance(tree, Operation):
            own = _RANKS.get(tree.operator, _COMPARING)
        elif isinstance(tree, Membership):
            own = _COMPARING
        text = self.write(tree)
        return f"({text})" if own < rank else text


# functions

Formula = Callable[[Sequence[str]], str]


def _ramp(arguments: Sequence[str]) -> str:
    x, start, end = arguments
    return f"IF({x}>={end},1,IF({x}<={start},0,({x}-({start}))/({end}-({start}))))"


def _root(arguments: Sequence[str]) -> str:
    x, degree, digits = arguments
    return f"IF({x}<0,NA(),ROUND(({x})^(1/{degree}),{digits}))"


def _rounding(mode: RoundingMode) -> Formula:
    return lambda arguments: _round_to_digits(arguments[0], int(arguments[1].strip("()")), mode)


FORMULAS: dict[str, Formula] = {
    CONDITIONAL: lambda a: f"IF({a[0]},{a[1]},{a[2]})",
    "min": lambda a: f"MIN({','.join(a)})",
    "max": lambda a: f"MAX({','.join(a)})",
    "abs": lambda a: f"ABS({a[0]})",
    "clamp": lambda a: f"MIN(MAX({a[0]},{a[1]}),{a[2]})",
    "ramp": _ramp,
    "root": _root,
    "ln": lambda a: f"ROUND(LN({a[0]}),{a[1]})",
    "round": _rounding(RoundingMode.HALF_UP),
    "round_half_even": _rounding(RoundingMode.HALF_EVEN),
    "round_up": _rounding(RoundingMode.UP),
    "round_down": _rounding(RoundingMode.DOWN),
}
"""The formula of each function of the language; one that is not here is held as a value."""
