"""What a workbook says of itself: its title, the day of its figures, the files it was made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from formula_funding.diagnostics.problem import Problems
from formula_funding.export.workbook_file import printable
from formula_funding.language.labels import Labels
from formula_funding.pipeline import Run
from formula_funding.sources.files_given import files_meant

_NO_DAY = datetime(2000, 1, 1)
"""The day of making, where a run has no date: never that of the clock."""

_LONGEST_NAME = 120
"""Of a property: Excel keeps 255 units of two bytes, of which a letter may take two."""


def set_properties(book: Any, labels: Labels, hashes: Mapping[str, str]) -> None:
    """Fill the properties of a file; the day of making is that of the figures."""
    plan = labels.plan
    day = plan.as_of
    book.set_properties(
        {
            "title": plan.title.in_language(labels.language),
            "subject": labels.words("workbook"),
            "comments": f"{plan.rulebook} {plan.version}",
            "keywords": program(),
            "created": datetime(day.year, day.month, day.day) if day else _NO_DAY,
        }
    )
    for name, found in hashes.items():
        book.set_custom_property(printable(f"SHA-256 {name}")[:_LONGEST_NAME], found)


def program() -> str:
    """The name and version of this program."""
    return f"formula-funding {metadata.version('formula-funding')}"


def file_hashes(run: Run) -> dict[str, str]:
    """The SHA-256 of each file that was read, by its name; standard input and URLs leave none."""
    inputs = run.inputs
    given = [*inputs.rosters, *inputs.tables.values()]
    given += [inputs.schools] if inputs.schools else []
    meant = files_meant(given, inputs.limits, Problems())
    found: dict[str, str] = {}
    for path in (*run.rulebooks, *meant):
        if isinstance(path, Path) and path.is_file():
            name = path.name if path.name not in found else path.as_posix()
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
