"""Random worlds use the whole language: a new field or function must occur in some of them."""

from __future__ import annotations

from hypothesis import given, seed

from formula_funding.formula.tree import SCHOOLS
from formula_funding.model.plan import STUDENTS
from formula_funding.rules.rulebook import Rulebook
from formula_funding.rules.worked_examples import Example
from tests.constructs import Construct, fields_of, fields_written, formulas_of, used_in_formulas
from tests.properties.budget import worlds_tried
from tests.properties.formulas import AGGREGATES_OF_ALL, Habits
from tests.properties.retold import TOLD
from tests.properties.running import files_of
from tests.properties.worlds import World, worlds

ELSEWHERE = {
    # `with_example` in test_retold.py writes examples of these forms, of many schools.
    *((Example.__name__, name) for name in Example.model_fields),
    ("Rulebook", "examples"),
    # test_other_schools.py: schools that read each other.
    ("aggregate", "only", "of", SCHOOLS),
    *(("only", part) for part in ("where", "by")),
    # test_monotone.py: what the proof accepts never falls.
    *(("Rulebook", "monotone"), ("Line", "may_lower")),
}
"""What worlds of other tests use."""
CLASSES = "classes"
TRIED = (90, 5, 5, 2, 2, 2)
"""How many worlds of each kind are looked through at a time."""
TIMES = 10
"""How often, each time other worlds; what is missing then is not written at all."""


def test_every_field_and_function_of_the_language_occurs_in_some_random_world() -> None:
    seen: set[Construct] = set()

    def look(world: World) -> None:
        with files_of(world) as files:
            checked = files.checked()
        seen.update(fields_written(checked.rulebook))
        seen.update(used_in_formulas(checked))

    for first in range(0, len(AGGREGATES_OF_ALL), 2):
        worlds_tried(1)(given(worlds(Habits(first_aggregate=first)))(look))()
    wanted = {*fields_of(Rulebook, {Example}), *formulas_of((STUDENTS, CLASSES))} - ELSEWHERE
    for time in range(TIMES):
        for told, number in zip(TOLD, TRIED, strict=True):
            seed(time)(worlds_tried(number)(given(told)(look)))()
        if wanted <= seen:
            break
    assert sorted(wanted - seen) == []
