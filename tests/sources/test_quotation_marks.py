"""Spaces around cells in quotation marks mean nothing, whoever counts the rows."""

from __future__ import annotations

from pathlib import Path

import pytest

import formula_funding
from formula_funding import ProblemsFoundError
from formula_funding.diagnostics import codes
from tests import spark
from tests.plain_rulebook import RULEBOOK

ENGINES = pytest.mark.parametrize("engine", spark.ENGINES)


def _computed(folder: Path, roster: str, engine: str) -> formula_funding.Result:
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    path = folder / "roster.csv"
    path.write_text(roster, encoding="utf-8", newline="")
    return formula_funding.compute(
        folder / "rulebook.yaml", path, engine=engine, master=spark.master_of(engine)
    )


@ENGINES
@pytest.mark.parametrize(
    "roster",
    [
        'school_id,g\n"1" ,a\n1,"b"  \n2,b\n',
        '"school_id" ,g \r\n1,a\r\n"1" , "b" \r\n2,b\r\n',
        'school_id,g\n1,a\n   "1",b\n2,  "b"\n',
        'school_id,g,note\n1,a,"x"" ,"\n1,b,"y, "" ,z" \n"2" ,b,","\n',
        'school_id;g\n"1" ;a\n1;"b" \n2; "b" ',
    ],
)
def test_spaces_around_quotation_marks_are_no_text(
    tmp_path: Path, roster: str, engine: str
) -> None:
    found = _computed(tmp_path, roster, engine)
    schools = found.schools[["school_id", "total"]].to_numpy().tolist()
    assert [(school, str(total)) for school, total in schools] == [("1", "110.00"), ("2", "10.00")]


@ENGINES
def test_text_behind_a_closing_quotation_mark_is_an_error_in_its_line(
    tmp_path: Path, engine: str
) -> None:
    with pytest.raises(ProblemsFoundError) as error:
        _computed(tmp_path, 'school_id,g\n"1" ,a\n"1" x,a\n', engine)
    [problem] = [problem for problem in error.value.problems if problem.is_error]
    assert (problem.code, problem.place and problem.place.line) == (codes.RAGGED_ROW, 3)
