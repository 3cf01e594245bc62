"""A table of rates may lack a key only where a condition really keeps the key away."""

from __future__ import annotations

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.budget import worlds_tried
from tests.properties.formulas import GRADES, GROUPS
from tests.properties.rulebooks import HEAD
from tests.properties.running import codes_raised, files_of
from tests.properties.worlds import BIRTHDAYS, FTES, Condition, World, conditions

RULES = """\
define:
  stage: {from: grade, bands: {low: 1..2, high: 3..4}}
parameters:
  partial: {kind: money, by: g, values: {a: 12.5, b: 7}}
lines:
  base: {title: Base, for: each student, %s}
"""
WAYS = (
    "amount: 'if(%s, partial[g], 0)'",
    "when: '%s', amount: 'partial[g]'",
    "amount: 'sum(partial[g] of students where %s)'",
)
SCHOOL = {"school_id": "1"}


def _everyone() -> list[dict[str, str]]:
    """A student of every kind that the rulebook can tell apart."""
    names = ("g", "grade", "fte", "meal", "born")
    grades = [str(grade) for grade in range(1, GRADES + 1)]
    kinds = product(GROUPS, grades, FTES, ("yes", "no"), BIRTHDAYS)
    return [SCHOOL | dict(zip(names, kind, strict=True)) for kind in kinds]


EVERYONE = _everyone()


@worlds_tried(150)
@given(conditions(), st.sampled_from(WAYS))
def test_a_lacking_rate_passes_the_check_only_if_no_student_can_ask_for_it(
    condition: Condition, way: str
) -> None:
    text, holds = condition
    world = World(HEAD + RULES % (way % text), (SCHOOL,), (SCHOOL,), None, ())
    with files_of(world) as files:
        found = codes_raised(files.checked)
    assert found in ([], ["F007"])
    if not found:
        assert not any(holds(row) for row in EVERYONE if row["g"] == "лицей")


def test_the_check_understands_the_plain_ways_of_leaving_a_value_out() -> None:
    passed = Counter[str]()
    for way, text in product(WAYS, ("g != лицей", "g = a", "g in [a, b]", "g = b and meal")):
        world = World(HEAD + RULES % (way % text), (SCHOOL,), (SCHOOL,), None, ())
        with files_of(world) as files:
            passed[way] += not codes_raised(files.checked)
    assert passed == dict.fromkeys(WAYS, 4)
