"""Spaces around cells in quotation marks mean nothing, whoever counts the rows."""

from __future__ import annotations

from pathlib import Path

import pytest

import formula_funding
from formula_funding import ProblemsFoundError
from formula_funding.diagnostics import codes
from formula_funding.tally import duckdb_engine
from tests import spark
from tests.plain_rulebook import RULEBOOK

ENGINES = pytest.mark.parametrize("engine", spark.ENGINES)


def _computed(
    folder: Path, roster: str, engine: str, rulebook: str = RULEBOOK
) -> formula_funding.Result:
    (folder / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
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
        'school_id,g,note\n1,a,"x,\ny" \n1,b,z\n2,b, "v, ""w""\n\n" \n',
        'note,school_id,g\n"x\n\ny" ,"1" ,a\nz,1,b\n"" ,2,"b"  ',
    ],
)
def test_spaces_around_quotation_marks_are_no_text(
    tmp_path: Path, roster: str, engine: str
) -> None:
    found = _computed(tmp_path, roster, engine)
    schools = found.schools[["school_id", "total"]].to_numpy().tolist()
    assert [(school, str(total)) for school, total in schools] == [("1", "110.00"), ("2", "10.00")]


ONLY = "roster: {only: {f: x}}\n"


@ENGINES
@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
@pytest.mark.parametrize(
    "roster",
    [
        'school_id,g,f\n1,a,  "x"\n1,b,x\n2,b,"x"\n1,b,  "y"\n',
        'f,school_id,g\n  "x",1,a\nx,1,b\n   "x",2,b\n  "y",1,b\n',
        'school_id,g,f\n1,  "a","x"\n1,b,  "x" \n2,b,x\n',
        'school_id,note,g,f\n1,"p,\nq",a,x\n1,z,b,x\n2,z,b,x\n2,z,b,y\n',
    ],
)
def test_so_it_is_in_columns_that_pick_rows(
    tmp_path: Path, roster: str, engine: str, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr(duckdb_engine.DuckdbEngine.__init__, "__defaults__", (None, 0))
    (tmp_path / "layout.yaml").write_text(ONLY, encoding="utf-8")
    found = _computed(tmp_path, roster, engine)
    schools = found.schools[["school_id", "total"]].to_numpy().tolist()
    assert [(school, str(total)) for school, total in schools] == [("1", "110.00"), ("2", "10.00")]


@ENGINES
def test_so_it_is_in_texts_that_may_be_anything(tmp_path: Path, engine: str) -> None:
    anything = """\
rulebook: plain
title: Plain
currency: RUB
students: {g: text}
parameters: {hundred: {kind: money, value: 100}, ten: {kind: money, value: 10}}
lines:
  base: {title: Base, for: each student, amount: 'if(g = "a", hundred, ten)'}
"""
    found = _computed(tmp_path, 'school_id,g\n1,  "a"\n1,b\n', engine, anything)
    assert str(found.total) == "110.00"


@ENGINES
def test_so_it_is_in_ids_of_students(tmp_path: Path, engine: str) -> None:
    with pytest.raises(ProblemsFoundError) as error:
        _computed(tmp_path, 'school_id,g,student_id\n1,a,s\n1,b,  "s"\n', engine)
    [problem] = [problem for problem in error.value.problems if problem.is_error]
    assert (problem.code, problem.place and problem.place.line) == (codes.STUDENT_TWICE, 3)


@ENGINES
def test_text_behind_a_closing_quotation_mark_is_an_error_in_its_line(
    tmp_path: Path, engine: str
) -> None:
    with pytest.raises(ProblemsFoundError) as error:
        _computed(tmp_path, 'school_id,g\n"1" ,a\n"1" x,a\n', engine)
    [problem] = [problem for problem in error.value.problems if problem.is_error]
    assert (problem.code, problem.place and problem.place.line) == (codes.RAGGED_ROW, 3)
