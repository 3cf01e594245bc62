"""What `funding check` tells of a sound rulebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Finished, Funding

PROJECT = Path(__file__).parents[2]
RULEBOOKS = sorted((PROJECT / "rules").rglob("rulebook.yaml"))

Check = Callable[[str], Finished]

HEAD = """\
rulebook: city
title: City
currency: RUB
sources: {act: {title: Act}}
students:
  grade: 1..11
  needs: [none, special]
  fte: {range: 0..1}
schools:
  place: [town, village]
  rooms: {kind: count, whole: true}
  area: {kind: number, range: 0..1000}
parameters:
  norm: {kind: money, by: needs, values: {none: 10, special: 20}}
  grant: {kind: money, value: 100, source: act}
  switch: {kind: number, value: 0}
"""
USES_ALL = """\
  uses:
    title: All
    for: each student
    amount: >-
      norm[needs] * fte * grade * if(place = town, 1, 2) * (rooms + 1)
      * (area + 1) * (switch + 1)
"""


@pytest.fixture
def check(funding: Funding, tmp_path: Path) -> Check:
    def run(rest: str) -> Finished:
        (tmp_path / "rulebook.yaml").write_text(HEAD + rest, encoding="utf-8")
        finished = funding("check", "rulebook.yaml")
        assert finished.exit_code == 0, finished.stderr
        return finished

    return run


def _line(formula: str) -> str:
    """A rulebook with a line `a`; the fields of `formula` are separated by semicolons."""
    fields = "".join(f"    {field.strip()}\n" for field in formula.split(";"))
    return f"lines:\n  a:\n    title: A\n    for: each student\n{fields}{USES_ALL}"


NEVER = [
    "when: grade > 4 and grade < 5; amount: grant",
    "when: grade in 1..4 and not grade <= 9; amount: grant",
    "when: needs = none and needs = special; amount: grant",
    "when: fte > 1; amount: grant",
    "when: rooms < 0; amount: grant",
    "when: rooms + area < 0; amount: grant",
    "when: needs = none; amount: if(needs = special, grant, 0)",
    "amount: grant * count(students where grade > 4 and grade < 5)",
    "amount: grant * if(count(students) < 3 and count(students) > 5, 1, 2)",
    "when: (place = town) = (place = village); amount: grant",
]
ALWAYS = [
    "when: grade >= 1; amount: grant",
    "when: needs in [none, special]; amount: grant",
    "when: grade <= 4 or grade > 4; amount: grant",
    "when: fte >= 0 or place = town; amount: grant",
    "amount: grant * if(share(students where grade = 1) <= 1, 1, 2)",
]
MAY = [
    "when: grade > 4 and grade < 6; amount: grant",
    "when: fte > 0.5 and fte < 0.6; amount: grant",
    "when: rooms > area; amount: grant",
    "when: needs = none or grade > 10; amount: grant",
    "when: area / rooms > 3; amount: grant",
    "when: switch = 1; amount: grant",
    "amount: grant * if(rooms = 0, 0, area / rooms)",
    "amount: grant * count(students where needs = none)",
]


def _of_line_a(finished: Finished) -> list[str]:
    return [w.code for w in finished.warnings if "`a`" in w.says]


@pytest.mark.parametrize("formula", NEVER)
def test_a_condition_that_can_never_hold_is_told(check: Check, formula: str) -> None:
    assert _of_line_a(check(_line(formula))) == ["A004"]


@pytest.mark.parametrize("formula", ALWAYS)
def test_a_condition_that_always_holds_is_told(check: Check, formula: str) -> None:
    assert _of_line_a(check(_line(formula))) == ["A005"]


@pytest.mark.parametrize("formula", MAY)
def test_a_condition_that_may_hold_or_not_is_left_alone(check: Check, formula: str) -> None:
    assert _of_line_a(check(_line(formula))) == []


def test_what_nothing_reads_is_told_at_its_place(check: Check) -> None:
    rest = "define: {young: {from: grade, bands: {yes: 1..4, no: 5..}}}\nlines:\n" + USES_ALL
    finished: Finished = check(rest.replace("* fte ", ""))
    told = [(w.code, w.at) for w in finished.warnings if w.code in {"A001", "A002"}]
    assert told == [("A001", "rulebook.yaml:8:3"), ("A002", "rulebook.yaml:17:10")]


def test_a_band_that_nothing_falls_into_is_told(check: Check) -> None:
    rest = """\
define:
  few: {formula: "min(rooms, 10)"}
  size: {from: few, bands: {small: ..5, large: 6..10, huge: 11..}}
  group: {from: size, bands: {usual: [small, large], rare: huge}}
lines:
  a: {title: A, for: each school, amount: "grant * if(group = rare, 2, 1)"}
