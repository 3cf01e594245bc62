"""The two streams: results to standard output, everything else to standard error."""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_PLAIN = re.compile(r"[\w@%+=:,./-]+")
PIPED_WIDTH = 200
"""Lines of a table are not broken for a reader that is a program."""


def speak_utf8() -> None:
    """Windows consoles and pipes default to an old encoding; all texts here are UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def results() -> Console:
    """Standard output; no colour and no folding when piped."""
    from rich.console import Console

    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, emoji=False, width=PIPED_WIDTH)
    return console


def messages() -> Console:
    """Standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False)


def quoted(part: str | Path) -> str:
    """A word of a command line, in quotation marks where a shell would read more into it."""
    text = part.as_posix() if isinstance(part, Path) else part
    if _PLAIN.fullmatch(text):
        return text
    return f'"{text}"' if os.name == "nt" else shlex.quote(text)
