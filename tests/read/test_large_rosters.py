"""What is wrong with a large roster is found without looking at alike cells again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path

import pytest

from formula_funding.read import roster_rows
from formula_funding.read.unknown_school import hint_for_unknown
from formula_funding.sources.parquet import silent_duckdb
from tests.conftest import Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11, score: {kind: number}}
parameters: {norm: {kind: money, value: 1}}
lines: {base: {title: Base, for: each student, amount: norm * grade * score}}
"""


def _files(folder: Path, rows: Collection[str]) -> tuple[str, ...]:
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (folder / "schools.csv").write_text("school_id,name\n001,A\n002,B\n", encoding="utf-8")
    text = "".join(f"{row}\n" for row in ("school_id,student_id,grade,score", *rows))
    (folder / "roster.csv").write_text(text, encoding="utf-8")
    return ("rulebook.yaml", "roster.csv", "--schools", "schools.csv")


@pytest.mark.parametrize(("codes", "asked"), [(3, 3), (50, 0)])
def test_a_code_that_the_register_lacks_is_compared_with_it_once_if_it_is_told_alone(
    funding: Funding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codes: int, asked: int
) -> None:
    """To compare it is the dearest of all, and the same codes stand in thousands of rows."""
    compared = Counter[str]()

    def hint(code: str, known: Collection[str]) -> str:
        compared[code] += 1
        return hint_for_unknown(code, known)

    monkeypatch.setattr(roster_rows, "hint_for_unknown", hint)
    rows = [f"{900 + i % codes},s{i},5,1" for i in range(300)] + ["001,s,5,1", "002,t,5,1"]
    finished = funding("compute", *_files(tmp_path, rows))
    assert compared == Counter({str(900 + i): 1 for i in range(asked)})
    if asked:
        says = [f"the register has no school `{900 + i}`" for i in range(codes)]
        assert [problem.code for problem in finished.errors] == ["D009"] * codes
        assert all(a in b.says for a, b in zip(says, finished.errors, strict=True))
        assert all("(100 times; " in problem.says for problem in finished.errors)
    else:
        (problem,) = finished.errors
        assert "the register lacks 50 schools of this column: `900`" in problem.says
        assert "(300 times; " in problem.says


@pytest.mark.parametrize("remembered", [0, 1, 10_000])
def test_the_same_is_found_however_many_texts_are_remembered(
    funding: Funding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    monkeypatch.setattr(roster_rows, "_REMEMBERED", remembered)
    rows = [f"00{1 + i % 2},s{i},{i % 13},{i}.5" for i in range(1, 53)]
    rows += ["001,s7,7,7.5", "total,x,7,1", ",y,7,1", "school_id,student_id,grade,score"]
    finished = funding("compute", *_files(tmp_path, rows), "--engine", "plain")
    found = [(problem.code, problem.at) for problem in finished.errors]
    assert found == [
        ("D007", "roster.csv:13:3"),
        ("D012", "roster.csv:54:2"),
        ("D021", "roster.csv:55:1"),
        ("D008", "roster.csv:56:1"),
        ("D073", "roster.csv:57:1"),
    ]
    assert "(8 times; also in 14:3, 26:3, " in finished.errors[0].says


def test_duckdb_draws_no_bar_of_its_own() -> None:
    """It would stand among the results, on standard output, piped or not."""
    with silent_duckdb() as connection:
        setting = "SELECT current_setting('enable_progress_bar')"
        assert connection.execute(setting).fetchall() == [(False,)]
