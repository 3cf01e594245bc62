"""The parts of an .xlsx file around its sheets: their list, shared texts, number formats."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, stopped
from formula_funding.model.limits import Limits
from formula_funding.sources.inflated import Package
from formula_funding.sources.xml_events import broken, read_xml


class Shows(Enum):
    """What a number format makes of a number."""

    NUMBER = "number"
    DATE = "date"
    ZEROS = "zeros"
    OTHERWISE = "otherwise"
    """With an exponent, or with letters or hyphens of the format's own."""


@dataclass(frozen=True)
class NumberFormat:
    """How a cell shows its number; `zeros` is the least number of digits it shows."""

    shows: Shows = Shows.NUMBER
    zeros: int = 0


PLAIN = NumberFormat()


@dataclass(frozen=True)
class SheetPart:
    """A sheet of the workbook: its name, the part that holds it, whether it is shown."""

    name: str
    part: str
    is_hidden: bool


@dataclass
class WorkbookParts:
    """What is needed to understand the cells of any sheet."""

    sheets: list[SheetPart] = field(default_factory=list)
    is_1904: bool = False
    texts: list[str] = field(default_factory=list)
    formats: list[NumberFormat] = field(default_factory=list)


def workbook_parts(package: Package, limits: Limits) -> WorkbookParts:
    """Read everything but the sheets. Raises ProblemsFoundError: damaged, unsafe, too large."""
    name = package.name
    if any(part.lower().endswith("vbaproject.bin") for part in package.parts):
        raise stopped(
            codes.UNSAFE_WORKBOOK,
            "the workbook holds macros",
            Place(name),
            "save it as .xlsx, which has none",
        )
    found = WorkbookParts()
    main = _targets(package, "").get("officeDocument")
    if main is None or main not in package:
        raise broken(name)
    targets = _Relations(package, main)
    _read_sheets(package, main, targets, found)
    if targets.strings in package:
        _read_texts(package, targets.strings, found.texts, limits)
    if targets.styles in package:
        _read_formats(package, targets.styles, found.formats)
    return found


MAX_REWRITTEN = 200_000_000
"""So many bytes of XML at most are given to a library that holds a whole workbook in memory."""


def check_parts(path: Path, name: str) -> None:
    """Make sure that every part of a workbook may be given to a library that reads them all.

    Raises ProblemsFoundError if one declares XML entities, or all together are too large.
    """
    package = Package(path, name, Limits(inflated_bytes=MAX_REWRITTEN), "workbook")
    try:
        for part in package.parts:
            if part.endswith((".xml", ".rels", ".vml")):
                read_xml(package.chunks(part), name, lambda tag, attributes: None)
    finally:
        package.close()


class _Relations:
    """Where the parts lie that the workbook's own part names by ids."""

    def __init__(self, package: Package, main: str) -> None:
        self.sheets: dict[str, str] = {}
        self.strings = self.styles = ""
        folder, file = posixpath.split(main)

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            if tag != "Relationship" or attributes.get("TargetMode") == "External":
                return
            target = attributes.get("Target", "")
            path = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            if kind == "worksheet":
                self.sheets[attributes.get("Id", "")] = path
            elif kind == "sharedStrings":
                self.strings = path
            elif kind == "styles":
                self.styles = path

        relations = f"{folder}/_rels/{file}.rels".lstrip("/")
        if relations not in package:
            raise broken(package.name)
        read_xml(package.chunks(relations), package.name, start)


def _targets(package: Package, folder: str) -> dict[str, str]:
    """The parts that the package itself names, by their kind."""
    found: dict[str, str] = {}

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[kind] = posixpath.normpath("/" + attributes.get("Target", "")).lstrip("/")

    relations = f"{folder}_rels/.rels"
    if relations not in package:
        raise broken(package.name)
    read_xml(package.chunks(relations), package.name, start)
    return found


def _read_sheets(package: Package, main: str, targets: _Relations, found: WorkbookParts) -> None:
    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "workbookPr":
            found.is_1904 = attributes.get("date1904", "0") in {"1", "true"}
        elif tag == "sheet":
            ids = [value for key, value in attributes.items() if key.rpartition(":")[2] == "id"]
            part = targets.sheets.get(ids[0] if ids else "")
            if part is not None:  # else a sheet of charts or dialogues
                is_hidden = attributes.get("state", "visible") != "visible"
                found.sheets.append(SheetPart(attributes.get("name", ""), part, is_hidden))

    read_xml(package.chunks(main), package.name, start)


def _read_texts(package: Package, part: str, texts: list[str], limits: Limits) -> None:
    """The texts that cells share, in the order by which cells name them."""
    pieces: list[str] = []
    size, skipped, inside = 0, 0, False

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside, skipped
        if tag == "t":
            inside = True
        elif tag == "rPh":  # how a Japanese text is pronounced
            skipped += 1
        elif tag == "si":
            pieces.clear()

    def end(tag: str) -> None:
        nonlocal inside, skipped, size
        if tag == "t":
            inside = False
        elif tag == "rPh":
            skipped -= 1
        elif tag == "si":
            text = "".join(pieces)
            size += len(text) + 60  # bytes that Python needs for each
            limits.check("text_bytes", size, Place(package.name))
            texts.append(text)

    def text(data: str) -> None:
        nonlocal size
        if inside and not skipped:
            size += len(data)
            limits.check("text_bytes", size, Place(package.name))
            pieces.append(data)

    read_xml(package.chunks(part), package.name, start, end, text)


def _read_formats(package: Package, part: str, formats: list[NumberFormat]) -> None:
    """The number format of each style of cells, in the order by which cells name them."""
    custom: dict[str, str] = {}
    inside = False

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            formats.append(_of_code(custom[number]) if number in custom else _of_number(number))

    def end(tag: str) -> None:
        nonlocal inside
        if tag == "cellXfs":
            inside = False

    read_xml(package.chunks(part), package.name, start, end)


def _of_number(number: str) -> NumberFormat:
    """A format that every spreadsheet program knows by its number (ECMA-376, 18.8.30)."""
    known = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 0
    if 14 <= known <= 17 or known == 22 or 27 <= known <= 36 or 50 <= known <= 58:
        return NumberFormat(Shows.DATE)
    return NumberFormat(Shows.OTHERWISE) if known in {11, 48} else PLAIN


_OWN_LETTERS = re.compile(r'"[^"]*[^"\W][^"]*"|\\[-/\w]|[0#][-/][0#]')
"""A word in quotation marks, or a letter or hyphen that stands for itself."""


def _of_code(code: str) -> NumberFormat:
    """A format of the workbook's own, such as `00000` or `dd.mm.yyyy`."""
    first = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code).split(";")[0].strip().lower()
    if re.search(r"[yd]", first) or re.fullmatch(r"m+", first):
        return NumberFormat(Shows.DATE)
    if re.search(r"e[+-]", first) or _OWN_LETTERS.search(code.split(";", maxsplit=1)[0]):
        return NumberFormat(Shows.OTHERWISE)
    zeros = re.fullmatch(r"0{2,}", first)
    return NumberFormat(Shows.ZEROS, len(first)) if zeros else PLAIN
