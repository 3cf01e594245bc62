"""Scenarios of other rules: lines added, replaced, removed; tables anew; another city's words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.model.inputs import Inputs
from formula_funding.pipeline import kept_tally, run
from formula_funding.tally.kept_file import write_kept
from formula_funding.whatif import compare
from tests.scenario.test_compare import CITY, MOSCOW, _adds_up, _scenario

MEALS = """
rules:
  lines:
    meals:
      title: {en: Meals, ru: Питание}
      for: each student
      when: stage = primary
      amount: meal_rate
  parameters:
    meal_rate: {kind: money, value: 1_000}
"""


def test_a_line_is_added(tmp_path: Path) -> None:
    """Two pupils of grades 1 to 4 in each school."""
    compared = compare(CITY, _scenario(tmp_path, MEALS))
    assert [d.change for d in compared.differences] == [2_000_00, 2_000_00]
    assert compared.differences[0].scenario["meals"] == 2_000_00
    assert compared.causes == ("line:meals",)


def test_a_line_is_removed_and_another_replaced(tmp_path: Path) -> None:
    text = (
        "rules: {without: [lines.needs_supplement], lines: {base: {amount: 'norm[stage] * 2'}}}\n"
    )
    compared = compare(CITY, _scenario(tmp_path, text))
    gymnasium = {d.school: d for d in compared.differences}["0415"]
    assert gymnasium.base == {"base": 874_400_00, "short_stay": 0, "needs_supplement": 184_600_00}
    assert gymnasium.scenario == {"base": 2 * 874_400_00, "short_stay": 0}
    assert _adds_up(compared)


def test_changed_rules_leave_the_rulebook_as_it_is(tmp_path: Path) -> None:
    before = MOSCOW.read_bytes(), run(CITY).allocation.lines
    compare(CITY, _scenario(tmp_path, MEALS))
    assert (MOSCOW.read_bytes(), run(CITY).allocation.lines) == before


def test_a_table_is_replaced_whole(tmp_path: Path) -> None:
    text = "set: {norm: {preschool_full_day: 1, primary: 10, basic: 100, upper: 1_000}}\n"
    compared = compare(CITY, _scenario(tmp_path, text))
    gymnasium = {d.school: d for d in compared.differences}["0415"]
    assert gymnasium.scenario["base"] == (10 + 10 + 100 + 1_000 + 1_000) * 100
    assert compared.causes == ("norm {…}",)


TWO_KEYS = """
rulebook: two-keys
title: Two keys
currency: RUB
students: {g: [a, b]}
schools: {place: [city, village]}
parameters:
  rate:
    kind: money
    by: [g, place]
    values: {a: {city: 1, village: 2}, b: {city: 3, village: 4}}
lines: {base: {title: Base, for: each student, amount: "rate[g, place]"}}
"""


@pytest.mark.parametrize(
    ("new", "after"),
    [
        ("rate: {a: {city: 10, village: 20}, b: {city: 30, village: 40}}", 20 + 40 + 30),
        ("'rate[a, village]': 7", 7 + 4 + 3),
        ("rate: {a: {city: 10, village: 20}, b: {city: 30}}", None),
    ],
)
def test_a_table_with_two_keys_is_replaced_whole(
    tmp_path: Path, new: str, after: int | None
) -> None:
    """One pupil of each kind in a village, one of kind b in a city."""
    (tmp_path / "rulebook.yaml").write_text(TWO_KEYS, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("school_id,g\n1,a\n1,b\n2,b\n", encoding="utf-8")
    (tmp_path / "schools.csv").write_text("school_id,place\n1,village\n2,city\n", "utf-8")
    files = (tmp_path / "rulebook.yaml", (tmp_path / "roster.csv",), tmp_path / "schools.csv")
    scenario = _scenario(tmp_path, f"set: {{{new}}}\n")
    if after is None:
        with pytest.raises(ProblemsFoundError, match=r"S008: .*`b, village`"):
            compare(Inputs(*files), scenario)
    else:
        assert compare(Inputs(*files), scenario).after.total == after * 100


THEIRS = """
rulebook: elsewhere
title: Elsewhere
currency: RUB
students:
  band: [infant, junior, senior]
  support: [usual, more]
schools:
  remote: [yes_, no_]
parameters:
  rate: {kind: money, by: band, values: {infant: 1, junior: 10, senior: 100}}
  extra: {kind: money, by: remote, values: {yes_: 5_000, no_: 3_000}}
lines:
  rate_line: {title: Rate, for: each student, amount: "rate[band]"}
  extra_line: {title: Extra, for: each student, when: support = more, amount: "extra[remote]"}
"""
CROSSWALK = """
rulebook: theirs.yaml
crosswalk:
  band: {from: grade, values: {full_day: infant, short_stay: infant, 1..6: junior, 7..11: senior}}
  support: {from: needs, values: {none: usual, special: more, motor: more}}
  remote: {always: no_}
