"""Every rulebook with a `published.yaml` gives the official figures, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.published import compare_all

from tests.spark import OF_THIS_MACHINE


@pytest.mark.parametrize("engine", OF_THIS_MACHINE)
def test_the_published_columns_come_out_as_published(cases: Path, engine: str) -> None:
    compared = list(compare_all(cases, engine))
    short = [found for found in compared if found.matched < found.expected]
    assert short == []
    assert sum(found.matched for found in compared) > 100_000
