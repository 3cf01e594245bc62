"""A new workbook as a file. What can't be written is an OSError, whatever the library says.

Every text stands in it as it is: XlsxWriter alone would take `<r>…</r>` for XML of its own, and
write the texts that formulas give with characters that no XML may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from formula_funding.sources.temporary import TemporaryFolder

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML can't hold."""


class _Sheet(Worksheet):  # type: ignore[misc]  # the library is not typed
    """A sheet that takes every text for a text."""

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
        """Write a text; one that looks like XML of XlsxWriter in pieces, which it escapes."""
        if string.startswith("<r>"):
            look = [cell_format] if cell_format else []
            return self._write_rich_string(row, col, "<", "r", string[2:], *look)
        return super()._write_string(row, col, string, cell_format)

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Any = None, value: Any = 0
    ) -> Any:
        """Write a formula with what it shows."""
        shown = self._escape_control_characters(value) if isinstance(value, str) else value
        return super()._write_formula(row, col, formula, cell_format, shown)


class _Book(Workbook):  # type: ignore[misc]
    """A workbook of such sheets."""

    worksheet_class = _Sheet

    def set_properties(self, properties: Mapping[str, Any]) -> None:
        """Properties of the file; a character that XML can't hold becomes a mark."""
        super().set_properties({key: printable(value) for key, value in properties.items()})


def printable(value: Any) -> Any:
    """A text as parts of a workbook other than cells can hold it; anything else as it is."""
    return _UNWRITABLE.sub("\ufffd", value) if isinstance(value, str) else value


@contextmanager
def workbook_file(
    path: Path, within: Path | None = None, *, row_by_row: bool = False
) -> Iterator[Any]:
    """An empty workbook to be filled in the block, and written at its end.

    What is filled row by row waits on the disk for that. All temporary files are in a folder in
    `within`. Raises OSError.
    """
    with TemporaryFolder(within) as folder:
        options = {"constant_memory": row_by_row, "tmpdir": str(folder)}
        with _written(path, options) as book:
            yield book


@contextmanager
def workbook_in_memory(path: Path) -> Iterator[Any]:
    """The same for a small workbook, without temporary files. Raises OSError."""
    with _written(path, {"in_memory": True}) as book:
        yield book


@contextmanager
def _written(path: Path, options: Mapping[str, Any]) -> Iterator[Any]:
    book = _Book(str(path), dict(options))
    try:
        with book:
            yield book
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error
    finally:
        for sheet in book.worksheets():
            if sheet.row_data_fh is not None:  # left open where the workbook can't be written
                sheet.row_data_fh.close()
