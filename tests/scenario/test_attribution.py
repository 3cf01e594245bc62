"""Why the amounts change: every cause by name, by hand calculations and on random worlds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.model.inputs import Inputs
from formula_funding.whatif import ComparedScenario, compare
from tests.properties.budget import worlds_tried
from tests.properties.running import files_of, write_csv
from tests.properties.worlds import World, worlds
from tests.scenario.test_compare import (
    CITY,
    HEAD,
    _adds_up,
    _if_money_exists,
    _scenario,
)

VILLAGE = """
rulebook: village
title: Village
currency: RUB
students: {g: [a, b]}
schools: {floor: money, cap: money}
parameters:
  rate: {kind: money, by: g, values: {a: 100, b: 300}}
  lump: {kind: money, value: 50}
steps: {formula: "sum(rate[g] of students) + lump"}
lines:
  held: {title: Held, for: each school, amount: "clamp(formula, floor, cap)", rounding: ROUNDING}
"""


def _village(
    folder: Path, scenario: str, floor: int, cap: int, rounding: str = "0.01"
) -> ComparedScenario:
    """One school with three students of kind a and one of b: 100 × 3 + 300 + 50 = 650."""
    book = VILLAGE.replace("ROUNDING", rounding)
    (folder / "rulebook.yaml").write_text(book, encoding="utf-8")
    (folder / "roster.csv").write_text("school_id,g\n1,a\n1,a\n1,a\n1,b\n", encoding="utf-8")
    (folder / "schools.csv").write_text(f"school_id,floor,cap\n1,{floor},{cap}\n", "utf-8")
    inputs = Inputs(folder / "rulebook.yaml", (folder / "roster.csv",), folder / "schools.csv")
    return compare(inputs, _scenario(folder, scenario))


@pytest.mark.parametrize(
    ("scenario", "floor", "cap", "causes", "together"),
    [
        # a floor that begins to bind: 650 - 65 would be 585
        ("set: {rate: -10%}", 600, 9_999, {"rate -10%": -60_00, "limits": 10_00}, 0),
        # a cap that begins to bind: 650 + 120 would be 770
        ("set: {rate: +20%}", 0, 700, {"rate +20%": 120_00, "limits": -70_00}, 0),
        # a floor that binds all the time: nothing changes, and nothing is told
        ("set: {rate: -10%}", 800, 9_999, {}, 0),
        # a floor that ceases to bind: 700 before, 770 after
        ("set: {rate: +20%}", 700, 9_999, {"limits": 70_00}, 0),
        # two figures, and what they make of each other's students: none here, they only add
        ("set: {rate: +10%, lump: 60}", 0, 9_999, {"rate +10%": 60_00, "lump 60": 10_00}, 0),
        # twice as many: 4 × 100 + 2 × 300 … the lump stays; the mix stays
        ("grow: [{by: +100%}]", 0, 9_999, {"number": 600_00}, 0),
        # as many students, but b in the place of a
        (
            "grow: [{by: +1, where: g = b}, {by: -1, where: g = a}]",
            0,
            9_999,
            {"number": 0, "mix": 200_00},
            0,
        ),
        # a higher rate for more students: 60 + 600 alone, 60 more together
        (
            "set: {rate: +10%}\ngrow: [{by: +100%}]",
            0,
            9_999,
            {"rate +10%": 60_00, "number": 600_00},
            60_00,
        ),
    ],
)
def test_each_cause_is_told_by_its_name(
    tmp_path: Path, scenario: str, floor: int, cap: int, causes: dict[str, int], together: int
) -> None:
    compared = _village(tmp_path, scenario + "\n", floor, cap)
    (school,) = compared.differences
    assert school.causes == {cause: amount for cause, amount in causes.items() if amount}
    assert school.together == together
    assert _adds_up(compared)


def test_what_rounding_makes_is_a_cause_of_its_own(tmp_path: Path) -> None:
    """650 and 652.50 rounded to 100: 700 and 700; without rounding it would be 2.50 more."""
    compared = _village(tmp_path, "set: {lump: +5%}\n", 0, 9_999, "100")
    (school,) = compared.differences
    assert school.change == 0
    assert school.causes == {"lump +5%": 2_50, "rounding": -2_50}


def test_a_figure_that_is_solved_for_is_scaling(tmp_path: Path) -> None:
    """A budget of 1,000 for 4 students is 250 each; a fifth makes it 200 for all."""
    book = """
rulebook: scaled
title: Scaled
currency: RUB
students: {g: [a, b]}
parameters:
  budget: {kind: money, value: 1_000}
  rate:
    kind: money
    solve: {so_that: sum(wanted of schools), at_most: budget, between: 0..1_000, to: 0.01}
steps: {wanted: rate * count(students)}
lines: {base: {title: Base, for: each school, amount: wanted}}
"""
    (tmp_path / "rulebook.yaml").write_text(book, encoding="utf-8")
    roster = tmp_path / "roster.csv"
    roster.write_text("school_id,g\n1,a\n1,a\n2,a\n2,b\n", encoding="utf-8")
    scenario = _scenario(tmp_path, "grow: [{by: +1, schools: ['1']}]\n")
    compared = compare(Inputs(tmp_path / "rulebook.yaml", (roster,)), scenario)
    first, second = compared.differences
    assert first.causes == {"number": 250_00, "limits": -150_00}
    assert second.causes == {"limits": -100_00}


def test_a_figure_that_the_scenario_alone_solves_for_is_tried_as_it_was_found(
    tmp_path: Path,
) -> None:
    """10 each for x, y and x; then r, 2r and r make 100, so r is 25.

    Paid at 25 by the old rule the schools get 50 and 25, at 10 by the new one 30 and 10, and
    by both 75 and 25. What r is solved by does not exist in the base.
    """
    book = """
