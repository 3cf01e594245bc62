"""How the cells of one source become values: the layout's words and forms, then the rulebook's.

Both the fast and the slow reading look at a cell's text through the same reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from formula_funding.formula.kinds import Kind
from formula_funding.model.plan import Attribute, Value
from formula_funding.read.lookalikes import lookalike, skeletons
from formula_funding.read.value_from_text import BadValueError, expected, value_from_text
from formula_funding.rules.layout import TableLayout
from formula_funding.sources.unreadable import Trouble, Unreadable, unreadable

SPACES = " \u00a0\u202f\u2009\u2007"
"""The spaces that stand between thousands: plain, no-break, narrow, thin, of a digit's width."""
MAX_COUNT_DIGITS = 12
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?\Z")
"""What databases write behind a day that they keep as a time."""
_NUMBERS = frozenset({Kind.COUNT, Kind.RATIO, Kind.NUMBER, Kind.MONEY})


class UnreadableCellError(BadValueError):
    """The cell can't be taken at its word; `why` says what is wrong with it."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__("")
        self.why = why


class LookalikeError(BadValueError):
    """The cell looks like the declared value `alike`, but is written in other letters."""

    def __init__(self, expected: str, alike: str) -> None:
        super().__init__(expected)
        self.alike = alike


@dataclass(frozen=True)
class CellReader:
    """Reads the trimmed texts of one attribute as its values."""

    attribute: Attribute
    words: Mapping[str, str] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    decimal: str = "."
    thousands: str = ""
    dates: str = "2025-01-31"
    scale: Fraction = Fraction(1)

    def value(self, text: str) -> Value:
        """The value of a cell. Raises BadValueError."""
        why = unreadable(text)
        if why is not None:
            if why.trouble is not Trouble.SHOWN_OTHERWISE or not self._is_number:
                raise UnreadableCellError(why)
            return self._scaled(value_from_text(why.stored, self._unscaled))
        if text in self.words:
            return value_from_text(self.words[text], self.attribute)
        if text in self.empty or not text:
            return value_from_text("", self.attribute)
        if self.attribute.kind is Kind.DATE:
            return value_from_text(self._plain_date(_MIDNIGHT.sub("", text)), self.attribute)
        if not self._is_number:
            return self._word(text)
        return self._scaled(value_from_text(self._plain_number(text), self._unscaled))

    def _word(self, text: str) -> Value:
        try:
            return value_from_text(text, self.attribute)
        except BadValueError as error:
            alike = lookalike(text, skeletons((*self.attribute.values, *self.words)))
            if alike is not None:
                raise LookalikeError(error.expected, alike) from None
            raise

    @property
    def _is_number(self) -> bool:
        return self.attribute.kind in _NUMBERS

    @property
    def _unscaled(self) -> Attribute:
        """The attribute as the file's own figures must be: its bounds are checked scaled."""
        if self.scale == 1:
            return self.attribute
        return replace(self.attribute, low=None, high=None, whole=False)

    def _scaled(self, value: Value) -> Value:
        if self.scale == 1 or not isinstance(value, Fraction):
            return value
        value *= self.scale
        attribute = self.attribute
        too_low = attribute.low is not None and value < attribute.low
        too_high = attribute.high is not None and value > attribute.high
        if too_low or too_high or (attribute.whole and value.denominator != 1):
            raise BadValueError(expected(attribute))
        return value

    def _plain_number(self, text: str) -> str:
        if self.decimal == "." and not self.thousands:
            return text
        plain = plain_number(text, self.decimal, self.thousands)
        if plain is None:
            raise BadValueError(expected(self.attribute))
        return plain

    def _plain_date(self, text: str) -> str:
        if self.dates == "2025-01-31":
            return text
        match = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text, re.ASCII)
        if match is None or ("." in self.dates) != ("." in text):
            raise BadValueError(f"a date such as {self.dates}")
        day, month = (match[2], match[1]) if self.dates.startswith("01") else (match[1], match[2])
        return f"{match[3]}-{month:>02}-{day:>02}"


def plain_number(text: str, decimal: str, thousands: str) -> str | None:
    """`1 234,50` as `1234.50`; None for what is no number of the form."""
    group = f"[{SPACES}]" if thousands == " " else re.escape(thousands)
    whole = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    match = re.fullmatch(
        rf"([+\-\u2212]?)({whole})(?:{re.escape(decimal)}([0-9]+))?([{SPACES}]?%)?", text
    )
    if match is None:
        return None
    sign, digits, decimals, percent = match.groups(default="")
    sign = "-" if sign == "\u2212" else sign
    digits = re.sub(r"[^0-9]", "", digits)
    return sign + digits + (f".{decimals}" if decimals else "") + percent.strip(SPACES)


def count_from_text(text: str, thousands: str = "") -> int | None:
    """A whole number of students, as every engine understands it; None for another text."""
    if thousands:
        text = plain_number(text, "\0", thousands) or ""
    good = text.isascii() and text.isdecimal() and len(text) <= MAX_COUNT_DIGITS
    return int(text) if good else None


def cell_readers(layout: TableLayout, attributes: Iterable[Attribute]) -> dict[str, CellReader]:
    """A reader for each attribute: of cells, as the layout describes the source, or of the value
    that the layout itself gives in the rulebook's form.
    """
    return {
        attribute.name: CellReader(attribute)
        if attribute.name in layout.given
        else CellReader(
            attribute,
            layout.values.get(attribute.name, {}),
            frozenset(layout.empty),
            layout.decimal,
            layout.thousands,
            layout.dates,
            layout.scale.get(attribute.name, Fraction(1)),
        )
        for attribute in attributes
    }
