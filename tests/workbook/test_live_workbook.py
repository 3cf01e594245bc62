"""The workbook's formulas, calculated anew by LibreOffice, give the engine's amounts."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given

from formula_funding.exact.number_text import units_text
from formula_funding.export.to_workbook import write_workbook
from formula_funding.model.limits import Limits
from formula_funding.pipeline import Inputs, Run, run
from formula_funding.verify.verify import Verdict, verify
from tests.export.town import REMAINDERS, town
from tests.properties.budget import worlds_tried
from tests.properties.running import files_of
from tests.properties.worlds import World, worlds
from tests.published.conftest import CASES
from tests.workbook.recalculated import (
    all_recalculated,
    differences,
    formula_cells,
    part_of,
    recalculated,
    rewritten,
    with_wrong_values,
)

PROJECT = Path(__file__).parents[2]
MOSCOW = PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"
CITY = PROJECT / "sample_data" / "city"
HEADER_ROW = 3
KOPECK = Decimal("0.01")


def _city(rulebook: Path = MOSCOW) -> Run:
    return run(Inputs(rulebook, (CITY / "roster.csv",), CITY / "schools.csv"))


@pytest.fixture(scope="module")
def city() -> Run:
    return _city()


def _written(finished: Run, folder: Path, language: str = "en", name: str = "allocation") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.xlsx"
    write_workbook(finished, path, language)
    return path


def _summary(book: Any, finished: Run) -> list[list[Decimal]]:
    """Each school's lines and total and the totals below, to the kopeck."""
    sheet = book["Summary"]
    first = 4 if finished.allocation.ledger.students else 3
    rows = sheet.iter_rows(
        min_row=HEADER_ROW + 1,
        min_col=first,
        max_col=first + len(finished.allocation.lines),
    )
    return [[Decimal(str(cell.value)).quantize(KOPECK) for cell in row] for row in rows]


def _expected(finished: Run) -> list[list[Decimal]]:
    """Each school's lines and total, and the totals below."""
    allocation = finished.allocation
    columns = [*allocation.lines.values(), allocation.school_totals]
    return [
        [Decimal(units_text(units, allocation.places)) for units in row]
        for row in [*zip(*columns, strict=True), [sum(column) for column in columns]]
    ]


def _changed(path: Path, target: Path, sheet: str, old: str, new: str) -> Path:
    """A copy in which one number of a sheet is another."""
    changed_part = part_of(path, sheet)

    def change(part: str, text: str) -> str:
        if part != changed_part:
            return text
        changed, times = re.subn(rf"<v>{old}(\.0+)?</v>", f"<v>{new}</v>", text)
        assert times == 1
        return changed

    return rewritten(path, target, change)


