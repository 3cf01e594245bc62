"""Small valid files of every kind that is read, to be damaged."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import openpyxl

from tests.sources.bundles import VERSION_1_2, write_bundle

RULEBOOK = """\
rulebook: city
title: {en: City, ru: Город}
currency: RUB
as_of: 2025-01-01
students:
  grade: 1..11
  needs: {values: [none, special], if_empty: none}
  fte: {range: 0..1, if_empty: 1}
  since: {kind: date, if_empty: 2024-09-01}
schools: {remote: {kind: truth, if_empty: no}, status: {values: [a, b], protected: true}}
define: {stage: {from: grade, bands: {primary: 1..4, rest: 5..}}}
parameters:
  cost: {kind: money, value: 5}
  norm: {kind: money, by: stage, values: {2024-09-01: {primary: 100_000, rest: 120_000.50}}}
lines:
  base:
    title: Base
    for: each student
    when: since > 2000-01-01
    amount: norm[stage] * fte
  road:
    title: Road
    for: each school
    when: remote
    amount: cost * count(students where needs = special)
"""
SCHOOLS = "school_id,name,remote,status\n00125,Hill,yes,a\n00126,Dale,no,b\n"
ROWS = (
    ("student_id", "school_id", "grade", "needs", "fte", "since"),
    ("a", "00125", "1", "none", "1", "2024-09-01"),
    ("b", "00125", "11", "special", "0.5", "2020-02-29"),
    ("c", "00126", "5", "", "", ""),
    ("d", "00126", "5", "none", "1", "2024-09-01"),
)
CSV = "".join(",".join(row) + "\n" for row in ROWS)
_NAMES = ("Код ученика", "Код школы", "Класс", "Потребности", "Ставка", "Зачислен")
RUSSIAN = (
    "\r\n".join(";".join(row) for row in (("Выгрузка",), _NAMES, *ROWS[1:]))
    .replace("0.5", "0,5")
    .replace("2024-09-01", "01.09.2024")
    .replace("2020-02-29", "29.02.2020")
    .replace("none", "нет")
)
LAYOUT = """\
roster:
  encoding: cp1251
  delimiter: ";"
  header_row: 2
  numbers: "1234,50"
  dates: 31.01.2025
  columns: {student_id: Код ученика, school_id: Код школы, grade: Класс, needs: Потребности,
            fte: Ставка, since: Зачислен}
  values: {needs: {нет: none}}
  empty: ["–"]
  skip: {Код школы: [Итого]}
  former_codes: {"00124": {now: "00125", since: 2024-01-01}}
schools: {columns: {name: name}, identical_rows: once}
"""
LAYOUTS = {
    "russian.csv": LAYOUT,
    "bundle.zip": "roster: {columns: {grade: users.grades}, "
    "constants: {needs: none, fte: 1, since: 2024-09-01}}\n"
    "schools: {constants: {remote: yes}}\n",
}
"""The layout that a file needs, by its name; most need none."""


def _workbook() -> bytes:
    """Numbers, a date, a merge, a hidden row of nothing, a format of its own, a second sheet."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    for row in ROWS:
        sheet.append([int(cell) if cell in {"1", "5", "11"} else cell or None for cell in row])
    sheet["E3"], sheet["F3"] = 0.5, date(2020, 2, 29)
    sheet["E3"].number_format = "0.00"
    sheet.merge_cells("H1:I2")
    sheet.row_dimensions[9].hidden = True
    book.create_sheet("Notes")["A1"] = "made for tests"
    book.save(buffer)
    return buffer.getvalue()


def _parquet(folder: Path) -> bytes:
    source, target = folder / "seed.csv", folder / "seed.parquet"
    source.write_text(CSV, encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{source}', all_varchar = true)) "
            f"TO '{target}' (FORMAT parquet)"
        )
    return target.read_bytes()


def _bundle(folder: Path) -> bytes:
    write_bundle(folder / "seed.zip", VERSION_1_2)
    return (folder / "seed.zip").read_bytes()


SEEDS: dict[str, Callable[[Path], bytes]] = {
    "roster.csv": lambda _: CSV.encode(),
    "russian.csv": lambda _: RUSSIAN.encode("cp1251"),
    "utf-16.tsv": lambda _: CSV.replace(",", "\t").encode("utf-16"),
    "roster.csv.gz": lambda _: gzip.compress(CSV.encode(), mtime=0),
    "roster.xlsx": lambda _: _workbook(),
    "roster.parquet": _parquet,
    "bundle.zip": _bundle,
    "layout.yaml": lambda _: LAYOUT.encode(),
    "rulebook.yaml": lambda _: RULEBOOK.encode(),
    "schools.csv": lambda _: SCHOOLS.encode(),
}
"""A valid file of each kind by its name, made in a folder."""
