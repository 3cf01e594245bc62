"""An output is written whole or not at all, whichever writer stumbles and wherever."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.export import formats
from formula_funding.export.formats import FORMATS, write_output
from formula_funding.export.tables import by_school
from formula_funding.export.to_parquet import write_parquet
from formula_funding.export.to_workbook import write_workbook
from formula_funding.pipeline import Run

ENDINGS = pytest.mark.parametrize("ending", sorted(FORMATS))


def _stumbling(stumble: BaseException) -> Callable[[Run, Path, str], None]:
    """A writer that gets halfway."""

    def write(_run: Run, path: Path, _language: str) -> None:
        path.write_bytes(b"half of it")
        raise stumble

    return write


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"(a folder)"
        for path in folder.rglob("*")
    }


@ENDINGS
@pytest.mark.parametrize("force", [False, True])
def test_a_disk_that_is_full_midway_leaves_the_folder_as_it_was(
    village: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, force: bool
) -> None:
    output = tmp_path / f"allocation{ending}"
    if force:
        output.write_bytes(b"of last year")
    before = _content(tmp_path)
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setitem(formats.FORMATS, ending, _stumbling(full))
    with pytest.raises(ProblemsFoundError) as raised:
        write_output(village, output, "en", force=force)
    assert [problem.code.id for problem in raised.value.problems] == ["O002"]
    assert "no space left on device" in raised.value.problems[0].message
    assert _content(tmp_path) == before


@ENDINGS
@pytest.mark.parametrize("stumble", [KeyboardInterrupt(), MemoryError(), ValueError("a fault")])
def test_any_other_end_midway_leaves_the_folder_as_it_was(
    village: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    stumble: BaseException,
) -> None:
    output = tmp_path / f"allocation{ending}"
    output.write_bytes(b"of last year")
    before = _content(tmp_path)
    monkeypatch.setitem(formats.FORMATS, ending, _stumbling(stumble))
    with pytest.raises(type(stumble)):
        write_output(village, output, "en", force=True)
    assert _content(tmp_path) == before


def test_the_libraries_own_errors_of_the_disk_are_errors_of_the_disk(
    village: Run, tmp_path: Path
) -> None:
    """DuckDB and XlsxWriter have exceptions of their own; the user gets the same problem."""
    nowhere = tmp_path / "no such folder"
    with pytest.raises(OSError, match="No such file or directory"):
        write_workbook(village, nowhere / "a.xlsx", "en")
    with pytest.raises(OSError, match="No such file or directory"):
        write_parquet(by_school(village.allocation), nowhere / "a.parquet")


@ENDINGS
def test_a_written_file_is_the_only_thing_that_is_new(
    village: Run, tmp_path: Path, ending: str
) -> None:
    before = set(_content(tmp_path))
    write_output(village, tmp_path / f"allocation{ending}", "ru", force=False)
    assert set(_content(tmp_path)) - before == {f"allocation{ending}"}
