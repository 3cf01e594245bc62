"""Where the published official tables are, if they are there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TABLES = Path(os.environ.get("FUNDING_CASES", PROJECT.parent / "shared" / "cases"))

needs_tables = pytest.mark.skipif(
    not TABLES.is_dir(),
    reason=f"the published tables are not part of the project and not in {TABLES.name}/",
)
