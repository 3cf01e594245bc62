"""A sign of life for whatever takes longer than two seconds: on terminals, on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from formula_funding.cli.console import messages
from formula_funding.model.progress import Progress, no_progress

SECONDS = 2


@contextmanager
def patience(what: str) -> Iterator[Progress]:
    """While the block runs longer than two seconds, show a bar, and how far each part of it is.

    The block is given what to tell of its progress to.
    """
    console = messages()
    if not console.is_terminal:
        yield no_progress
        return
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    whole = bar.add_task(what, total=None)
    part = bar.add_task(what, visible=False)

    def progress(name: str, done: int, total: int) -> None:
        is_done = done >= total
        bar.update(whole, visible=is_done)
        if is_done:
            bar.update(part, visible=False)
        else:
            told = f"reading {name}" if name else what
            bar.update(part, description=told, completed=done, total=total, visible=True)

    timer = Timer(SECONDS, bar.start)
    timer.start()
    try:
        yield progress
    finally:
        timer.cancel()
        bar.stop()
