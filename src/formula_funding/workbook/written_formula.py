"""The text of a spreadsheet formula → a tree: as much of the language as this program writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from formula_funding.exact.number_text import scientific_from_text

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<cells>(?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?
        \$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?(?![\w.(]))
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<name>[^\W\d][\w.]*)
    | (?P<sign><=|>=|<>|[-+*/^=<>(),])
    )""",
    re.VERBOSE,
)
_CELLS = re.compile(r"(?:(.+)!)?\$?([A-Z]+)\$?([0-9]+)(?::\$?([A-Z]+)\$?([0-9]+))?")
_BINDING = [{"=", "<>", "<", "<=", ">", ">="}, {"+", "-"}, {"*", "/"}, {"^"}]
"""Operators from the loosest to the tightest; a sign binds tighter still."""


class NotReadableError(ValueError):
    """A formula that this program would not write."""


@dataclass(frozen=True)
class Constant:
    """A number, a text or a truth."""

    value: Fraction | str | bool


@dataclass(frozen=True)
class Area:
    """Cells of a sheet (of the formula's own one if `sheet` is empty), from 1, ends included."""

    sheet: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def is_cell(self) -> bool:
        return (self.first_row, self.first_column) == (self.last_row, self.last_column)


@dataclass(frozen=True)
class Named:
    """A cell by its name."""

    name: str


@dataclass(frozen=True)
class Applied:
    """A function, or an operator by its sign, applied to its arguments."""

    function: str
    arguments: tuple[Written, ...]


Written = Constant | Area | Named | Applied


def written_formula(text: str) -> Written:
    """Read a formula without its leading `=`. Raises NotReadableError."""
    reader = _Reader(text)
    tree = reader.expression(0)
    if reader.kind:
        raise NotReadableError(text)
    return tree


def area_from_text(text: str) -> Area:
    """Read `Sheet!$A$1:$B$2`. Raises NotReadableError."""
    found = _CELLS.fullmatch(text)
    if found is None:
        raise NotReadableError(text)
    sheet, letters, row, last_letters, last_row = found.groups()
    name = sheet or ""
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    first = (int(row), _column(letters))
    last = (int(last_row), _column(last_letters)) if last_letters else first
    return Area(name, *first, *last)


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


class _Reader:
    """Reads tokens one by one; `kind` and `token` are the one that comes next."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.kind = self.token = ""
        self._next()

    def _next(self) -> str:
        """Go on to the next token; returns the one before."""
        token = self.token
        self.kind = self.token = ""
        if self._text[self._at :].strip():
            found = _TOKEN.match(self._text, self._at)
            if found is None or found.lastgroup is None:
                raise NotReadableError(self._text)
            self.kind, self.token, self._at = found.lastgroup, found[found.lastgroup], found.end()
        return token

    def _is_sign(self, *signs: str) -> bool:
        return self.kind == "sign" and self.token in signs

    def _expect(self, sign: str) -> None:
        if not self._is_sign(sign):
            raise NotReadableError(self._text)
        self._next()

    def expression(self, level: int) -> Written:
        if level == len(_BINDING):
            return self._signed()
        left = self.expression(level + 1)
        while self._is_sign(*_BINDING[level]):
            sign = self._next()
            left = Applied(sign, (left, self.expression(level + 1)))
        return left

    def _signed(self) -> Written:
        if self._is_sign("-"):
            self._next()
            return Applied("negative", (self._signed(),))
        return self._atom()

    def _atom(self) -> Written:
        if self._is_sign("("):
            self._next()
            inner = self.expression(0)
            self._expect(")")
            return inner
        kind, token = self.kind, self._next()
        if kind == "number":
            return Constant(scientific_from_text(token))
        if kind == "text":
            return Constant(token[1:-1].replace('""', '"'))
        if kind == "cells":
            return area_from_text(token)
        if kind != "name":
            raise NotReadableError(self._text)
        if self._is_sign("("):
            return Applied(token, self._arguments())
        return Constant(token == "TRUE") if token in {"TRUE", "FALSE"} else Named(token)

    def _arguments(self) -> tuple[Written, ...]:
        self._expect("(")
        found: list[Written] = []
        while not self._is_sign(")"):
            if found:
                self._expect(",")
            found.append(self.expression(0))
        self._next()
        return tuple(found)
