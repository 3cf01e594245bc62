"""A draft as the YAML text of a layout, with a mark before each guess."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from formula_funding.draft.draft import TABLES, Draft, Entry, Guessed, Node, Sure
from formula_funding.read.layout_from_yaml import CHOOSE, GUESS

_MARKS = {Sure.FOUND: "", Sure.GUESS: GUESS, Sure.CHOOSE: CHOOSE}
_PLAIN = re.compile(r"[^\W_]([\w .()/№-]*[\w.()№])?")
"""Texts that mean the same with and without quotation marks."""
_HEAD = """\
# A layout drafted by `funding roster draft` from {files}.
# {guess} marks what was inferred, {choose} what could not be. The layout is refused until a person
# has looked at each mark: delete it where the value is right, else write what is right.
"""


def draft_as_yaml(draft: Draft) -> str:
    """The text of a layout; the same draft gives the same text."""
    lines = [_HEAD.format(files=", ".join(draft.files), guess=GUESS, choose=CHOOSE)]
    parts: dict[str, Node] = {table.path[0]: table.fields for table in draft.tables}
    beside = {table.path[1]: table.fields for table in draft.tables if len(table.path) > 1}
    if beside:
        parts[TABLES] = beside
    lines += _block(parts, 0)
    lines += [f"# {_one_line(note)}" for table in draft.tables for note in table.notes]
    return "\n".join(lines) + "\n"


def _block(node: Mapping[str, Node], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for name, part in node.items():
        key = f"{indent}{quoted(name)}:"
        if isinstance(part, Entry):
            yield _line(key, part)
        elif isinstance(part, tuple):
            yield key
            yield from (_line(f"{indent}  -", entry) for entry in part)
        elif isinstance(part, Guessed):
            yield f"{key} {GUESS}"
            yield from _block(part.parts, depth + 1)
        else:
            yield key if part else f"{key} {{}}"
            yield from _block(part, depth + 1)


def _line(before: str, entry: Entry) -> str:
    words = [
        before,
        _MARKS[entry.sure],
        quoted(entry.text) if entry.sure is not Sure.CHOOSE else "",
    ]
    line = " ".join(filter(None, words))
    return f"{line}  # {_one_line(entry.comment)}" if entry.comment else line


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def quoted(text: str) -> str:
    """A text as YAML writes it."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
