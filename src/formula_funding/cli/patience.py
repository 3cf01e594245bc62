"""A sign of life for whatever takes longer than two seconds: on terminals, on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from formula_funding.cli.console import messages

SECONDS = 2


@contextmanager
def patience(what: str) -> Iterator[None]:
    """While the block runs longer than two seconds, show that it does."""
    console = messages()
    if not console.is_terminal:
        yield
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    progress.add_task(what)
    timer = Timer(SECONDS, progress.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        progress.stop()
