"""What nobody asked for is not made: no explanation for amounts, no rows that are not shown."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from formula_funding.cli import show_comparison
from formula_funding.cli.allocation_table import (
    SHOWN_BESIDE_A_FILE,
    SHOWN_ON_A_TERMINAL,
    show_allocation,
)
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.language.labels import Labels
from formula_funding.model.explanation import ExplainedSchool
from formula_funding.pipeline import Inputs, Run, run
from tests.conftest import Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11}
parameters: {norm: {kind: money, value: 1_000_000.05}}
steps: {pupils: count(students)}
lines:
  base: {title: Base, for: each student, amount: norm}
  more: {title: More, for: each school, amount: -norm * pupils / 3}
"""
SCHOOLS = 1_200


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of many schools with one student or two."""
    folder = tmp_path_factory.mktemp("city")
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    ids = [f"{number:05}" for number in range(SCHOOLS)]
    schools = "".join(f"{school},School {school}\n" for school in ids)
    (folder / "schools.csv").write_text(f"school_id,name\n{schools}", encoding="utf-8")
    students = "".join(f"{school},1\n" for school in [*ids, *ids[::7]])
    (folder / "roster.csv").write_text(f"school_id,grade\n{students}", encoding="utf-8")
    return folder


@pytest.fixture
def files(city: Path) -> tuple[str, ...]:
    return (
        *(str(city / "rulebook.yaml"), str(city / "roster.csv")),
        *("--schools", str(city / "schools.csv")),
    )


@pytest.fixture
def finished(city: Path) -> Run:
    return run(Inputs(city / "rulebook.yaml", (city / "roster.csv",), city / "schools.csv"))


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the schools whose explanation was made."""
    made: list[int] = []
    explain = Explainer.school

    def noted(self: Explainer, index: int) -> ExplainedSchool:
        made.append(index)
        return explain(self, index)

    monkeypatch.setattr(Explainer, "school", noted)
    return made


@pytest.mark.parametrize(
    "asked",
    [
        (),
        ("--format", "csv"),
        *(("-o", name) for name in ("a.csv", "a.parquet", "a.lines.csv", "a.lines.parquet")),
    ],
    ids=" ".join,
)
def test_no_school_is_explained_for_amounts_alone(
    funding: Funding, files: tuple[str, ...], explained: list[int], asked: tuple[str, ...]
) -> None:
    assert funding("compute", *files, *asked).exit_code == 0
    assert explained == []


def test_one_school_is_explained_without_the_others(
    funding: Funding, files: tuple[str, ...], explained: list[int]
) -> None:
    assert "School 00777" in funding("explain", *files, "--school", "00777").stdout
    assert explained == [777]


