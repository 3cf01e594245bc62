"""Folders for temporary files. None outlives the run, however and wherever that is ended."""

from __future__ import annotations

import atexit
import os
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from types import TracebackType

_TRIES = 100
_standing: set[Path] = set()
"""The folders of this process: each from before it is made until it is gone."""


class TemporaryFolder:
    """A new folder for this user alone, removed with all that is in it.

    with TemporaryFolder(within) as folder: ...

    It is made in `within`, or where the system keeps temporary files. Raises OSError if it can't
    be made or removed.
    """

    def __init__(self, within: Path | None = None, prefix: str = "formula-funding-") -> None:
        self.path = (within or _of_the_system()).absolute() / f"{prefix}{os.urandom(8).hex()}"
        _standing.add(self.path)
        try:
            self.path.mkdir(0o700)
        except OSError:
            _standing.discard(self.path)
            raise

    def remove(self) -> None:
        """Remove it; nothing happens if it is gone."""
        with suppress(FileNotFoundError):
            rmtree(self.path)
        _standing.discard(self.path)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.remove()


def _of_the_system() -> Path:
    from tempfile import gettempdir

    return Path(gettempdir())


@atexit.register
def remove_all() -> None:
    """Remove every folder of this process that stands, whatever it was doing and still does.

    For whoever ends the process without leaving its blocks, in which other threads may be writing.
    """
    for path in list(_standing):
        for _ in range(_TRIES):
            rmtree(path, ignore_errors=True)
            if not path.exists():
                break
        _standing.discard(path)
