"""What a world is told in changes nothing: changes of another rulebook, enrolments, an example."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from formula_funding.diagnostics.problem import Problems
from formula_funding.examples import run_examples
from tests.properties.budget import worlds_tried
from tests.properties.retold import (
    COUNTING,
    amounts,
    as_changes,
    one_by_one,
    with_enrolments,
    with_example,
)
from tests.properties.running import files_of
from tests.properties.worlds import World, worlds
from tests.spark import OF_THIS_MACHINE


@worlds_tried(15)
@given(worlds(), st.data())
def test_a_rulebook_written_as_changes_of_another_gives_the_same(
    world: World, data: st.DataObject
) -> None:
    with files_of(world) as files:
        expected = amounts(files.run_if_money_exists())
    with files_of(data.draw(as_changes(world))) as files:
        assert amounts(files.run()) == expected


@worlds_tried(14)
@given(worlds().filter(one_by_one), st.sampled_from(sorted(COUNTING)), st.data())
def test_rows_of_one_student_that_count_give_the_same_as_students_one_by_one(
    world: World, policy: str, data: st.DataObject
) -> None:
    with files_of(world) as files:
        expected = amounts(files.run_if_money_exists())
    with files_of(data.draw(with_enrolments(world, policy))) as files:
        for engine in OF_THIS_MACHINE:
            assert amounts(files.run(engine=engine)) == expected


@worlds_tried(14)
@given(worlds())
def test_what_a_run_finds_holds_as_a_worked_example(world: World) -> None:
    with files_of(world) as files:
        finished = files.run_if_money_exists()
    problems = Problems()
    with files_of(with_example(world, finished)) as files:
        assert run_examples(files.checked(), problems) == 1
    assert [problem.message for problem in problems if problem.is_error] == []