@pytest.fixture(scope="module")
def random_books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The workbooks of random rulebooks over every construct."""
    folder = tmp_path_factory.mktemp("random")
    books: list[Path] = []

    @given(worlds())
    @worlds_tried(14)
    def write(world: World) -> None:
        with files_of(world) as files:
            finished = files.run_if_money_exists()
            books.append(_written(finished, folder, "ru", f"world{len(books)}"))

    write()
    return books


def test_every_formula_of_random_rulebooks_calculated_anew_is_the_engines(
    random_books: list[Path], tmp_path: Path
) -> None:
    wrong = [with_wrong_values(path, tmp_path / path.name) for path in random_books]
    assert len(wrong) >= 8
    found = all_recalculated(wrong, tmp_path)
    pairs = zip(random_books, found, strict=True)
    differing = {path.name: differences(path, anew) for path, anew in pairs}
    assert {name: cells for name, cells in differing.items() if cells} == {}
    for path in (*random_books, *found):
        assert verify(path, Limits()).findings == [], path


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_formula_calculated_anew_is_the_engines_amount(
    city: Run, tmp_path: Path, language: str
) -> None:
    path = _written(city, tmp_path / "written", language)
    wrong = with_wrong_values(path, tmp_path / "wrong.xlsx")
    assert set(formula_cells(wrong).values()) == {"999"}
    [anew] = all_recalculated([wrong], tmp_path)
    assert differences(path, anew) == {}
    assert len(formula_cells(path)) > 1_000
    if language == "en":
        assert _summary(openpyxl.load_workbook(anew, data_only=True), city) == _expected(city)


def test_a_rate_changed_in_the_workbook_gives_what_the_engine_gives_with_it(
    city: Run, tmp_path: Path
) -> None:
    """And the checks say that the workbook is no longer what the engine made."""
    path = _written(city, tmp_path / "written")
    changed = _changed(path, tmp_path / "changed.xlsx", "Figures", "160300", "170000.37")
    rulebook = tmp_path / "rulebook.yaml"
    rules = MOSCOW.read_text(encoding="utf-8")
    assert rules.count("160_300\n") == 1
    rulebook.write_text(rules.replace("160_300\n", "170_000.37\n"), encoding="utf-8")
    with_it = _city(rulebook)
    expected = _expected(with_it)
    assert expected != _expected(city)
    book = recalculated(changed, tmp_path)
    assert _summary(book, city) == expected
    failed = [row[0] for row in book["Checks"].values if row[4] is False]
    assert failed == [
        "Base funding: this workbook = the engine (differs once a figure is changed)",
        "Supplement for special needs: this workbook = the engine "
        "(differs once a figure is changed)",
        "Total: this workbook = the engine (differs once a figure is changed)",
        "All checks",
    ]
    assert any(
        str(cell).startswith("FALSE: a check does not hold")
        for row in book["Cover"].values
        for cell in row
    )


def test_the_statement_follows_the_school_that_is_chosen(city: Run, tmp_path: Path) -> None:
    path = _written(city, tmp_path / "written")
    chosen = part_of(path, "Statement")

    def choose(part: str, text: str) -> str:
        if part != chosen:
            return text
        changed, times = re.subn("<t>0101</t>", "<t>0554</t>", text)
        assert times == 1
        return changed

    book = recalculated(rewritten(path, tmp_path / "chosen.xlsx", choose), tmp_path)
    told = [cell for row in book["Statement"].values for cell in row if cell is not None]
    summary = {row[0]: row for row in book["Summary"].values}
    assert summary["0554"][1] in told
    for amount in summary["0554"][2:7]:
        assert amount in told
    rows = [row[2:8] for row in book["Explanation"].values if row[0] == "0554"]
    shown = [row[1:7] for row in book["Statement"].values if isinstance(row[0], int)]
    assert shown[-len(rows) :] == rows


MINNESOTA = PROJECT / "rules" / "minnesota-compensatory" / "2022" / "rulebook.yaml"
LAYOUT = MINNESOTA.with_name("layout.yaml")


def test_all_sites_of_minnesota_follow_a_change_of_the_allowance_through_every_step(
    tmp_path: Path,
) -> None:
    """With the published allowance the state's published sum, with another the engine's."""
    if not CASES.is_dir():
        pytest.skip(f"no published tables in {CASES}; FUNDING_CASES can name another folder")
    table = CASES / "minnesota-compensatory-fy2022.csv"
    as_published = run(Inputs(MINNESOTA, (), table))
    path = _written(as_published, tmp_path / "written")
    assert "Values held" not in openpyxl.load_workbook(path, read_only=True).sheetnames
    wrong = with_wrong_values(path, tmp_path / "wrong.xlsx")
    changed = _changed(path, tmp_path / "changed.xlsx", "Figures", "6567", "6728")
    anew, after = all_recalculated([wrong, changed], tmp_path)
    assert differences(path, anew) == {}
    assert verify(anew, Limits()).verdict is Verdict.AS_WRITTEN
    verified = verify(after, Limits())
    assert (verified.verdict, len(verified.findings)) == (Verdict.CONSISTENT, 1)
    assert _expected(as_published)[-1][-1] == Decimal("461850014.72")
    rulebook = tmp_path / "rulebook.yaml"
    rules, _, _examples = MINNESOTA.read_text(encoding="utf-8").partition("\nexamples:")
    rulebook.write_text(rules.replace("value: 6_567", "value: 6_728"), encoding="utf-8")
    expected = _expected(run(Inputs(rulebook, (), table, LAYOUT)))
    assert expected[-1][-1] != Decimal("461850014.72")
    assert _summary(_values(after), as_published) == expected


def _values(path: Path) -> Any:
    return openpyxl.load_workbook(path, data_only=True)


def test_every_formula_of_a_year_of_california_calculated_anew_is_the_engines(
    tmp_path: Path,
) -> None:
    if not CASES.is_dir():
        pytest.skip(f"no published tables in {CASES}; FUNDING_CASES can name another folder")
    rules = PROJECT / "rules" / "california-lcff" / "2013-2016"
    layout, table = rules / "layout-2013-14.yaml", CASES / "california-lcff-2013-16.csv"
    day = date(2013, 7, 1)
    finished = run(Inputs(rules / "rulebook.yaml", (table,), None, layout, day))
    path = _written(finished, tmp_path / "written")
    wrong = with_wrong_values(path, tmp_path / "wrong.xlsx")
    [anew] = all_recalculated([wrong], tmp_path)
    assert differences(path, anew) == {}
    assert verify(anew, Limits()).findings == []


def test_instalments_calculated_anew_are_the_engines(tmp_path: Path) -> None:
    books = [
        _written(town(tmp_path / remainder, remainder), tmp_path / "books", name=remainder)
        for remainder in REMAINDERS
    ]
    wrong = [with_wrong_values(path, tmp_path / path.name) for path in books]
    for path, anew in zip(books, all_recalculated(wrong, tmp_path), strict=True):
        assert differences(path, anew) == {}
