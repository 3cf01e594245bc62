"""The folder of recoded copies: engines scan plain tables; whatever is none is copied as one."""

from __future__ import annotations

import errno
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import stopped
from formula_funding.model.limits import Limits
from formula_funding.model.progress import Progress, no_progress
from formula_funding.sources.parquet import silent_duckdb
from formula_funding.sources.remote import RemoteFiles
from formula_funding.sources.temporary import TemporaryFolder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)


class Workspace:
    """A folder for this user alone, made when first needed and removed at the end.

    with Workspace() as workspace: ...

    It is made in `within`, or where the system keeps temporary files. Raises ProblemsFoundError at
    the end if the disk was full.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        progress: Progress = no_progress,
        within: Path | None = None,
        remote: RemoteFiles | None = None,
    ) -> None:
        self.remote = remote
        """What opens URLs; None where nothing does."""
        self.limits = limits or Limits()
        self.progress = progress
        self._within = within
        self.standard_input: Path | None = None
        """A copy of what came on standard input, which can be read once only."""
        self._folder: TemporaryFolder | None = None
        self._files = 0
        self._duckdb: DuckDBPyConnection | None = None

    def new_file(self, ending: str) -> Path:
        """A path that is not in use yet."""
        if self._folder is None:
            self._folder = TemporaryFolder(self._within)
        self._files += 1
        return self._folder.path / f"{self._files}{ending}"

    def duckdb(self) -> DuckDBPyConnection:
        """What is asked for the columns of Parquet files; to open it takes longer than to ask."""
        if self._duckdb is None:
            self._duckdb = silent_duckdb()
        return self._duckdb

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._duckdb is not None:
            self._duckdb.close()
            self._duckdb = None
        if self._folder is not None:
            self._folder.remove()
            self._folder = None
        if isinstance(error, OSError) and error.errno in DISK_IS_FULL:
            raise stopped(
                codes.OUT_OF_MEMORY,
                "the room for temporary files does not suffice",
                hint="name a folder on a larger disk with --temp-dir",
            ) from error