rulebook: fixed
title: Fixed
currency: RUB
students: {g: [x, y]}
parameters: {rate: {kind: money, value: 10}, pot: {kind: money, value: 100}}
lines: {base: {title: Base, for: each student, amount: rate}}
"""
    rules = """
rules:
  without: [parameters.rate.value]
  parameters:
    rate: {solve: {so_that: sum(paid of schools), at_most: pot, between: 0..1_000, to: 0.01}}
  steps: {paid: "sum(if(g = x, rate, 2 * rate) of students)"}
  lines: {base: {amount: "if(g = x, rate, 2 * rate)"}}
"""
    (tmp_path / "rulebook.yaml").write_text(book, encoding="utf-8")
    roster = tmp_path / "roster.csv"
    roster.write_text("school_id,g\n1,x\n1,y\n2,x\n", encoding="utf-8")
    inputs = Inputs(tmp_path / "rulebook.yaml", (roster,))
    first, second = compare(inputs, _scenario(tmp_path, rules)).differences
    assert first.causes == {"rate": 30_00, "line:base": 10_00}
    assert (first.together, first.after) == (15_00, 75_00)
    assert second.causes == {"rate": 15_00}


def test_causes_are_told_line_by_line(tmp_path: Path) -> None:
    """0415: two primary pupils, 160,300 each; none of them with special needs."""
    compared = compare(CITY, _scenario(tmp_path, "set: {'norm[primary]': +5%}\n"))
    gymnasium = {d.school: d for d in compared.differences}["0415"]
    assert gymnasium.split["norm[primary] +5%"] == {"base": 16_030_00}
    special = {d.school: d for d in compared.differences}["0131"]
    assert special.split["norm[primary] +5%"] == {"base": 16_030_00, "needs_supplement": 16_030_00}


# random pairs of rulebooks and rosters


@worlds_tried(12)
@given(worlds(), worlds(), st.sampled_from(("same students", "others")))
def test_causes_add_up_for_every_school_and_line_between_random_rulebooks(
    world: World, other: World, students: str
) -> None:
    """Another rulebook over our roster, with its floors, caps, pots and roundings."""
    with files_of(world) as files:
        (files.folder / "other.yaml").write_text(other.rulebook, encoding="utf-8")
        text = "rulebook: other.yaml\nset: {money_figure: 7, 'partial[a]': +3%}\n"
        if other.as_of is not None:
            text += f"as_of: {other.as_of}\n"
        if students == "others" and any(int(row["students"]) for row in world.students):
            text += "open: [{school: '99', with: {place: city, area: 3, rooms: 1, budget: 5, "
            text += "remote: no, status: lyceum, district: x, need: 1}}]\n"
            text += "grow: [{by: +35%}]\n"
            if len(world.schools) > 1:
                first, second = (school["school_id"] for school in world.schools[:2])
                text += f"close: [{{school: '{first}', to: '{second}'}}]\n"
        scenario = files.folder / "scenario.yaml"
        scenario.write_text(HEAD + text, encoding="utf-8")
        compared = _if_money_exists(files.inputs(), scenario)
        assert _adds_up(compared)
        total = sum(d.change for d in compared.differences)
        scales = [10 ** (compared.places - r.places) for r in (compared.after, compared.base)]
        assert total == compared.after.total * scales[0] - compared.base.total * scales[1]


@worlds_tried(10)
@given(worlds())
def test_what_does_not_change_has_no_cause(world: World) -> None:
    """The same rulebook under another name, and a roster in which nobody moves in the end."""
    with files_of(world) as files:
        (files.folder / "same.yaml").write_text(world.rulebook, encoding="utf-8")
        text = "rulebook: same.yaml\nset: {money_figure: +0%}\n"
        if files.as_of is not None:
            text += f"as_of: {files.as_of}\n"
        if any(int(row["students"]) for row in world.students):
            text += "grow: [{by: +0%}]\n"
        scenario = files.folder / "scenario.yaml"
        scenario.write_text(HEAD + text, encoding="utf-8")
        compared = _if_money_exists(files.inputs(), scenario)
        assert compared.causes == ()
        assert all(not any(of.values()) for d in compared.differences for of in d.split.values())


@worlds_tried(10)
@given(worlds())
def test_a_school_that_nothing_touches_has_no_cause(world: World) -> None:
    """Of rules without pots and means, students of one school concern no other."""
    lonely = {**world.schools[0], "school_id": "99"}
    with files_of(world) as files:
        write_csv(files.schools, [*world.schools, lonely])
        book = "rulebook: simple\ntitle: Simple\ncurrency: RUB\n"
        book += "students: {g: [a, b, лицей]}\nschools: {budget: money}\n"
        book += "parameters: {rate: {kind: money, value: 33.333}}\nlines:\n"
        book += "  held: {title: Held, for: each school, "
        book += "amount: 'max(budget, rate * count(students))', rounding: 0.01}\n"
        files.rulebook.write_text(book, encoding="utf-8")
        first = world.students[0]["school_id"]
        with (files.folder / "roster.csv").open("a", encoding="utf-8") as roster:
            empty = dict(world.students[0]) | {"school_id": "99", "students": "5"}
            roster.write(",".join(empty.values()) + "\n")
        text = f"grow: [{{by: -100%, schools: ['{first}']}}]\n"
        if not sum(int(r["students"]) for r in world.students if r["school_id"] == first):
            return
        scenario = files.folder / "scenario.yaml"
        scenario.write_text(HEAD + text, encoding="utf-8")
        compared = compare(Inputs(files.rulebook, (files.roster,), files.schools), scenario)
        lonely_one = {d.school: d for d in compared.differences}["99"]
        assert lonely_one.causes == {}
        assert lonely_one.change == 0 == lonely_one.together
