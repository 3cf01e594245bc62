"""A nation of students and schools, made anew from numbers: the same for the same size.

`write_nation` writes a roster (one row per student, 15 columns) as CSV and as Parquet, and a
register of schools. Nobody in it exists: every cell comes from a hash of the row's number.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

ROSTER = (
    "student_id",
    "school_id",
    "grade",
    "shift",
    "language",
    "need",
    "deprivation",
    "newcomer",
    "home",
    "meals",
    "distance",
    "score",
    "born",
    "enrolled_on",
    "stayed",
)


def write_nation(folder: Path, students: int, schools: int, formats: Sequence[str]) -> None:
    """Write roster.csv and roster.parquet (those of `formats`) and schools.csv, if not there yet.

    A roster that is there is kept: it holds what would be written again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    options = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet"}
    wanted = {f"roster.{format_}": (_roster(students, schools), format_) for format_ in formats}
    wanted["schools.csv"] = (_register(schools), "csv")
    with duckdb.connect(config={"preserve_insertion_order": True}) as connection:
        for name, (query, format_) in wanted.items():
            if not (folder / name).exists():
                unfinished = folder / f"{name}.unfinished"
                connection.execute(f"COPY ({query}) TO '{unfinished}' ({options[format_]})")
                unfinished.replace(folder / name)


def _roster(students: int, schools: int) -> str:
    """The first schools are about nine times as large as the last."""
    part = f"({_below(1, 1_000_003)} / 1000003.0)"
    school = f"floor({schools} * {part} * (0.2 + 0.8 * {part}))::INT"
    cells = {
        "student_id": "lpad(((i * 7368787 + 12345) % 99999999977)::VARCHAR, 11, '0')",
        "school_id": f"lpad({school}::VARCHAR, 6, '0')",
        "grade": f"1 + {_below(2, 11)}",
        "shift": _one_of(3, {"first": 70, "second": 30}),
        "language": _one_of(4, {"main": 80, "minority": 15, "bilingual": 5}),
        "need": _one_of(5, {"none": 85, "speech": 9, "learning": 4, "severe": 2}),
        "deprivation": _one_of(6, {"none": 60, "low": 20, "middle": 12, "high": 8}),
        "newcomer": _one_of(7, {"no": 95, "yes": 5}),
        "home": _one_of(8, {"family": 97, "care": 2, "boarding": 1}),
        "meals": _one_of(9, {"none": 70, "part": 15, "full": 15}),
        "distance": f"({_below(10, 300)} / 10.0)::DECIMAL(6, 1)",
        "score": f"({_below(11, 1001)} / 10.0)::DECIMAL(6, 1)",
        "born": f"DATE '2008-01-01' + {_below(12, 4000)}",
        "enrolled_on": f"DATE '2015-09-01' + {_below(13, 3000)}",
        "stayed": _one_of(14, {"yes": 90, "no": 10}),
    }
    selected = ", ".join(f"{cells[name]} AS {name}" for name in ROSTER)
    return f"SELECT {selected} FROM range({students}) AS t(i)"


def _register(schools: int) -> str:
    area = _one_of(1, {"city": 50, "town": 30, "village": 20})
    return (
        "SELECT lpad(i::VARCHAR, 6, '0') AS school_id, 'School ' || i AS name, "
        f"{area} AS area, 1 + {_below(2, 3)} AS sites FROM range({schools}) AS t(i)"
    )


def _below(salt: int, limit: int) -> str:
    """A whole number from 0 to `limit` - 1, by a hash of the row's number."""
    return f"(hash(i * 64 + {salt}) % {limit})::INT"


def _one_of(salt: int, shares: dict[str, int]) -> str:
    """One of some words, each with its share in percent."""
    cases, up_to = [], 0
    for word, share in shares.items():
        up_to += share
        cases.append(f"WHEN {_below(salt, 100)} < {up_to} THEN '{word}'")
    return f"CASE {' '.join(cases)} END"
