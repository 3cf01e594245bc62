"""The workbook's formulas, calculated anew by LibreOffice, give the engine's amounts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given

from formula_funding.exact.number_text import units_text
from formula_funding.export.to_workbook import write_workbook
from formula_funding.pipeline import Inputs, Run, run
from tests.properties.budget import worlds_tried
from tests.properties.running import files_of
from tests.properties.worlds import World, worlds
from tests.published.conftest import CASES
from tests.workbook.recalculated import recalculated

PROJECT = Path(__file__).parents[2]
MOSCOW = PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"
CITY = PROJECT / "sample_data" / "city"
HEADER_ROW = 3
KOPECK = Decimal("0.01")
_CACHED = re.compile(r"(</f>)<v>[^<]*</v>")


def _city(rulebook: Path = MOSCOW) -> Run:
    return run(Inputs(rulebook, (CITY / "roster.csv",), CITY / "schools.csv"))


@pytest.fixture(scope="module")
def city() -> Run:
    return _city()


def _rewritten(path: Path, target: Path, change: Callable[[str, str], str]) -> Path:
    """A copy of a workbook in which the text of each part is changed."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for part in source.namelist():
            copy.writestr(part, change(part, source.read(part).decode("utf-8")))
    return target


def _with_wrong_values(_part: str, text: str) -> str:
    """Every formula holds 999, so that a cell which is not calculated anew shows it."""
    return _CACHED.sub(r"\g<1><v>999</v>", text)


def _written(finished: Run, folder: Path, language: str = "en") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "allocation.xlsx"
    write_workbook(finished, path, language)
    return path


def _amounts(book: openpyxl.Workbook, sheet: int, first: int) -> list[list[Decimal]]:
    """The numbers of a sheet from a column on, to the kopeck."""
    rows = book.worksheets[sheet].iter_rows(min_row=HEADER_ROW + 1, min_col=first)
    return [[Decimal(str(cell.value)).quantize(KOPECK) for cell in row] for row in rows]


def _expected(finished: Run) -> list[list[Decimal]]:
    """Each school's lines and total, and the totals below."""
    allocation = finished.allocation
    columns = [*allocation.lines.values(), allocation.school_totals]
    return [
        [Decimal(units_text(units, allocation.places)) for units in row]
        for row in [*zip(*columns, strict=True), [sum(column) for column in columns]]
    ]


@given(worlds())
@worlds_tried(4)
def test_amounts_of_random_rulebooks_calculated_anew_are_the_engines(world: World) -> None:
    with files_of(world) as files:
        finished = files.run_if_money_exists()
        path = _written(finished, files.folder / "written")
        wrong = _rewritten(path, files.folder / "wrong.xlsx", _with_wrong_values)
        anew = recalculated(wrong, files.folder).worksheets[0]
        engine = openpyxl.load_workbook(path, data_only=True).worksheets[0]
        for row, expected in zip(anew.iter_rows(), engine.iter_rows(), strict=True):
            for cell, value in zip(row, expected, strict=True):
                if isinstance(value.value, int | float):
                    shown = Decimal(str(cell.value)) - Decimal(str(value.value))
                    assert abs(shown) < KOPECK / 2, (cell.coordinate, cell.value, value.value)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_formula_calculated_anew_is_the_engines_amount(
    city: Run, tmp_path: Path, language: str
) -> None:
    path = _written(city, tmp_path / "written", language)
    wrong = _rewritten(path, tmp_path / "wrong.xlsx", _with_wrong_values)
    anew = recalculated(wrong, tmp_path)
    assert _amounts(anew, 0, 4) == _expected(city)
    engine, formulas = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    compared = 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                compared += 1
                values = [
                    Decimal(str(book[sheet.title][cell.coordinate].value)).quantize(KOPECK)
                    for book in (engine, anew)
                ]
                assert values[0] == values[1], (sheet.title, cell.coordinate, cell.value)
    assert compared > 1_000


def test_a_rate_changed_in_the_workbook_gives_what_the_engine_gives_with_it(
    city: Run, tmp_path: Path
) -> None:
    path = _written(city, tmp_path / "written")

    def raised(part: str, text: str) -> str:
        if part != "xl/worksheets/sheet5.xml":
            return text
        raised, times = re.subn(r"<v>160300(\.00)?</v>", "<v>170000.37</v>", text)
        assert times == 1
        return raised

    changed = _rewritten(path, tmp_path / "changed.xlsx", raised)
    rulebook = tmp_path / "rulebook.yaml"
    rules = MOSCOW.read_text(encoding="utf-8")
    assert rules.count("160_300\n") == 1
    rulebook.write_text(rules.replace("160_300\n", "170_000.37\n"), encoding="utf-8")
    expected = _expected(_city(rulebook))
    assert expected != _expected(city)
    assert _amounts(recalculated(changed, tmp_path), 0, 4) == expected


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
    wrong = _rewritten(path, tmp_path / "wrong.xlsx", _with_wrong_values)
    found = _amounts(recalculated(wrong, tmp_path), 0, 3)
    assert found == _expected(as_published)
    assert found[-1][-1] == Decimal("461850014.72")

    def raised(part: str, text: str) -> str:
        if part != "xl/worksheets/sheet5.xml":
            return text
        raised, times = re.subn(r"<v>6567(\.00)?</v>", "<v>6728</v>", text)
        assert times == 1
        return raised

    changed = _rewritten(path, tmp_path / "changed.xlsx", raised)
    rulebook = tmp_path / "rulebook.yaml"
    rules, _, _examples = MINNESOTA.read_text(encoding="utf-8").partition("\nexamples:")
    rulebook.write_text(rules.replace("value: 6_567", "value: 6_728"), encoding="utf-8")
    expected = _expected(run(Inputs(rulebook, (), table, LAYOUT)))
    assert expected[-1] != found[-1]
    assert _amounts(recalculated(changed, tmp_path), 0, 3) == expected
