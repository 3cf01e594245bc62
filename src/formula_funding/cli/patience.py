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
    """While the block runs longer than two seconds, show a bar, and how far each file is read.

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
    task = bar.add_task(what, total=None)

    def progress(name: str, done: int, total: int) -> None:
        is_read = done >= total
        bar.update(
            task,
            description=what if is_read else f"reading {name}",
            completed=done,
            total=None if is_read else total,
        )

    timer = Timer(SECONDS, bar.start)
    timer.start()
    try:
        yield progress
    finally:
        timer.cancel()
        bar.stop()
