"""The draft of a layout: what was found of a file, and what is only a guess."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Sure(Enum):
    """How sure a value of a draft is."""

    FOUND = "found"
    """It stands in the file just so."""
    GUESS = "guess"
    CHOOSE = "choose"
    """A person has to write it."""


@dataclass(frozen=True)
class Entry:
    """A value of a layout, and what speaks for it."""

    text: str = ""
    sure: Sure = Sure.GUESS
    comment: str = ""


@dataclass(frozen=True)
class Guessed:
    """A block of values that were all inferred in the same way, so that one mark is enough."""

    parts: Mapping[str, Node]


Node: TypeAlias = "Entry | Guessed | Mapping[str, Node] | tuple[Entry, ...]"
"""A part of a layout: a value, a block of them by name, or a list."""


TABLES = "tables"
"""The part of a layout for what is counted beside students."""


@dataclass(frozen=True)
class TableDraft:
    """The part of a layout for one table, and what there is to say about its file."""

    path: tuple[str, ...]
    fields: Mapping[str, Node]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A whole layout; `files` are those that it was drafted from."""

    files: tuple[str, ...]
    tables: tuple[TableDraft, ...]

    def number(self, sure: Sure) -> int:
        """How many values are as sure as that."""
        return sum(found is sure for table in self.tables for found in _marks(table.fields))


def _marks(node: Node) -> Iterator[Sure]:
    if isinstance(node, Entry):
        yield node.sure
    elif isinstance(node, tuple):
        yield from (entry.sure for entry in node)
    elif isinstance(node, Guessed):
        yield Sure.GUESS
        yield from _marks(node.parts)
    else:
        for part in node.values():
            yield from _marks(part)
