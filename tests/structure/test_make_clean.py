"""What `make clean` removes, and what it leaves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_clean_leaves_the_bytecode_that_setting_up_made(tmp_path: Path) -> None:
    shutil.copy(MAKEFILE, tmp_path)
    caches = {name: tmp_path / name / "__pycache__" for name in ("src", "tests", "benchmarks")}
    for folder in (*caches.values(), tmp_path / "tools", tmp_path / "build"):
        folder.mkdir(parents=True)
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert [name for name, folder in caches.items() if folder.exists()] == ["src"]
    assert not (tmp_path / "build").exists()
