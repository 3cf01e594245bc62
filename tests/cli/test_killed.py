"""A run that is killed leaves the old output or the new one, whole."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest

KILLS = int(os.environ.get("FUNDING_KILLS", "2"))
"""`FUNDING_KILLS=50 pytest tests/cli/test_killed.py` kills so many runs."""
OLD = b"what was here before"
STARTER = Path(str(files("formula_funding.starter")))


def _command(output: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "formula_funding.cli.app", "compute"),
        *(str(STARTER / name) for name in ("rulebook.yaml", "roster.csv")),
        *("--schools", str(STARTER / "schools.csv"), "-o", str(output), "--force"),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_a_run_killed_at_any_moment_leaves_the_old_output_or_the_new_one(tmp_path: Path) -> None:
    """Every other run is killed as soon as it has begun to write."""
    output = tmp_path / "allocation.xlsx"
    output.write_bytes(OLD)
    start = time.perf_counter()
    subprocess.run(_command(output), check=True, capture_output=True)
    seconds, new = time.perf_counter() - start, output.read_bytes()
    moments = random.Random(7)
    found = set()
    for number in range(KILLS):
        output.write_bytes(OLD)
        running = subprocess.Popen(
            _command(output), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if number % 2:
            before = set(tmp_path.glob(".funding-*"))
            while running.poll() is None and set(tmp_path.glob(".funding-*")) <= before:
                time.sleep(0.001)
            time.sleep(moments.uniform(0, 0.1))
        else:
            time.sleep(moments.uniform(0, seconds))
        running.kill()
        running.wait()
        found.add(output.read_bytes())
    assert found <= {OLD, new}
