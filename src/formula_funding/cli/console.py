"""The two streams: results to standard output, everything else to standard error."""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from formula_funding.model.url import Given

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


class _Guarded:
    """A stream like the one given, but that `when_it_fails` hears of a failure to write to it."""

    def __init__(self, stream: TextIO, when_it_fails: Callable[[OSError], None]) -> None:
        self._stream = stream
        self._when_it_fails = when_it_fails

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            self._when_it_fails(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._when_it_fails(error)


def _stop_printing(error: OSError) -> NoReturn:
    """A closed pipe is no problem: whoever reads there has read enough."""
    if isinstance(error, BrokenPipeError):
        raise error
    from formula_funding.diagnostics import codes
    from formula_funding.diagnostics.problem import stopped
    from formula_funding.diagnostics.wording import reason_of

    raise stopped(
        codes.CANT_PRINT,
        f"standard output can't be written to: {reason_of(error)}",
        hint="make room where it goes or send it elsewhere; what is there now is not whole",
    ) from None


def _go_on_in_silence(_error: OSError) -> None:
    """What can't be told changes nothing about what is done."""


def watched_output() -> AbstractContextManager[None]:
    """While the block runs, printing to where nothing can be written raises ProblemsFoundError."""
    return _guarded("stdout", _stop_printing)


def messages_at_will() -> AbstractContextManager[None]:
    """While the block runs, messages that standard error does not take are dropped."""
    return _guarded("stderr", _go_on_in_silence)


@contextmanager
def _guarded(name: str, when_it_fails: Callable[[OSError], None]) -> Iterator[None]:
    stream: TextIO | None = getattr(sys, name)
    if stream is None:  # closed before the program began
        yield
        return
    setattr(sys, name, _Guarded(stream, when_it_fails))
    try:
        yield
    finally:
        setattr(sys, name, stream)
        _drop_what_stays_unprinted(stream)


def _drop_what_stays_unprinted(stream: TextIO) -> None:
    """Or Python tries to print it once more when it ends, and tells in its own words."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


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


def quoted(part: str | Given) -> str:
    """A word of a command line, in quotation marks where a shell would read more into it."""
    text = part if isinstance(part, str) else part.as_posix()
    if _PLAIN.fullmatch(text):
        return text
    return f'"{text}"' if os.name == "nt" else shlex.quote(text)
