"""A rulebook that is another one plus changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from formula_funding.diagnostics.problem import Problems
from formula_funding.examples import run_examples
from formula_funding.pipeline import Inputs, checked_rulebook, run
from tests.conftest import Funding

PROJECT = Path(__file__).parents[2]
WHOLE = PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"
BY_YEAR = Path(__file__).parent / "moscow_by_year"
SAMPLE = PROJECT / "sample_data" / "worked_example"
LAST_YEAR, THIS_YEAR = (BY_YEAR / year / "rulebook.yaml" for year in ("2024", "2025"))


@pytest.mark.parametrize("day", [date(2024, 9, 1), date(2025, 1, 1)])
def test_last_years_rulebook_plus_the_changes_is_this_years(day: date) -> None:
    """Moscow's norms of 2024 with the changes of 2025 pay what the rulebook of both pays."""
    roster, schools = SAMPLE / "roster.csv", SAMPLE / "schools.csv"
    whole, changed = (
        run(Inputs(rulebook, (roster,), schools, as_of=day)).allocation
        for rulebook in (WHOLE, THIS_YEAR)
    )
    assert changed.school_totals == whole.school_totals
    assert dict(changed.lines) == dict(whole.lines)
    assert changed.ledger == whole.ledger


def test_the_changes_name_no_figure_of_last_year() -> None:
    assert "147_800" in LAST_YEAR.read_text(encoding="utf-8")
    assert "147_800" not in THIS_YEAR.read_text(encoding="utf-8")


def test_the_worked_examples_of_both_years_hold() -> None:
    """Those of last year belong to this year's rulebook too: its figures are dated."""
    problems = Problems()
    checked = checked_rulebook(THIS_YEAR, problems)
    assert run_examples(checked, problems) == 4
    assert not problems.has_errors


def test_all_files_that_a_rulebook_is_made_of_are_known() -> None:
    assert checked_rulebook(THIS_YEAR, Problems()).files == (THIS_YEAR, LAST_YEAR)
    assert checked_rulebook(LAST_YEAR, Problems()).files == (LAST_YEAR,)


def test_a_thing_keeps_the_place_where_it_is_written() -> None:
    checked = checked_rulebook(THIS_YEAR, Problems())
    norm = ("parameters", "norm", "values")
    assert checked.places.value((*norm, "2024-09-01", "primary")).file == LAST_YEAR.as_posix()
    assert checked.places.value((*norm, "2025-01-01", "primary")).file == THIS_YEAR.as_posix()
    by_name = {item.name: item.place.file for item in checked.items}
    assert by_name["needs_supplement"] == LAST_YEAR.as_posix()
    assert by_name["short_stay"] == THIS_YEAR.as_posix()


def test_the_layout_of_the_base_is_used_where_the_changes_have_none(
    funding: Funding, tmp_path: Path
) -> None:
    book = "rulebook: a\ntitle: A\ncurrency: RUB\nstudents: {grade: 1..4}\n"
    line = "lines: {base: {title: Base, for: each student, amount: rate}}\n"
    line += "parameters: {rate: {kind: money, value: 100}}\n"
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "rulebook.yaml").write_text(book + line, encoding="utf-8")
    layout = "roster: {columns: {school_id: Code, grade: Class}}\n"
    (tmp_path / "base" / "layout.yaml").write_text(layout, encoding="utf-8")
    changes = "rulebook: b\ntitle: B\nbased_on: base/rulebook.yaml\n"
    changes += "parameters: {rate: {value: 200}}\n"
    (tmp_path / "rulebook.yaml").write_text(changes, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("Code,Class\n001,1\n", encoding="utf-8")
    shown = funding("compute", "rulebook.yaml", "roster.csv", "--format", "csv").stdout
    assert "200.00" in shown


def test_the_document_of_the_method_names_the_base(funding: Funding) -> None:
    shown = funding("docs", THIS_YEAR.as_posix()).stdout
    assert (
        "Based on: Moscow, equal norms per student, September 2024 (`../2024/rulebook.yaml`)"
        in (shown)
    )
