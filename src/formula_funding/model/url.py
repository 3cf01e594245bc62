"""A file named by a URL, such as `s3a://bucket/roster.parquet`, which lies elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]+"
_URL = re.compile(f"{_SCHEME}://")
_URL_AS_PATH = re.compile(f"{_SCHEME}:/")
_PASSWORD = re.compile(f"{_SCHEME}://[^/@]*:[^/]*@")


@dataclass(frozen=True)
class Url:
    """A file, a folder of parts, or a pattern of them, as the user named it."""

    text: str

    def __str__(self) -> str:
        return self.text

    def as_posix(self) -> str:
        """The name in messages and results, as a `Path` gives its own."""
        return self.text

    def match(self, pattern: str) -> bool:
        """Whether the end of the URL fits a pattern, as `Path.match` says it."""
        return PurePosixPath(self.text).match(pattern)

    @property
    def has_password(self) -> bool:
        """Whether it holds a password or key, which would stand in every output."""
        return _PASSWORD.match(self.text) is not None


Given = Path | Url
"""What a user names: a path of this machine, or a URL."""


def given_from_text(text: str | Path) -> Given:
    """What a text names: a URL has `://` after its scheme."""
    if isinstance(text, str) and _URL.match(text):
        return Url(text)
    return Path(text)


def was_url(path: Path) -> bool:
    """Whether a path was a URL, of which paths lose a slash."""
    return _URL_AS_PATH.match(path.as_posix()) is not None
