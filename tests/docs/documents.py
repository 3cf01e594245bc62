"""Finds the commands and code in the project's documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"


@dataclass(frozen=True)
class Command:
    """A `$ …` line of a document and the output shown below it."""

    text: str
    shown: tuple[str, ...]


def blocks(document: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    text = document.read_text(encoding="utf-8")
    return [content for found, content in _FENCE.findall(text) if found == language]


def commands(document: Path) -> list[Command]:
    """The commands of all `console` blocks, in order."""
    found: list[Command] = []
    for block in blocks(document, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *output = part.rstrip("\n").split("\n")
            found.append(Command(first, tuple(output)))
    return found


def shows(shown: tuple[str, ...], output: str) -> str | None:
    """Why `output` is not what a document shows; None if it is. `…` stands for any lines."""
    text = output.rstrip().replace("\u00a0", " ")
    lines = [line.rstrip() for line in text.splitlines()]
    position, free = 0, False
    for line in shown:
        wanted = line.rstrip().replace("\u00a0", " ")
        if wanted == ANYTHING:
            free = True
            continue
        rest = lines[position:]
        if wanted not in rest if free else rest[:1] != [wanted]:
            return f"shown: {wanted!r}\nreal:  {rest[:1]}\n\n{output}"
        position += rest.index(wanted) + 1
        free = False
    if shown and not free and lines[position:]:
        return f"not shown: {lines[position:]}"
    return None
