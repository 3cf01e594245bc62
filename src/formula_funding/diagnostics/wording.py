"""Small matters of wording in messages."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

_LISTED = 12
"""So many known words are listed where none is close."""


def counted(number: int, word: str) -> str:
    """`1 line`, `2 lines`, `1,000 lines`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def printable(text: str) -> str:
    """A text without characters that would steer a terminal."""
    if text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(c) == "Cc" else c for c in text)


def reason_of(error: OSError) -> str:
    """Why the system did not do something, in its words: `no space left on device`."""
    return (error.strerror or "unknown reason").lower()


def member_named(at: Sequence[str | int]) -> str:
    """What is wrong with a JSON document, `at` a member of it: `schools[2].id` and so on.

    Empty where it is the whole document.
    """
    names = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in at]
    member = "".join(names).removeprefix(".")
    return f"`{member}` is missing or has another form" if member else ""


def did_you_mean(word: str, known: Iterable[str], *, listed: bool = True) -> str | None:
    """A hint naming the closest known word, or listing the known words when there are few."""
    names = sorted(set(known))
    lowered = {name.lower(): name for name in names}
    close = difflib.get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.6)
    if close:
        return f"did you mean `{lowered[close[0]]}`?"
    if listed and 0 < len(names) <= _LISTED:
        return "known here: " + ", ".join(f"`{name}`" for name in names)
    return None
