"""Whatever was given, as a table: a file by what it is, not only by what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems, ProblemsFoundError, stopped
from formula_funding.model.limits import Limits
from formula_funding.model.url import Given, Url
from formula_funding.rules.layout import RosterLayout, TableLayout
from formula_funding.sources.csv_table import csv_table
from formula_funding.sources.files_given import (
    MANIFEST,
    REFUSED,
    STANDARD_INPUT,
    standard_input,
)
from formula_funding.sources.inflated import gunzipped
from formula_funding.sources.opening import not_opened
from formula_funding.sources.parquet import check_nothing_declared, parquet_columns
from formula_funding.sources.remote_table import remote_table
from formula_funding.sources.table import Table, TableFormat
from formula_funding.sources.workspace import Workspace

_PARQUET, _ZIP, _OLE, _GZIP = b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b"
_CSV_ENDINGS = (".csv", ".tsv", ".tab", ".txt")
_LOOKS = {
    _PARQUET: "a Parquet file",
    _ZIP: "a workbook or zip archive",
    _OLE: "an old or locked workbook",
    **dict.fromkeys((b"<htm", b"<HTM", b"<!DO", b"<!do"), "a web page"),
    b"<?xm": "an XML text",
}


def open_table(
    path: Given,
    layout: TableLayout,
    wanted: Sequence[str],
    part: str,
    workspace: Workspace,
    problems: Problems,
) -> Table:
    """A file, `-` for standard input, a OneRoster bundle or files of a URL as a table.

    `wanted` are the columns that will be read, by which a header is known; `part` is `roster` or
    `schools`, which a OneRoster bundle holds both. What was found out goes to `problems`.

    Raises ProblemsFoundError if the file can't be read, or could be read in two ways.
    """
    if isinstance(path, Url):
        table = remote_table(path, layout, wanted, workspace, problems)
    else:
        table = _open(path, layout, wanted, part, workspace, problems)
    repeated = sorted({name for name in table.header if name and table.header.count(name) > 1})
    if repeated:
        raise stopped(
            codes.DUPLICATE_COLUMN,
            "a column stands twice in the header: " + ", ".join(f"`{name}`" for name in repeated),
            table.header_place,
            "rename or remove one of them",
        )
    return table


def _open(
    path: Path,
    layout: TableLayout,
    wanted: Sequence[str],
    part: str,
    workspace: Workspace,
    problems: Problems,
) -> Table:
    name = path.as_posix()
    if (path / MANIFEST).is_file():
        return _bundle(path, name, layout, part, workspace)
    path, ending = unfolded(path, name, workspace)
    if isinstance(layout, RosterLayout) and layout.count_dates and ending != ".zip":
        raise stopped(
            codes.BAD_LAYOUT,
            "the layout gives `count_dates`, but the file is no OneRoster bundle",
            Place(name),
            "name the column of the count date under `columns`",
        )
    if ending == ".parquet":
        return _parquet_table(path, name, layout, workspace)
    if ending == ".xlsx":
        from formula_funding.sources.workbook_table import workbook_table

        return workbook_table(path, name, layout, wanted, workspace, problems)
    if ending == ".zip":
        return _bundle(path, name, layout, part, workspace)
    return csv_table(path, name, layout, wanted, workspace, problems)


def unfolded(path: Path, name: str, workspace: Workspace) -> tuple[Path, str]:
    """The file with the table, out of standard input or gzip, and the ending that it deserves.

    Raises ProblemsFoundError if there is none, or its first bytes contradict the ending.
    """
    if name == STANDARD_INPUT:
        path = standard_input(workspace)
    start = _start(path, name, workspace.limits)
    ending = _ending(Path(name), start)
    while ending == ".gz":
        _check_start(name, ending, start)
        within = Path(name).with_suffix("") if Path(name).suffix else Path(STANDARD_INPUT)
        path = gunzipped(path, name, within.suffix, workspace)
        start = _start(path, name, workspace.limits)
        ending = _ending(within, start)
        if ending == ".gz":
            raise _unknown(name, ending)
    _check_start(name, ending, start)
    return path, ending


def _bundle(path: Path, name: str, layout: TableLayout, part: str, workspace: Workspace) -> Table:
    from formula_funding.sources.oneroster import bundle_table

    return bundle_table(path, name, layout, part, workspace)


def check_is_workbook(path: Path, limits: Limits) -> None:
    """Raise ProblemsFoundError if a file can't be opened, is too large, or is no .xlsx file."""
    name = path.as_posix()
    start = _start(path, name, limits)
    ending = _ending(path, start)
    if ending == ".xlsx" or ending in REFUSED:
        _check_start(name, ending, start)
    else:
        hint = "give a workbook that `funding compute -o FILE.xlsx` wrote"
        raise stopped(codes.UNKNOWN_FORMAT, "the file is no workbook", Place(name), hint)


