"""Random worlds: a rulebook as YAML text, and a register, a roster and tables that fit it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from formula_funding.rules.period import Period, period_from_text
from tests.properties.formulas import (
    DATES,
    DISTRICTS,
    FORMS,
    GROUPS,
    PLACES,
    STATUSES,
    SUBJECTS,
    Habits,
)
from tests.properties.rulebooks import PERIOD, rulebooks

Row = dict[str, str]
SCHOOL_IDS = ("01", "007", "1", "Ш-3", "9 a")


@dataclass(frozen=True)
class World:
    """A rulebook and its data as texts. Each student row has `students` alike students.

    `tables` are those that the rulebook counts beside students, `files` what it is based on.
    """

    rulebook: str
    schools: tuple[Row, ...]
    students: tuple[Row, ...]
    as_of: date | Period | None
    line_names: tuple[str, ...]
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        tables = {"schools": self.schools, "students": self.students, **self.tables}
        rows = [
            f"{name}:\n" + "\n".join(",".join(row.values()) for row in table)
            for name, table in tables.items()
        ]
        return "\n\n".join(
            [f"World as of {self.as_of}:\n{self.rulebook}", *self.files.values(), *rows]
        )

    def with_students(self, students: list[Row]) -> World:
        return replace(self, students=tuple(students))


FTES = ("0", "0.5", "0.50", "1", "1.0", "0.333", "2")
TRUTHS = ("yes", "no", "true", "FALSE", "1", "0")
BIRTHDAYS = ("2010-01-31", "2016-02-29", "2018-09-01")


def _rows(**columns: tuple[str, ...]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {name: st.sampled_from(texts) for name, texts in columns.items()}
    ).map(_in_order)


def _in_order(row: dict[str, Any]) -> Row:
    """The row with its columns in one order; hypothesis draws them in any."""
    return dict(sorted(row.items()))


SCHOOL_ROW = _rows(
    place=PLACES,
    district=DISTRICTS,
    area=("0", "1", "12.5", "400.25"),
    need=("", "0", "0.25", "1"),
    rooms=("0", "1", "12"),
    budget=("0", "1000", "12345.67"),
    remote=TRUTHS,
    status=STATUSES,
)
STUDENT_ROW = _rows(
    g=GROUPS,
    grade=("1", "2", "3", "4", "04"),
    fte=FTES,
    meal=TRUTHS,
    born=BIRTHDAYS,
    students=("1", "1", "2", "3", "0"),
)
TABLE_ROWS = {
    "classes": _rows(
        form=FORMS, hours=("0", "9.99", "10", "40"), label=("a", "b"), classes=("1", "2", "0")
    ),
    "results": _rows(pupil=("p1", "p2"), subject=SUBJECTS, score=("0", "49.5", "50", "100")),
}


_READS_DAY = re.compile(r"<= as_of|as_of >=")


@st.composite
def worlds(draw: st.DrawFn, habits: Habits | None = None) -> World:
    """A rulebook with a register of one to five schools, a roster and tables of a few rows."""
    text, names = draw(rulebooks(habits or Habits()))
    ids = SCHOOL_IDS[: draw(st.integers(1, len(SCHOOL_IDS)))]
    schools = [
        {"school_id": school, "name": f"Школа {school}"} | draw(SCHOOL_ROW) for school in ids
    ]

    def in_schools(row: st.SearchStrategy[Row], most: int) -> tuple[Row, ...]:
        rows = draw(st.lists(row, min_size=1, max_size=most))
        return tuple({"school_id": draw(st.sampled_from(ids))} | found for found in rows)

    students = in_schools(STUDENT_ROW, 12)
    tables = {name: in_schools(row, 6) for name, row in TABLE_ROWS.items()}
    as_of = draw(st.sampled_from((None, *DATES, date(2025, 8, 1), period_from_text(PERIOD))))
    if _READS_DAY.search(text) and not isinstance(as_of, date):
        as_of = date(2025, 1, 1)  # a period, here or in the rulebook, has no one day
    return World(text, tuple(schools), students, as_of, names, tables)


Predicate = Callable[[Row], bool]
"""Whether a student row satisfies a condition, told without the program."""

Condition = tuple[str, Predicate]

SIMPLE_CONDITIONS: tuple[Condition, ...] = (
    ("g = a", lambda row: row["g"] == "a"),
    ("g != лицей", lambda row: row["g"] != "лицей"),
    ("g in [b, лицей]", lambda row: row["g"] in {"b", "лицей"}),
    ("grade in 2..3", lambda row: int(row["grade"]) in {2, 3}),
    ("grade >= 4", lambda row: int(row["grade"]) == 4),
    ("meal", lambda row: row["meal"].lower() in {"yes", "true", "1"}),
    ("fte = 0.5", lambda row: row["fte"] in {"0.5", "0.50"}),
    ("born < 2016-02-29", lambda row: row["born"] == "2010-01-31"),
    ("stage = high", lambda row: int(row["grade"]) > 2),
)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> Condition:
    """A condition on a student as a formula, and the same as a Python function."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(SIMPLE_CONDITIONS))
    left, is_left = draw(conditions(depth - 1))
    right, is_right = draw(conditions(depth - 1))
    joined: tuple[Condition, ...] = (
        (f"({left} and {right})", lambda row: is_left(row) and is_right(row)),
        (f"({left} or {right})", lambda row: is_left(row) or is_right(row)),
        (f"not ({left})", lambda row: not is_left(row)),
    )
    return draw(st.sampled_from(joined))
