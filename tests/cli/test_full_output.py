"""What is printed to where nothing can be written, or where nobody reads any more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import DATA
from tests.conftest import Funding

City = tuple[str, ...]
NOWHERE = Path("/dev/full")
"""A device that is always full."""
SCENARIO = "scenario: more\ntitle: More\nset: {norm: +10%}\n"
PRINTING = [
    ("compute", *DATA),
    ("compute", *DATA, "--format", "csv"),
    ("compute", *DATA, "--format", "json"),
    ("explain", *DATA, "--school", "001"),
    ("compare", *DATA, "--with", "more.yaml"),
    ("roster", "check", *DATA),
    ("sweep", *DATA, "--vary", "norm=-10%..10%..10%", "--format", "json"),
    ("check", "city/rulebook.yaml"),
    ("docs", "city/rulebook.yaml"),
    ("test", "city"),
    ("schema",),
    ("compute", "--help"),
    ("--version",),
]


@pytest.fixture
def files(city: City, tmp_path: Path) -> City:
    (tmp_path / "more.yaml").write_text(SCENARIO, encoding="utf-8")
    return city


@pytest.mark.skipif(not NOWHERE.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_a_full_disk_under_standard_output_is_told_with_the_way_out(
    funding: Funding, files: City, monkeypatch: pytest.MonkeyPatch, words: City
) -> None:
    assert files
    with NOWHERE.open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        finished = funding(*words)
        assert sys.stdout is full
    assert finished.exit_code == 3
    (problem,) = finished.problems
    assert problem.code == "E012"
    assert problem.says.endswith("no space left on device")
    assert "send it elsewhere" in problem.hint


def _shell(command: str, folder: Path, unbuffered: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


FUNDING = f'{sys.executable} -c "from formula_funding.__main__ import program; program()" '


@pytest.mark.skipif(not NOWHERE.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["explain-code all", "--help"])
def test_python_adds_nothing_to_what_is_told_of_a_full_disk(
    tmp_path: Path, words: str, unbuffered: str
) -> None:
    finished = _shell(f"{FUNDING} {words} > /dev/full", tmp_path, unbuffered)
    assert finished.returncode == 3
    first, *_, last = finished.stderr.splitlines()
    assert first.startswith("error E012: ")
    assert last.startswith("1 error, 0 warnings.")


@pytest.mark.skipif(not NOWHERE.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (f"compute {' '.join(DATA)} -o out.csv", 0),
        ("check city/roster.csv", 1),
        ("compute --misspelt", 2),
        ("check nowhere.yaml", 3),
    ],
)
@pytest.mark.parametrize("sent", ["2> /dev/full", "2>&-"], ids=["full", "closed"])
def test_messages_that_nobody_can_be_told_change_no_exit_code(
    city: City, tmp_path: Path, words: str, exit_code: int, sent: str, unbuffered: str
) -> None:
    assert city
    finished = _shell(f"{FUNDING} {words} {sent}", tmp_path, unbuffered)
    assert (finished.returncode, finished.stderr) == (exit_code, "")
    assert ("School id" in finished.stdout) is (exit_code == 0)
    assert (tmp_path / "out.csv").exists() is (exit_code == 0)


@pytest.mark.skipif(not NOWHERE.exists(), reason="this system has no device that is always full")
def test_a_disk_that_is_full_under_both_streams_is_exit_code_3(city: City, tmp_path: Path) -> None:
    assert city
    finished = _shell(f"{FUNDING} compute {' '.join(DATA)} > /dev/full 2>&1", tmp_path, "")
    assert finished.returncode == 3


@pytest.mark.skipif(os.name == "nt", reason="another shell")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["explain-code all", "schema", "docs city/rulebook.yaml"])
def test_a_reader_who_has_read_enough_is_no_problem(
    city: City, tmp_path: Path, words: str, unbuffered: str
) -> None:
    assert city
    finished = _shell(f"{FUNDING} {words} | head -1", tmp_path, unbuffered)
    assert finished.stdout.count("\n") == 1
    assert finished.stderr == ""
