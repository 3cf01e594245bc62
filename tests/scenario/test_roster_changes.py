"""Schools opened and closed, students moved and grown in number: whole students, nobody lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.model.inputs import Inputs
from formula_funding.scenario.whole_students import Cell, resized
from formula_funding.whatif import ComparedScenario, compare
from tests.properties.budget import worlds_tried
from tests.properties.running import files_of
from tests.properties.worlds import Condition, World, conditions, worlds
from tests.scenario.test_compare import CITY, HEAD, KHAKASIA, _adds_up, _if_money_exists, _scenario


def _after(compared: ComparedScenario) -> dict[str, int]:
    return {d.school: d.after for d in compared.differences}


def _changes(compared: ComparedScenario) -> dict[str, int]:
    assert _adds_up(compared)
    return {d.school: d.change for d in compared.differences}


def test_a_closed_schools_students_bring_their_money_to_another(tmp_path: Path) -> None:
    compared = compare(CITY, _scenario(tmp_path, "close: [{school: '0415', to: '0131'}]\n"))
    assert _after(compared) == {"0131": 3_055_200_00, "0415": 0}
    assert compared.causes == ("network", "number", "mix")
    closed = {d.school: d for d in compared.differences}["0415"]
    assert closed.causes == {"network": -1_059_000_00}


def test_students_who_are_meant_are_moved(tmp_path: Path) -> None:
    """The two of grades 10 and 11 bring 184,600 each."""
    text = "move: [{from: '0415', to: '0131', where: stage = upper}]\n"
    compared = compare(CITY, _scenario(tmp_path, text))
    assert _changes(compared) == {"0131": 369_200_00, "0415": -369_200_00}


def test_a_school_is_opened_and_filled(tmp_path: Path) -> None:
    """Half of the gymnasium's two primary pupils: one, who brings 160,300."""
    text = "open: [{school: '0999', name: New, with: {status: lyceum}}]\n"
    text += "move: [{students: 50%, from: '0415', to: '0999', where: 'grade in 1..4'}]\n"
    compared = compare(CITY, _scenario(tmp_path, text))
    assert _changes(compared) == {"0131": 0, "0415": -160_300_00, "0999": 160_300_00}
    assert {d.school: d.name for d in compared.differences}["0999"] == "New"


@pytest.mark.parametrize(
    ("growth", "expected"),
    [
        # grades 1 to 4 twice: 160,300 and 480,900 in 0131, twice 160,300 in 0415
        ("{by: +100%, where: stage = primary}", {"0131": 641_200_00, "0415": 320_600_00}),
        # 5 % of 12 students are 0.6, so one more; 13 × 7/12 = 7.58 and 13 × 5/12 = 5.42
        ("{by: +5%}", {"0131": 160_300_00, "0415": 0}),
        # a quarter of two is a half, which counts as one
        ("{by: -25%, where: stage = upper, schools: ['0415']}", {"0131": 0, "0415": -184_600_00}),
        ("{by: +3, where: stage = upper, schools: ['0415']}", {"0131": 0, "0415": 553_800_00}),
        ("{by: -100%}", {"0131": -1_996_200_00, "0415": -1_059_000_00}),
    ],
)
def test_growth_is_in_whole_students(tmp_path: Path, growth: str, expected: dict[str, int]) -> None:
    compared = compare(CITY, _scenario(tmp_path, f"grow: [{growth}]\n"))
    assert _changes(compared) == expected


def test_a_size_band_follows_the_students(tmp_path: Path) -> None:
    """Khakasia: a 15th pupil makes 10 and 4 pupils at 34,355.10 into 15 at 27,385.10."""
    roster, schools = tmp_path / "roster.csv", tmp_path / "schools.csv"
    roster.write_text("school_id,stage\n" + "01,primary\n" * 10 + "02,primary\n" * 4, "utf-8")
    schools.write_text("school_id,name,place,small\n01,A,rural,yes\n02,B,rural,yes\n", "utf-8")
    text = "close: [{school: '02', to: '01'}]\ngrow: [{by: +1, schools: ['01']}]\n"
    compared = compare(Inputs(KHAKASIA, (roster,), schools), _scenario(tmp_path, text))
    assert _after(compared) == {"01": 15 * 27_385_10, "02": 0}


