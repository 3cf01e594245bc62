"""The tests try the program beside them, also where another copy of it is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import formula_funding

SOURCE = Path(__file__).parents[2] / "src" / "formula_funding"


def test_the_program_of_this_folder_is_tested() -> None:
    assert Path(formula_funding.__file__).parent == SOURCE


def test_programs_that_tests_start_are_of_this_folder() -> None:
    tell = "import formula_funding; print(formula_funding.__path__[0])"
    told = subprocess.run(
        [sys.executable, "-c", tell], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert Path(told.stdout.strip()) == SOURCE
