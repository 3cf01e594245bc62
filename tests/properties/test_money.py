"""What money may and may not depend on."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from formula_funding.exact.number_text import number_to_text
from tests.properties.budget import worlds_tried
from tests.properties.formulas import STATUSES, Habits
from tests.properties.rulebooks import rulebooks
from tests.properties.running import codes_raised, document_of, files_of
from tests.properties.worlds import STUDENT_ROW, World, worlds

OPEN_ENDED = Habits(
    rounding=False,
    money_constants=False,
    division=False,
    only_sums=True,
    schools_as_a_whole=False,
)
LINEAR_IN_MONEY = Habits(rounding=False, money_constants=False, points=False)


def _amounts(found: dict[str, Any]) -> dict[tuple[str, str], Fraction]:
    return {
        (school["id"], line["id"]): Fraction(line["amount"])
        for school in found["schools"]
        for line in school["lines"]
    }


def _unrounded(found: dict[str, Any]) -> list[Fraction]:
    return [
        Fraction(line["unrounded"])
        for school in found["explanation"]["schools"]
        for line in school["lines"]
    ]


@worlds_tried(20)
@given(worlds(OPEN_ENDED), STUDENT_ROW, st.data())
def test_one_more_student_never_lowers_an_amount_of_an_open_ended_formula(
    world: World, row: dict[str, str], data: st.DataObject
) -> None:
    school = data.draw(st.sampled_from(world.schools))["school_id"]
    newcomer = {"school_id": school} | row | {"students": "1"}
    with files_of(world) as files:
        before = _amounts(document_of(files.run()))
    with files_of(world.with_students([*world.students, newcomer])) as files:
        after = _amounts(document_of(files.run()))
    for (place, line), amount in after.items():
        if place == school:
            assert amount >= before[place, line]
        else:
            assert amount == before[place, line]


@worlds_tried(20)
@given(worlds(), st.data())
def test_swapping_the_status_of_schools_changes_nothing(world: World, data: st.DataObject) -> None:
    schools = tuple(
        school | {"status": data.draw(st.sampled_from(STATUSES))} for school in world.schools
    )
    assume(schools != world.schools)
    with files_of(world) as files:
        before = document_of(files.run_if_money_exists())
        (files.folder / "schools.csv").unlink()
        with files_of(replace(world, schools=schools)) as others:
            others.schools.rename(files.schools)
        assert document_of(files.run()) == before


@worlds_tried(20)
@given(rulebooks(Habits(reads_status=True)))
def test_a_rulebook_compiles_exactly_if_no_formula_reads_the_status(
    written: tuple[str, tuple[str, ...]],
) -> None:
    text, _ = written
    reads = "status" in text.partition("define:")[2]
    world = World(text, ({"school_id": "1"},), ({"school_id": "1"},), None, ())
    with files_of(world) as files:
        assert codes_raised(files.checked) == (["R015"] if reads else [])
    legacy = text.replace("sources:\n", "legacy: kept to compare\nsources:\n")
    with files_of(replace(world, rulebook=legacy)) as files:
        assert codes_raised(files.checked) == []


@worlds_tried(20)
@given(worlds(LINEAR_IN_MONEY), st.sampled_from((Fraction(3), Fraction(1, 2), Fraction(11, 10))))
def test_all_rates_times_k_give_exactly_k_times_the_unrounded_amounts(
    world: World, k: Fraction
) -> None:
    with files_of(world) as files:
        before = _unrounded(document_of(files.run_if_money_exists()))
    schools = tuple(
        school | {"budget": number_to_text(Fraction(school["budget"]) * k)}
        for school in world.schools
    )
    scaled = replace(world, rulebook=_scaled(world.rulebook, k), schools=schools)
    with files_of(scaled) as files:
        assert _unrounded(document_of(files.run())) == [k * amount for amount in before]


def _scaled(rulebook: str, k: Fraction) -> str:
    """The rulebook with every figure of every parameter of money times k."""
    head, _, rest = rulebook.partition("parameters:\n")
    parameters, _, tail = rest.partition("steps:\n")
    entries = re.split(r"^(?=  \w)", parameters, flags=re.MULTILINE)

    def times_k(match: re.Match[str]) -> str:
        return match[1] + number_to_text(Fraction(match[2].replace("_", "")) * k)

    scaled = [
        re.sub(r"(: |: -)([0-9][0-9_.]*)(?=[,}\n])", times_k, entry)
        if "kind: money" in entry
        else entry
        for entry in entries
    ]
    return f"{head}parameters:\n{''.join(scaled)}steps:\n{tail}"
