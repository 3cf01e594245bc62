"""Text files, whole and strictly UTF-8."""

from __future__ import annotations

from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem, ProblemsFoundError
from formula_funding.sources.opening import not_opened

MAX_BYTES = 2_000_000
_ZIP = b"PK\x03\x04"
"""What a workbook begins with."""


def read_text(file: Path) -> str:
    """The text of a rulebook, layout or similar file, without a byte order mark.

    Raises ProblemsFoundError if there is no such file, it is too large or not UTF-8.
    """
    place = Place(file.as_posix())
    try:
        data = file.read_bytes()
    except OSError as error:
        raise not_opened(file, error) from None
    if len(data) > MAX_BYTES:
        raise ProblemsFoundError(
            [Problem(codes.TOO_LARGE, f"the file has more than {MAX_BYTES:,} bytes", place)]
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise ProblemsFoundError(
            [
                Problem(
                    codes.NOT_TEXT,
                    "the file is not UTF-8 text",
                    Place(file.as_posix(), line, column),
                    "give a YAML file, not a workbook"
                    if data.startswith(_ZIP)
                    else "save it as UTF-8",
                )
            ]
        ) from None
