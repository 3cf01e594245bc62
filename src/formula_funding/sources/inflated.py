"""Compressed files, unfolded under the eyes of the limits: the size is counted, never believed."""

from __future__ import annotations

import errno
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, ProblemsFoundError, stopped
from formula_funding.model.limits import Limits
from formula_funding.sources.workspace import Workspace

CHUNK = 64 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What workbooks and bundles are made with; others can ask for gigabytes of memory."""
_ENCRYPTED = 0x1


def gunzipped(path: Path, name: str, ending: str, workspace: Workspace) -> Path:
    """A copy of what a gzip file holds. Raises ProblemsFoundError: damaged, or too large."""
    copy = workspace.new_file(ending)
    size, written = path.stat().st_size, 0
    with (
        path.open("rb") as raw,
        gzip.open(raw) as source,
        copy.open("wb") as target,
        _told(name, "gzip file"),
    ):
        while chunk := source.read(CHUNK * 16):
            written += len(chunk)
            workspace.limits.check("inflated_bytes", written, Place(name))
            target.write(chunk)
            workspace.progress(name, raw.tell(), size)
    return copy


@contextmanager
def _told(name: str, what: str) -> Iterator[None]:
    """Tell whatever Python's zip and gzip modules raise for a file that is none, or only in part.

    Any other error, such as one of the disk, stays what it is.
    """
    try:
        yield
    except EOFError:
        raise _unreadable(
            name, f"the {what} ends too early, as if only a part of it was copied"
        ) from None
    except NotImplementedError:
        raise _unreadable(name, f"the {what} is compressed in an unusual way") from None
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, UnicodeDecodeError):
        raise _unreadable(name, f"the {what} is damaged") from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # so ends the search for a place before the beginning
            raise
        raise _unreadable(name, f"the {what} is damaged") from None


def _unreadable(name: str, message: str, hint: str = "export it again") -> ProblemsFoundError:
    return stopped(codes.UNREADABLE_DATA, message, Place(name), hint)


class Package:
    """A zip file. All its parts together unfold to no more than the limits allow.

    Raises ProblemsFoundError wherever the file is damaged, encrypted or beyond a limit.
    """

    def __init__(self, path: Path, name: str, limits: Limits, what: str) -> None:
        self.name = name
        self._what = what
        self._limits = limits
        self._unfolded = 0
        end = _end(path)
        limits.check("zip_entries", _entries_at_most(path, end), Place(name))
        with _told(name, what):
            if not end:
                raise EOFError
            self._zip = zipfile.ZipFile(path)
        entries = self._zip.infolist()
        self._parts = {info.filename: info for info in entries}
        limits.check("zip_entries", len(entries), Place(name))
        limits.check("inflated_bytes", sum(info.file_size for info in entries), Place(name))
        size = path.stat().st_size
        if len(entries) != len(self._parts) or any(e.header_offset >= size for e in entries):
            raise _unreadable(name, f"the {what} is damaged")
        if any(info.flag_bits & _ENCRYPTED for info in entries):
            raise _unreadable(name, f"the {what} has a password", "save it without one")
        if any(info.compress_type not in _METHODS for info in entries):
            raise _unreadable(name, f"the {what} is compressed in an unusual way")

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    @property
    def parts(self) -> list[str]:
        """The names of the parts, in the order of the file."""
        return list(self._parts)

    def size(self, part: str) -> int:
        """The size of a part as the file states it: for a progress bar, not for trust."""
        return self._parts[part].file_size

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part piece by piece."""
        with _told(self.name, self._what), self._zip.open(self._parts[part]) as stream:
            while chunk := stream.read(CHUNK):
                self._unfolded += len(chunk)
                self._limits.check("inflated_bytes", self._unfolded, Place(self.name))
                yield chunk

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


_END, _END_BYTES, _SMALLEST_ENTRY = b"PK\x05\x06", 22, 46


def _end(path: Path) -> bytes:
    """The end of a zip file, which tells of its directory; empty if it is missing."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_535 - _END_BYTES))
        tail = file.read()
    return tail[tail.rfind(_END) :] if _END in tail else b""


def _entries_at_most(path: Path, end: bytes) -> int:
    """How many entries the directory of a zip file can hold by its size, before it is read."""
    directory = int.from_bytes(end[12:16], "little")
    named = 64  # bytes of a name and its extra fields that no entry of ours exceeds by far
    return min(directory, path.stat().st_size) // (_SMALLEST_ENTRY + named)
