"""How far a reading has come, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told of a file's name, how much of it is read, and how much there is to read (bytes)."""


def no_progress(name: str, done: int, total: int) -> None:
    """For whoever does not want to know."""
