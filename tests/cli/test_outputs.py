"""Files are written whole or not at all, and never over an existing one unasked."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.conftest import Funding

City = tuple[str, ...]
ENDINGS = ("csv", "json", "parquet", "xlsx")


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_existing_file_stays_as_it_is(
    funding: Funding, city: City, tmp_path: Path, ending: str
) -> None:
    """Without --force an existing output is not touched."""
    output = tmp_path / f"out.{ending}"
    output.write_text("mine")
    before = content(tmp_path)
    finished = funding("compute", *city, "-o", output)
    assert (finished.exit_code, [p.code for p in finished.problems]) == (3, ["O001"])
    assert content(tmp_path) == before


@pytest.mark.parametrize("ending", ENDINGS)
def test_force_overwrites(funding: Funding, city: City, tmp_path: Path, ending: str) -> None:
    """With --force the output is what a new file would have been."""
    (tmp_path / f"out.{ending}").write_text("mine")
    funding("compute", *city, "-o", f"out.{ending}", "--force")
    funding("compute", *city, "-o", f"new.{ending}")
    assert (tmp_path / f"out.{ending}").read_bytes() == (tmp_path / f"new.{ending}").read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_leaves_nothing_half_written(
    funding: Funding,
    city: City,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    """If the disk is full when the file is put in place, the folder is as it was before."""
    (tmp_path / f"out.{ending}").write_text("mine")
    before = content(tmp_path)

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    finished = funding("compute", *city, "-o", f"out.{ending}", "--force")
    assert (finished.exit_code, [p.code for p in finished.problems]) == (3, ["O002"])
    assert "no space left on device" in finished.stderr
    assert content(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_folder_that_can_not_be_written_to_is_named(
    funding: Funding, city: City, ending: str
) -> None:
    """Even root can't write into /proc; the message says what to do."""
    finished = funding("compute", *city, "-o", f"/proc/out.{ending}")
    assert [problem.code for problem in finished.problems] == ["O002"]
    assert finished.problems[0].hint.startswith("choose another folder")


@pytest.mark.parametrize("output", ["nowhere/out.csv", "city/roster.csv", "out.doc", "out"])
def test_whatever_is_in_the_way_of_an_output_is_exit_code_3(
    funding: Funding, city: City, output: str
) -> None:
    """As a full disk is: nothing in the files is wrong, and nothing was written."""
    finished = funding("compute", *city, "-o", output)
    assert finished.exit_code == 3
    assert finished.problems[0].code in {"O001", "O002", "O003"}


def test_nothing_is_written_for_data_with_problems(
    funding: Funding, city: City, tmp_path: Path
) -> None:
    """A roster with a problem leaves no output."""
    (tmp_path / "city/roster.csv").write_text("school_id,grade,needs\n001,12,none\n")
    before = content(tmp_path)
    assert funding("compute", *city, "-o", "out.csv").exit_code == 1
    assert content(tmp_path) == before


def test_init_writes_what_runs(funding: Funding, city: City) -> None:
    """The example is sound, is computed, and its own worked example holds."""
    assert funding("check", *city).exit_code == 0
    assert funding("compute", *city).exit_code == 0
    assert funding("test", "city").exit_code == 0


def test_init_twice_leaves_the_files(funding: Funding, city: City, tmp_path: Path) -> None:
    """`funding init` never overwrites what a user has changed since."""
    assert city
    (tmp_path / "city/roster.csv").write_text("mine")
    (tmp_path / "city/schools.csv").unlink()
    before = content(tmp_path)
    finished = funding("init", "city")
    assert (finished.exit_code, [p.code for p in finished.problems]) == (3, ["O001"])
    assert content(tmp_path) == before


def test_init_into_a_file_is_refused(funding: Funding, tmp_path: Path) -> None:
    """A folder can't be made where a file is."""
    (tmp_path / "city").write_text("mine")
    finished = funding("init", "city")
    assert (finished.exit_code, [p.code for p in finished.problems]) == (3, ["O002"])


def test_text_can_not_become_a_formula(funding: Funding, city: City, tmp_path: Path) -> None:
    """A school whose name looks like a formula is text in a spreadsheet."""
    (tmp_path / "city/schools.csv").write_text(
        'school_id,name,status,remote\n001,"=HYPERLINK(""x"")",ordinary,no\n'
        "002,@SUM(A1),ordinary,no\n003,-1+1,ordinary,yes\n"
    )
    shown = funding("compute", *city, "--format", "csv").stdout
    for harmless in ("'=HYPERLINK", "'@SUM(A1)", "'-1+1"):
        assert harmless in shown
