"""What is shared between scenarios is what a run of its own would compute."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import event, given
from hypothesis import strategies as st

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.allocate.repricing import Repricing
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.model.plan import Parameter
from formula_funding.pipeline import Run
from tests.properties.budget import worlds_tried
from tests.properties.running import files_of
from tests.properties.worlds import World, worlds


@worlds_tried(40)
@given(worlds(), st.data())
def test_repricing_gives_what_a_run_of_its_own_gives(world: World, data: st.DataObject) -> None:
    with files_of(world) as files:
        finished = files.run_if_money_exists()
    repricing = Repricing(finished.evaluation)
    parameters = finished.allocation.plan.parameters
    for _ in range(3):
        names = data.draw(st.sets(st.sampled_from(sorted(parameters)), min_size=1, max_size=2))
        factor = data.draw(
            st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(2), Fraction(-1)])
        )
        changed = {name: _times(parameters[name], factor) for name in names}
        expected = _priced_afresh(finished, changed)
        try:
            found = repricing.priced(changed)
        except ProblemsFoundError:
            assert expected is None
            event("no amounts")
            continue
        assert expected is not None
        assert {name: tuple(amounts) for name, amounts in found.lines.items()} == expected
        event("reaches lines" if expected != finished.allocation.lines else "reaches nothing")


def _times(parameter: Parameter, factor: Fraction) -> Parameter:
    values = {key: value * factor for key, value in parameter.values.items()}
    return replace(parameter, values=values)


def _priced_afresh(
    finished: Run, changed: dict[str, Parameter]
) -> dict[str, tuple[int, ...]] | None:
    """The amounts of a plan made anew and of an evaluation that shares nothing."""
    plan = finished.allocation.plan
    tried = replace(plan, parameters={**plan.parameters, **changed})
    counts, register = finished.evaluation.counts, finished.evaluation.register
    try:
        allocation, _ = allocation_from_counts(tried, counts, register, Problems())
    except ProblemsFoundError:
        return None
    return dict(allocation.lines)
