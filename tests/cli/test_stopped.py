"""A run that is asked to end puts everything away: no copy of a roster stays on the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
TOLD = "stopped; no file is half written, but what was printed may be\n"
IMPORTING = """
import importlib.abc, os, sys
from formula_funding.__main__ import program

module, number = sys.argv.pop(1), int(sys.argv.pop(1))

class Asking(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == module:
            os.kill(os.getpid(), number)

sys.meta_path.insert(0, Asking())
program()
"""
STARTER = Path(str(files("formula_funding.starter")))
SIGNALS = {name: getattr(signal, name, signal.SIGINT) for name in ("SIGINT", "SIGTERM", "SIGHUP")}


def _reading(folder: Path) -> subprocess.Popen[str]:
    """A run that has begun to copy a roster of which more is to come, with its rows in `folder`."""
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "formula_funding", "compute"),
            *(str(STARTER / "rulebook.yaml"), "-", "--schools", str(STARTER / "schools.csv")),
            *("-o", str(folder / "result.csv"), "--temp-dir", str(folder)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdin is not None
    running.stdin.write((STARTER / "roster.csv").read_text())
    running.stdin.flush()
    for _ in range(600):
        if any(folder.iterdir()):
            return running
        time.sleep(0.1)
    raise AssertionError("no folder for temporary files was made within a minute")


@pytest.mark.parametrize("name", SIGNALS)
def test_a_run_that_is_asked_to_end_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    running = _reading(tmp_path)
    running.send_signal(SIGNALS[name])
    printed, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert printed == ""
    assert told == TOLD
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        *(("formula_funding.cli.app", name) for name in SIGNALS),
        ("typer", "SIGINT"),
        ("formula_funding.cli.compute", "SIGTERM"),
        ("formula_funding.pipeline", "SIGINT"),
        ("duckdb", "SIGINT"),
        ("numpy", "SIGTERM"),
    ],
)
def test_a_run_that_is_asked_to_end_while_it_imports_says_so(
    tmp_path: Path, module: str, name: str
) -> None:
    city = (STARTER / "rulebook.yaml", STARTER / "roster.csv", "--schools", STARTER / "schools.csv")
    output = ("--engine", "duckdb", "-o", tmp_path / "result.parquet")
    ended = subprocess.run(
        [sys.executable, "-c", IMPORTING, module, str(int(SIGNALS[name])), "compute"]
        + [str(word) for word in (*city, *output)],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", TOLD)
    assert list(tmp_path.iterdir()) == []


def test_a_hang_up_is_ignored_where_nohup_asks_for_it(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        running = _reading(tmp_path)
    finally:
        signal.signal(signal.SIGHUP, before)
    os.kill(running.pid, signal.SIGHUP)
    printed, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert printed
    assert [file.name for file in tmp_path.iterdir()] == ["result.csv"]
