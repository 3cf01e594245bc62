"""Files are written whole or not at all, and never over an existing one unless asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, stop
from formula_funding.diagnostics.wording import reason_of
from formula_funding.model.url import Given, Url
from formula_funding.sources.temporary import TemporaryFolder
from formula_funding.sources.workspace import DISK_IS_FULL


def refuse_to_overwrite(path: Path, *, force: bool) -> None:
    """Stop if `path` exists and `force` is not given; also if its folder can't be written to."""
    place = Place(path.as_posix())
    if path.is_dir():
        stop(codes.CANT_WRITE, "the output is a folder", place, "name a file in it")
    if path.exists() and not force:
        stop(
            codes.FILE_EXISTS,
            "the output file exists already",
            place,
            "give --force to overwrite it, or another name",
        )
    if not path.parent.is_dir():
        stop(codes.CANT_WRITE, "the folder does not exist", place, "make the folder first")


def refuse_to_replace_an_input(output: Path, inputs: Iterable[Given]) -> None:
    """Stop if the output would take the place of a file that the run reads, even by force."""
    for path in inputs:
        if isinstance(path, Url):
            continue
        if path.exists() and output.exists() and path.samefile(output):
            stop(
                codes.FILE_EXISTS,
                "the output file is one of the files that the run reads",
                Place(output.as_posix()),
                "choose another name",
            )


def write_whole(path: Path, write: Callable[[Path], None], *, force: bool) -> None:
    """Let `write` fill a file in a temporary folder beside `path`, then move it in one step.

    Raises ProblemsFoundError if the folder can't be written to; nothing is left behind.
    """
    refuse_to_overwrite(path, force=force)
    try:
        with TemporaryFolder(path.parent, ".funding-") as folder:
            temporary = folder / path.name
            write(temporary)
            temporary.replace(path)
    except OSError as error:
        stop(
            codes.CANT_WRITE,
            f"the file can't be written: {reason_of(error)}",
            Place(path.as_posix()),
            _room_elsewhere(error)
            or "choose another folder with -o, and close the file in other programs",
        )


def refuse_to_fill(folder: Path, *, force: bool) -> None:
    """Stop if `folder` holds anything and `force` is not given, or is a file."""
    place = Place(folder.as_posix())
    if folder.exists() and not folder.is_dir():
        stop(codes.CANT_WRITE, "the folder to write to is a file", place, "name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        stop(
            codes.FILE_EXISTS,
            "the folder holds files already",
            place,
            "give --force to write over those of the same names, or another folder",
        )
    if not folder.parent.is_dir():
        stop(codes.CANT_WRITE, "the folder does not exist", place, "make the folder above it first")


def fill_whole(folder: Path, write: Callable[[Path], None], *, force: bool) -> None:
    """Let `write` fill a temporary folder, then move it to `folder` in one step.

    A folder that is there stays, with its rights; each file is moved into it in a step of its
    own. Raises ProblemsFoundError if the folder can't be written to.
    """
    refuse_to_fill(folder, force=force)
    try:
        with TemporaryFolder(folder.parent, ".funding-") as temporary:
            filled = temporary / "filled"
            filled.mkdir()
            write(filled)
            if folder.is_dir():
                for file in sorted(filled.iterdir()):
                    file.replace(folder / file.name)
            else:
                filled.rename(folder)
    except OSError as error:
        stop(
            codes.CANT_WRITE,
            f"the folder can't be written to: {reason_of(error)}",
            Place(folder.as_posix()),
            _room_elsewhere(error)
            or "choose another folder, and close its files in other programs",
        )


def _room_elsewhere(error: OSError) -> str | None:
    """What to do about a full disk; None about any other error."""
    if error.errno not in DISK_IS_FULL:
        return None
    return "choose another folder, and one for temporary files with --temp-dir: one disk is full"
