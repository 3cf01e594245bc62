"""Where the published tables are. They belong to their publishers and not to this project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
CASES = Path(os.environ.get("FUNDING_CASES", PROJECT.parent / "shared" / "cases"))


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of published tables; without it, tests that need it are skipped."""
    if not CASES.is_dir():
        pytest.skip(f"no published tables in {CASES}; FUNDING_CASES can name another folder")
    return CASES
