"""Former codes of schools: told when used, and followed in the result of a previous run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Funding
from tests.sources.conftest import Run, places, totals

LAST_YEAR = "school_id,grade\n" + "00125,5\n" * 10 + "00126,5\n" * 10
LAYOUT = 'roster: {former_codes: {"00125": "90125", "00126": {now: "90125", since: 2025-01-01}}}'
NOW = "school_id,name\n90125,Hill and Dale\n"


@pytest.fixture
def before(run: Run, tmp_path: Path) -> str:
    """The result of last year, under the codes of that time."""
    (tmp_path / "roster.csv").write_text(LAST_YEAR)
    assert run("roster.csv", None, "-o", "before.json").exit_code == 0
    return "before.json"


def test_schools_that_were_joined_are_compared_with_both_of_last_year(
    run: Run, before: str
) -> None:
    finished = run("roster.csv", LAYOUT, "--previous", before, schools=NOW)
    assert totals(finished) == {"90125": "2000.00"}
    assert [(w.code, w.at) for w in finished.warnings] == [("D076", "roster.csv")]
    assert "20 rows with 2 former codes of schools" in finished.stderr


def test_a_report_compares_in_the_same_way(run: Run, funding: Funding, before: str) -> None:
    run("roster.csv", LAYOUT, schools=NOW)
    words = ["rulebook.yaml", "roster.csv", "--schools", "schools.csv", "--layout", "given.yaml"]
    finished = funding("roster", "check", *words, "--previous", before)
    assert finished.exit_code == 0, finished.stdout
    assert "D076" in finished.stdout


def test_codes_that_no_layout_tells_differ_from_the_previous_run(
    run: Run, tmp_path: Path, before: str
) -> None:
    (tmp_path / "roster.csv").write_text(LAST_YEAR.replace("0012", "9012"))
    schools = "school_id\n90125\n90126\n"
    finished = run("roster.csv", None, "--previous", before, schools=schools)
    assert places(finished) == ["D054 before.json"]
