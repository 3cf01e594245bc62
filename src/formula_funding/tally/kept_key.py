"""What a Parquet file has in its metadata if it is a kept tally."""

from __future__ import annotations

from pathlib import Path

KEY = "formula_funding.tally"
_FOOTER = 8
"""The last bytes of a Parquet file: the length of its metadata, and its mark."""


def is_kept_tally(path: Path) -> bool:
    """Whether a file says of itself that it is a kept tally; false if it can't be opened."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, 2)
            if end < _FOOTER:
                return False
            file.seek(end - _FOOTER)
            length, mark = int.from_bytes(file.read(4), "little"), file.read(4)
            if mark != b"PAR1" or length > end - _FOOTER:
                return False
            file.seek(end - _FOOTER - length)
            return KEY.encode() in file.read(length)
    except OSError:
        return False
