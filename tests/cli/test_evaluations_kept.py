"""A command that prices often holds no price longer than it is needed.

`cli/garbage.py` has Python search rarely for what only knows itself, so that nothing may depend on
the search.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from formula_funding.allocate.evaluation import Evaluation
from tests.conftest import Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11, need: [none, special]}
parameters:
  norm: {kind: money, value: 100}
  pot: {kind: money, value: 1000}
  rate:
    kind: money
    solve: {so_that: shared, at_most: pot, between: 0..1000, to: 0.01}
steps:
  pupils: count(students)
  fair: sum(pupils of schools) / 2
  shared: sum(pupils * rate of schools)
lines:
  base: {title: Base, for: each student, when: grade > 0, amount: norm}
  more: {title: More, for: each student, when: need = special, amount: norm * pupils / fair}
  small: {title: Small, for: each school, amount: "max(0, pupils - fair) * rate"}
"""
SCENARIO = "scenario: more\ntitle: More\nset: {norm: +5%}\ngrow: [{by: +1, where: grade = 1}]\n"
COHORTS = "projection: calm\ntitle: Calm\nladder: grade\nretention: 98%\nintake: +1%\n"


@pytest.fixture
def without_search() -> Iterator[None]:
    """Python does not search at all."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_search")
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("compute", ()),
        ("compare", ("--with", "more.yaml")),
        ("sweep", ("--vary", "norm=100..110..5")),
        ("project", ("--cohorts", "cohorts.yaml", "--years", "2")),
        ("solve", ("--parameter", "norm", "--budget", "900")),
        ("audit", ()),
    ],
)
def test_no_evaluation_outlives_its_use(
    command: str, words: tuple[str, ...], funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "roster.csv").write_text("school_id,grade,need\n1,1,none\n1,2,special\n2,1,none\n")
    (tmp_path / "schools.csv").write_text("school_id\n1\n2\n")
    (tmp_path / "more.yaml").write_text(SCENARIO)
    (tmp_path / "cohorts.yaml").write_text(COHORTS)
    data = ("rulebook.yaml", "roster.csv", "--schools", "schools.csv")
    finished = funding(command, *data, *words)
    assert finished.exit_code == 0, finished.stderr
    assert not [one for one in gc.get_objects() if issubclass(type(one), Evaluation)]