def _start(path: Path, name: str, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise not_opened(path, error) from None
    if not start:
        raise stopped(codes.EMPTY_FILE, "the file is empty", Place(name), "export it again")
    limits.check("file_bytes", path.stat().st_size, Place(name))
    return start


def _ending(name: Path, start: bytes) -> str:
    """The ending that says what the file is; standard input has none and is known by its start."""
    if name.as_posix() != STANDARD_INPUT:
        return name.suffix.lower()
    if start.startswith(_GZIP):
        return ".gz"
    return {_PARQUET: ".parquet", _ZIP: ".xlsx", _OLE: ".xls"}.get(start, ".csv")


def _check_start(name: str, ending: str, start: bytes) -> None:
    """The first bytes must be those of the ending."""
    if ending in REFUSED:
        raise stopped(
            codes.REFUSED_FORMAT,
            f"a file ending in `{ending}` is not opened",
            Place(name),
            "open it in a spreadsheet program and save it as .xlsx or as “CSV UTF-8”",
        )
    expected = {".parquet": _PARQUET, ".xlsx": _ZIP, ".zip": _ZIP}
    if ending in _CSV_ENDINGS:
        if start in _LOOKS or start.startswith(_GZIP):
            raise _not_what_it_says(name, ending, start)
    elif ending == ".gz":
        if not start.startswith(_GZIP):
            raise _not_what_it_says(name, ending, start)
    elif ending not in expected:
        raise _unknown(name, ending)
    elif start != expected[ending]:
        raise _not_what_it_says(name, ending, start)


def _not_what_it_says(name: str, ending: str, start: bytes) -> ProblemsFoundError:
    looks = "a gzip file" if start.startswith(_GZIP) else _LOOKS.get(start)
    if looks:
        message = f"the file ends in {ending}, but it is {looks}"
    else:
        what = {".parquet": "Parquet", ".xlsx": "workbook", ".gz": "gzip", ".zip": "zip"}[ending]
        message = f"the file ends in {ending}, but it is no {what} file"
    other = "rename it to its true ending, or export it again"
    if ending == ".xlsx":
        other = "open it in a spreadsheet program and save it as .xlsx, or export it again"
    hint = {
        _PARQUET: "rename a Parquet file to .parquet",
        _ZIP: "rename a workbook to .xlsx, or open it in Excel and save it as “CSV UTF-8”",
        _OLE: "open it in a spreadsheet program and save it as .xlsx without a password",
    }.get(start, other)
    return stopped(codes.UNKNOWN_FORMAT, message, Place(name), hint)


_MEANT = {
    ".json": "give the table itself (.csv, .xlsx, .parquet); the result of a run is for "
    "`funding replay`, `funding compare` and --previous",
    **dict.fromkeys(
        (".yaml", ".yml"),
        "give a table (.csv, .xlsx, .parquet); the rulebook comes first, then the roster, "
        "and a layout is given by --layout",
    ),
}
"""What to do about files of the program that are no tables, by their ending."""


def _unknown(name: str, ending: str) -> ProblemsFoundError:
    return stopped(
        codes.UNKNOWN_FORMAT,
        f"a table ending in `{ending}` can't be read"
        if ending
        else "a table without an ending can't be read",
        Place(name),
        _MEANT.get(ending, "save it as .xlsx or “CSV UTF-8” (.csv), or give a .parquet file"),
    )


def _parquet_table(path: Path, name: str, layout: TableLayout, workspace: Workspace) -> Table:
    columns = parquet_columns(path, name, workspace.duckdb())
    header = tuple(map(str.strip, columns))
    typed = [column for column, kind in columns.items() if kind != "VARCHAR"]
    check_nothing_declared(typed, layout, name)
    stored, types = tuple(columns), tuple(columns.values())
    return Table(name, path, TableFormat.PARQUET, header, stored_names=stored, types=types)
