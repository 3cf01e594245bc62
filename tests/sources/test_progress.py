"""Whoever reads a long file is told how far it has come, by the name that the user gave."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from formula_funding.diagnostics.problem import Problems
from formula_funding.rules.layout import RosterLayout
from formula_funding.sources.open_table import open_table
from formula_funding.sources.workspace import Workspace
from tests.sources.workbooks import texts, write_workbook

CSV = "school_id,grade,имя\n" + "00125,5,Анна\n" * 5000


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("r.csv", lambda path: path.write_text(CSV, "cp1251")),
        ("r.csv.gz", lambda path: path.write_bytes(gzip.compress(CSV.encode()))),
        (
            "r.xlsx",
            lambda path: write_workbook(
                path, {"Oct": [texts(i, "00125", "5") for i in range(1, 2000)]}
            ),
        ),
    ],
    ids=["recoded", "unfolded", "a workbook"],
)
def test_progress_grows_until_all_is_read(
    tmp_path: Path, name: str, make: Callable[[Path], object]
) -> None:
    make(tmp_path / name)
    told: list[tuple[str, int, int]] = []
    with Workspace(progress=lambda *step: told.append(step)) as workspace:
        path = tmp_path / name
        open_table(path, RosterLayout(), ("school_id",), "roster", workspace, Problems())
    assert {file for file, _, _ in told} == {(tmp_path / name).as_posix()}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1] == told[-1][2] > 0
