"""UTF-16 that is declared, with and without a mark at its start."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.conftest import Run, totals

ROSTER = "школа\tкласс\n00125\t5\n00126\t6\n"
LAYOUT = 'roster: {encoding: utf-16, delimiter: "\\t", columns: {school_id: школа, grade: класс}}\n'


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_declared_utf_16_is_read_in_the_order_of_its_bytes(
    run: Run, tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "roster.tsv").write_bytes(ROSTER.encode(encoding))
    assert totals(run("roster.tsv", LAYOUT)) == {"00125": "100.00", "00126": "100.00"}