def _shown(
    finished: Run,
    *,
    width: int,
    is_terminal: bool = True,
    written: Path | None = None,
    language: str = "en",
) -> list[str]:
    """The lines of the table; colours are left out."""
    shown = io.StringIO()
    console = Console(file=shown, width=width, force_terminal=is_terminal, color_system=None)
    show_allocation(finished.allocation, language, console, written)
    return shown.getvalue().splitlines()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The amounts that were made into text."""
    made: list[int] = []
    amount = Labels.amount

    def noted(self: Labels, units: int) -> str:
        made.append(units)
        return amount(self, units)

    monkeypatch.setattr(Labels, "amount", noted)
    return made


def test_a_pipe_gets_a_row_for_every_school(finished: Run) -> None:
    rows = _shown(finished, width=200, is_terminal=False)[3:-2]
    assert [row.split()[0] for row in rows] == list(finished.allocation.register.ids)
    assert rows[0].split() == [
        *("00000", "School", "00000", "2"),
        *("2,000,000.10", "−666,666.70", "1,333,333.40", "666,666.70"),
    ]
    assert len({len(row) for row in rows}) == 1


def test_only_the_amounts_that_a_terminal_shows_are_written_out(
    finished: Run, written: list[int]
) -> None:
    """In each column the least, the largest and the total besides, for its width."""
    shown = _shown(finished, width=120)
    assert f"{SCHOOLS - SHOWN_ON_A_TERMINAL:,} more" in shown[-2]
    assert len(written) <= 3 * (SHOWN_ON_A_TERMINAL + 3)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_beside_a_file_of_many_schools_stand_their_totals_alone(
    finished: Run, written: list[int], is_terminal: bool
) -> None:
    """1,372 students; 172 schools have two: 1,028 × −333,333.35 − 172 × 666,666.70."""
    shown = _shown(finished, width=80, is_terminal=is_terminal, written=Path("out/a.csv"))
    assert [" ".join(line.split()) for line in shown[4:]] == [
        "Base 1,200 1,372,000,068.60",
        "More 1,200 −457,333,356.20",
        "Total 1,200 914,666,712.40",
        "Per student 666,666.70",
        "All 1,200 schools are in out/a.csv",
        "Students read: 1,372 = funded: 1,372 + not funded: 0",
    ]
    assert len(written) == 3


def test_the_totals_beside_a_file_are_told_in_russian(finished: Run) -> None:
    shown = _shown(finished, width=80, written=Path("a.csv"), language="ru")
    assert shown[2].split() == ["Строка", "Школ", "с", "суммой", "Сумма"]
    assert "Все школы (1\u00a0200) – в файле a.csv" in shown


def _rows_beside_a_file(funding: Funding, folder: Path, schools: int) -> int:
    ids = "\n".join(f"{number:05}" for number in range(schools))
    for name in ("schools.csv", "roster.csv"):
        (folder / name).write_text(f"school_id\n{ids}\n", encoding="utf-8")
    rulebook = RULEBOOK.replace("students: {grade: 1..11}\n", "")
    (folder / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
    given = ("compute", "rulebook.yaml", "roster.csv", "--schools", "schools.csv")
    shown = funding(*given, "-o", f"{schools}.csv").stdout
    return sum(line.startswith("00") for line in shown.splitlines())


def test_a_hundred_schools_are_shown_beside_a_file_and_more_are_not(
    funding: Funding, tmp_path: Path
) -> None:
    assert _rows_beside_a_file(funding, tmp_path, SHOWN_BESIDE_A_FILE) == SHOWN_BESIDE_A_FILE
    assert _rows_beside_a_file(funding, tmp_path, SHOWN_BESIDE_A_FILE + 1) == 0


def test_a_narrow_terminal_cuts_names_but_no_amount(finished: Run) -> None:
    for width in (20, 40, 60):
        text = " ".join(_shown(finished, width=width))
        assert "1,333,333.40" in text
        assert "666,666.70" in text


@pytest.fixture
def more(tmp_path: Path) -> str:
    """A scenario."""
    path = tmp_path / "more.yaml"
    path.write_text("scenario: more\ntitle: More\nset: {norm: 1_000_003.05}\n", encoding="utf-8")
    return str(path)


def _schools_compared(shown: str) -> list[str]:
    return [line.split()[0] for line in shown.splitlines() if " School " in line]


def test_a_pipe_gets_every_school_of_a_comparison(
    funding: Funding, files: tuple[str, ...], more: str
) -> None:
    shown = funding("compare", *files, "--with", more).stdout
    assert _schools_compared(shown) == [f"{number:05}" for number in range(SCHOOLS)]


def test_a_terminal_gets_the_first_schools_of_a_comparison(
    funding: Funding, files: tuple[str, ...], more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.StringIO()
    console = Console(file=shown, width=120, force_terminal=True, color_system=None)
    monkeypatch.setattr(show_comparison, "results", lambda: console)
    funding("compare", *files, "--with", more)
    assert len(_schools_compared(shown.getvalue())) == SHOWN_ON_A_TERMINAL
    assert "… and 1,120 more schools" in shown.getvalue()


def test_beside_the_workbook_of_a_comparison_of_many_schools_stand_their_totals_alone(
    funding: Funding, files: tuple[str, ...], more: str, tmp_path: Path
) -> None:
    """A line of 1,372 students each of whom brings 3.00 more, of which the other takes a third."""
    written = tmp_path / "more.xlsx"
    shown = funding("compare", *files, "--with", more, "-o", str(written)).stdout
    assert _schools_compared(shown) == []
    assert f"All 1,200 schools are in {written.as_posix()}" in shown
    rows = [line.split() for line in shown.splitlines()]
    assert ["Base", "1,372,000,068.60", "1,372,004,184.60", "4,116.00", "0.00"] in rows
    assert ["More", "−457,333,356.20", "−457,334,728.20", "−1,372.00", "0.00"] in rows
