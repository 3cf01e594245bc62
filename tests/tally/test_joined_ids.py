"""An id of several columns means one school or student, however their texts are parted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

import formula_funding
from formula_funding import ProblemsFoundError
from formula_funding.diagnostics import codes
from formula_funding.tally.duckdb_engine import DuckdbEngine
from tests import spark
from tests.plain_rulebook import RULEBOOK

BY_PART = RULEBOOK.replace(
    "  g: [a, b]\n",
    "  g: [a, b]\n  part: {range: 0..1}\ncounting: {same_student: split_fte, fte: part}\n",
).replace("rate[g]", "rate[g] * part")
LAYOUT = """\
roster:
  columns: {school_id: [d, n], student_id: [a, b]}
schools:
  columns: {school_id: [d, n]}
"""
HEADER = "d,n,g,a,b,part\n"


@pytest.fixture(params=[*spark.ENGINES, "coded"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param != "coded":
        yield request.param
        return
    with patch.object(DuckdbEngine.__init__, "__defaults__", (None, 0)):
        yield "duckdb"


def _computed(
    folder: Path, rows: str, engine: str, rulebook: str = RULEBOOK, schools: str | None = None
) -> formula_funding.Result:
    (folder / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
    (folder / "layout.yaml").write_text(LAYOUT, encoding="utf-8")
    (folder / "roster.csv").write_text(HEADER + rows, encoding="utf-8")
    if schools is not None:
        (folder / "schools.csv").write_text(schools, encoding="utf-8")
    return formula_funding.compute(
        folder / "rulebook.yaml",
        folder / "roster.csv",
        schools=None if schools is None else folder / "schools.csv",
        layout=folder / "layout.yaml",
        engine=engine,
        master=spark.master_of(engine),
    )


@pytest.mark.parametrize("schools", [None, "school_id\n1-2-3\n4-5\n"], ids=["alone", "register"])
def test_two_schools_whose_parts_join_alike_are_an_error_at_the_second(
    tmp_path: Path, engine: str, schools: str | None
) -> None:
    rows = "1-2,3,a,1,1,1\n4,5,a,2,1,1\n1 ,2-3,b,3,1,1\n"
    layout = LAYOUT if schools is None else LAYOUT.partition("schools:")[0]
    with patch(f"{__name__}.LAYOUT", layout), pytest.raises(ProblemsFoundError) as error:
        _computed(tmp_path, rows, engine, schools=schools)
    [problem] = [problem for problem in error.value.problems if problem.is_error]
    assert problem.code is codes.JOINED_ALIKE
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (4, 1)
    assert "`1-2-3`" in problem.message


def test_a_part_of_an_id_may_hold_a_hyphen(tmp_path: Path, engine: str) -> None:
    rows = "1-2,3,a,1,1,1\n1-2,3 ,b,2,1,1\n1-2,4,a,3,1,1\n5,6,a,4,1,1\n"
    result = _computed(tmp_path, rows, engine)
    assert result.total == 310
    assert list(result.schools["school_id"]) == ["1-2-3", "1-2-4", "5-6"]


def test_two_students_whose_parts_join_alike_are_two(tmp_path: Path, engine: str) -> None:
    rows = "1,3,a,1-2,3,1\n1,3,a,1,2-3,1\n"
    assert _computed(tmp_path, rows, engine).total == 200


def test_the_parts_of_two_students_whose_ids_join_alike_do_not_add_up(
    tmp_path: Path, engine: str
) -> None:
    rows = "1,3,a,1-2,3,1\n1,3,a,1,2-3,1\n1,3,b,7,7,0.5\n1,4,b,7, 7,0.5\n"
    assert _computed(tmp_path, rows, engine, BY_PART).total == 210


def test_a_student_known_by_two_columns_still_stands_twice(tmp_path: Path, engine: str) -> None:
    with pytest.raises(ProblemsFoundError) as error:
        _computed(tmp_path, "1,3,a,1,3,1\n1,4,a, 1,3 ,1\n", engine)
    assert codes.STUDENT_TWICE in [problem.code for problem in error.value.problems]


@pytest.mark.parametrize("once", ["", "  identical_rows: once\n"])
def test_two_schools_of_a_register_whose_parts_join_alike_are_an_error(
    tmp_path: Path, once: str
) -> None:
    with (
        patch(f"{__name__}.LAYOUT", LAYOUT + once),
        pytest.raises(ProblemsFoundError) as error,
    ):
        _computed(tmp_path, "4,5,a,1,1,1\n", "auto", schools="d,n\n4,5\n1-2,3\n1,2-3\n")
    [problem] = [problem for problem in error.value.problems if problem.is_error]
    assert problem.code is codes.JOINED_ALIKE
    assert problem.place is not None
    assert problem.place.line == 4
