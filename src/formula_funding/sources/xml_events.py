"""XML read piece by piece, with nothing that could unfold: no document types, no entities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, ProblemsFoundError, stopped

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]


class EnoughError(Exception):
    """Raised by a handler that has seen all it wants."""


def read_xml(
    chunks: Iterable[bytes],
    name: str,
    start: Start,
    end: End | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call the handlers for each element, by its name without a prefix.

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
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except EnoughError:
        return
    except (expat.ExpatError, ValueError, LookupError):
        raise broken(name) from None


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
