"""A rate by what is known of the student and of the school follows a change of either figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from formula_funding.exact.number_text import units_text
from formula_funding.export.per_school import write_schools
from formula_funding.export.to_workbook import write_workbook
from formula_funding.pipeline import Inputs, Run, run
from tests.workbook.recalculated import (
    all_recalculated,
    differences,
    part_of,
    rewritten,
    with_wrong_values,
)

RULEBOOK = """\
rulebook: county
title: {en: County, ru: Уезд}
currency: RUB
as_of: 2008-01..2008-12
students:
  at_home: {kind: truth, title: {en: At home, ru: На дому}}
  special: {kind: truth, title: {en: Special needs, ru: ОВЗ}}
  stage: [low, high]
schools:
  kind: [plain, lyceum]
  place: [town, village]
define:
  row: if(at_home, "home", kind)
  weight: max(1, if(special, special_weight, 1))
  dear: {from: weight, bands: {no: ..<2, yes: 2..}}
parameters:
  norm:
    kind: money
    by: [row, place]
    values:
      2008-01-01: {plain: {town: 8_509, village: 17_402}, lyceum: {town: 9_654, village: 19_788},
        home: {town: 36_729, village: 44_319}}
      2008-02-01: {plain: {town: 9_684, village: 19_825}, lyceum: {town: 10_989, village: 22_543},
        home: {town: 41_861, village: 50_515}}
  books:
    {kind: money, by: [stage, place], values: {low: {town: 700.10, village: 800},
      high: {town: 900, village: 1_000.55}}}
  aid: {kind: money, by: [dear], values: {no: 100, yes: 250}}
  special_weight: {kind: ratio, value: 2}
lines:
  base: {title: {en: Base, ru: База}, for: each student, amount: "norm[row, place] * weight"}
  books_for: {title: {en: Books, ru: Книги}, for: each student, amount: "books[stage, place]"}
  aid_for: {title: {en: Aid, ru: Помощь}, for: each student, amount: "aid[dear] / 3"}
"""
SCHOOLS = "school_id,name,kind,place\n1,One,plain,town\n2,Two,lyceum,town\n3,Three,plain,village\n"
ROSTER = """\
school_id,at_home,special,stage,students
1,no,no,low,100
1,no,yes,high,7
2,no,no,high,28
2,yes,yes,low,1
3,no,no,low,10
3,yes,no,high,2
"""
HELD = "does not recalculate here"


def _county(folder: Path, rules: str = RULEBOOK, schools: str = SCHOOLS) -> Run:
    folder.mkdir()
    for name, text in (("rules.yaml", rules), ("schools.csv", schools), ("roster.csv", ROSTER)):
        (folder / name).write_text(text, encoding="utf-8")
    return run(Inputs(folder / "rules.yaml", (folder / "roster.csv",), folder / "schools.csv"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    path = folder / "as_written.xlsx"
    write_workbook(_county(folder / "files"), path, "en")
    return path


def _changed(path: Path, target: Path, sheet: str, old: str, new: str) -> Path:
    def change(part: str, text: str) -> str:
        if part != part_of(path, sheet):
            return text
        changed, times = re.subn(old, new, text)
        assert times == 1
        return changed

    return rewritten(path, target, change)


def _totals(book: Any) -> list[list[Decimal]]:
    rows = book["Summary"].iter_rows(min_row=4, max_row=6, min_col=4, max_col=6)
    return [[Decimal(str(c.value)).quantize(Decimal("0.01")) for c in row] for row in rows]


def _expected(finished: Run) -> list[list[Decimal]]:
    lines = zip(*finished.allocation.lines.values(), strict=True)
    return [[Decimal(units_text(units, 2)) for units in row] for row in lines]


def test_what_each_school_gets_follows_a_rate_by_its_own_facts_and_the_facts_themselves(
    written: Path, tmp_path: Path
) -> None:
    """As the engine computes it with that rate, that weight or that fact."""
    anew = with_wrong_values(written, tmp_path / "anew.xlsx")
    rates = {
        "town": ("<v>9684(\\.0+)?</v>", "<v>9700.37</v>", "town: 9_684", "town: 9_700.37"),
        "books": ("<v>1000.55</v>", "<v>1234.56</v>", "village: 1_000.55", "village: 1_234.56"),
        "home": ("<v>50515(\\.0+)?</v>", "<v>1</v>", "village: 50_515", "village: 1"),
    }
    changed = [
        _changed(written, tmp_path / f"{name}.xlsx", "Figures", old, new)
        for name, (old, new, _, _) in rates.items()
    ]
    runs = [_county(tmp_path / name, RULEBOOK.replace(*r[2:])) for name, r in rates.items()]
    fact = "<t>village</t>", "<t>town</t>"
    changed.append(_changed(written, tmp_path / "fact.xlsx", "Schools", *fact))
    runs.append(_county(tmp_path / "fact", schools=SCHOOLS.replace("village", "town")))
    first, *others = all_recalculated([anew, *changed], tmp_path)
    assert differences(written, first) == {}
    before = _totals(openpyxl.load_workbook(written, data_only=True))
    for path, expected in zip(others, map(_expected, runs), strict=True):
        assert _totals(openpyxl.load_workbook(path, data_only=True)) == expected != before


def _cells(path: Path, sheet: str) -> Iterator[Any]:
    yield from openpyxl.load_workbook(path)[sheet].iter_rows(min_row=4)


def test_amounts_without_a_formula_are_numbers_and_say_plainly_that_they_stay(
    written: Path,
) -> None:
    aid = [row for row in _cells(written, "Explanation") if row[2].value == "Aid"]
    assert len(aid) == 8
    for row in aid:
        assert isinstance(row[7].value, int | float)
    [rates, amounts] = list(_cells(written, "Values held"))
    assert [HELD in row[2].value for row in (rates, amounts)] == [True, True]


def test_a_rate_that_no_formula_reads_is_no_input_and_says_so(written: Path) -> None:
    figures = {(row[0].value, row[1].value): row for row in _cells(written, "Figures")}
    of_nobody = [row for (name, _), row in figures.items() if name == "aid"]
    assert len(of_nobody) == 2
    for row in of_nobody:
        assert row[2].protection.locked
        assert row[2].border.left.style is None
        assert HELD in row[7].value
    read = figures["books", "low, town"]
    assert not read[2].protection.locked
    assert read[7].value == "rate_books.low.town"


def test_the_workbook_of_one_school_follows_too_with_the_facts_of_the_school(
    tmp_path: Path,
) -> None:
    finished, folder = _county(tmp_path / "files"), tmp_path / "schools"
    folder.mkdir()
    write_schools(finished, folder, "en")
    old, new = "<v>19825(\\.0+)?</v>", "<v>20000.45</v>"
    path = _changed(folder / "3.xlsx", tmp_path / "changed.xlsx", "Figures", old, new)
    rules = RULEBOOK.replace("village: 19_825", "village: 20_000.45")
    lines = _expected(_county(tmp_path / "with_it", rules))[2]
    [anew] = all_recalculated([path], tmp_path)
    sheet = openpyxl.load_workbook(anew, data_only=True)["Explanation"]
    totals = [row[7] for row in sheet.values if row[3] == "Total"]
    assert [Decimal(str(total)).quantize(Decimal("0.01")) for total in totals] == lines
    assert lines != _expected(finished)[2]
