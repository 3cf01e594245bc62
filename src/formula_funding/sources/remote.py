"""Files that lie elsewhere, named by a URL, and what is asked of whoever opens them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, ProblemsFoundError, stopped
from formula_funding.model.url import Given, Url, was_url


class RemoteFiles(Protocol):
    """Opens files that lie elsewhere. Each method raises ProblemsFoundError where it can't."""

    def parts(self, url: Url) -> Sequence[str]:
        """The files, not empty, that a URL names: one, those of a folder or of a pattern, by name.

        Each is named by a URL of its own.
        """
        ...

    def beginnings(self, parts: Sequence[str], lines: int) -> Sequence[Sequence[str]]:
        """The first lines of each of some texts in UTF-8, without the ends of lines."""
        ...

    def columns(self, parts: Sequence[str]) -> Sequence[Mapping[str, str]]:
        """The columns of each of some Parquet files, with the names of their types."""
        ...

    def lines(self, part: str) -> Iterator[str]:
        """The lines of a text in UTF-8, each with its end."""
        ...

    def records(self, part: str, columns: Sequence[str]) -> Iterator[list[str]]:
        """The records of a Parquet file as texts, as DuckDB would write them.

        A value that programs write differently is marked, see `unreadable`.
        """
        ...


@dataclass(frozen=True)
class RemoteParts:
    """The files of one table: one, or several of the same columns.

    `first_lines` are those of each text up to its header; Parquet has none.
    """

    urls: tuple[str, ...]
    files: RemoteFiles = field(repr=False)
    first_lines: tuple[str, ...] = ()


_WAY_OUT = (
    "with --engine spark, the commands that count students (not `funding roster`) read rosters and "
    "the files of --table from URLs; copy any other file to this machine and give its path"
)


def on_this_machine(file: Given) -> Path:
    """A file that must lie here, as no engine counts it. Raises ProblemsFoundError for a URL."""
    if isinstance(file, Url):
        raise url_refused(file)
    return file


def url_refused(url: Url) -> ProblemsFoundError:
    """The error of a URL where nothing opens it."""
    return stopped(codes.URL_WITHOUT_SPARK, "a URL is not opened here", Place(url.text), _WAY_OUT)


def hint_for_path(path: Path) -> str | None:
    """What to do about a path that does not exist, if it was meant as a URL."""
    return _WAY_OUT if was_url(path) else None
