"""Copies of a roster's files in which the wrong cells are marked, to send back to the school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, stop
from formula_funding.export.whole_file import (
    refuse_to_overwrite,
    refuse_to_replace_an_input,
    write_whole,
)
from formula_funding.model.inputs import Inputs
from formula_funding.model.progress import Progress, no_progress
from formula_funding.report.roster_report import RosterReport

ENDING = ".xlsx"


def copies_to_write(
    inputs: Inputs, files: Sequence[Path], output: Path, *, force: bool
) -> dict[Path, Path]:
    """Which file's copy goes where: to `output`, or, of several files, into a folder of its name.

    Raises ProblemsFoundError if that can't be written or would replace a file.
    """
    if len(files) == 1:
        if output.suffix.lower() != ENDING:
            stop(
                codes.UNKNOWN_OUTPUT,
                "a marked copy is a workbook",
                Place(output.as_posix()),
                f"end the name in {ENDING}",
            )
        copies = {files[0]: output}
    else:
        if output.suffix:
            stop(
                codes.UNKNOWN_OUTPUT,
                "the copies of several files go into a folder",
                Place(output.as_posix()),
                "name a folder, without an ending",
            )
        copies = _in_folder(files, output)
    for target in copies.values():
        if target.parent.is_dir() or len(copies) == 1:
            refuse_to_overwrite(target, force=force)
        refuse_to_replace_an_input(target, [*files, *inputs.files])
    return copies


def _in_folder(paths: Iterable[Path], folder: Path) -> dict[Path, Path]:
    copies: dict[Path, Path] = {}
    for path in paths:
        target, number = folder / f"{path.stem}{ENDING}", 1
        while target in copies.values():
            number += 1
            target = folder / f"{path.stem}-{number}{ENDING}"
        copies[path] = target
    return copies


def write_copies(
    report: RosterReport,
    copies: Mapping[Path, Path],
    *,
    force: bool,
    within: Path | None = None,
    progress: Progress = no_progress,
) -> list[Path]:
    """Write a copy of each file in which something was found; return what was written.

    A file that can't be opened at all has no copy. Temporary files go to `within`.
    """
    from formula_funding.export.to_annotated_workbook import write_annotated

    written = []
    for number, file in enumerate(report.files, start=1):
        progress("", number, len(report.files))
        found = [p for p in report.problems if p.place and p.place.file == file.name]
        target = copies.get(file.path)
        if target is None or file.table is None or not found:
            continue
        if len(copies) > 1:
            target.parent.mkdir(exist_ok=True)
        write_whole(target, partial(write_annotated, file.table, found, within=within), force=force)
        written.append(target)
    return written
