"""The encoding of a text file: declared, told by its first bytes, or proven by its letters.

Nothing is taken for granted: Windows-1251 is recognized only where every letter beyond ASCII makes
a plausible Russian word; what remains unclear must be declared in a layout.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, stopped
from formula_funding.sources.workspace import Workspace

SAMPLE = 1_000_000
CHUNK = 1_000_000
SHOWN_AS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1251": "Windows-1251"}

WAY_OUT = (
    "open it in Excel and save it as “CSV UTF-8”, or name its `encoding` in a layout (to "
    "`funding roster draft`, by --encoding): cp1250 is Central European, cp1251 Cyrillic, cp1252 "
    "Western European, cp1257 Baltic"
)

_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_RUSSIAN = re.compile(r"[\x00-\x7fА-Яа-яЁё«»„“”–—…№•\u00a0°§±’]*")
_WORD = re.compile(r"[А-Яа-яЁё]{3}")
"""A stray byte would make a letter, but no word."""
_MIXED = re.compile(r"[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]|[а-яё][А-ЯЁ]")


def encoding_of(path: Path, name: str) -> str:
    """`utf-8`, `utf-16`, `utf-16-le`, `utf-16-be` or `cp1251`, as the beginning of a file shows.

    Raises ProblemsFoundError if the bytes can be read in no way or in several.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    for mark, encoding in _BOMS.items():
        if sample.startswith(mark):
            return encoding
    if 0 in sample:
        first, second = sample[0::2].count(0), sample[1::2].count(0)
        wide = "utf-16-be" if first else "utf-16-le"
        is_wide = sample.count(b"\n") <= sample.count("\n".encode(wide))
        if is_wide and not (first and second):  # otherwise zeros are signs of the text
            return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        return "utf-8"
    except UnicodeDecodeError as error:
        if _is_russian(sample):
            return "cp1251"
        raise _unknown(sample, error.start, name) from None


def told_encoding(path: Path, told: str) -> str | None:
    """The encoding as told; None for a file whose mark or letters prove that it is of Unicode."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        is_unicode = not sample.isascii()
    except UnicodeDecodeError:
        is_unicode = sample.startswith(tuple(_BOMS))
    return None if is_unicode else exact_encoding(path, told)


def exact_encoding(path: Path, declared: str | None) -> str | None:
    """The encoding as declared; of UTF-16 without a mark at its start, with the order of bytes."""
    if declared != "utf-16":
        return declared
    with path.open("rb") as file:
        sample = file.read(1000)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return declared
    # The higher byte of a Latin or Cyrillic letter, a digit or a sign is 0 or 4.
    high_first, low_first = (sum(sample[i::2].count(high) for high in (0, 4)) for i in (0, 1))
    return "utf-16-be" if high_first > low_first else "utf-16-le"


def _is_russian(sample: bytes) -> bool:
    try:
        text = sample.decode("cp1251")
    except UnicodeDecodeError:
        return False
    if _RUSSIAN.fullmatch(text) is None or _MIXED.search(text) is not None:
        return False
    return _WORD.search(text) is not None


def _unknown(sample: bytes, at: int, name: str) -> Exception:
    line = sample[:at].count(b"\n") + 1
    column = at - sample[:at].rfind(b"\n")
    return stopped(
        codes.NOT_TEXT,
        "the file is not UTF-8 text",
        Place(name, line, column),
        WAY_OUT,
    )


def recoded(path: Path, name: str, encoding: str, workspace: Workspace) -> Path:
    """A copy in UTF-8 with the same lines.

    Raises ProblemsFoundError at a byte that is not of the encoding, and beyond the limits.
    """
    copy = workspace.new_file(".csv")
    decoder = codecs.getincrementaldecoder(encoding)()
    size, done, written, before = path.stat().st_size, 0, 0, ""
    line, column = 1, 1
    with path.open("rb") as source, copy.open("wb") as target:
        while True:
            chunk = source.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(_without_mark(encoding), "replace")
                line, column = _after(good, line, column)
                raise stopped(
                    codes.NOT_TEXT,
                    f"a byte is not of the encoding {SHOWN_AS.get(encoding, encoding)}",
                    Place(name, line, column),
                    "export the file again, or correct its `encoding` in the layout",
                ) from None
            data = text.removeprefix("\ufeff" if not before else "").encode("utf-8")
            before = before or text
            written += len(data)
            workspace.limits.check("inflated_bytes", written, Place(name))
            target.write(data)
            line, column = _after(text, line, column)
            done += len(chunk)
            workspace.progress(name, done, size)
            if not chunk:
                return copy


def _without_mark(encoding: str) -> str:
    """The encoding for a piece from the middle; of UTF-16 the order seldom matters for a place."""
    return "utf-16-le" if encoding == "utf-16" else encoding


def _after(text: str, line: int, column: int) -> tuple[int, int]:
    """Where the text ends that begins at a line and column."""
    lines = text.count("\n")
    last = len(text) - (text.rfind("\n") + 1)
    return line + lines, last + 1 if lines else column + last
