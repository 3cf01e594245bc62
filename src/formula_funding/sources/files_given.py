"""What is given in place of a file: a folder, a pattern of many files, standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem, Problems, stopped
from formula_funding.model.limits import Limits
from formula_funding.model.url import Given, Url
from formula_funding.sources.workspace import Workspace

STANDARD_INPUT = "-"
READ = (".csv", ".tsv", ".tab", ".txt", ".parquet", ".xlsx", ".gz", ".zip")
REFUSED = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
MANIFEST = "manifest.csv"
"""The file by which a OneRoster bundle is known."""
_CHUNK = 1_000_000
_File = TypeVar("_File", Path, Given)
"""Without URLs there are none among the files that are meant."""


def files_meant(given: Sequence[_File], limits: Limits, problems: Problems) -> tuple[_File, ...]:
    """The files that are meant, in the order given, those of a folder or pattern by name.

    A folder with a OneRoster manifest counts as one file, and so does a URL. Raises
    ProblemsFoundError for a folder or pattern without any table.
    """
    found: list[_File] = []
    for path in given:
        if isinstance(path, Url):
            found.append(path)
        elif path.is_dir() and not (path / MANIFEST).is_file():
            found += _of_folder(path, limits, problems)
        elif not path.exists() and any(sign in str(path) for sign in "*?["):
            found += _of_pattern(path, limits, problems)
        else:
            found.append(path)
    return tuple(found)


def standard_input(workspace: Workspace) -> Path:
    """A copy of what comes on standard input, or came when it was asked for before."""
    if workspace.standard_input is not None:
        return workspace.standard_input
    copy = workspace.new_file("")
    written = 0
    with copy.open("wb") as target:
        while chunk := sys.stdin.buffer.read(_CHUNK):
            written += len(chunk)
            workspace.limits.check("file_bytes", written, Place(STANDARD_INPUT))
            target.write(chunk)
    workspace.standard_input = copy
    return copy


def _of_folder(folder: Path, limits: Limits, problems: Problems) -> list[Path]:
    return _readable(folder.iterdir(), folder, "the folder", limits, problems)


def _of_pattern(pattern: Path, limits: Limits, problems: Problems) -> list[Path]:
    parts = pattern.parts
    first = next(i for i, part in enumerate(parts) if any(sign in part for sign in "*?["))
    base = Path(*parts[:first])
    return _readable(base.glob("/".join(parts[first:])), pattern, "the pattern", limits, problems)


def _readable(
    paths: Iterable[Path], given: Path, what: str, limits: Limits, problems: Problems
) -> list[Path]:
    """The files that are tables. What else lies there is told, and lock files are passed over."""
    found = list(paths)
    files = [path for path in found if path.is_file()]
    limits.check("files", len(files), Place(given.as_posix()))
    _tell_not_entered((path for path in found if path.is_dir()), problems)
    files = sorted(path for path in files if not path.name.startswith((".", "~$")))
    tables = [path for path in files if path.suffix.lower() in READ + REFUSED]
    tell_passed_over((path.as_posix() for path in files if path not in tables), problems)
    if not tables:
        raise stopped(
            codes.FILE_NOT_FOUND,
            f"{what} names no file that can be read as a table",
            Place(given.as_posix()),
            "tables end in .csv, .tsv, .xlsx or .parquet",
        )
    return tables


def tell_passed_over(names: Iterable[str], problems: Problems) -> None:
    """Warn of files of a folder that are no tables."""
    for name in names:
        problems.add_alike(
            Problem(
                codes.FILE_PASSED_OVER,
                "a file that is no table was passed over",
                Place(name),
                "move it elsewhere, or name the files one by one",
            )
        )


def _tell_not_entered(folders: Iterable[Path], problems: Problems) -> None:
    """Warn of folders within a folder, but for hidden ones."""
    for folder in sorted(folder for folder in folders if not folder.name.startswith(".")):
        problems.add_alike(
            Problem(
                codes.FILE_PASSED_OVER,
                "a folder within was not entered",
                Place(folder.as_posix()),
                "name it as well, or all files by a pattern such as FOLDER/**/*.csv",
            )
        )
