"""XML read piece by piece, with nothing that could unfold: no document types, no entities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from xml.parsers import expat

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, ProblemsFoundError, stopped

_MOST_DIGITS = 10
Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]


class EnoughError(Exception):
    """Raised by a handler that has seen all it wants."""


class NonsenseError(Exception):
    """Raised by a handler for XML that says what no workbook can say."""


def read_xml(
    chunks: Iterable[bytes],
    name: str,
    start: Start,
    end: End | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call the handlers for each element, by its name without a prefix.

    Handlers may raise EnoughError and NonsenseError.
    Raises ProblemsFoundError if the XML is damaged or declares a document type, which no workbook
    needs and which is where entities come from.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def first(tag: str, attributes: Mapping[str, str]) -> None:
        """Most files have no prefixes, and reading them should not pay for those that have."""
        has_prefix = ":" in tag
        parser.StartElementHandler = _without_prefix(start) if has_prefix else start
        if end is not None:
            parser.EndElementHandler = _end_without_prefix(end) if has_prefix else end
        parser.StartElementHandler(tag, attributes)

    parser.StartElementHandler = first
    if text is not None:
        parser.CharacterDataHandler = text

    def refuse(*_: object) -> None:
        raise stopped(
            codes.UNSAFE_WORKBOOK,
            "the workbook declares XML entities",
            Place(name),
            "save it anew as .xlsx from a spreadsheet program",
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.XmlDeclHandler = _check_encoding
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except EnoughError:
        return
    except (expat.ExpatError, NonsenseError):
        raise broken(name) from None


_ENCODINGS = ("utf-8", "utf-16", "us-ascii", "iso-8859-1")
"""Enough for any workbook, which is written in one of the first two."""


def _check_encoding(version: str, encoding: str | None, standalone: int) -> None:
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise NonsenseError("an encoding that no workbook has")


def whole_number(text: str) -> int:
    """A count or place, 0 or more. Raises NonsenseError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise NonsenseError
    return int(text)


_Member = TypeVar("_Member")


def member(known: Sequence[_Member], place: str) -> _Member:
    """What stands at a place, counted from 0. Raises NonsenseError where nothing does."""
    number = whole_number(place)
    if number >= len(known):
        raise NonsenseError
    return known[number]


def broken(name: str) -> ProblemsFoundError:
    """The error of a workbook whose parts do not make sense."""
    return stopped(
        codes.UNREADABLE_DATA, "the workbook is damaged", Place(name), "save it again as .xlsx"
    )


def _without_prefix(start: Start) -> Start:
    def started(tag: str, attributes: Mapping[str, str]) -> None:
        start(tag.rpartition(":")[2] if ":" in tag else tag, attributes)

    return started


def _end_without_prefix(end: End) -> End:
    def ended(tag: str) -> None:
        end(tag.rpartition(":")[2] if ":" in tag else tag)

    return ended
