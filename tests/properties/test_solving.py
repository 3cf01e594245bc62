"""What is solved for is what trying every figure finds, and its proof can be computed again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.search import NoSolutionError, figure_that_meets
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.exact.column import Column
from formula_funding.exact.number_text import number_to_text
from formula_funding.exact.solving import Direction, Goal, is_proof
from formula_funding.pipeline import Run, checked_rulebook
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
        goal = files.plan().parameters["sought"].goal
        assert goal is not None
        event(f"proved: {goal.goes_one_way}")
        if goal.goes_one_way:
            _assert_one_way(finished, goal)


def _assert_one_way(finished: Run, goal: Goal) -> None:
    """The sum at figures along the range never turns."""
    evaluation, sums = finished.evaluation, []
    for tenths in range(0, 101, 5):
        plan = evaluation.plan.with_value("sought", Fraction(tenths, 10))
        tried = Evaluation(plan, evaluation.counts, evaluation.register, Problems())
        total = tried.system.read(goal.total)
        assert isinstance(total, Column)
        sums.append(total.value(0))
    existing = [total for total in sums if total is not None]
    assert existing in (sorted(existing), sorted(existing, reverse=True))


@pytest.mark.parametrize(
    ("sum_of_all", "is_proved"),
    [
        ("sum(min(need, round(wealth * rate, 0)) of schools)", True),
        ("sum(norm * rate * 2 of schools)", True),
        ("pot - sum(wealth * rate of schools)", True),
        ("sum(paid of schools)", True),
        ("sum(if(rate > 50%, wealth * rate, wealth) of schools)", False),
        ("sum(wealth * rate * (1 - rate) of schools)", False),
        ("sum(any_sign * rate of schools)", False),
    ],
)
def test_a_sum_is_said_to_go_one_way_only_where_its_formulas_show_it(
    tmp_path: Path, sum_of_all: str, *, is_proved: bool
) -> None:
    rulebook = tmp_path / "rulebook.yaml"
    rulebook.write_text(
        f"""\
rulebook: one-way
title: One way
currency: RUB
students: {{g: [a, b]}}
schools: {{wealth: money, need: money, any_sign: {{kind: money, range: ..1000}}}}
parameters:
  pot: {{kind: money, value: 100}}
  norm: {{kind: money, value: 3}}
  rate:
    kind: ratio
    solve: {{so_that: "{sum_of_all}", at_most: pot, between: 0..1, to: 0.01}}
lines:
  paid: {{title: Paid, for: each student, when: g = a, amount: norm * rate}}
""",
        encoding="utf-8",
    )
    problems = Problems()
    plan = plan_from_rulebook(checked_rulebook(rulebook, problems), None, problems)
    goal = plan.parameters["rate"].goal
    assert goal is not None
    assert goal.goes_one_way is is_proved
