"""A process that is asked to end, by Ctrl-C or by the system. Imports nothing that takes time."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

INTERRUPTED = 130
"""The exit code; typer's too."""
STOPPED = "stopped; no file is half written, but what was printed may be"
_ASKING = [getattr(signal, name, signal.SIGINT) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
_FROM_ITS_BEGINNING = b"\r\x1b[2K\x1b[?25h"
"""What a terminal shows of a progress bar goes, and its cursor comes back."""


def end_when_asked(put_away: Callable[[], None] = lambda: None) -> None:
    """From now on a signal that asks to end is answered: put everything away, tell, end.

    All in the answer to the signal. An exception would come wherever the program is, as in the
    midst of an import or of leaving a block, and what it meets there may drop it or make another
    of it. Windows alone removes no file that is open: there all blocks must be left, by a
    KeyboardInterrupt. A signal that was to be ignored stays so.
    """

    def end(_number: int, _frame: object) -> None:
        for number in _ASKING:
            signal.signal(number, signal.SIG_IGN)
        put_away()
        tell()
        os._exit(INTERRUPTED)

    for number in _ASKING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if os.name == "nt" else end)


def tell() -> None:
    """Say that the run was stopped; past Python's own buffers, which may be in use."""
    if sys.__stderr__ is None:  # closed before the program began
        return
    number = sys.__stderr__.fileno()
    is_terminal = os.isatty(number) and os.environ.get("TERM", "dumb") != "dumb"
    try:
        os.write(number, (_FROM_ITS_BEGINNING if is_terminal else b"") + STOPPED.encode() + b"\n")
    except OSError:
        return  # what can't be told changes nothing about what is done
