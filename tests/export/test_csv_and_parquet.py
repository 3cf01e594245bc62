"""CSV and Parquet: one row per school, amounts as exact decimals, text that stays text."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import duckdb

from formula_funding.exact.number_text import units_text
from formula_funding.export.to_csv import csv_text, harmless
from formula_funding.export.to_parquet import write_parquet
from formula_funding.pipeline import Run
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
    rows = list(csv.DictReader(io.StringIO(csv_text(village.allocation))))
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
    rows = list(csv.DictReader(io.StringIO(csv_text(village.allocation))))
    assert list(rows[0]) == ["school_id", "name", "students", "base", "halls", "total"]
    amounts = list(_amounts(village).values())
    assert [[Decimal(row[c]) for c in ("base", "halls", "total")] for row in rows] == amounts
    # A negative amount is a number and carries no apostrophe.
    assert any(row["halls"].startswith("-") for row in rows)


def test_parquet_has_exact_decimals_whole_students_and_texts_as_they_are(
    village: Run, tmp_path: Path
) -> None:
    path = tmp_path / "it's an [allocation].parquet"
    write_parquet(village.allocation, path)
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
