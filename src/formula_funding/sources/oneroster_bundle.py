"""The files of a OneRoster bundle, a folder or a zip file, by the names that the standard gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
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
from formula_funding.sources.csv_table import csv_table
from formula_funding.sources.files_given import MANIFEST
from formula_funding.sources.inflated import Package
from formula_funding.sources.table import Table, rows_of
from formula_funding.sources.workspace import Workspace

ORGS, USERS, ENROLMENTS = "orgs", "users", "enrollments"
DEMOGRAPHICS, ROLES, CLASSES, SESSIONS = "demographics", "roles", "classes", "academicSessions"
_VERSIONS = ("1.1", "1.2")
_COLUMNS = {
    ORGS: ("sourcedId", "name", "type"),
    USERS: ("sourcedId",),
    ENROLMENTS: ("schoolSourcedId", "userSourcedId", "role"),
    DEMOGRAPHICS: ("sourcedId",),
    ROLES: ("userSourcedId", "role"),
    CLASSES: ("sourcedId", "termSourcedIds"),
    SESSIONS: ("sourcedId", "startDate", "endDate"),
}
_FORM = TableLayout(encoding="utf-8", delimiter=",")
_DELETED = frozenset({"tobedeleted", "inactive"})

Row = Mapping[str, str]
"""The cells of a row by the names of their columns."""


def is_deleted(row: Row) -> bool:
    """Whether a row stands there only to say that it is gone."""
    return row.get("status", "").lower() in _DELETED


class Bundle:
    """Use it as a context manager: `with Bundle(path, name, workspace) as bundle: ...`.

    Raises ProblemsFoundError for a bundle that is damaged or of another version.
    """

    def __init__(self, path: Path, name: str, workspace: Workspace) -> None:
        self.name = name
        self.workspace = workspace
        self._folder = path
        self._zip = None if path.is_dir() else Package(path, name, workspace.limits, "zip file")
        self._tables: dict[str, Table] = {}
        manifest = self._manifest()
        self.version = manifest.get("oneroster.version", "")
        if self.version not in _VERSIONS:
            raise self.unusable(
                f"the bundle is of OneRoster {self.version}"
                if self.version
                else "the manifest of the bundle names no version of OneRoster",
                f"export it as OneRoster {' or '.join(_VERSIONS)} CSV",
                file="manifest",
            )
        self._modes = {
            key.removeprefix("file."): mode.lower()
            for key, mode in manifest.items()
            if key.startswith("file.")
        }

    def __enter__(self) -> Bundle:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    def has(self, file: str) -> bool:
        """Whether the bundle holds a file of this name as a whole, not only its changes."""
        return self._modes.get(file, "absent") == "bulk"

    def need(self, *files: str) -> None:
        """Raise ProblemsFoundError unless the bundle holds these files as a whole."""
        for file in files:
            if not self.has(file):
                raise self.unusable(
                    f"the bundle has no whole `{file}.csv`: its manifest says "
                    f"`{self._modes.get(file, 'absent')}`",
                    f"export it in bulk, with {', '.join(files[:-1])} and {files[-1]}"
                    if len(files) > 1
                    else f"export it in bulk, with {file}",
                    file="manifest",
                )

    def table(self, file: str) -> Table:
        """A file of the bundle, with the columns that are needed of it."""
        if file not in self._tables:
            table = self._open(f"{file}.csv")
            for column in _COLUMNS[file]:
                if column not in table.header:
                    raise stopped(
                        codes.MISSING_COLUMN,
                        f"the file has no column `{column}`",
                        table.header_place,
                        "export it again, by the standard",
                    )
            self._tables[file] = table
        return self._tables[file]

    def rows(self, file: str) -> Iterator[tuple[int, Row]]:
        """The rows of a file with their lines.

        Raises ProblemsFoundError for rows of another length than the header.
        """
        table, ragged = self.table(file), list[Problem]()
        for line, cells in rows_of(table, ragged):
            yield line, dict(zip(table.header, cells, strict=True))
        if ragged:
            raise ProblemsFoundError(ragged)

    def day(self, text: str, line: int, file: str) -> date | None:
        """A day of the standard's form; None for an empty cell. Raises ProblemsFoundError."""
        try:
            if text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
                raise ValueError
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise self.unusable(
                "a cell is no date", "expected: a date such as 2025-09-01", file, line
            ) from None

    def place(self, file: str, line: int = 0) -> Place:
        """A place in a file of the bundle."""
        return Place(f"{self.name}/{file}.csv", line)

    def unusable(
        self, message: str, hint: str, file: str = "", line: int = 0
    ) -> ProblemsFoundError:
        """The error of a bundle that can't be used."""
        place = self.place(file, line) if file else Place(self.name)
        return stopped(codes.BUNDLE_UNUSABLE, message, place, hint)

    def _manifest(self) -> dict[str, str]:
        table = self._open(MANIFEST)
        return {cells[0]: cells[1] for _, cells in rows_of(table) if len(cells) > 1}

    def _open(self, file: str) -> Table:
        path, shown = self._path(file), f"{self.name}/{file}"
        return csv_table(path, shown, _FORM, (), self.workspace, Problems())

    def _path(self, file: str) -> Path:
        """Where a file lies, in the folder or unpacked from the zip file."""
        if self._zip is None:
            if not (self._folder / file).is_file():
                raise self.unusable(f"the bundle lacks `{file}`", "export it again")
            return self._folder / file
        parts = [part for part in self._zip.parts if part.rpartition("/")[2] == file]
        if len(parts) != 1:
            raise self.unusable(
                f"the zip file lacks `{file}`" if not parts else f"`{file}` is there twice",
                "give a OneRoster bundle; unpack other archives first",
            )
        copy = self.workspace.new_file(".csv")
        with copy.open("wb") as target:
            for chunk in self._zip.chunks(parts[0]):
                target.write(chunk)
        return copy
