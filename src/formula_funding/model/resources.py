"""What a run may use of the machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_SIZE = re.compile(r"[1-9][0-9]*(?:\.[0-9]+)? ?(?:MB|GB|TB|MiB|GiB|TiB)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Resources:
    """`memory` is what an engine may take, such as `800MB`; without it, most of the machine's.

    `folder` is where temporary files go, the system's own by default: copies of sources that no
    engine can scan, and whatever an engine can't hold in memory.
    """

    memory: str | None = None
    folder: Path | None = None


def size_from_text(text: str) -> str:
    """A size of memory as written, its unit in any case. Raises ValueError saying what is wrong."""
    if not _SIZE.fullmatch(text):
        raise ValueError(f"`{text}` is no size of memory; write 800MB or 4GB")
    return text
