"""Damaged zip, gzip and XML: each way to be damaged has its message, and other errors stay."""

from __future__ import annotations

import errno
import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.model.limits import Limits
from formula_funding.sources.inflated import Package, gunzipped
from formula_funding.sources.workspace import Workspace
from formula_funding.sources.xml_events import NonsenseError, member, read_xml, whole_number

CSV = b"school_id,grade\n" + b"00125,5\n" * 50
GZIP = gzip.compress(CSV, mtime=0)


def _changed(data: bytes, at: int, new: bytes) -> bytes:
    at %= len(data)
    return data[:at] + new + data[at + len(new) :]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GZIP[:-9], "ends too early, as if only a part of it was copied"),
        (GZIP[:5], "ends too early, as if only a part of it was copied"),
        (_changed(GZIP, 0, b"\x00"), "is damaged"),
        (_changed(GZIP, 2, b"\x07"), "is damaged"),  # a method that is none
        (_changed(GZIP, 10, b"\xff\xff"), "is damaged"),  # no deflated data
        (_changed(GZIP, -8, b"\x00\x00"), "is damaged"),  # the sum of what it holds
        (_changed(GZIP, -4, b"\x00\x00"), "is damaged"),  # the length of it
    ],
)
def test_a_gzip_file_that_can_not_be_unfolded_is_told_as_such(
    tmp_path: Path, data: bytes, message: str
) -> None:
    path = tmp_path / "r.csv.gz"
    path.write_bytes(data)
    with Workspace() as workspace, pytest.raises(ProblemsFoundError) as error:
        gunzipped(path, "r.csv.gz", ".csv", workspace)
    assert [(p.code, p.message) for p in error.value.problems] == [
        (codes.UNREADABLE_DATA, f"the gzip file {message}")
    ]


def _zipped(method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as package:
        package.writestr("a.xml", CSV)
        package.writestr("ж.xml", CSV)
    return buffer.getvalue()


ZIP, STORED = _zipped(), _zipped(zipfile.ZIP_STORED)
LOCAL, CENTRAL, END = 0, ZIP.index(b"PK\1\2"), ZIP.index(b"PK\5\6")
PLACE = 30 + len("a.xml")
"""Where the first part begins."""
DAMAGED, UNUSUAL = "is damaged", "is compressed in an unusual way"
CUT = "ends too early, as if only a part of it was copied"


def _beginning_at(place: int) -> bytes:
    """The zip file with a part at a place of 64 bits."""
    extra = struct.pack("<HHQ", 1, 8, place)
    changed = _changed(ZIP, CENTRAL + 42, b"\xff\xff\xff\xff")
    changed = _changed(changed, CENTRAL + 30, struct.pack("<H", len(extra)))
    changed = _changed(changed, END + 12, struct.pack("<I", END - CENTRAL + len(extra)))
    return changed[:END] + extra + changed[END:]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (ZIP[:-10], DAMAGED),
        (_beginning_at(2**63 + 5), DAMAGED),
        (b"PK\3\4", CUT),
        (ZIP[: END - 1], CUT),
        (_changed(ZIP, END + 12, b"\xff\xff\xff\x7f"), DAMAGED),  # the size of the directory
        (_changed(ZIP, END + 16, b"\xff\xff\xff\x7f"), DAMAGED),  # its place
        (_changed(ZIP, CENTRAL, b"xx"), DAMAGED),
        (_changed(ZIP, CENTRAL + 42, struct.pack("<I", 1)), DAMAGED),  # the place of a part
        (_changed(ZIP, CENTRAL + 42, struct.pack("<I", END)), DAMAGED),
        (_changed(ZIP, CENTRAL + 42, struct.pack("<I", 2**31)), DAMAGED),
        (_changed(ZIP, END + 16, struct.pack("<I", CENTRAL + 50)), DAMAGED),  # before the file
        (_changed(ZIP, CENTRAL + 8, b"\x00\x08") .replace(b"a.xml", b"\xff.xml"), DAMAGED),
        (_changed(ZIP, LOCAL, b"xx"), DAMAGED),
        (_changed(ZIP, LOCAL + 30, b"b.xml"), DAMAGED),  # other names here and there
        (_changed(ZIP, PLACE, b"\xff\xff\xff"), DAMAGED),  # no deflated data
        (_changed(STORED, PLACE + 9, b"9"), DAMAGED),  # the sum of what it holds
        (_changed(STORED, STORED.rindex(b"PK\1\2") + 20, struct.pack("<II", 9999, 9999)),
         CUT),
        (_changed(ZIP, CENTRAL + 6, b"\x63"), UNUSUAL),  # a version of zip to come
        (_changed(ZIP, CENTRAL + 8, b"\x20"), UNUSUAL),  # a difference to another file
        (_changed(ZIP, CENTRAL + 10, b"\x63"), UNUSUAL),  # a method that nobody knows
        (_zipped(zipfile.ZIP_BZIP2), UNUSUAL),
        (_zipped(zipfile.ZIP_LZMA), UNUSUAL),
        (_changed(ZIP, CENTRAL + 8, b"\x01"), "has a password"),
    ],
)  # fmt: skip
def test_a_zip_file_that_can_not_be_unfolded_is_told_as_such(
    tmp_path: Path, data: bytes, message: str
) -> None:
    path = tmp_path / "r.zip"
    path.write_bytes(data)
    with pytest.raises(ProblemsFoundError) as error:
        _unfold(path)
    assert [(p.code, p.message) for p in error.value.problems] == [
        (codes.UNREADABLE_DATA, f"the zip file {message}")
    ]


