"""The groups of a kept tally: read as columns of numbers, and added up as such."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formula_funding.model.counts import CountTable, Cut, LeftOut, RowsRead
from formula_funding.model.kept import REASONS, Groups
from formula_funding.model.plan import Value
from formula_funding.sources.sql import sql_file, sql_name, sql_text
from formula_funding.tally.counts_from_tally import NOTHING, rows_read, sort_key
from formula_funding.tally.whole_numbers import whole_numbers

if TYPE_CHECKING:
    import duckdb
    import numpy as np

    Numbers = np.ndarray[Any, Any]

Read = Callable[[tuple[str, ...]], tuple[Value, ...]]
"""Reads the texts of a cut's attributes."""

_WHOLE = {
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
}
_MOST_PLACES = 2**22
"""Of an array with a place for each group that could be."""
_MOST = 2**62
"""A number of groups that surely fits."""


def read_groups(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    files: Sequence[str],
    attributes: Sequence[str],
) -> Groups:
    """Read the groups of the tally of some files; `attributes` are the columns of their texts.

    Each text is read once, and then stands as a number. Raises ValueError, LookupError or
    duckdb.Error where something is not as it should be.
    """
    import numpy as np

    groups = f"read_parquet({sql_text(sql_file(path))}, hive_partitioning = false)"
    names = {name: sql_name(name) for name in ("file", "school_id", "left_out", *attributes)}
    described = connection.execute(
        f'DESCRIBE SELECT {", ".join(names.values())}, "rows", students FROM {groups}'
    )
    for column, kind, *_ in described.fetchall():
        if kind not in (_WHOLE if column in ("rows", "students") else {"VARCHAR"}):
            raise ValueError("a column of another kind")
    is_counted = "coalesce(left_out, '') = ''"
    has_texts = " AND ".join(["true", *(f"{names[name]} IS NOT NULL" for name in attributes)])
    is_group = (
        '"rows" >= 0 AND students >= 0 AND file IS NOT NULL AND school_id IS NOT NULL '
        f"AND CASE WHEN {is_counted} THEN {has_texts} ELSE students = 0 END"
    )
    found = connection.execute(f"SELECT count(*) FROM {groups} WHERE ({is_group}) IS NOT TRUE")
    if found.fetchall() != [(0,)]:
        raise ValueError("no group of a tally")
    told: dict[str, tuple[str, ...]] = {}
    numbers = {"rows": '"rows"', "students": "students"}
    for i, (name, column) in enumerate(names.items()):
        where = f"WHERE {is_counted}" if name in attributes else ""
        connection.execute(
            f"CREATE TYPE text_{i} AS ENUM "
            f"(SELECT DISTINCT {column} AS text FROM {groups} {where} ORDER BY text)"
        )
        texts = connection.execute(f"SELECT unnest(enum_range(NULL::text_{i}))::VARCHAR")
        told[name] = tuple(text for (text,) in texts.fetchall())
        numbers[name] = f"coalesce(enum_code(TRY_CAST({column} AS text_{i})), 0)"
    selected = ", ".join(f"({number})::BIGINT AS c{i}" for i, number in enumerate(numbers.values()))
    fetched = connection.execute(f"SELECT {selected} FROM {groups}").fetchnumpy()
    columns = dict(zip(numbers, map(np.ma.getdata, fetched.values()), strict=True))
    file_number = {name: number for number, name in enumerate(files)}
    reasons = {reason.value if reason else "": i for i, reason in enumerate(REASONS)}
    return Groups(
        told["school_id"],
        tuple(told[name] for name in attributes),
        whole_numbers(_taken([file_number[name] for name in told["file"]], columns["file"])),
        whole_numbers(columns["school_id"]),
        whole_numbers(_taken([reasons[name] for name in told["left_out"]], columns["left_out"])),
        tuple(whole_numbers(columns[name]) for name in attributes),
        whole_numbers(columns["rows"]),
        whole_numbers(columns["students"]),
    )


