"""A small rulebook and register, and a way to run a roster by them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Finished, Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11}
parameters:
  norm: {kind: money, value: 100}
lines:
  base: {title: Base, for: each student, when: grade > 0, amount: norm}
"""
BY_FTE = """\
rulebook: city
title: City
currency: RUB
students: {fte: {range: 0..1, if_empty: 1}}
parameters: {norm: {kind: money, value: 100}}
lines:
  base: {title: Base, for: each student, amount: norm * fte}
"""
BY_BIRTHDAY = """\
rulebook: city
title: City
currency: RUB
students: {born: date}
parameters: {norm: {kind: money, value: 100}}
lines:
  base: {title: Base, for: each student, when: born >= 2015-09-01, amount: norm}
"""
SCHOOLS = "school_id,name\n00125,Hill\n00126,Dale\n"

Run = Callable[..., Finished]


@pytest.fixture
def run(funding: Funding, tmp_path: Path) -> Run:
    """`run("roster.xlsx", layout="…")` computes a roster of the test's folder, as CSV."""

    def compute(
        roster: str,
        layout: str | None = None,
        *options: str,
        schools: str = SCHOOLS,
        rulebook: str = RULEBOOK,
    ) -> Finished:
        (tmp_path / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
        words = ["rulebook.yaml", roster, "--format", "csv"]
        if schools:
            (tmp_path / "schools.csv").write_text(schools, encoding="utf-8")
            words += ["--schools", "schools.csv"]
        if layout is not None:
            (tmp_path / "given.yaml").write_text(layout, encoding="utf-8")
            words += ["--layout", "given.yaml"]
        return funding("compute", *words, *options)

    return compute


def places(finished: Finished) -> list[str]:
    """The errors shown, each as its code and place."""
    assert "Traceback" not in finished.stderr
    return [f"{problem.code} {problem.at}".strip() for problem in finished.errors]


def totals(finished: Finished) -> dict[str, str]:
    """What each school gets, from the CSV that was printed."""
    assert finished.exit_code == 0, finished.stderr
    lines = [line.split(",") for line in finished.stdout.removeprefix("\ufeff").splitlines()]
    column = lines[0].index("total")
    return {line[0]: line[column] for line in lines[1:]}