def test_changes_of_schools_follow_each_other_in_one_order(tmp_path: Path) -> None:
    """Merged first, then closed into a new school, which then grows."""
    text = "grow: [{by: +1, schools: ['0999'], where: stage = upper}]\n"
    text += "close: [{school: '0131', to: '0999'}]\n"
    text += "merge: [{schools: ['0131', '0415'], into: '0131'}]\n"
    text += "open: [{school: '0999'}]\n"
    compared = compare(CITY, _scenario(tmp_path, text))
    assert _after(compared) == {"0131": 0, "0999": 3_055_200_00 + 184_600_00}
    assert compared.causes == ("network",)
    assert _adds_up(compared)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("close: [{school: '9', to: '0131'}]", "S001", "no school `9`"),
        ("close: [{school: '0415', to: '0132'}]", "S001", "no school `0132`"),
        ("close: [{school: '0415', to: '0415'}]", "S002", "the school that is closed"),
        ("close: [{school: '0415', to: {'0131': 60%}}]", "S007", "do not make 100 %"),
        ("close: [{school: '0415', to: {'0131': 160%, '0415': -60%}}]", "S007", "100 %"),
        ("close: [{school: '0415'}]", "S007", "where go its students"),
        ("open: [{school: '0415'}]", "S004", "`0415` already"),
        ("open: [{school: '7', with: {area: 5}}]", "S001", "no `area` of schools"),
        ("open: [{school: '7', with: {status: grand}}]", "S002", "`grand` is no value"),
        ("move: [{from: '0415', to: '0415'}]", "S002", "to itself"),
        ("move: [{students: 9, from: '0415', to: '0131'}]", "S006", "5 students"),
        ("move: [{students: +9%, from: '0415', to: '0131'}]", "S002", "not `+9%`"),
        ("move: [{from: '0415', to: '0131', where: stage = basics}]", "F008", "basics"),
        ("move: [{from: '0415', to: '0131', where: needs = motor}]", "S005", "no student"),
        ("move: [{from: '0415', to: '0131', where: norm}]", "F002", "norm"),
        ("move: [{from: '0415', to: '0131', where: 'stage = '}]", "F001", "ends"),
        ("grow: [{by: -150%}]", "S002", "less than no student"),
        ("grow: [{by: -13}]", "S002", "less than no student"),
        ("grow: [{by: 5%}]", "S002", "`5%` is no growth"),
        ("grow: [{by: +5%, schools: ['131']}]", "S001", "no school `131`"),
        ("grow: [{by: +5%, where: 'count(students) > 3'}]", "F006", "alone"),
        ("grow: [{by: +5%, where: stage}]", "F005", "needs a condition"),
        ("grow: [{bye: +5%}]", "R001", "unknown field `bye`"),
    ],
)
def test_a_bad_change_of_schools_is_told_with_its_place_and_a_way_out(
    tmp_path: Path, text: str, code: str, says: str
) -> None:
    file = _scenario(tmp_path, text + "\n")
    with pytest.raises(ProblemsFoundError) as raised:
        compare(CITY, file)
    found = [p for p in raised.value.problems if p.is_error]
    assert code in {p.code.id for p in found}, found
    assert any(says in p.message for p in found), found
    assert all(p.place is not None and p.place.line for p in found)
    assert all(p.place is not None and p.place.file == file.as_posix() for p in found)
    assert any(p.hint for p in found) or code == "F001"


def test_all_bad_changes_are_told_at_once(tmp_path: Path) -> None:
    """A school that could not be opened is told once, not again where students move to it."""
    text = "open: [{school: '7', with: {status: grand}}]\nmove: [{from: '0415', to: '7'}]\n"
    text += "close: [{school: '0415'}]\ngrow: [{by: -150%}]\n"
    with pytest.raises(ProblemsFoundError) as raised:
        compare(CITY, _scenario(tmp_path, text))
    found = [p.code.id for p in raised.value.problems if p.is_error]
    assert sorted(found) == ["S002", "S002", "S007"]


def test_a_rulebook_that_counts_no_students_can_move_none(tmp_path: Path) -> None:
    book = "rulebook: a\ntitle: A\ncurrency: RUB\nschools: {area: {kind: number}}\n"
    book += "parameters: {rate: {kind: money, value: 3}}\n"
    book += "lines: {base: {title: Base, for: each school, amount: rate * area}}\n"
    rulebook, schools = tmp_path / "rulebook.yaml", tmp_path / "schools.csv"
    rulebook.write_text(book, encoding="utf-8")
    schools.write_text("school_id,area\n1,10\n2,20\n", encoding="utf-8")
    inputs = Inputs(rulebook, (), schools)
    with pytest.raises(ProblemsFoundError, match="S005: the rulebook counts no students"):
        compare(inputs, _scenario(tmp_path, "grow: [{by: +5%}]\n"))
    with pytest.raises(ProblemsFoundError, match="S002: the rules read `area`"):
        compare(inputs, _scenario(tmp_path, "open: [{school: '3'}]\n"))
    text = "open: [{school: '3', with: {area: 7}}]\nclose: [{school: '1'}]\n"
    assert _changes(compare(inputs, _scenario(tmp_path, text))) == {"1": -30_00, "2": 0, "3": 21_00}


