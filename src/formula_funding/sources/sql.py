"""Names, texts and files as DuckDB's SQL writes them, so that none is taken for anything else."""

from __future__ import annotations

import re
from pathlib import Path

_GLOB = re.compile(r"[*?\[]")


def sql_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql_text(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def sql_file(path: Path) -> str:
    """The path of one file to be read; `*`, `?` and `[` in it are no pattern of several files."""
    return _GLOB.sub(r"[\g<0>]", str(path.absolute()))