"""
    finished: Finished = check(rest + USES_ALL)
    told = [(w.code, w.says) for w in finished.warnings if w.code == "A003"]
    assert told == [
        ("A003", "no value of `few` falls into the band `huge`"),
        ("A003", "no value of `size` falls into the band `rare`"),
    ]


def test_the_cliff_of_khakasia_is_reported_with_its_lines(funding: Funding) -> None:
    """14 × 34,355.1 = 480,971.40 and 15 × 27,385.1 = 410,776.50; 18 pupils bring 492,931.80."""
    finished = funding("check", PROJECT / "rules/khakasia/2006/rulebook.yaml")
    cliffs = [w for w in finished.warnings if w.code == "A006"]
    assert len(cliffs) == 1
    assert "from 14 to 15, takes 70,194.90 RUB from a school" in cliffs[0].says
    assert "(stage primary, place rural, small yes); only with 18 is it made up" in cliffs[0].says
    lines = "labour_small -71,098.00, teaching +903.10"
    assert f"14 → 15 students: -70,194.90 ({lines}); stage primary" in finished.stdout


def test_the_two_worst_cliffs_of_a_rule_are_shown_and_the_others_counted(check: Check) -> None:
    """Less than 25 students: 4,000; the 25th brings 10 to 40, as need and place say, 20 twice."""
    shown = check(
        "lines:\n"
        "  small: {title: S, for: each school, when: count(students) < 25, amount: 40 * grant}\n"
        "  base:\n    title: B\n    for: each student\n"
        "    amount: norm[needs] * if(place = town, 1, 2)\n"
    ).stdout
    assert "Cliffs: 3 (tried students up to 82, all else alike)" in shown
    assert "  24 → 25 students: -3,990.00 (small -4,000.00, base +10.00); needs none" in shown
    assert "  24 → 25 students: -3,980.00 (small -4,000.00, base +20.00); needs" in shown
    assert "    … and 1 more of the same rule" in shown
    assert shown.count("24 → 25") == 2


def test_a_cliff_by_a_count_of_the_register_is_found(check: Check) -> None:
    """10 rooms bring 100 each, 11 bring 50 each: 1000 before, 550 after, 1000 again with 20."""
    rest = """\
lines:
  a: {title: A, for: each school, amount: "grant * rooms * if(rooms > 10, 0.5, 1)"}
"""
    finished: Finished = check(rest + USES_ALL)
    says = [w.says for w in finished.warnings if w.code == "A006"]
    assert len(says) == 1
    assert "one more of `rooms`, from 10 to 11" in says[0]


def test_an_idle_condition_is_placed_where_its_formula_stands(
    funding: Funding, tmp_path: Path
) -> None:
    """In a requirement and in a sum that is to be met; before, both were placed at the steps."""
    (tmp_path / "idle.yaml").write_text(
        "rulebook: p\ntitle: P\ncurrency: RUB\nschools: {enrolled: count}\nparameters:\n"
        "  norm: {kind: money, value: 5}\n"
        "  share:\n    kind: ratio\n    solve:\n"
        "      so_that: sum(if(enrolled >= 0, paid, 0) of schools)\n"
        "      at_most: norm\n      between: 0..1\n      to: 0.1\n"
        "steps: {paid: norm * enrolled * share}\n"
        "lines: {base: {title: B, for: each school, amount: paid}}\n"
        "require:\n  ok:\n    that: if(enrolled < 0, 0, 1) = 1\n",
        encoding="utf-8",
    )
    told = [(w.code, w.at) for w in funding("check", "idle.yaml").warnings]
    assert told == [("A005", "idle.yaml:10:23"), ("A004", "idle.yaml:18:14")]


def test_a_cliff_of_points_is_told_in_points(funding: Funding, tmp_path: Path) -> None:
    """With 10 students 2 points in the place of 5."""
    (tmp_path / "points.yaml").write_text(
        "rulebook: p\ntitle: P\npoints: {en: stars, ru: звёзды}\nstudents: {grade: 1..4}\n"
        "lines:\n  small: {title: S, for: each school, amount: 'if(count(students) < 10, 5, 2)'}\n",
        encoding="utf-8",
    )
    says = [w.says for w in funding("check", "points.yaml").warnings if w.code == "A006"]
    assert says == ["one more of `students`, from 9 to 10, takes 3.00 stars from a school"]


def test_no_cliff_is_denied_where_no_line_was_searched(check: Check) -> None:
    """Each line reads all schools, so the fall after the 84th student is not seen."""
    told = check(
        "lines:\n  a:\n    title: A\n    for: each school\n    amount: >-\n"
        "      if(count(students) > 84, 1, 5) * grant * area / sum(area of schools)\n"
    ).stdout
    assert "Cliffs: not searched; every line is decided by more than the school's own" in told
    assert "none" not in told


def test_the_lines_searched_are_named_where_others_were_not(check: Check) -> None:
    told = check(
        "lines:\n  a: {title: A, for: each school, amount: grant * area / sum(area of schools)}\n"
        "  b: {title: B, for: each student, amount: grant}\n"
    ).stdout
    assert "Cliffs: none; of the lines searched (b) none asks how large a school is" in told
    assert "Not searched, as more than the school's own students decide: a." in told


def test_steps_that_only_rise_are_no_cliffs(funding: Funding) -> None:
    finished = funding("check", PROJECT / "rules/netherlands-igbo/2014-2016/rulebook.yaml")
    assert "Cliffs: none found (tried pupils up to 210" in finished.stdout


@pytest.mark.parametrize(
    "rulebook", RULEBOOKS, ids=lambda p: p.parent.relative_to(PROJECT).as_posix()
)
def test_the_rulebooks_of_the_project_have_no_idle_condition_or_band(
    rulebook: Path, funding: Funding
) -> None:
    """What is reported of them was looked at: one unused attribute and one cliff."""
    known = {"2008-by-status": ["A001"], "2006": ["A006"]}
    found = [w.code for w in funding("check", rulebook).warnings if w.code.startswith("A")]
    wanted = known.get(rulebook.parent.name, []) if "belgorod" not in rulebook.as_posix() else []
    assert found == wanted


def test_what_belongs_to_one_kind_of_school_is_listed_with_its_source(funding: Funding) -> None:
    shown = funding("check", PROJECT / "rules/moscow/2008-by-status/rulebook.yaml").stdout
    assert "norm: 13 figures by status; Decree 184-PP of the Government of Moscow" in shown
    equal = funding("check", PROJECT / "rules/moscow/2024-2025/rulebook.yaml").stdout
    assert "one kind of school" not in equal