# the same as a roster that was changed by hand


def _directly(world: World, change: Callable[[dict[str, str]], dict[str, str]]) -> World:
    return replace(world, students=tuple(change(dict(row)) for row in world.students))


def _scenario_equals(world: World, text: str, by_hand: World) -> None:
    with files_of(world) as files, files_of(by_hand) as changed:
        (files.folder / "scenario.yaml").write_text(HEAD + text, encoding="utf-8")
        compared = _if_money_exists(files.inputs(), files.folder / "scenario.yaml")
        direct = changed.run_if_money_exists().allocation
        assert compared.after.register.ids == direct.register.ids
        assert compared.after.lines == direct.lines
        assert compared.after.ledger.students == direct.ledger.students
        assert _adds_up(compared)


@worlds_tried(8)
@given(worlds())
def test_closing_a_school_equals_a_roster_without_it(world: World) -> None:
    first, *others = [school["school_id"] for school in world.schools]
    if not others:
        return

    def change(row: dict[str, str]) -> dict[str, str]:
        return row | {"school_id": others[0] if row["school_id"] == first else row["school_id"]}

    # A pupil's best result is chosen school by school, so those of the closed school are left out.
    results = tuple(row | {"school_id": others[0]} for row in world.tables["results"])
    world = replace(world, tables={**world.tables, "results": results})
    by_hand = replace(
        _directly(world, change),
        schools=world.schools[1:],
        tables={name: tuple(map(change, rows)) for name, rows in world.tables.items()},
    )
    _scenario_equals(world, f"close: [{{school: '{first}', to: '{others[0]}'}}]\n", by_hand)


@worlds_tried(12)
@given(worlds(), conditions())
def test_moving_all_who_are_meant_equals_a_roster_changed_by_hand(
    world: World, condition: Condition
) -> None:
    text, holds = condition
    first, *others = [school["school_id"] for school in world.schools]
    meant = [row for row in world.students if row["school_id"] == first and holds(row)]
    if not others or not sum(int(row["students"]) for row in meant):
        return

    def change(row: dict[str, str]) -> dict[str, str]:
        goes = row["school_id"] == first and holds(row)
        return row | {"school_id": others[0] if goes else row["school_id"]}

    move = f"{{from: '{first}', to: '{others[0]}', where: \"{text}\"}}"
    _scenario_equals(world, f"move: [{move}]\n", _directly(world, change))


@worlds_tried(12)
@given(worlds(), conditions(), st.sampled_from((("-100%", 0), ("+100%", 2), ("+200%", 3))))
def test_growth_in_whole_multiples_equals_a_roster_changed_by_hand(
    world: World, condition: Condition, growth: tuple[str, int]
) -> None:
    text, holds = condition
    if not sum(int(row["students"]) for row in world.students if holds(row)):
        return

    def change(row: dict[str, str]) -> dict[str, str]:
        times = growth[1] if holds(row) else 1
        return row | {"students": str(int(row["students"]) * times)}

    grown = f'grow: [{{by: {growth[0]}, where: "{text}"}}]\n'
    _scenario_equals(world, grown, _directly(world, change))


CELLS: st.SearchStrategy[dict[Cell, int]] = st.dictionaries(
    st.tuples(st.sampled_from("ABCDE"), st.tuples(st.sampled_from("uvw"))),
    st.integers(0, 50),
    min_size=1,
)


@worlds_tried(200)
@given(CELLS, st.integers(0, 500))
def test_every_school_and_kind_keeps_its_share_within_one_student(
    students: dict[Cell, int], number: int
) -> None:
    everyone = sum(students.values())
    if not everyone:
        return
    found = resized(students, number)
    assert sum(found.values()) == number
    for school in {school for school, _ in students}:
        before = sum(n for cell, n in students.items() if cell[0] == school)
        after = sum(n for cell, n in found.items() if cell[0] == school)
        assert abs(after - Fraction(number * before, everyone)) < 1
        for cell in (cell for cell in students if cell[0] == school and before):
            assert abs(found.get(cell, 0) - Fraction(after * students[cell], before)) < 1
