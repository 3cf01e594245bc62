"""One text for all numbers of a band, so that an engine counts bands and not millions of numbers.

A text is replaced only by one that the same reader takes for a number of the same band. What is
not plainly a number that the rulebook accepts stays as it stands, for the reader to judge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from formula_funding.exact.number_text import fixed_text
from formula_funding.exact.pieces import Edge, Pieces
from formula_funding.exact.rounding import decimal_places
from formula_funding.read.cell_reader import CellReader
from formula_funding.read.value_from_text import BadValueError

WHOLE_DIGITS, DECIMALS = 18, 20
"""What a decimal of 38 digits holds, the widest that every engine compares exactly."""


@dataclass(frozen=True)
class TextInBands:
    """How the texts of one attribute are replaced.

    A text that fits `pattern` whole and is none of `words` is a number with the sign `decimal`
    before its decimals. It becomes the text of the piece between `edges` in which it lies, or
    stays if that is None. Edges are in the units of the file.
    """

    pattern: str
    words: frozenset[str]
    decimal: str
    edges: tuple[Edge, ...]
    texts: tuple[str | None, ...]

    def replaced(self, text: str) -> str:
        """What is counted in place of a cell as it stands."""
        if text in self.words or not self._plain.fullmatch(text):
            return text
        number = Fraction(text.replace(self.decimal, "."))
        found = self.texts[sum(edge.is_passed(number) for edge in self.edges)]
        return text if found is None else found

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


def text_in_bands(reader: CellReader, pieces: Pieces) -> TextInBands | None:
    """How the texts of a reader's attribute are replaced; None where none can be.

    That is where an edge has more digits than engines compare in the units of the file.
    """
    scale = reader.scale
    is_whole = reader.attribute.whole
    edges = tuple(Edge(edge.at / scale, edge.begins) for edge in pieces.edges) if scale > 0 else ()
    if not edges or (is_whole and scale != 1) or not all(_is_comparable(e.at) for e in edges):
        return None
    decimals = "" if is_whole else rf"({re.escape(reader.decimal)}[0-9]{{1,{DECIMALS}}})?"
    return TextInBands(
        f"-?[0-9]{{1,{WHOLE_DIGITS}}}{decimals}",
        reader.empty.union(reader.words),
        reader.decimal,
        edges,
        tuple(_text_of(number, reader) for number in pieces.numbers),
    )


def _is_comparable(number: Fraction) -> bool:
    """Whether engines compare with a number exactly."""
    places = decimal_places(number)
    return places is not None and places <= DECIMALS and abs(number) < 10**WHOLE_DIGITS


def _text_of(number: Fraction | None, reader: CellReader) -> str | None:
    """A text that the reader takes for a number; None if there is none."""
    if number is None or not _is_comparable(number / reader.scale):
        return None
    stored = number / reader.scale
    text = fixed_text(stored, decimal_places(stored) or 0).replace(".", reader.decimal)
    try:
        return text if reader.value(text) == number else None
    except BadValueError:
        return None
