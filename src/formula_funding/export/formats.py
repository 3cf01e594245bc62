"""The output formats, by the ending of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, stop
from formula_funding.export.whole_file import write_whole
from formula_funding.pipeline import Run


def _csv(run: Run, path: Path, _language: str) -> None:
    from formula_funding.export.to_csv import write_csv

    write_csv(run.allocation, path)


def _json(run: Run, path: Path, _language: str) -> None:
    from formula_funding.export.to_json import write_json

    write_json(run, path)


def _parquet(run: Run, path: Path, _language: str) -> None:
    from formula_funding.export.to_parquet import write_parquet

    write_parquet(run.allocation, path)


def _xlsx(run: Run, path: Path, language: str) -> None:
    from formula_funding.export.to_workbook import write_workbook

    write_workbook(run, path, language)


FORMATS: dict[str, Callable[[Run, Path, str], None]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
    ".xlsx": _xlsx,
}


def check_ending(path: Path) -> None:
    """Stop if no format has the ending of `path`."""
    if path.suffix.lower() not in FORMATS:
        stop(
            codes.UNKNOWN_OUTPUT,
            f"no output format ends in `{path.suffix}`"
            if path.suffix
            else "the name of the output has no ending",
            Place(path.as_posix()),
            "end the name in " + ", ".join(FORMATS),
        )


def write_output(run: Run, path: Path, language: str, *, force: bool) -> None:
    """Write a run to a file in the format of its ending, whole or not at all."""
    check_ending(path)
    writer = FORMATS[path.suffix.lower()]
    write_whole(path, lambda temporary: writer(run, temporary, language), force=force)
