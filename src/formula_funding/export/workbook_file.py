"""A new workbook as a file. What can't be written is an OSError, whatever the library says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from formula_funding.sources.temporary import TemporaryFolder


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
    book = xlsxwriter.Workbook(str(path), dict(options))
    try:
        with book:
            yield book
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error
    finally:
        for sheet in book.worksheets():
            if sheet.row_data_fh is not None:  # left open where the workbook can't be written
                sheet.row_data_fh.close()
