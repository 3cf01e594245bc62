"""The two streams: results to standard output, everything else to standard error."""

from __future__ import annotations

import io
import sys

from rich.console import Console

PIPED_WIDTH = 200
"""Lines of a table are not broken for a reader that is a program."""


def speak_utf8() -> None:
    """Windows consoles and pipes default to an old encoding; all texts here are UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def results() -> Console:
    """Standard output; no colour and no folding when piped."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPED_WIDTH)
    return console


def messages() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False)
