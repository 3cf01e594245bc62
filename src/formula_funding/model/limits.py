"""How large a file may be: a hostile or mistaken one is stopped before it stops the machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, stopped


@dataclass(frozen=True)
class Limits:
    """Bounds of one input file; `--limit NAME=NUMBER` raises one.

    `file_bytes` is the size on disk, `inflated_bytes` what a zip or gzip file may unfold to
    (counted while it unfolds), `zip_entries` the files in a zip, `cells` the cells of a workbook,
    `text_bytes` the distinct texts of a workbook, which are held in memory, `files` the files of
    a folder or pattern.
    """

    file_bytes: int = 20_000_000_000
    inflated_bytes: int = 2_000_000_000
    zip_entries: int = 10_000
    cells: int = 100_000_000
    text_bytes: int = 200_000_000
    files: int = 10_000

    @property
    def raised(self) -> tuple[str, ...]:
        """The limits that are not the usual ones, as `--limit` takes them."""
        usual = Limits()
        return tuple(
            f"{name}={getattr(self, name)}"
            for name in NAMES
            if getattr(self, name) != getattr(usual, name)
        )

    def check(self, name: str, number: int, place: Place) -> None:
        """Raise ProblemsFoundError where `number` is above the limit called `name`."""
        limit = int(getattr(self, name))
        if number > limit:
            raise stopped(
                codes.BEYOND_LIMIT,
                f"the file goes beyond a limit: {_TOLD[name]} {limit:,}",
                place,
                f"if the file is what it should be, raise the limit with --limit {name}=NUMBER",
            )


NAMES = tuple(field.name for field in fields(Limits))


def limits_from_texts(given: Iterable[str]) -> Limits:
    """Limits from `cells=500_000_000` and the like. Raises ValueError saying what is wrong."""
    changed: dict[str, int] = {}
    for text in given:
        name, equals, number = text.partition("=")
        digits = number.replace("_", "")
        if not equals or name not in NAMES or not (digits.isascii() and digits.isdecimal()):
            raise ValueError(f"`{text}` is no limit; write one of {', '.join(NAMES)}, =, a number")
        changed[name] = int(digits)
    return Limits(**changed)


_TOLD = {
    "file_bytes": "a file has at most so many bytes:",
    "inflated_bytes": "a compressed file unfolds to at most so many bytes:",
    "zip_entries": "a zip file holds at most so many files:",
    "cells": "a workbook has at most so many cells:",
    "text_bytes": "the texts of a workbook have at most so many bytes:",
    "files": "a folder or pattern names at most so many files:",
}
