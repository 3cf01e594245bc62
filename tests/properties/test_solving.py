"""What is solved for is what trying every figure finds, and its proof can be computed again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.allocate.search import NoSolutionError, figure_that_meets
from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.exact.number_text import number_to_text
from formula_funding.exact.solving import Direction, Goal, is_proof
from tests.properties.budget import worlds_tried
from tests.properties.running import NO_AMOUNT, document_of, files_of, replayed
from tests.properties.worlds import World, worlds

UNIT = Fraction(1, 4)
STEPS = st.lists(st.integers(0, 6), min_size=2, max_size=60).filter(any)


@given(STEPS, st.sampled_from(Direction), st.booleans(), st.data())
def test_the_search_finds_what_trying_every_figure_finds(
    steps: list[int], direction: Direction, falls: bool, data: st.DataObject
) -> None:
    sums = [sum(steps[: i + 1]) for i in range(len(steps))]
    target = data.draw(st.integers(sums[0], sums[-1]))
    if falls:
        sums.reverse()
    goal = Goal("total", "target", direction, Fraction(0), (len(sums) - 1) * UNIT, UNIT)

    def total_and_target(value: Fraction) -> tuple[Fraction, Fraction]:
        return Fraction(sums[int(value / UNIT)]), Fraction(target)

    if len(set(sums)) == 1:
        with pytest.raises(NoSolutionError, match="every figure"):
            figure_that_meets(goal, total_and_target, number_to_text)
        return
    found = figure_that_meets(goal, total_and_target, number_to_text)
    assert is_proof(goal, found)
    allowed = {
        Direction.AT_MOST: [s for s in sums if s <= target],
        Direction.AT_LEAST: [s for s in sums if s >= target],
        Direction.NEAREST_TO: sums,
    }[direction]
    assert abs(found.remainder) == min(abs(s - target) for s in allowed)
    assert found.total == sums[int(found.value / UNIT)]


def test_a_sum_that_turns_between_the_points_of_the_range_is_noticed() -> None:
    goal = Goal("total", "target", Direction.AT_MOST, Fraction(0), Fraction(1000), Fraction(1))
    with pytest.raises(NoSolutionError, match="rises and falls"):
        figure_that_meets(
            goal, lambda v: (v if v < 500 else 1000 - v, Fraction(300)), number_to_text
        )


@worlds_tried(30)
@given(worlds(), st.sampled_from(("at_most", "at_least", "nearest_to")), st.integers(0, 20))
def test_a_solved_rate_is_replayed_and_judged_on_random_rulebooks(
    world: World, direction: str, target: int
) -> None:
    extra = (
        "  sought: {kind: ratio, solve: {so_that: sum(new_line of schools) + "
        f"sum(newer of schools), {direction}: {target}, between: 0..10, to: 0.05}}}}\n"
        "  each: {kind: %s, value: 1}\n"
    )
    lines = (
        "  new_line: {title: New, for: each student, amount: each * sought * fte + of_it}\n"
        "  newer: {title: Newer, for: each school, amount: each * sought * (rooms + 1)}\n"
    )
    text = world.rulebook.replace("\nlines:\n", f"\nlines:\n{lines}")
    kind = "number" if "points:" in text else "money"
    text = text.replace("parameters:\n", "parameters:\n" + extra % kind, 1)
    text = text.replace("define:\n", "define:\n  of_it: each * max(sought, 1) * fte\n", 1)
    changed = replace(world, rulebook=text)
    with files_of(changed) as files:
        try:
            finished = files.run(engine="plain")
        except ProblemsFoundError as error:
            codes = {problem.code.id for problem in error.problems if problem.is_error}
            assert codes <= NO_AMOUNT | {"D030", "D031"}
            return
        found = finished.allocation.plan.parameters["sought"].found
        assert found is not None
        assert replayed(document_of(finished)) == []
