"""Moscow's norms on the invented city, by two engines and by a pencil that shares no code.

The pencil is `csv` and `decimal`; its rates are typed in here a second time.
"""

from __future__ import annotations

import csv
import io
import json
import random
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from formula_funding.export.tables import LEGACY
from tests.conftest import Finished, Funding
from tests.spark import OF_THIS_MACHINE

PROJECT = Path(__file__).parents[2]
EQUAL = PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"
BY_STATUS = PROJECT / "rules" / "moscow" / "2008-by-status" / "rulebook.yaml"
CITY = PROJECT / "sample_data" / "city"
WORKED_EXAMPLE = PROJECT / "sample_data" / "worked_example"

Row = dict[str, str]
Amounts = dict[str, dict[str, Decimal]]
"""School id -> line -> amount."""

# Announced by the city on 6 August 2024 and 15 January 2025, in thousands of roubles.
NORMS = {
    "2024-09-01": {"preschool": "219.6", "primary": "147.8", "basic": "166.5", "upper": "186.9"},
    "2025-01-01": {"preschool": "237.0", "primary": "160.3", "basic": "184.6", "upper": "184.6"},
}
SHORT_STAY = {"2024-09-01": "0", "2025-01-01": "90.2"}
# Programme of 2012-2016: special needs 2, a motor disorder 3.
COEFFICIENTS = {"none": 1, "special": 2, "motor": 3}
# Decree 184-PP of 18 March 2008, annex 1, roubles; the kinds of school that the city has.
NORMS_2008 = {
    "ordinary": "48871",
    "gymnasium": "93186",
    "lyceum": "92936",
    "cadet": "99714",
    "advanced": "57651",
}


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _stage(grade: str) -> str:
    if grade == "full_day":
        return "preschool"
    if int(grade) <= 4:
        return "primary"
    return "basic" if int(grade) <= 9 else "upper"


def _by_pencil(students: list[Row], schools: list[Row], day: str) -> Amounts:
    lines = ("base", "short_stay", "needs_supplement")
    found: Amounts = {row["school_id"]: dict.fromkeys(lines, Decimal(0)) for row in schools}
    for student in students:
        own = found[student["school_id"]]
        times = COEFFICIENTS[student["needs"]]
        if student["grade"] == "short_stay":
            own["short_stay"] += Decimal(SHORT_STAY[day]) * 1000 * times
            continue
        norm = Decimal(NORMS[day][_stage(student["grade"])]) * 1000
        own["base"] += norm
        own["needs_supplement"] += norm * (times - 1)
    return found


def _by_program(finished: Finished) -> Amounts:
    """The amounts of `--format csv`; every total in it is checked on the way."""
    assert finished.exit_code == 0, finished.stderr
    found: Amounts = {}
    for row in csv.DictReader(io.StringIO(finished.stdout)):
        others = {"school_id", "name", "students", "total", "scheme"}
        lines = {name: Decimal(text) for name, text in row.items() if name not in others}
        assert sum(lines.values()) == Decimal(row["total"])
        found[row["school_id"]] = lines
    return found


@pytest.mark.parametrize("folder", [CITY, WORKED_EXAMPLE], ids=["city", "worked example"])
@pytest.mark.parametrize("day", NORMS)
@pytest.mark.parametrize("engine", OF_THIS_MACHINE)
def test_engines_and_pencil_agree_to_the_kopeck_in_every_school_and_line(
    funding: Funding, folder: Path, day: str, engine: str
) -> None:
    roster, schools = folder / "roster.csv", folder / "schools.csv"
    finished = funding(
        *("compute", EQUAL, roster, "--schools", schools, "--as-of", day),
        *("--format", "csv", "--engine", engine),
    )
    assert _by_program(finished) == _by_pencil(_rows(roster), _rows(schools), day)


@pytest.mark.parametrize("engine", OF_THIS_MACHINE)
def test_engines_and_pencil_agree_on_the_scheme_of_2008(funding: Funding, engine: str) -> None:
    schools = _rows(CITY / "schools.csv")
    status = {row["school_id"]: row["status"] for row in schools}
    expected: Amounts = {school: {"base": Decimal(0)} for school in status}
    for student in _rows(CITY / "roster.csv"):
        if student["grade"].isdecimal():
            school = student["school_id"]
            expected[school]["base"] += Decimal(NORMS_2008[status[school]])
    assert _by_program(_compute(funding, BY_STATUS, "csv", engine=engine)) == expected