def _unfold(path: Path) -> None:
    package = Package(path, "r.zip", Limits(), "zip file")
    try:
        for part in package.parts:
            list(package.chunks(part))
    finally:
        package.close()


FULL = Path("/dev/full")


class _OnAFullDisk(Workspace):
    def new_file(self, ending: str) -> Path:
        return FULL


def test_a_full_disk_is_no_damage_of_the_file(tmp_path: Path) -> None:
    if not FULL.exists():
        pytest.skip("this system has no full disk to write to")
    path = tmp_path / "r.csv.gz"
    path.write_bytes(gzip.compress(CSV * 100_000, mtime=0))
    with pytest.raises(ProblemsFoundError) as error, _OnAFullDisk() as workspace:
        gunzipped(path, "r.csv.gz", ".csv", workspace)
    assert [p.code for p in error.value.problems] == [codes.OUT_OF_MEMORY]


def test_other_errors_of_the_system_stay_what_they_are() -> None:
    with pytest.raises(PermissionError), Workspace():
        raise PermissionError(errno.EACCES, "not allowed")


def _read(data: bytes) -> None:
    read_xml([data], "r.xlsx", lambda tag, attributes: None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>\xff</a>",
        b"\xff\xfe<",
        b'<?xml version="1.0" encoding="cp1251"?><a/>',
        b'<?xml version="1.0" encoding="shift_jis"?><a/>',
        b'<?xml version="1.0" encoding="rot13"?><a/>',
        b'<?xml version="1.0" encoding="no such"?><a/>',
    ],
)
def test_xml_that_can_not_be_read_is_a_damaged_workbook(data: bytes) -> None:
    with pytest.raises(ProblemsFoundError) as error:
        _read(data)
    assert [p.message for p in error.value.problems] == ["the workbook is damaged"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_xml_of_the_usual_encodings_is_read(encoding: str) -> None:
    _read(f'<?xml version="1.0" encoding="{encoding}"?><a b="é"/>'.encode(encoding))


@pytest.mark.parametrize("error", [KeyError, ValueError, IndexError, TypeError])
def test_a_slip_of_the_program_is_not_taken_for_damage(error: type[Exception]) -> None:
    def slip(tag: str, attributes: object) -> None:
        raise error

    with pytest.raises(error):
        read_xml([b"<a/>"], "r.xlsx", slip)


@pytest.mark.parametrize(
    "act",
    [
        lambda: whole_number("-1"),
        lambda: whole_number("1_0"),
        lambda: whole_number("١"),
        lambda: whole_number("9" * 5000),
        lambda: member(["a"], "1"),
        lambda: member(["a"], "-1"),
        lambda: member(["a"], ""),
    ],
)
def test_a_place_that_is_none_is_nonsense(act: Callable[[], object]) -> None:
    with pytest.raises(NonsenseError):
        act()
