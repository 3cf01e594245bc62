"""The output formats, by the ending of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, stop
from formula_funding.export.whole_file import write_whole
from formula_funding.pipeline import Run


def _csv(run: Run, path: Path, _language: str) -> None:
    from formula_funding.export.tables import by_school
    from formula_funding.export.to_csv import write_csv

    write_csv(by_school(run.allocation), path)


def _lines_csv(run: Run, path: Path, _language: str) -> None:
    from formula_funding.export.tables import by_line
    from formula_funding.export.to_csv import write_csv

    write_csv(by_line(run.allocation), path)


def _json(run: Run, path: Path, _language: str) -> None:
    from formula_funding.export.to_json import write_json

    write_json(run, path)


def _parquet(run: Run, path: Path, _language: str) -> None:
    from formula_funding.export.tables import by_school
    from formula_funding.export.to_parquet import write_parquet

    write_parquet(by_school(run.allocation), path)


def _lines_parquet(run: Run, path: Path, _language: str) -> None:
    from formula_funding.export.tables import by_line
    from formula_funding.export.to_parquet import write_parquet

    write_parquet(by_line(run.allocation), path)


def _xlsx(run: Run, path: Path, language: str) -> None:
    from formula_funding.export.to_workbook import write_workbook

    write_workbook(run, path, language)


FORMATS: dict[str, Callable[[Run, Path, str], None]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
    ".xlsx": _xlsx,
}
OF_LINES: dict[str, Callable[[Run, Path, str], None]] = {
    ".csv": _lines_csv,
    ".parquet": _lines_parquet,
}
"""`allocation.lines.csv` has a row for each line of each school, with its budget codes."""


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
    formats = FORMATS | OF_LINES if path.stem.lower().endswith(".lines") else FORMATS
    writer = formats[path.suffix.lower()]
    write_whole(path, lambda temporary: writer(run, temporary, language), force=force)
