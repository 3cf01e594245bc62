"""A roster with something wrong in it ends in problems with their lines, and in nothing else."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.diagnostics.problem import Problem, ProblemsFoundError
from formula_funding.tally.tally import cuts_of
from tests.properties.budget import worlds_tried
from tests.properties.running import Files, files_of, told
from tests.properties.worlds import World, worlds
from tests.spark import OF_THIS_MACHINE

BAD = {
    "school_id": ("", " ", "02", "1.0", "'; DROP TABLE joint; --"),
    "g": ("", "A", "c", "a b", "None", "\u00a0", "=1+1"),
    "grade": ("", "0", "5", "1.5", "x", "١", "1e0", "1/1", "½", "1,0", "9" * 60),
    "fte": ("", "-1", "2.001", "0,5", "nan", "inf", "1e1", "0x1", ".5", "50%", "½"),
    "meal": ("", "maybe", "2", "ага", "true false"),
    "born": ("", "2020-13-01", "20200101", "01.02.2020", "2020-1-1", "2021-02-29", "today"),
    "students": ("", "-1", "1.5", "x", "1e3", "٣", "+1", "1_000", "1000000000000000"),
}
"""Texts that are no value of the column, whatever the rulebook."""


@worlds_tried(50)
@given(worlds(), st.data(), st.sampled_from(OF_THIS_MACHINE))
def test_every_bad_cell_is_reported_with_the_line_of_its_row(
    world: World, data: st.DataObject, engine: str
) -> None:
    with files_of(world) as files:
        columns = [
            "school_id",
            "students",
            *sorted({a for cut in cuts_of(files.plan()) for a in cut}),
        ]
        rows = [dict(row) for row in world.students]
        chosen = data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1, max_size=3))
        for number in chosen:
            column = data.draw(st.sampled_from(columns))
            rows[number][column] = data.draw(st.sampled_from(BAD[column]))
        _write(files, [list(rows[0]), *(list(row.values()) for row in rows)])
        problems = _problems(files, engine)
    assert all(problem.code.id in {"D006", "D007", "D008", "D009", "D011"} for problem in problems)
    assert _lines(problems) == {number + 2 for number in chosen}


@worlds_tried(15)
@given(worlds(), st.data(), st.sampled_from(OF_THIS_MACHINE))
def test_a_row_with_more_or_fewer_cells_is_reported_with_its_line(
    world: World, data: st.DataObject, engine: str
) -> None:
    rows = [list(row.values()) for row in world.students]
    number = data.draw(st.integers(0, len(rows) - 1))
    rows[number] = data.draw(st.sampled_from((rows[number][:-1], [*rows[number], "x"], ["1"])))
    with files_of(world) as files:
        _write(files, [list(world.students[0]), *rows])
        problems = _problems(files, engine)
    assert [problem.code.id for problem in problems] == ["D005"]
    assert _lines(problems) == {number + 2}


@worlds_tried(15)
@given(worlds(), st.data(), st.sampled_from(OF_THIS_MACHINE))
def test_empty_cells_beyond_the_header_change_nothing(
    world: World, data: st.DataObject, engine: str
) -> None:
    rows = [
        [*row.values(), *data.draw(st.sampled_from(([], [""], ["", " "], ["", "", "\t"])))]
        for row in world.students
    ]
    with files_of(world) as files:
        expected = told(files.run_if_money_exists())
        _write(files, [list(world.students[0]), *rows])
        assert told(files.run(engine=engine)) == expected


@worlds_tried(15)
@given(worlds(), st.data(), st.sampled_from(OF_THIS_MACHINE))
def test_a_student_id_that_is_empty_or_stands_twice_is_reported_with_its_line(
    world: World, data: st.DataObject, engine: str
) -> None:
    rows = [["s0", *world.students[0].values()]]
    rows += [[f"s{number}", *row.values()] for number, row in enumerate(world.students, start=1)]
    number = data.draw(st.integers(1, len(rows) - 1))
    rows[number][0] = data.draw(st.sampled_from(("", " ", "s0", "s0 ", "\ts0", "\u00a0")))
    with files_of(world) as files:
        _write(files, [["student_id", *world.students[0]], *rows])
        problems = _problems(files, engine)
    code = "D012" if rows[number][0].strip() else "D006"
    assert [problem.code.id for problem in problems] == [code]
    assert _lines(problems) == {number + 2}


@worlds_tried(15)
@given(worlds(), st.data(), st.sampled_from(OF_THIS_MACHINE))
def test_a_byte_that_is_no_text_is_reported_with_its_line(
    world: World, data: st.DataObject, engine: str
) -> None:
    number = data.draw(st.integers(0, len(world.students) - 1))
    with files_of(world) as files:
        lines = files.roster.read_bytes().splitlines(keepends=True)
        lines[number + 1] = data.draw(st.sampled_from((b"\xff", b"\xe9,"))) + lines[number + 1]
        files.roster.write_bytes(b"".join(lines))
        problems = _problems(files, engine)
    assert [problem.code.id for problem in problems] == ["Y002"]
    assert _lines(problems) == {number + 2}


def _write(files: Files, rows: list[list[str]]) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    files.roster.write_text(buffer.getvalue(), encoding="utf-8", newline="")


def _problems(files: Files, engine: str) -> list[Problem]:
    """The errors with which the run ends; all of them are the roster's."""
    with pytest.raises(ProblemsFoundError) as raised:
        files.run(engine=engine)
    errors = [problem for problem in raised.value.problems if problem.is_error]
    for problem in errors:
        assert problem.place is not None
        assert problem.place.file == files.roster.as_posix()
    return errors


def _lines(problems: list[Problem]) -> set[int]:
    return {
        place.line
        for problem in problems
        for place in (problem.place, *problem.more_places)
        if place is not None
    }
