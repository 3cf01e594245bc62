"""Definitions cite their sources, in the check, in the method and in a school's statement."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
sources: {old: {title: Old act}, act: {title: Act}}
schools: {place: [town, village]}
define:
  remote: {formula: place = village, source: {2024-01-01: old, 2025-01-01: act}}
  where_: {from: place, bands: {near: town, far: village}, source: act}
parameters: {grant: {kind: money, value: 100}}
lines:
  a: {title: A, for: each school, when: remote and where_ = far, amount: grant}
"""


@pytest.mark.parametrize(("day", "cited"), [("2025-01-01", "Act"), ("2024-12-31", "Old act")])
def test_a_definition_cites_its_source_of_the_day(
    funding: Funding, tmp_path: Path, day: str, cited: str
) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "schools.csv").write_text("school_id,place\n001,village\n", encoding="utf-8")
    checked = funding("check", "rulebook.yaml", "--as-of", day)
    assert f"remote: depends on place; {cited}; rulebook.yaml:7:3" in checked.stdout
    files = ("rulebook.yaml", "schools.csv", "--as-of", day)
    statement = funding("explain", *files, "--school", "001")
    assert statement.exit_code == 0, statement.stderr
    assert f"Source: {cited}" in statement.stdout


def test_a_line_without_a_source_has_those_of_its_definitions(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    checked = funding("check", "rulebook.yaml", "--as-of", "2024-12-31")
    assert "a: depends on remote, where_; Old act; Act; rulebook.yaml:11:3" in checked.stdout


def test_the_method_cites_the_sources_of_definitions_by_date(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    method = funding("docs", "rulebook.yaml").stdout
    assert "- Source: from 1 January 2025 [2]; from 1 January 2024 [1]" in method
    assert "| far | village |\n\n- Source: [2]" in method


def test_a_definition_cites_a_source_that_the_rulebook_lists(
    funding: Funding, tmp_path: Path
) -> None:
    text = RULEBOOK.replace("far: village}, source: act", "far: village}, source: acts")
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    finished = funding("check", "rulebook.yaml")
    assert [problem.says for problem in finished.problems] == ["`sources` has no `acts`"]
