"""A small city to run commands on: the one that `funding init` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Funding

DATA = ("city/rulebook.yaml", "city/roster.csv", "--schools", "city/schools.csv")


@pytest.fixture
def city(funding: Funding, tmp_path: Path) -> tuple[str, ...]:
    """The words of a command line that name the city's files."""
    assert funding("init", "city").exit_code == 0
    return DATA
