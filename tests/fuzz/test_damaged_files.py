"""Whatever happens to a file, reading it ends in a result or in a documented error.

Each damaged copy is read in a process that may use 1 GiB and a few seconds. `FUNDING_FUZZ=5000`
(`make fuzz`) tries so many copies of each kind of file; every number damages a file in the same
way each time, so a failure can be repeated by its number.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fuzz.seeds import SEEDS

PROJECT = Path(__file__).parents[2]
COPIES = int(os.environ.get("FUNDING_FUZZ", "30"))
SECONDS_EACH = 3
TOGETHER = (
    ("roster.csv", "russian.csv", "utf-16.tsv", "schools.csv"),
    ("roster.csv.gz", "roster.xlsx", "roster.parquet", "bundle.zip"),
    ("layout.yaml", "rulebook.yaml"),
)
"""The files that one process reads."""
ONCE_FAILED = (
    "roster.parquet#532",  # the place of a column became -25, an inner error of DuckDB
    "rulebook.yaml#757",  # a line's name got a dot
)
"""Copies that once ended otherwise, by the number that damages them so."""

pytest.importorskip("resource", reason="memory can't be limited on this system")


@pytest.mark.parametrize("names", TOGETHER, ids=" ".join)
def test_a_damaged_file_ends_in_a_result_or_a_documented_error(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    finished = _read(names, COPIES, tmp_path)
    lines = finished.stdout.splitlines()
    assert finished.returncode == 0, f"{lines[-1:]}\n{finished.stderr[-3000:]}"
    assert len(lines) == COPIES * len(names)
    for name in names:
        ended = [line for line in lines if line.startswith(f"{name} ")]
        assert any(not line.endswith(": a result") for line in ended), "nothing was damaged enough"


def test_a_copy_that_once_failed_ends_in_a_result_or_a_documented_error(tmp_path: Path) -> None:
    finished = _read(ONCE_FAILED, 1, tmp_path)
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert len(finished.stdout.splitlines()) == len(ONCE_FAILED)


def _read(names: Sequence[str], copies: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Read so many damaged copies of each file in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz.child", str(folder), str(copies), *names],
        cwd=PROJECT,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60 + SECONDS_EACH * copies * len(names),
        check=False,
    )


def test_every_kind_of_file_is_damaged() -> None:
    assert {name for names in TOGETHER for name in names} == set(SEEDS)
