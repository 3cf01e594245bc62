"""CSV and Parquet: one row per school, amounts as exact decimals, text that stays text."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from formula_funding.exact.number_text import units_text
from formula_funding.export.formats import write_output
from formula_funding.export.tables import by_school
from formula_funding.export.to_csv import csv_parts, harmless
from formula_funding.export.to_parquet import write_parquet
from formula_funding.pipeline import Inputs, Run, run
from tests.export.village import NAMES


def _amounts(village: Run) -> dict[str, list[Decimal]]:
    """School id -> the amount of each line and the total."""
    allocation = village.allocation
    return {
        school: [
            Decimal(units_text(units, allocation.places))
            for units in (
                *(amounts[i] for amounts in allocation.lines.values()),
                allocation.school_totals[i],
            )
        ]
        for i, school in enumerate(allocation.register.ids)
    }


def test_text_that_looks_like_a_formula_carries_an_apostrophe_in_csv(village: Run) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(csv_parts(by_school(village.allocation))))))
    assert {row["school_id"]: row["name"] for row in rows} == {
        "'-7": "'@SUM(A1)",
        "0131": "'=1+1",
        "42": "'-x",
        "'=2": "'+x",
        "’9": NAMES["’9"],
    }


def test_every_sign_that_starts_a_formula_is_made_harmless() -> None:
    for sign in ("=", "+", "-", "@", "\t", "\r"):
        assert harmless(f"{sign}1") == f"'{sign}1"
    for text in ("1=1", "a", "", "'=1", "№ 1", "Ё"):
        assert harmless(text) == text


def test_csv_holds_every_amount_to_the_last_digit(village: Run) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(csv_parts(by_school(village.allocation))))))
    assert list(rows[0]) == ["school_id", "name", "students", "base", "halls", "total"]
    amounts = list(_amounts(village).values())
    assert [[Decimal(row[c]) for c in ("base", "halls", "total")] for row in rows] == amounts
    # A negative amount is a number and carries no apostrophe.
    assert any(row["halls"].startswith("-") for row in rows)


def test_parquet_has_exact_decimals_whole_students_and_texts_as_they_are(
    village: Run, tmp_path: Path
) -> None:
    path = tmp_path / "it's an [allocation].parquet"
    write_parquet(by_school(village.allocation), path)
    with duckdb.connect() as connection:
        source = f"read_parquet('{tmp_path}/it''s an [[]allocation].parquet')"
        types = dict(
            connection.execute(
                f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {source})"
            ).fetchall()
        )
        rows = connection.execute(f"SELECT * FROM {source}").fetchall()
    assert types == {
        "school_id": "VARCHAR",
        "name": "VARCHAR",
        "students": "BIGINT",
        "base": "DECIMAL(38,3)",
        "halls": "DECIMAL(38,3)",
        "total": "DECIMAL(38,3)",
    }
    assert {row[0]: row[1] for row in rows} == NAMES
    assert {row[0]: list(row[3:]) for row in rows} == _amounts(village)
    assert [row[2] for row in rows] == list(village.allocation.ledger.students)


PAID_BY_MONTHS = """\
rulebook: paid
title: Paid
currency: RUB
schools: {n: count}
parameters: {norm: {kind: money, value: 10}}
lines:
  wages: {title: Wages, for: each school, amount: norm * n, codes: {kosgu: "=211", type: labour}}
  heat: {title: Heat, for: each school, amount: norm, codes: {kosgu: "223"}}
payment: {instalments: {spring: 1/3, autumn: 2/3}, remainder: last}
"""


@pytest.fixture
def paid(tmp_path: Path) -> Run:
    (tmp_path / "rulebook.yaml").write_text(PAID_BY_MONTHS, encoding="utf-8")
    (tmp_path / "schools.csv").write_text("school_id,n\nb,1\na,9\n", encoding="utf-8")
    return run(Inputs(tmp_path / "rulebook.yaml", (tmp_path / "schools.csv",)))


def test_the_instalments_follow_the_total_and_add_up_to_it(paid: Run, tmp_path: Path) -> None:
    """100.00 in thirds: 33.33 and what is left, 66.67."""
    write_output(paid, tmp_path / "out.csv", "en", force=False)
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == (
        "school_id,name,wages,heat,total,instalment_spring,instalment_autumn\n"
        "a,,90.00,10.00,100.00,33.33,66.67\n"
        "b,,10.00,10.00,20.00,6.67,13.33\n"
    )
    write_output(paid, tmp_path / "out.parquet", "en", force=False)
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM '{tmp_path / 'out.parquet'}'").fetchall()
    assert found[0][-2:] == (Decimal("33.33"), Decimal("66.67"))


def test_a_table_of_lines_carries_their_budget_codes(paid: Run, tmp_path: Path) -> None:
    write_output(paid, tmp_path / "out.lines.csv", "en", force=False)
    assert (tmp_path / "out.lines.csv").read_text(encoding="utf-8") == (
        "school_id,name,line,code_kosgu,code_type,amount\n"
        "a,,wages,'=211,labour,90.00\n"
        "a,,heat,223,,10.00\n"
        "b,,wages,'=211,labour,10.00\n"
        "b,,heat,223,,10.00\n"
    )
    write_output(paid, tmp_path / "out.lines.parquet", "en", force=False)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT code_kosgu, amount FROM '{tmp_path / 'out.lines.parquet'}'"
        ).fetchall()
    assert found[:2] == [("=211", Decimal("90.00")), ("223", Decimal("10.00"))]
