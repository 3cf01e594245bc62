"""Scenarios: who gains, who loses, and why, to the kopeck."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.model.inputs import Inputs
from formula_funding.pipeline import run
from formula_funding.whatif import ComparedScenario, compare
from tests.conftest import Funding
from tests.properties.running import NO_AMOUNT, files_of
from tests.properties.worlds import World, worlds

PROJECT = Path(__file__).parents[2]
MOSCOW = PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"
SAMPLE = PROJECT / "sample_data" / "worked_example"
CITY = Inputs(MOSCOW, (SAMPLE / "roster.csv",), SAMPLE / "schools.csv")
KHAKASIA = PROJECT / "rules" / "khakasia" / "2006" / "rulebook.yaml"
HEAD = "scenario: s\ntitle: {en: What if, ru: Что если}\n"


def _scenario(folder: Path, text: str) -> Path:
    file = folder / "scenario.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return file


def _total(compared: ComparedScenario) -> int:
    return sum(d.change for d in compared.differences)


def _adds_up(compared: ComparedScenario) -> bool:
    """Every line of every school, and so every school."""
    return all(
        change == sum(lines.get(line, 0) for lines in d.split.values())
        for d in compared.differences
        for line, change in d.lines.items()
    ) and all(d.change == sum(d.causes.values()) + d.together for d in compared.differences)


def test_a_figure_raised_by_five_per_cent(tmp_path: Path) -> None:
    """0415 has 2 × 160,300 in grades 1 to 4, one of them with special needs doubled or not."""
    compared = compare(CITY, _scenario(tmp_path, "set: {'norm[primary]': +5%}\n"))
    base = {d.school: d.base for d in compared.differences}
    assert base["0415"]["base"] == 874_400_00
    changes = {d.school: d.scenario["base"] - d.base["base"] for d in compared.differences}
    assert changes["0415"] == 2 * 8_015_00
    assert _adds_up(compared)


def test_what_two_figures_make_only_together_is_told(tmp_path: Path) -> None:
    text = "set: {norm: +10%, 'needs_coefficient[special]': 3}\n"
    compared = compare(CITY, _scenario(tmp_path, text))
    assert _adds_up(compared)
    assert any(d.together for d in compared.differences)


def test_a_scenario_never_changes_its_base(tmp_path: Path) -> None:
    before = MOSCOW.read_bytes()
    whole = run(CITY).allocation
    compared = compare(CITY, _scenario(tmp_path, "set: {norm: -50%}\n"))
    assert compared.base.school_totals == whole.school_totals == run(CITY).allocation.school_totals
    assert MOSCOW.read_bytes() == before


def test_by_students_alone_a_merger_leaves_the_total_unchanged(tmp_path: Path) -> None:
    text = "merge: [{schools: ['0131', '0415'], into: '0131'}]\n"
    compared = compare(CITY, _scenario(tmp_path, text))
    assert [d.school for d in compared.differences] == ["0131"]
    assert compared.differences[0].after == 3_055_200_00
    assert _total(compared) == 0


def test_a_merger_says_what_becomes_of_the_numbers_of_schools(tmp_path: Path) -> None:
    """An area is no sum that the program may guess; unsaid, it is an error, never a loss."""
    book = "rulebook: a\ntitle: A\ncurrency: RUB\nschools: {area: {kind: number}}\n"
    book += "parameters: {rate: {kind: money, value: 3}}\n"
    book += "lines: {base: {title: Base, for: each school, amount: rate * area}}\n"
    rulebook, schools = tmp_path / "rulebook.yaml", tmp_path / "schools.csv"
    rulebook.write_text(book, encoding="utf-8")
    schools.write_text("school_id,area\n1,10\n2,20\n", encoding="utf-8")
    merger = "merge: [{schools: ['1', '2'], into: '1'%s}]\n"
    inputs = Inputs(rulebook, (), schools)
    with pytest.raises(ProblemsFoundError, match="S002: the rules read `area`"):
        compare(inputs, _scenario(tmp_path, merger % ""))
    compared = compare(inputs, _scenario(tmp_path, merger % ", with: {area: 25}"))
    (difference,) = compared.differences
    assert (difference.before, difference.after) == (90_00, 75_00)
    assert difference.causes == {"merger": -15_00}


def test_two_small_schools_of_khakasia_lose_by_a_merger(tmp_path: Path) -> None:
    """ru-merger-size-band: 10 and 12 pupils at 34,355.10 become 22 at 27,385.10."""
    roster, schools = tmp_path / "roster.csv", tmp_path / "schools.csv"
    rows = ["01,primary"] * 10 + ["02,primary"] * 12
    roster.write_text("school_id,stage\n" + "\n".join(rows) + "\n", encoding="utf-8")
    schools.write_text("school_id,name,place,small\n01,A,rural,yes\n02,B,rural,yes\n", "utf-8")
    file = _scenario(tmp_path, "merge: [{schools: ['01', '02'], into: '01'}]\n")
    compared = compare(Inputs(KHAKASIA, (roster,), schools), file)
    (difference,) = compared.differences
    assert (difference.before, difference.change) == (755_812_20, -153_340_00)
    assert difference.causes == {"merger": -153_340_00}
    moved = {n: difference.scenario[n] - a for n, a in difference.base.items()}
    assert {name: change for name, change in moved.items() if change} == {
        "labour_small": -153_340_00
    }


def test_another_date_equals_the_same_computed_directly(tmp_path: Path) -> None:
    compared = compare(CITY, _scenario(tmp_path, "as_of: 2024-09-01\n"))
    direct = run(Inputs(MOSCOW, CITY.rosters, CITY.schools, as_of=date(2024, 9, 1))).allocation
    assert compared.after.lines == direct.lines
    assert compared.causes[0] == "norm"
    assert _adds_up(compared)


def test_a_rulebook_with_changes_is_split_into_figures_and_rules(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_bytes(MOSCOW.read_bytes())
    changes = "rulebook: b\ntitle: B\nbased_on: base.yaml\nwithout: [lines.needs_supplement]\n"
    changes += "parameters: {norm: {values: {2025-01-01: {upper: 200_000}}}}\n"
    (tmp_path / "changes.yaml").write_text(changes, encoding="utf-8")
    compared = compare(CITY, _scenario(tmp_path, "rulebook: changes.yaml\n"))
    assert compared.causes == ("norm", "line:needs_supplement")
    gymnasium = next(d for d in compared.differences if d.school == "0415")
    assert gymnasium.causes["line:needs_supplement"] == -184_600_00
    assert _adds_up(compared)


@pytest.mark.parametrize("budget", ["3_000_000", "1_234_567.89", "0.01", "0"])
def test_a_fixed_budget_is_spent_to_the_kopeck(tmp_path: Path, budget: str) -> None:
    compared = compare(CITY, _scenario(tmp_path, f"budget: {budget}\nset: {{norm: +5%}}\n"))
    spent = sum(d.after for d in compared.differences)
    assert spent == Decimal(budget.replace("_", "")) * 100
    assert _adds_up(compared)
    assert [d.together for d in compared.differences] == [0, 0]


def test_a_workbook_has_sheets_with_charts_for_each_scenario(
    funding: Funding, tmp_path: Path
) -> None:
    words = _command(tmp_path, "-o", "what-if.xlsx")
    words += ["--with", words[words.index("--with") + 1]]
    assert funding(*words).exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "what-if.xlsx")
    assert book.sheetnames == ["1 s", "1 Summary", "1 Lines", "2 s", "2 Summary", "2 Lines"]
    assert [len(sheet._charts) for sheet in book] == [0, 3, 0, 0, 3, 0]
    rows = {row[0]: row for row in book["1 s"].iter_rows(min_row=4, max_row=5, values_only=True)}
    assert rows["0415"][2:5] == (1_059_000, 1_075_030, 16_030)
    assert funding(*words).exit_code == 3


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("set: {nrom: +5%}", "S001", "no figure `nrom`"),
        ("set: {'norm[primery]': +5%}", "S001", "no figure for `primery`"),
        ("set: {norm: -150%}", "S002", "less than nothing"),
        ("set: {norm: +5.5.5%}", "S002", "no change in per cent"),
        ("set: {norm: 100}", "S002", "is a table"),
        ("set: {short_stay_norm: +500}", "S002", "`+500` could be a figure or a change"),
        ("set: {norm: {primary: +500, basic: 1, upper: 1}}", "S002", "`+500` could be a figure"),
        ("set: {short_stay_norm: many}", "S002", "a figure is needed"),
        ("merge: [{schools: ['0131'], into: '0131'}]", "S002", "merged with itself"),
        ("merge: [{schools: ['0131', '0131'], into: '0415'}]", "S002", "merged with itself"),
        ("merge: [{schools: ['0131', '9'], into: '0131'}]", "S001", "no school `9`"),
        ("set: {}", "S003", "changes nothing"),
        ("rulebook: nowhere.yaml", "Y001", "there is no file"),
        ("budget: -5", "S002", "whole coins"),
        ("budget: 0.001", "S002", "whole coins"),
        ("colour: red", "R001", "unknown field `colour`"),
    ],
)
def test_a_bad_scenario_is_told_with_its_place(
    tmp_path: Path, text: str, code: str, says: str
) -> None:
    file = _scenario(tmp_path, text + "\n")
    with pytest.raises(ProblemsFoundError) as raised:
        compare(CITY, file)
    found = [p for p in raised.value.problems if p.is_error]
    assert code in {p.code.id for p in found}
    assert any(says in p.message for p in found)
    assert all(p.place is not None and p.place.file == file.as_posix() for p in found)


def test_a_figure_that_is_solved_for_can_not_be_set(tmp_path: Path) -> None:
    """Before, it was found anew, and the comparison showed no change."""
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: a\ntitle: A\ncurrency: RUB\nschools: {need: money}\n"
        "parameters:\n  pot: {kind: money, value: 5}\n"
        "  share: {kind: ratio, solve: {so_that: paid, at_most: pot, between: 0..1, to: 0.1}}\n"
        "steps: {own: need * share, paid: sum(own of schools)}\n"
        "lines: {base: {title: Base, for: each school, amount: own}}\n",
        encoding="utf-8",
    )
    (tmp_path / "schools.csv").write_text("school_id,need\n1,10\n", encoding="utf-8")
    inputs = Inputs(tmp_path / "rulebook.yaml", (), tmp_path / "schools.csv")
    with pytest.raises(ProblemsFoundError, match="S002: the rulebook solves for `share` itself"):
        compare(inputs, _scenario(tmp_path, "set: {share: 1}\n"))


def _command(tmp_path: Path, *options: str) -> list[str]:
    file = _scenario(tmp_path, "set: {'norm[primary]': +5%}\n")
    rulebook, roster, schools = (p.as_posix() for p in (MOSCOW, CITY.rosters[0], SAMPLE))
    words = [rulebook, roster, "--schools", f"{schools}/schools.csv", "--with", file.as_posix()]
    return ["compare", *words, *options]


def test_the_command_prints_a_table_and_a_histogram(funding: Funding, tmp_path: Path) -> None:
    shown = funding(*_command(tmp_path))
    assert shown.exit_code == 0, shown.stderr
    assert "Schools that gain: 2, lose: 0, unchanged: 0" in shown.stdout
    assert "0 to 5 %" in shown.stdout


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "You receive 16,030.00 RUB more: "),
        ("ru", "Вы получите на 16\u00a0030,00 RUB больше: "),
    ],
)
def test_a_school_is_told_why(funding: Funding, tmp_path: Path, language: str, says: str) -> None:
    shown = funding(*_command(tmp_path, "--letter", "0415", "--lang", language))
    assert shown.stdout.startswith(says)


def test_the_lines_of_the_json_add_up_to_the_change(funding: Funding, tmp_path: Path) -> None:
    told: list[dict[str, Any]] = json.loads(funding(*_command(tmp_path, "--format", "json")).stdout)
    for school in told[0]["schools"]:
        cents = [int(line["change"].replace(".", "")) for line in school["lines"]]
        causes = [int(amount.replace(".", "")) for amount in school["causes"].values()]
        change = int(school["change"].replace(".", ""))
        assert change == sum(cents) == sum(causes) + int(school["together"].replace(".", ""))


UNCOMPARED = NO_AMOUNT | {"S010"}
"""Beside what does not exist: a base in money, and a scenario in points."""


def _if_money_exists(inputs: Inputs, file: Path) -> ComparedScenario:
    """A world in which some amount does not exist is passed over."""
    try:
        return compare(inputs, file)
    except ProblemsFoundError as error:
        if {problem.code.id for problem in error.problems if problem.is_error} <= UNCOMPARED:
            reject()
        raise


@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
@given(worlds(), st.sampled_from(("+7%", "-40%", "12.5")))
def test_causes_add_up_for_every_school_of_random_worlds(world: World, change: str) -> None:
    """To the last coin, with whatever floors, caps, pots and roundings the rules have."""
    with files_of(world) as files:
        text = f"set: {{money_figure: {change}, count_figure: 2, 'partial[a]': 3}}\n"
        if len(world.schools) > 1:
            first, second = (school["school_id"] for school in world.schools[:2])
            text += f"merge: [{{schools: ['{first}', '{second}'], into: '{second}', "
            text += "with: {area: 7, rooms: 2, budget: 1.5, need: 0.5}}]\n"
        file = _scenario(files.folder, text)
        compared = _if_money_exists(files.inputs(), file)
        assert _adds_up(compared)
        scale = 10 ** (compared.places - compared.base.places)
        assert _total(compared) == (compared.after.total - compared.base.total) * scale


@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
@given(worlds())
def test_a_change_that_is_none_moves_no_school(world: World) -> None:
    with files_of(world) as files:
        file = _scenario(files.folder, "set: {money_figure: +0%, 'partial[a]': 12.5}\n")
        compared = _if_money_exists(files.inputs(), file)
        assert compared.causes == ()
        assert all(d.change == 0 == d.together for d in compared.differences)