"""


def test_another_citys_rulebook_runs_over_our_roster(tmp_path: Path) -> None:
    """0131: 3 infants, 2 juniors, 2 seniors, 3 with more support; 0415: 2 juniors, 3 seniors, 1."""
    (tmp_path / "theirs.yaml").write_text(THEIRS, encoding="utf-8")
    compared = compare(CITY, _scenario(tmp_path, CROSSWALK))
    assert {d.school: d.scenario for d in compared.differences} == {
        "0131": {"rate_line": 223_00, "extra_line": 9_000_00},
        "0415": {"rate_line": 320_00, "extra_line": 3_000_00},
    }
    assert _adds_up(compared)


def test_another_citys_rulebook_runs_over_our_tally_too(tmp_path: Path) -> None:
    (tmp_path / "theirs.yaml").write_text(THEIRS, encoding="utf-8")
    scenario = _scenario(tmp_path, CROSSWALK)
    kept, _ = kept_tally(CITY, ())
    write_kept(kept, tmp_path / "city.tally.parquet")
    tallied = replace(CITY, rosters=(tmp_path / "city.tally.parquet",))
    assert compare(tallied, scenario).differences == compare(CITY, scenario).differences


def test_our_own_layout_is_read_before_words_are_turned(tmp_path: Path) -> None:
    """Columns and words of our files stay those of our layout; a wide table is turned too."""
    (tmp_path / "theirs.yaml").write_text(THEIRS, encoding="utf-8")
    layout = "schools: {columns: {school_id: [code]}}\nroster:\n  columns: {school_id: [code]}\n"
    layout += (
        "  counts:\n    small: {grade: '1', needs: none}\n    big: {grade: '9', needs: motor}\n"
    )
    (tmp_path / "ours.yaml").write_text(layout, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("code,small,big\n7,4,2\n", encoding="utf-8")
    register = "code,name,status,ownership,district\n7,A,ordinary,public,north\n"
    (tmp_path / "schools.csv").write_text(register, encoding="utf-8")
    inputs = Inputs(
        MOSCOW, (tmp_path / "roster.csv",), tmp_path / "schools.csv", tmp_path / "ours.yaml"
    )
    (difference,) = compare(inputs, _scenario(tmp_path, CROSSWALK)).differences
    assert difference.scenario == {"rate_line": (4 * 10 + 2 * 100) * 100, "extra_line": 6_000_00}


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("set: {norm: {primary: 1}}", "S008", "but not for `preschool_full_day`"),
        ("set: {norm: {primery: 1}}", "S001", "no figure for `primery`"),
        ("set: {short_stay_norm: {a: 1}}", "S002", "one figure, not a table"),
        ("set: {needs_coefficient: {none: x, special: 1, motor: 1}}", "S002", "not `x`"),
        ("rules: {without: [lines.bass]}", "R051", "has no `bass`"),
        ("rules: {lines: {base: {amount: 'nrom[stage]'}}}", "F002", "unknown rate table `nrom`"),
        ("rules: {lines: {base: {for: each student}}}", "R052", "changes nothing"),
        ("rules: {currency: EUR}", "S010", "the base is in RUB, the scenario's rulebook in EUR"),
        ("rules: {}", "R052", "changes nothing"),
        ("crosswalk: {needs: {always: none}}\nset: {norm: +1%}", "S009", "but none is named"),
        ("rulebook: theirs.yaml\ncrosswalk: {bond: {from: grade}}", "S001", "declares no `bond`"),
        ("rulebook: theirs.yaml\ncrosswalk: {band: {from: grad}}", "S001", "declares no `grad`"),
        (
            "rulebook: theirs.yaml\ncrosswalk: {support: {from: needs, values: {none: usual}}}",
            "S009",
            "what our `special`, `motor` of `needs` is",
        ),
        (
            "rulebook: theirs.yaml\ncrosswalk: {support: {from: needs, values: {nun: usual}}}",
            "S001",
            "`nun` is no value",
        ),
        (
            "rulebook: theirs.yaml\ncrosswalk: {remote: {always: maybe}}",
            "S001",
            "`maybe` is no value of their `remote`",
        ),
        (
            "rulebook: theirs.yaml\ncrosswalk: {remote: {always: no_, from: status}}",
            "R003",
            "stands alone",
        ),
    ],
)
def test_a_bad_change_of_rules_is_told_where_it_is_written(
    tmp_path: Path, text: str, code: str, says: str
) -> None:
    (tmp_path / "theirs.yaml").write_text(THEIRS, encoding="utf-8")
    file = _scenario(tmp_path, text + "\n")
    with pytest.raises(ProblemsFoundError) as raised:
        compare(CITY, file)
    found = [p for p in raised.value.problems if p.is_error]
    assert any(p.code.id == code and says in p.message for p in found), found
    assert all(p.place is not None and p.place.file == file.as_posix() for p in found)
