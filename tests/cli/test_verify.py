"""`funding verify` as it is run: what it prints, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl

from tests.conftest import Funding


def test_each_verdict_has_its_words_and_its_exit_code(
    funding: Funding, city: tuple[str, ...], tmp_path: Path
) -> None:
    assert funding("compute", *city, "-o", "city.xlsx").exit_code == 0
    clean = funding("verify", "city.xlsx")
    assert (clean.exit_code, clean.stderr) == (0, "")
    assert "all as the program wrote them" in clean.stdout
    against = funding("verify", "city.xlsx", *city)
    assert against.exit_code == 0
    assert "all as the engine computes them now" in against.stdout

    book = openpyxl.load_workbook(tmp_path / "city.xlsx")
    book["Lines"]["D4"] = 1
    book.save(tmp_path / "changed.xlsx")
    changed = funding("verify", "changed.xlsx")
    assert changed.exit_code == 1
    assert changed.stdout == "changed.xlsx: changed by hand: 1 finding.\n"
    assert "changed.xlsx › Lines › D4: error W007: `1` stands where" in changed.stderr

    told = funding("verify", "changed.xlsx", "--format", "json")
    assert (told.exit_code, told.stderr) == (1, "")
    document = json.loads(told.stdout)
    assert document["verdict"] == "changed by hand"
    assert [(f["code"], f["sheet"], f["cell"]) for f in document["findings"]] == [
        ("W007", "Lines", "D4")
    ]


def test_what_is_no_workbook_ends_with_3_and_half_of_the_files_with_2(
    funding: Funding, city: tuple[str, ...]
) -> None:
    assert funding("verify", "city/roster.csv").exit_code == 3
    assert funding("verify", "nowhere.xlsx").exit_code == 3
    assert funding("verify", "city/roster.csv", "--schools", "city/schools.csv").exit_code == 2
