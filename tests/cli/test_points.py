"""What a rulebook in points calls them, in every document and heading that gives amounts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Funding

RULEBOOK = """\
rulebook: rating
title: Rating
points: {en: stars, ru: звёзды}
rounding: 0.1
students: {grade: 1..4}
parameters: {each: {values: {2025-01-01: 1.5}}}
lines:
  size: {title: Size, for: each student, amount: each}
"""
SCENARIO = "scenario: more\ntitle: More\nset: {each: 2}\n"
COHORTS = "projection: calm\ntitle: Calm\nladder: grade\nintake: {others: 2}\n"
STARS = {"en": "stars", "ru": "звёзды"}


@pytest.fixture
def rating(funding: Funding, tmp_path: Path) -> Funding:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("school_id,grade,students\n1,1,3\n2,4,1\n")
    (tmp_path / "more.yaml").write_text(SCENARIO)
    (tmp_path / "cohorts.yaml").write_text(COHORTS)
    return funding


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "--with", "more.yaml"),
        ("project", "--cohorts", "cohorts.yaml", "--years", "1"),
        ("audit",),
        ("solve", "--parameter", "each", "--budget", "8"),
    ],
)
def test_a_document_names_the_points_as_the_result_does(
    rating: Funding, words: tuple[str, ...]
) -> None:
    command, *options = words
    finished = rating(command, "rulebook.yaml", "roster.csv", *options, "--format", "json")
    told = json.loads(finished.stdout)
    found = told[0] if isinstance(told, list) else told
    assert (found["currency"], found["points"]) == (None, STARS)


def test_a_sweep_names_the_points_beside_its_own(rating: Funding) -> None:
    swept = rating(
        *("sweep", "rulebook.yaml", "roster.csv", "--vary", "each=1..2..1", "--format", "json")
    )
    told = json.loads(swept.stdout)
    assert (told["currency"], told["points_title"], len(told["points"])) == (None, STARS, 2)


@pytest.mark.parametrize(("language", "name"), [("en", "stars"), ("ru", "звёзды")])
def test_comparisons_are_headed_by_the_points_in_the_language_of_the_reader(
    rating: Funding, language: str, name: str
) -> None:
    given = ("rulebook.yaml", "roster.csv")
    shown = rating("compare", *given, "--with", "more.yaml", "--lang", language).stdout
    assert shown.splitlines()[0] == f"More, {name}"
    rating("compute", *given, "-o", "before.json")
    rating("compute", *given, "-o", "after.json")
    shown = rating("compare", "before.json", "after.json", "--lang", language).stdout
    assert shown.splitlines()[0] == f"Rating, {name}"
