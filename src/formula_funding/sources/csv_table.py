"""Text tables, CSV and TSV: the encoding, the sign between the cells, the header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
    Place,
    Problem,
    Problems,
    ProblemsFoundError,
    stopped,
)
from formula_funding.rules.layout import TableLayout
from formula_funding.sources.encodings import SHOWN_AS, encoding_of, exact_encoding, recoded
from formula_funding.sources.table import Table, TableFormat, csv_records
from formula_funding.sources.workspace import Workspace

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_TOLD_DELIMITER = re.compile(r'("?)sep=(.)\1\s*$', re.IGNORECASE)
"""The first line by which a file tells spreadsheet programs the sign between its cells."""
_WRITTEN = {"\t": "\\t"}
"""How YAML writes a sign."""


def csv_table(
    path: Path,
    name: str,
    layout: TableLayout,
    wanted: Sequence[str],
    workspace: Workspace,
    problems: Problems,
) -> Table:
    """A text file as a table. What the layout leaves open is found out, and reported.

    Raises ProblemsFoundError if the file can't be read, or could be read in two ways.
    """
    encoding = exact_encoding(path, layout.encoding) or encoding_of(path, name)
    if encoding != "utf-8":
        path = recoded(path, name, encoding, workspace)
    told = encoding if layout.encoding is None else None
    return utf8_table(path, name, layout, wanted, problems, told)


def utf8_table(
    path: Path,
    name: str,
    layout: TableLayout,
    wanted: Sequence[str],
    problems: Problems,
    encoding: str | None = None,
) -> Table:
    """A text file in UTF-8 as a table; `encoding` is what it was found to be before, if not told.

    Raises ProblemsFoundError if there is no header, or several signs could part its cells.
    """
    before = (layout.header_row or 1) - 1
    declared = layout.delimiter
    if layout.header_row is None and (told := _TOLD_DELIMITER.match(_first_line(path))):
        before, declared = 1, declared or told[2]
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    damaged: dict[str, ProblemsFoundError] = {}
    for sign in [declared] if declared else DELIMITERS:
        try:
            found[sign] = _header(path, name, sign, before)
        except ProblemsFoundError as error:
            if any(problem.code is not codes.RAGGED_ROW for problem in error.problems):
                raise
            damaged[sign] = error  # split at this sign, its quotation marks make no sense
    delimiter = declared or _proven(found, wanted, name)
    if delimiter in damaged:
        raise damaged[delimiter]
    line, header = found[delimiter]
    _report(name, encoding, delimiter if declared is None else None, problems)
    return Table(name, path, TableFormat.CSV, header, delimiter, line - 1, line)


def _first_line(path: Path) -> str:
    """The beginning of the first line of a file in UTF-8."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.readline(20)


def _header(path: Path, name: str, delimiter: str, before: int) -> tuple[int, tuple[str, ...]]:
    """The line of the header, and the header."""
    first = next(csv_records(path, name, delimiter, before), None)
    if first is None:
        raise stopped(codes.EMPTY_FILE, "the file has no header", Place(name))
    return first[0], tuple(cell.strip() for cell in first[1])


def _proven(found: dict[str, tuple[int, tuple[str, ...]]], wanted: Sequence[str], name: str) -> str:
    """The only sign that splits the header into several cells, or into the columns wanted."""
    several = [delimiter for delimiter, (_, header) in found.items() if len(header) > 1]
    if len(several) < 2:
        return several[0] if several else ","
    missing = {
        delimiter: sum(column not in found[delimiter][1] for column in wanted)
        for delimiter in several
    }
    best = [delimiter for delimiter in several if missing[delimiter] == min(missing.values())]
    if len(best) == 1:
        return best[0]
    signs = " or ".join(DELIMITERS[delimiter] for delimiter in best)
    raise stopped(
        codes.READ_IN_TWO_WAYS,
        f"the header can be split at {signs}",
        Place(name, found[best[0]][0]),
        'say in a layout which it is, such as `delimiter: ";"`',
    )


def _report(name: str, encoding: str | None, delimiter: str | None, problems: Problems) -> None:
    """Tell what was found out, not declared, and is not the common form."""
    told, declared = [], []
    if encoding is not None and encoding != "utf-8":
        plain = encoding[:6] if encoding.startswith("utf-16") else encoding
        told.append(f"its encoding is {SHOWN_AS[plain]}")
        declared.append(f"encoding: {plain}")
    if delimiter is not None and delimiter != ",":
        told.append(f"{DELIMITERS[delimiter]} part its cells")
        declared.append(f'delimiter: "{_WRITTEN.get(delimiter, delimiter)}"')
    if told:
        problems.add_alike(
            Problem(
                codes.FORM_FOUND_OUT,
                "it was found out that " + " and ".join(told),
                Place(name),
                f"say so in a layout: {{{', '.join(declared)}}}",
            )
        )
