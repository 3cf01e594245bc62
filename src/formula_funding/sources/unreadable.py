"""Cells that can't be taken at their word, as texts that say why.

A workbook can hold an error, a formula without a value, or a number that is shown otherwise than
it is stored. Such a cell travels as a marked text: engines count it like any other, and whoever
reads it as a value reports it. So a cell that nobody reads troubles nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

MARK = "\ufdd0"
"""A character that Unicode keeps from texts, for the inner use of programs."""


class Trouble(Enum):
    """Why a cell can't be taken at its word; the value is what stands behind the mark."""

    NO_VALUE = "v"
    ERROR = "e"
    MERGED = "m"
    TOO_LONG = "l"
    SHOWN_OTHERWISE = "s"
    EARLY_DATE = "d"
    DATE = "t"
    """A date where only a code can stand."""
    WRITTEN_DIFFERENTLY = "w"
    """A value that programs write as different texts."""


@dataclass(frozen=True)
class Unreadable:
    """What a marked text says; `stored` is the number of a cell that shows another one."""

    trouble: Trouble
    stored: str = ""


def marked(trouble: Trouble, stored: str = "", shown: str = "") -> str:
    """The text of a cell in trouble; `shown` tells apart what is shown differently."""
    return f"{MARK}{trouble.value}{stored}|{shown}"


def unreadable(text: str) -> Unreadable | None:
    """What a marked text says; None for every other text."""
    if not text.startswith(MARK):
        return None
    kind, stored = text[1:2], text[2:].partition("|")[0]
    known = {trouble.value: trouble for trouble in Trouble}
    return Unreadable(known.get(kind, Trouble.ERROR), stored)


def unreadable_among(texts: Collection[str]) -> set[str]:
    """Those of many texts that are marked."""
    return {text for text in texts if text.startswith(MARK)}
