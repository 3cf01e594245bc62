"""How far a reading or a writing has come, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told of the name of a file that is read, how much is done, and how much there is to do.

Of a file these are bytes; the name is empty where schools or files are told while one writes.
"""


def no_progress(name: str, done: int, total: int) -> None:
    """For whoever does not want to know."""
