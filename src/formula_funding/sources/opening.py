"""What is told of a file that can't be opened."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, ProblemsFoundError, stopped
from formula_funding.diagnostics.wording import did_you_mean, reason_of
from formula_funding.sources.remote import hint_for_path

_COMPARED = 1_000
"""Files of a folder among which a misspelt one is sought."""


def not_opened(path: Path, error: OSError) -> ProblemsFoundError:
    """The error of a file that the system did not open, and what to do about it."""
    reason = "is a folder" if _is_folder(path) else reason_of(error)
    hint = hint_for_path(path) or _hint(path, error)
    return stopped(
        codes.FILE_NOT_FOUND, f"can't open the file: {reason}", Place(path.as_posix()), hint
    )


def _hint(path: Path, error: OSError) -> str | None:
    if _is_folder(path):
        return "name a file in it"
    if isinstance(error, PermissionError):
        return "ask for the right to read it"
    if not _is_folder(path.parent):
        return f"there is no folder `{path.parent.as_posix()}`"
    beside: list[Path] = []
    with suppress(OSError):
        beside = list(islice(path.parent.iterdir(), _COMPARED))
    alike = [other.name for other in beside if did_you_mean(path.stem, [other.stem], listed=False)]
    return did_you_mean(path.name, alike, listed=False)


def _is_folder(path: Path) -> bool:
    """False also where nobody may look."""
    with suppress(OSError):
        return path.is_dir()
    return False