def _compute(
    funding: Funding,
    rulebook: Path,
    format_: str,
    schools: Path = CITY / "schools.csv",
    engine: str = "duckdb",
) -> Finished:
    return funding(
        *("compute", rulebook, CITY / "roster.csv", "--schools", schools),
        *("--format", format_, "--engine", engine),
    )


def test_the_worked_example_gives_what_its_page_says(funding: Funding) -> None:
    """sample_data/worked_example/README.md: the same student brings both schools 369,200.00."""
    folder = WORKED_EXAMPLE
    files = (EQUAL, folder / "roster.csv", "--schools", folder / "schools.csv")
    found = json.loads(
        funding("compute", *files, "--as-of", "2025-01-01", "--format", "json").stdout
    )
    assert found["total"] == "3055200.00"
    assert {school["id"]: school["total"] for school in found["schools"]} == {
        "0131": "1996200.00",
        "0415": "1059000.00",
    }


def _with_other_statuses(folder: Path, seed: int) -> Path:
    """The city's register with status and ownership dealt out anew among the schools."""
    schools = _rows(CITY / "schools.csv")
    dealer = random.Random(seed)
    pairs = [(school["status"], school["ownership"]) for school in schools]
    while pairs == [(school["status"], school["ownership"]) for school in schools]:
        dealer.shuffle(pairs)
    path = folder / f"schools {seed}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(schools[0]), lineterminator="\n")
        writer.writeheader()
        for school, (status, ownership) in zip(schools, pairs, strict=True):
            writer.writerow(school | {"status": status, "ownership": ownership})
    return path


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("format_", ["csv", "json"])
def test_dealing_out_status_and_ownership_anew_changes_no_byte_under_equal_norms(
    funding: Funding, tmp_path: Path, seed: int, format_: str
) -> None:
    other = _with_other_statuses(tmp_path, seed)
    before = _compute(funding, EQUAL, format_)
    assert before.exit_code == 0
    assert _compute(funding, EQUAL, format_, other).stdout == before.stdout


@pytest.mark.parametrize("seed", range(3))
def test_dealing_out_status_anew_moves_money_under_the_scheme_of_2008(
    funding: Funding, tmp_path: Path, seed: int
) -> None:
    other = _with_other_statuses(tmp_path, seed)
    before = _by_program(_compute(funding, BY_STATUS, "csv"))
    assert _by_program(_compute(funding, BY_STATUS, "csv", other)) != before


@pytest.mark.parametrize(("language", "word"), [("en", "LEGACY SCHEME"), ("ru", "ПРЕЖНЯЯ СХЕМА")])
def test_every_output_of_the_legacy_scheme_says_that_it_is_one(
    funding: Funding, tmp_path: Path, language: str, word: str
) -> None:
    files = (BY_STATUS, CITY / "roster.csv", "--schools", CITY / "schools.csv")
    table = funding("compute", *files, "--lang", language)
    statement = funding("explain", *files, "--school", "0101", "--lang", language)
    for shown in (table, statement):
        assert shown.exit_code == 0
        assert word in shown.stdout
    written = funding("compute", *files, "--lang", language, "-o", tmp_path / "a.xlsx")
    assert written.exit_code == 0
    for sheet in openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets:
        assert any(word in str(cell.value) for row in sheet["A1:B5"] for cell in row), sheet.title
    found = json.loads(funding("compute", *files, "--format", "json").stdout)
    for text in (found["legacy"]["en"], found["legacy"]["ru"]):
        assert "2008" in text
    rows = list(csv.DictReader(io.StringIO(funding("compute", *files, "--format", "csv").stdout)))
    assert {row["scheme"] for row in rows} == {LEGACY}
    path = tmp_path / "a.parquet"
    assert funding("compute", *files, "-o", path).exit_code == 0
    with duckdb.connect() as connection:
        schemes = connection.execute("SELECT DISTINCT scheme FROM read_parquet(?)", [str(path)])
        assert schemes.fetchall() == [(LEGACY,)]


@pytest.mark.parametrize("format_", ["table", "csv", "json"])
def test_every_run_of_the_legacy_scheme_warns_on_standard_error(
    funding: Funding, format_: str
) -> None:
    assert "R016" in [problem.code for problem in _compute(funding, BY_STATUS, format_).warnings]
    assert "R016" not in [problem.code for problem in _compute(funding, EQUAL, format_).problems]
