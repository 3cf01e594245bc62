"""What a comparison prints and writes: kinds of schools, one school, two earlier results."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import Funding
from tests.scenario.test_compare import CITY, MOSCOW, SAMPLE, _command

BASE = [
    MOSCOW.as_posix(),
    CITY.rosters[0].as_posix(),
    "--schools",
    f"{SAMPLE.as_posix()}/schools.csv",
]


def _told(funding: Funding, *words: str) -> dict[str, Any]:
    shown = funding(*words, "--format", "json")
    assert shown.exit_code == 0, shown.stderr
    found: dict[str, Any] = json.loads(shown.stdout)[0]
    return found


def test_who_gains_is_told_by_kind_of_school(funding: Funding, tmp_path: Path) -> None:
    told = _told(funding, *_command(tmp_path, "--by", "status"))
    assert told["kinds"]["gymnasium"] == {
        "gain": 1,
        "lose": 0,
        "unchanged": 0,
        "before": "1059000.00",
        "after": "1075030.00",
        "change": "16030.00",
        "change_percent": "1.51",
    }
    shown = funding(*_command(tmp_path, "--by", "status"))
    assert "gymnasium " in shown.stdout
    assert "ordinary school " in shown.stdout


def test_a_column_that_no_rule_declares_tells_kinds_too(funding: Funding, tmp_path: Path) -> None:
    told = _told(funding, *_command(tmp_path, "--by", "district"))
    assert sorted(told["kinds"]) == ["north", "old_town"]
    assert {school["kind"] for school in told["schools"]} == {"north", "old_town"}


def test_an_unknown_column_is_an_error(funding: Funding, tmp_path: Path) -> None:
    shown = funding(*_command(tmp_path, "--by", "distrikt"))
    assert shown.exit_code == 1
    assert "did you mean `district`?" in shown.stderr


def test_money_per_student_is_told_before_and_after(funding: Funding, tmp_path: Path) -> None:
    """1,075,030 and 1,059,000 for 5 students."""
    (gymnasium,) = (s for s in _told(funding, *_command(tmp_path))["schools"] if s["id"] == "0415")
    assert gymnasium["per_student_before"] == "211800.00"
    assert gymnasium["per_student_after"] == "215006.00"
    assert gymnasium["per_student_change"] == "3206.00"
    assert gymnasium["lines"][0]["causes"] == {"norm[primary] +5%": "16030.00"}


def test_one_school_is_shown_line_by_line(funding: Funding, tmp_path: Path) -> None:
    shown = funding(*_command(tmp_path, "--school", "0131"))
    assert shown.exit_code == 0, shown.stderr
    assert "Supplement for special needs" in shown.stdout
    assert "16,030.00" in shown.stdout
    assert funding(*_command(tmp_path, "--school", "131")).exit_code == 1


def test_the_csv_has_a_column_for_each_cause(funding: Funding, tmp_path: Path) -> None:
    shown = funding(*_command(tmp_path, "--format", "csv"))
    rows = list(csv.DictReader(io.StringIO(shown.stdout)))
    base = next(r for r in rows if (r["school_id"], r["line"]) == ("0415", "base"))
    assert base["change"] == base["cause: norm[primary] +5%"] == "16030.00"
    assert base["change_percent"] == "1.83"
    assert base["change_per_student"] == "3206.00"


def test_more_students_are_told_in_the_letter(funding: Funding, tmp_path: Path) -> None:
    scenario = tmp_path / "more.yaml"
    text = "scenario: more\ntitle: {en: More, ru: Больше}\n"
    scenario.write_text(
        text + "grow: [{by: +2, where: stage = primary, schools: ['0415']}]\n", encoding="utf-8"
    )
    command = ("compare", *BASE, "--with", scenario.as_posix(), "--letter", "0415")
    shown = funding(*command)
    assert shown.stdout == (
        "You receive 320,600.00 RUB more: 369,200.00 because you have 2 more students; "
        "−48,600.00 because of: mix of students.\n"
    )
    told = funding(*command, "--lang", "ru").stdout
    assert "на 320\u00a0600,00 RUB больше: 369\u00a0200,00 – учащихся больше на 2; −48" in told


def test_a_figure_of_a_period_is_changed_in_each_of_its_parts(
    funding: Funding, tmp_path: Path
) -> None:
    """Two pupils of 0415: 5 % of 147,800 for 4 months and of 160,300 for 8."""
    command = _command(tmp_path, "--as-of", "2024-09..2025-08")
    told = next(s for s in _told(funding, *command)["schools"] if s["id"] == "0415")
    assert told["change"] == told["causes"]["norm[primary] +5%"] == "15613.33"
    assert "Norm per student, grades 1 to 4: +5%" in funding(*command).stdout


@pytest.mark.parametrize("target", ["norm[primary]", "norm [primary]"])
@pytest.mark.parametrize("change", ["+2.5%", "+2.5 %"])
def test_a_cause_is_told_by_its_title_however_it_is_written(
    funding: Funding, tmp_path: Path, target: str, change: str
) -> None:
    scenario = tmp_path / "written.yaml"
    text = f'scenario: s\ntitle: S\nset: {{"{target}": {change}}}\n'
    scenario.write_text(text, encoding="utf-8")
    command = ("compare", *BASE, "--with", scenario.as_posix(), "--lang", "ru")
    assert "Подушевой норматив, 1–4 классы: +2,5%" in funding(*command).stdout


def test_a_letter_tells_what_moves_where_the_sum_stays(funding: Funding, tmp_path: Path) -> None:
    """0415 loses 160,300 for two of grades 1 to 4, and gains as much for two of 10 and 11."""
    scenario = tmp_path / "even.yaml"
    text = "scenario: s\ntitle: S\nset: {'norm[primary]': 0, 'norm[upper]': 344_900}\n"
    scenario.write_text(text, encoding="utf-8")
    shown = funding("compare", *BASE, "--with", scenario.as_posix(), "--letter", "0415")
    assert shown.stdout.startswith("In all, you receive as much as before: −320,600.00 because of")


# two earlier results


@pytest.fixture
def results(funding: Funding, tmp_path: Path) -> tuple[str, str]:
    """The results of two dates as documents."""
    files = (tmp_path / "before.json", tmp_path / "after.json")
    for file, day in zip(files, ("2024-09-01", "2025-01-01"), strict=True):
        shown = funding("compute", *BASE, "--as-of", day, "-o", file.as_posix())
        assert shown.exit_code == 0, shown.stderr
    return files[0].as_posix(), files[1].as_posix()


def test_two_results_are_compared_line_by_line(funding: Funding, results: tuple[str, str]) -> None:
    told = _told(funding, "compare", *results)
    gymnasium = next(s for s in told["schools"] if s["id"] == "0415")
    first, second = (json.loads(Path(file).read_text("utf-8")) for file in results)
    for document, field in ((first, "before"), (second, "after")):
        school = next(s for s in document["schools"] if s["id"] == "0415")
        assert gymnasium[field] == school["total"]
        assert {li["id"]: li[field] for li in gymnasium["lines"]} == {
            li["id"]: li["amount"] for li in school["lines"]
        }
    assert told["method"] is None
    assert gymnasium["causes"] == {}


def test_two_results_have_a_table_a_letter_a_csv_and_a_workbook(
    funding: Funding, results: tuple[str, str], tmp_path: Path
) -> None:
    shown = funding("compare", *results)
    assert "Schools that gain: 2, lose: 0, unchanged: 0" in shown.stdout
    assert "Causes" not in shown.stdout
    letter = funding("compare", *results, "--letter", "0415").stdout
    assert letter.startswith("You receive ")
    assert "Base funding: " in letter
    assert "cause" not in funding("compare", *results, "--format", "csv").stdout
    output = tmp_path / "compared.xlsx"
    assert funding("compare", *results, "-o", output.as_posix()).exit_code == 0
    assert openpyxl.load_workbook(output).sheetnames == ["1 after", "1 Summary", "1 Lines"]
    again = funding("compare", *results, "-o", Path(results[0]).as_posix())
    assert again.exit_code == 2


def test_results_in_different_currencies_are_not_compared(
    funding: Funding, results: tuple[str, str], tmp_path: Path
) -> None:
    text = Path(results[1]).read_text("utf-8").replace('"RUB"', '"EUR"')
    other = tmp_path / "euro.json"
    other.write_text(text, encoding="utf-8")
    shown = funding("compare", results[0], other.as_posix())
    assert shown.exit_code == 1
    assert "S010" in shown.stderr


@pytest.mark.parametrize(
    ("name", "language", "sheets"),
    [
        ("summary", "en", ["1 summary, Schools", "1 Summary", "1 Lines"]),
        ("LINES", "en", ["1 LINES, Schools", "1 Summary", "1 Lines"]),
        ("строки", "ru", ["1 строки, Школы", "1 Сводка", "1 Строки"]),
    ],
)
def test_a_scenario_may_be_called_like_a_sheet(
    funding: Funding, tmp_path: Path, name: str, language: str, sheets: list[str]
) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(f"scenario: {name}\ntitle: More\nset: {{'norm[primary]': +5%}}\n", "utf-8")
    words = ["--with", file.as_posix(), "--lang", language, "-o", "compared.xlsx"]
    assert funding("compare", *BASE, *words).exit_code == 0
    assert openpyxl.load_workbook(tmp_path / "compared.xlsx").sheetnames == sheets


@pytest.mark.parametrize("text", ["{}", "[]", "nothing", '{"explanation": {"method": 3}}'])
def test_a_file_that_is_no_result_is_told(
    funding: Funding, results: tuple[str, str], tmp_path: Path, text: str
) -> None:
    other = tmp_path / "other.json"
    other.write_text(text, encoding="utf-8")
    shown = funding("compare", results[0], other.as_posix())
    assert shown.exit_code in (1, 3)
    assert "no result of a previous run" in shown.stderr


def test_results_and_scenarios_are_not_mixed(
    funding: Funding, results: tuple[str, str], tmp_path: Path
) -> None:
    scenario = _command(tmp_path)[-1]
    assert funding("compare", results[0], results[1], "--with", scenario).exit_code == 2
    assert funding("compare", results[0]).exit_code == 2
    assert funding("compare", *BASE).exit_code == 2
