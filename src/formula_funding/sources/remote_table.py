"""CSV and Parquet files that lie elsewhere, as one table: all parts have the same columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem, Problems, stop
from formula_funding.model.url import Url
from formula_funding.rules.layout import TableLayout
from formula_funding.sources.csv_table import utf8_table
from formula_funding.sources.files_given import tell_passed_over
from formula_funding.sources.parquet import check_nothing_declared
from formula_funding.sources.remote import RemoteFiles, RemoteParts, url_refused
from formula_funding.sources.table import Table, TableFormat
from formula_funding.sources.workspace import Workspace

_TEXTS = (".csv", ".tsv", ".tab", ".txt")
_PACKED = ".gz"
_FIRST_LINES = 30
"""So many lines after those that the layout passes over are looked through for the header."""


def remote_table(
    url: Url, layout: TableLayout, wanted: Sequence[str], workspace: Workspace, problems: Problems
) -> Table:
    """What a URL names as one table: a file, a folder of parts, or a pattern of them.

    Raises ProblemsFoundError if nothing opens URLs in this run, nothing is there, the parts are
    no tables or not alike.
    """
    files = workspace.remote
    place = Place(url.text)
    if url.has_password:
        # The place would show it.
        stop(
            codes.PASSWORD_IN_URL,
            "the URL of a roster holds a password or key, which every output would show",
            hint="leave it out, and give it to Spark in spark-defaults.conf: docs/spark.md",
        )
    if files is None:
        raise url_refused(url)
    parts = _tables(files.parts(url), place, problems)
    workspace.limits.check("files", len(parts), place)
    if _ending(parts[0]) == ".parquet":
        return _parquet(url, parts, layout, files)
    return _text(url, parts, layout, wanted, files, workspace, problems)


def _tables(found: Sequence[str], place: Place, problems: Problems) -> tuple[str, ...]:
    """Those files that are tables, all of one kind; what else lies there is told."""
    tables = tuple(part for part in found if _ending(part) in {".parquet", *_TEXTS})
    if not tables:
        stop(
            codes.UNKNOWN_FORMAT if found else codes.FILE_NOT_FOUND,
            "the URL names no file that Spark can read as a table",
            place,
            "tables end in .parquet, .csv, .tsv or .csv.gz; copy a workbook to this machine",
        )
    tell_passed_over((part for part in found if part not in tables), problems)
    for part in tables:
        if (_ending(part) == ".parquet") != (_ending(tables[0]) == ".parquet"):
            stop(
                codes.PARTS_DIFFER,
                "Parquet and text files are parts of one table",
                Place(part),
                "name them by a pattern each: …/*.parquet …/*.csv",
            )
    return tables


def _ending(part: str) -> str:
    name = PurePosixPath(part)
    return (name.with_suffix("") if name.suffix.lower() == _PACKED else name).suffix.lower()


def _parquet(url: Url, parts: tuple[str, ...], layout: TableLayout, files: RemoteFiles) -> Table:
    columns = files.columns(parts)
    typed = [name for name, kind in columns[0].items() if kind != "string"]
    check_nothing_declared(typed, layout, url.text)
    _check_alike(parts, [_difference(found, columns[0]) for found in columns])
    names, source = tuple(columns[0]), RemoteParts(parts, files)
    header = tuple(map(str.strip, names))
    return Table(url.text, source, TableFormat.PARQUET, header, stored_names=names)


def _text(
    url: Url,
    parts: tuple[str, ...],
    layout: TableLayout,
    wanted: Sequence[str],
    files: RemoteFiles,
    workspace: Workspace,
    problems: Problems,
) -> Table:
    if layout.encoding not in {None, "utf-8"}:
        stop(
            codes.NOT_TEXT,
            "Spark reads texts in UTF-8, and the layout says that the file is none",
            Place(url.text),
            "save it as UTF-8, or copy it to this machine and give its path",
        )
    number = (layout.header_row or 1) + _FIRST_LINES
    beginnings = {
        part: lines
        for part, lines in zip(parts, files.beginnings(parts, number), strict=True)
        if lines
    }
    if not beginnings:
        stop(codes.EMPTY_FILE, "the file has no header", Place(url.text))
    parts, first = tuple(beginnings), beginnings[next(iter(beginnings))]
    copy = workspace.new_file(".csv")
    copy.write_text("\n".join(first), encoding="utf-8", newline="")
    table = utf8_table(copy, url.text, layout, wanted, problems)
    header = table.header_line
    first_lines = first[:header]
    differences = []
    for lines in beginnings.values():
        if lines[:header] == first_lines:
            differences.append("")
            continue
        # The first line of a part without a header is a student: no text of it is shown.
        cells = "".join(lines[header - 1 : header]).split(table.delimiter)
        own = {cell.strip(' "') for cell in cells}
        lacking = [name for name in wanted if name in table.header and name not in own]
        differences.append(
            f"the header of this part lacks {_named(lacking)}"
            if lacking
            else "the header of this part is written otherwise than that of the first part"
        )
    _check_alike(parts, differences)
    return replace(table, source=RemoteParts(parts, files, tuple(first_lines)))


def _difference(columns: Mapping[str, str], of_first: Mapping[str, str]) -> str:
    """What is other in the columns of a Parquet file; nothing if only their order."""
    lacking = [name for name in of_first if name not in columns]
    more = [name for name in columns if name not in of_first]
    if lacking:
        return f"this part lacks {_named(lacking)}"
    if more:
        return f"this part has {_named(more)}, which the first part lacks"
    return "; ".join(
        f"`{name}` is of the type {columns[name]} in this part and {kind} in the first one"
        for name, kind in of_first.items()
        if columns[name] != kind
    )


def _named(columns: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _check_alike(parts: Sequence[str], differences: Sequence[str]) -> None:
    """Raise ProblemsFoundError with every part that is not like the first."""
    found = Problems()
    for part, difference in zip(parts, differences, strict=True):
        if difference:
            hint = f"write all parts like the first, {parts[0]}; or give each kind a URL of its own"
            found.add_alike(Problem(codes.PARTS_DIFFER, difference, Place(part), hint))
    found.stop_if_errors()
