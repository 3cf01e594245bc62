"""Nobody is lost: groups and ledger add up to the students whom a condition, told apart in
Python, lets through.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact.number_text import number_to_text
from tests.properties.budget import worlds_tried
from tests.properties.rulebooks import HEAD
from tests.properties.running import document_of, files_of
from tests.properties.worlds import Predicate, World, conditions, worlds
from tests.spark import OF_THIS_MACHINE

RULES = """\
define:
  stage: {from: grade, bands: {low: 1..2, high: 3..4}}
parameters:
  rate: {kind: money, value: 12.5}
steps:
  chosen: 'count(students where %s)'
  part: 'share(students where %s)'
  places: 'sum(fte of students where %s)'
lines:
  first: {title: First, for: each student, when: '%s', amount: rate * fte}
  second: {title: Second, for: each student, when: '%s', amount: rate}
"""


@worlds_tried(40)
@given(worlds(), conditions(), conditions())
def test_groups_aggregates_and_ledger_count_exactly_those_whom_the_conditions_let_through(
    world: World, first: tuple[str, Predicate], second: tuple[str, Predicate]
) -> None:
    (text, holds), (other_text, holds_too) = first, second
    rulebook = HEAD + RULES % (text, text, text, text, other_text)
    with files_of(World(rulebook, world.schools, world.students, None, ())) as files:
        found = document_of(files.run(engine="plain"))
    everyone = _students(world, lambda _: True)
    unfunded = _students(world, lambda row: not holds(row) and not holds_too(row))
    ledger = found["ledger"]
    excluded: Counter[str] = Counter()
    for entry in ledger["excluded"]:
        excluded[entry["school"]] += entry["students"]
    assert excluded == unfunded
    assert {entry["id"]: entry["students"] for entry in ledger["schools"]} == {
        school["school_id"]: everyone[school["school_id"]] for school in world.schools
    }
    assert ledger["students_read"] == everyone.total()
    assert ledger["students_excluded"] == unfunded.total()
    assert ledger["students_funded"] == everyone.total() - unfunded.total()
    let_through = _students(world, holds)
    for name, condition in (("first", holds), ("second", holds_too)):
        assert _grouped(found, name) == _students(world, condition)
    for school in found["explanation"]["schools"]:
        steps = {step["name"]: step["value"] for step in school["steps"]}
        assert steps["chosen"] == str(let_through[school["id"]])
        assert steps["part"] == _quotient(let_through[school["id"]], everyone[school["id"]])


def _students(world: World, condition: Predicate) -> Counter[str]:
    """The students by school; a school with none does not occur."""
    found: Counter[str] = Counter()
    for row in world.students:
        if condition(row):
            found[row["school_id"]] += int(row["students"])
    return +found


def _grouped(found: dict[str, Any], name: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for school in found["explanation"]["schools"]:
        for line in school["lines"]:
            if line["id"] == name:
                counted[school["id"]] += sum(group["students"] for group in line["groups"])
    return +counted


def _quotient(part: int, whole: int) -> str:
    return number_to_text(Fraction(part, whole) if whole else Fraction(0))


@worlds_tried(15)
@given(worlds(), st.sampled_from(OF_THIS_MACHINE))
def test_students_read_are_those_funded_and_those_excluded_in_every_school(
    world: World, engine: str
) -> None:
    with files_of(world) as files:
        files.run_if_money_exists()
        ledger = document_of(files.run(engine=engine))["ledger"]
    assert ledger["rows_read"] == len(world.students)
    assert ledger["students_read"] == ledger["students_funded"] + ledger["students_excluded"]
    assert {entry["id"]: entry["students"] for entry in ledger["schools"]} == {
        school["school_id"]: _students(world, lambda _: True)[school["school_id"]]
        for school in world.schools
    }
    for entry in ledger["schools"]:
        excluded = [e["students"] for e in ledger["excluded"] if e["school"] == entry["id"]]
        assert 0 <= sum(excluded) <= entry["students"]
