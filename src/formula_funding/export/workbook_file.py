"""A new workbook as a file. What can't be written is an OSError, whatever the library says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError


@contextmanager
def workbook_file(path: Path, options: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """An empty workbook to be filled in the block, and written at its end. Raises OSError."""
    try:
        with xlsxwriter.Workbook(str(path), dict(options or {})) as book:
            yield book
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error
