"""Damaged copies of valid files: bytes, pieces and lines lost, doubled, moved and replaced.

The same number always damages a file in the same way.
"""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable

_BYTES = b"\x00\xff\x80\n\r\t\",;='<>&[]{}:#-!*.%0129eE/\\"
_PIECES = (
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"&a;", b"<!DOCTYPE a>"),
    *(b'"', b'""', b"=1+1", b"1e999", b"-1", b"1" * 40, b"99999999999999999999", b"\xe2\x80\xae"),
    *(b"XFD1048576", b'r="A1"', b"<v>", b"</row>", b"nan", b"Infinity", b"../../x", b"0" * 300),
    *(b"&x", b"*x", b"<<:", b"!!python/object:os.system", b"? [", b"- - - -", b"{" * 30, b"|\n"),
    *("\u0418\u0442\u043e\u0433\u043e".encode(), "\u0661".encode(), b"\x85", b"\x0b\x0c", b"a: b"),
)
_SMALL = 8
Change = Callable[[random.Random, bytearray], None]


def damaged(name: str, data: bytes, number: int) -> bytes:
    """A damaged copy; of compressed files every other one is damaged inside."""
    chance = random.Random(f"{name} {number}")
    if number % 2 and name.endswith(".gz"):
        return gzip.compress(_changed(gzip.decompress(data), chance), mtime=0)
    if number % 2 and name.endswith((".xlsx", ".zip")):
        return _changed_inside(data, chance)
    return _changed(data, chance)


def _changed(data: bytes, chance: random.Random) -> bytes:
    copy = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        chance.choice(_CHANGES)(chance, copy)
    return bytes(copy)


def _changed_inside(data: bytes, chance: random.Random) -> bytes:
    """A zip file of which one part is changed, lost or stands twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    victim = chance.choice(list(parts))
    parts[victim] = _changed(parts[victim], chance)
    if chance.random() < 0.1:
        del parts[chance.choice(list(parts))]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def _place(chance: random.Random, data: bytearray) -> int:
    return chance.randrange(len(data) + 1)


def _piece(chance: random.Random, data: bytearray) -> slice:
    start = _place(chance, data)
    longest = len(data) if chance.random() < 0.1 else _SMALL
    return slice(start, start + chance.randint(1, max(longest, 1)))


def _flip(chance: random.Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _replace(chance: random.Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.choice(_BYTES)


def _insert(chance: random.Random, data: bytearray) -> None:
    place = _place(chance, data)
    data[place:place] = chance.choice(_PIECES)


def _delete(chance: random.Random, data: bytearray) -> None:
    del data[_piece(chance, data)]


def _double(chance: random.Random, data: bytearray) -> None:
    place, piece = _place(chance, data), data[_piece(chance, data)]
    data[place:place] = piece * chance.choice((1, 1, 2, 50))


def _cut(chance: random.Random, data: bytearray) -> None:
    del data[_place(chance, data) :]


def _swap_lines(chance: random.Random, data: bytearray) -> None:
    lines = bytes(data).splitlines(keepends=True)
    if len(lines) > 1:
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
        data[:] = b"".join(lines)


def _double_line(chance: random.Random, data: bytearray) -> None:
    lines = bytes(data).splitlines(keepends=True)
    if lines:
        lines.insert(chance.randrange(len(lines)), chance.choice(lines))
        data[:] = b"".join(lines)


_CHANGES: tuple[Change, ...] = (
    *(_flip, _flip, _replace, _replace, _insert, _insert),
    *(_delete, _double, _cut, _swap_lines, _double_line),
)
