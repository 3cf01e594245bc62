"""Columns of numbers of students that nobody reads, so that each row would be paid as one student.

Only the header's words and the first rows are looked at; no number is ever taken from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problem, Problems, ProblemsFoundError
from formula_funding.read.cell_reader import count_from_text
from formula_funding.sources.table import Table, rows_of

_FIRST_ROWS = 100
_SEVERAL = 2
_TELLS_COUNTS = re.compile(
    r"\b(?:students|pupils|count|headcount|enrolments?|numbers? of|кол-во|количеств[оа]|число"
    r"|численность|контингент|учащихся|учеников|обучающихся|воспитанников|детей"
    r"|кількість|чисельність|учнів|оқушылар|оқушы саны|liczba|uczniów|anzahl|schülerzahl"
    r"|schüler(?:innen)?|nombre d|effectifs?|élèves|alumnos|alumnado|estudiantes|matrícula)\b"
)


def tells_counts(header: str) -> bool:
    """Whether the title of a column says that it holds numbers of students."""
    return _TELLS_COUNTS.search(header.casefold().replace("_", " ")) is not None


def are_counts(texts: Iterable[str]) -> bool:
    """Whether the cells that are filled in are whole numbers, and several of them above 1."""
    counts = [count_from_text(text, " ") for text in texts if text]
    above_one = sum(count is not None and count > 1 for count in counts)
    return None not in counts and above_one >= min(_SEVERAL, max(len(counts), 1))


def warn_of_unread_counts(table: Table, read: Sequence[str], problems: Problems) -> None:
    """Warn of columns that seem to count students and are not among those that are `read`."""
    unread = [
        (position, name)
        for position, name in enumerate(table.header)
        if name not in read and tells_counts(name)
    ]
    rows = _first_rows(table) if unread else []
    for position, name in unread:
        if are_counts(cells[position] for cells in rows):
            problems.add(
                codes.UNREAD_COUNTS,
                f"each row is paid as one student; the column `{name}`, which nothing reads, seems "
                "to say for how many students a row stands",
                table.place(table.header_line, position + 1),
                f"say in a layout `students: {name}`; or, where each row is one student, "
                "`constants: {students: 1}`",
            )


def _first_rows(table: Table) -> list[list[str]]:
    """The first rows; fewer where the file can't be read, which is told by who reads it all."""
    rows: list[list[str]] = []
    damage: list[Problem] = []
    try:
        rows.extend(cells for _, cells in islice(rows_of(table, damage), _FIRST_ROWS))
    except ProblemsFoundError:
        return rows
    return rows
