"""A large table is written part by part, and comes out as if it had been one."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.export import tables
from formula_funding.export.tables import Table, by_line, by_school
from formula_funding.export.to_csv import csv_parts, harmless
from formula_funding.export.to_parquet import write_parquet
from formula_funding.model.allocation import Allocation
from formula_funding.pipeline import Run
from tests.properties.budget import worlds_tried

ROW_GROUP = 122_880
"""The rows that DuckDB puts into one group."""


def _table(ids: Sequence[str], amounts: Sequence[int]) -> Table:
    """A table of a text and an amount of two decimals."""
    columns, texts = ("id", "amount"), frozenset({"id"})
    return Table(columns, texts, frozenset(), 2, len(ids), lambda rows: [ids[rows], amounts[rows]])


@pytest.mark.parametrize("text", ["\r", "\r\n", "0\rB", "\0", "\ufeff", '"', "\\0", ""])
def test_a_text_in_the_first_row_comes_out_of_parquet_as_it_went_in(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "out.parquet"
    write_parquet(_table([text, "x"], [100, 200]), path)
    with duckdb.connect() as connection:
        found = connection.execute("SELECT id FROM read_parquet($1)", [str(path)]).fetchall()
    assert found == [(text,), ("x",)]


@pytest.mark.parametrize("kind", [by_school, by_line])
def test_the_size_of_the_parts_changes_nothing(
    village: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: Callable[[Allocation], Table],
) -> None:
    at_once = "".join(csv_parts(kind(village.allocation)))
    write_parquet(kind(village.allocation), tmp_path / "at once.parquet")
    monkeypatch.setattr(tables, "SCHOOLS_AT_ONCE", 2)
    assert "".join(csv_parts(kind(village.allocation))) == at_once
    write_parquet(kind(village.allocation), tmp_path / "in parts.parquet")
    files = [tmp_path / f"{name}.parquet" for name in ("at once", "in parts")]
    assert files[0].read_bytes() == files[1].read_bytes()


@worlds_tried(200)
@given(st.lists(st.text(), max_size=6))
def test_the_csv_is_what_the_standard_library_reads_as_the_same_cells(ids: list[str]) -> None:
    table = _table(ids, [100] * len(ids))
    read = list(csv.reader(io.StringIO("".join(csv_parts(table)), newline=""), strict=True))
    assert read == [["id", "amount"], *([harmless(school), "1.00"] for school in ids)]


def test_every_text_comes_out_of_parquet_as_it_went_in(tmp_path: Path) -> None:
    texts = [
        "",
        "\\0",
        "NULL",
        'a "b"',
        '"',
        "a,b",
        "a\nb",
        "a\r\nb",
        " a ",
        "\r",
        "Ё",
        "'x",
        "a\\",
    ]
    write_parquet(_table(texts, [-5] * len(texts)), tmp_path / "a.parquet")
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT id FROM '{tmp_path}/a.parquet'").fetchall()
    assert [text for (text,) in found] == texts


@worlds_tried(50)
@given(
    st.lists(st.one_of(st.integers(-(10**31), 10**31), st.integers(-5, 5)), min_size=1),
    st.integers(0, 6),
)
def test_every_amount_comes_out_of_parquet_as_it_went_in(units: list[int], places: int) -> None:
    columns, texts = ("students", "amount"), frozenset[str]()
    counts = range(len(units))
    table = Table(
        columns,
        texts,
        frozenset({"students"}),
        places,
        len(units),
        lambda rows: [counts[rows], units[rows]],
    )
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        write_parquet(table, Path(folder) / "a.parquet")
        read = connection.execute(f"FROM '{folder}/a.parquet'")
        types = [str(column[1]) for column in read.description or ()]
        found = read.fetchall()
    assert types == ["BIGINT", f"DECIMAL(38,{places})"]
    exact = [Decimal(number).scaleb(-places, Context(prec=40)) for number in units]
    assert found == list(zip(counts, exact, strict=True))


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    write_parquet(_table([], []), tmp_path / "a.parquet")
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM '{tmp_path}/a.parquet'")
        assert [column[0] for column in found.description or ()] == ["id", "amount"]
        assert found.fetchall() == []
    assert "".join(csv_parts(_table([], []))) == "id,amount\n"


def test_rows_of_several_groups_keep_their_order_and_their_groups(tmp_path: Path) -> None:
    """Read in several threads, the groups would be cut anew in every run."""
    ids = [f"{number:09}" + "a\n" * 20 for number in range(2 * ROW_GROUP + 1)]
    write_parquet(_table(ids, [100] * len(ids)), tmp_path / "a.parquet")
    with duckdb.connect() as connection:
        file = f"'{tmp_path}/a.parquet'"
        found = connection.execute(f"SELECT id FROM {file}").fetchall()
        groups = connection.execute(
            "SELECT DISTINCT row_group_id, row_group_num_rows "
            f"FROM parquet_metadata({file}) ORDER BY 1"
        ).fetchall()
    assert [text for (text,) in found] == ids
    assert groups == [(0, ROW_GROUP), (1, ROW_GROUP), (2, 1)]