@dataclass(frozen=True)
class GroupsAdded:
    """Groups as a register knows their schools, to be added up by some of their attributes.

    `register` has the ids of its schools in order.
    """

    groups: Groups
    register: Sequence[str]

    def table(self, cut: Cut, at: Sequence[int], read: Read) -> CountTable:
        """Students of the register's schools by a cut, whose attributes have the numbers `at`."""
        import numpy as np

        school = _taken(self._number_of_school, self._column("school"))
        students = self._column("students")
        is_counted = (self._column("left_out") == 0) & (school >= 0) & (students > 0)
        kind, kinds = self._kinds(np.flatnonzero(is_counted), at, read)
        columns = [(kind, len(kinds)), (school[is_counted], len(self.register))]
        (combination, schools), (counted,) = _added_up(columns, [students[is_counted]])
        return CountTable(cut, tuple(kinds), *map(whole_numbers, (schools, combination, counted)))

    def read(self, files: Sequence[str], at: Sequence[int], read: Read) -> tuple[RowsRead, ...]:
        """The rows of some files by school, the attributes `at` and why they are left out."""
        import numpy as np

        groups, unknown = self.groups, REASONS.index(LeftOut.UNKNOWN_SCHOOL)
        is_known = _taken(self._number_of_school, self._column("school")) >= 0
        left_out = self._column("left_out")
        left_out = np.where((left_out == 0) & ~is_known, unknown, left_out)
        is_counted = left_out == 0
        kind = np.zeros(len(groups), dtype=np.int64)
        kind[is_counted], kinds = self._kinds(np.flatnonzero(is_counted), at, read)
        # Rows that are left out have no values; those of others may be none too.
        kind[is_counted] += 1
        columns = [
            (self._column("file"), len(files)),
            (self._column("school"), len(groups.schools)),
            (left_out, len(REASONS)),
            (kind, 1 + len(kinds)),
        ]
        students = np.where(is_counted, self._column("students"), 0)
        keys, sums = _added_up(columns, [self._column("rows"), students])
        rows = zip(*(column.tolist() for column in (*keys, *sums)), strict=True)
        entries = (
            ((file, groups.schools[school], of_kind, REASONS[why]), found, counted)
            for file, school, why, of_kind, found, counted in rows
        )
        return rows_read(files, [NOTHING, *kinds], entries)

    @cached_property
    def _number_of_school(self) -> list[int]:
        """Of each school of the groups the number in the register; -1 of those that it lacks."""
        number_of = {school: number for number, school in enumerate(self.register)}
        return [number_of.get(school, -1) for school in self.groups.schools]

    def _kinds(
        self, which: Numbers, at: Sequence[int], read: Read
    ) -> tuple[Numbers, list[tuple[Value, ...]]]:
        """Of some groups the number of their values, and the distinct values in order."""
        texts = [self.groups.texts[i] for i in at]
        columns = [_numbers(self.groups.values[i])[which] for i in at]
        number, first = _numbered([(c, len(t)) for c, t in zip(columns, texts, strict=True)], which)
        told = [
            [known[code] for code in column[first].tolist()]
            for known, column in zip(texts, columns, strict=True)
        ]
        values = [read(of_kind) for of_kind in zip(*told, strict=True)] if at else [()]
        kinds = sorted(set(values), key=sort_key) if len(first) else []
        place = {of_kind: i for i, of_kind in enumerate(kinds)}
        return _taken([place[values[i]] for i in range(len(first))], number), kinds

    def _column(self, name: str) -> Numbers:
        return _numbers(getattr(self.groups, name))


def _added_up(
    columns: Sequence[tuple[Numbers, int]], counted: Sequence[Numbers]
) -> tuple[list[Numbers], list[Numbers]]:
    """The distinct rows of columns of keys in ascending order, and what is counted of each.

    With each column comes the number below which its numbers are. Whole numbers are added up
    exactly.
    """
    import numpy as np

    number, first = _numbered(columns, counted[0])
    sums = [np.zeros(len(first), dtype=np.int64) for _ in counted]
    for found, of_rows in zip(sums, counted, strict=True):
        np.add.at(found, number, of_rows)
    return [column[first] for column, _ in columns], sums


def _numbered(columns: Sequence[tuple[Numbers, int]], rows: Numbers) -> tuple[Numbers, Numbers]:
    """The number of each of some rows among its like, in ascending order; and one row of each."""
    import numpy as np

    number, size = np.zeros(len(rows), dtype=np.int64), 1
    for column, of_column in columns:
        if size * of_column > _MOST:
            found, number = np.unique(number, return_inverse=True)
            size = len(found)
        number = number * of_column + column
        size *= of_column
    if size > _MOST_PLACES:
        _, first, number = np.unique(number, return_index=True, return_inverse=True)
        return number, first
    one = np.full(size, -1)
    one[number] = np.arange(len(number))
    used = np.flatnonzero(one >= 0)
    place = np.empty(size, dtype=np.int64)
    place[used] = np.arange(len(used))
    return place[number], one[used]


def _taken(values: Sequence[int], numbers: Numbers) -> Numbers:
    """In place of each number what stands there among some values."""
    import numpy as np

    found: Numbers = np.array(values, dtype=np.int64)[numbers] if values else numbers
    return found


def _numbers(column: Sequence[int]) -> Numbers:
    import numpy as np

    assert isinstance(column, array)
    return np.frombuffer(column, dtype=np.int64)
