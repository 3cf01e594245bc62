"""Rows of any roster as groups of texts: counted jointly over all attributes, then by each cut."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from formula_funding.model.counts import Cut
from formula_funding.read.joined_ids import PartsMet
from formula_funding.read.roster import Roster
from formula_funding.tally.roster_sql import (
    COUNTED,
    NO_ID,
    NOBODY,
    RowsSql,
    attribute_name,
    attribute_names,
    has_hyphen,
    is_literal,
    school_of_parts,
    stripped,
    trimmed,
)
from formula_funding.tally.tally import LedgerRow, LeftOutRows, TallyTable

_BATCH = 100_000


@dataclass(frozen=True)
class JointCount:
    """The table `joint` and its view `counted`, which `joint_count` makes.

    `schools` are the ids in rows that are not left out, in ascending order, `files` those of which
    a row was found. `is_doubtful` says that a row has a bad cell, or a student no id, or a hash
    that several rows share.
    """

    connection: duckdb.DuckDBPyConnection
    attributes: Cut
    schools: Sequence[str]
    files: frozenset[int]
    is_doubtful: bool

    def table(self, cut: Cut) -> TallyTable:
        """The rows that are not left out by school and by a cut, in order of texts and schools."""
        read = [attribute_name(self.attributes.index(name)) for name in cut]
        rows = self.connection.execute(
            f"SELECT {', '.join([*read, 'school'])}, sum(students)::BIGINT FROM counted "
            "WHERE reason = 0 GROUP BY ALL ORDER BY ALL"
        )
        number_of = {school: number for number, school in enumerate(self.schools)}
        combinations: dict[tuple[str, ...], int] = {}
        school, combination, students = array("q"), array("q"), array("q")
        while batch := rows.fetchmany(_BATCH):
            for row in batch:
                combination.append(combinations.setdefault(row[:-2], len(combinations)))
                school.append(number_of[row[-2]])
                students.append(row[-1])
        return TallyTable(
            stripped(self.schools),
            [stripped(texts) for texts in combinations],
            school,
            combination,
            students,
        )

    def ledger(self, cut: Cut) -> list[LedgerRow]:
        """The rows that are not left out by file, school and the attributes of a cut."""
        read = [attribute_name(self.attributes.index(name)) for name in cut]
        found = self.connection.execute(
            f"SELECT {', '.join(['file', 'school', *read])}, sum(file_rows)::BIGINT, "
            "sum(students)::BIGINT FROM counted WHERE reason = 0 GROUP BY ALL"
        ).fetchall()
        return [
            (int(row[0]), row[1].strip(), stripped(row[2:-2]), int(row[-2]), int(row[-1]))
            for row in found
        ]

    @property
    def left_out(self) -> list[LeftOutRows]:
        """The rows that filters of the roster leave out."""
        found = self.connection.execute(
            "SELECT file, reason, sum(file_rows)::BIGINT FROM counted WHERE reason > 0 GROUP BY ALL"
        ).fetchall()
        return [(int(file), int(reason), int(rows)) for file, reason, rows in found]


def joint_count(
    connection: duckdb.DuckDBPyConnection, roster: Roster, rows: Sequence[RowsSql]
) -> JointCount:
    """Pass over the rows once for everything that is to be counted of them: the table `joint`.

    Its groups (`is_group`) count students, rows of the files and bad cells by file, reason, school
    and all attributes; the view `counted` tells them in full. Its other rows are suspects: no
    student id, or a hash that several rows share. Equal ids have equal hashes, so that nobody who
    stands twice is missed; whether two ids are equal is for the slow reading to tell. Texts are
    grouped as they stand, which is quick.
    """
    # What is alike in all rows need not be grouped by, added up or kept, which costs time.
    alike = {
        name: text
        for name, text in rows[0].columns.items()
        if is_literal(text) and all(row.columns[name] == text for row in rows)
    }
    names = attribute_names(roster)
    schools = [f"school_{i}" for i in range(len(roster.files[0].school_id))]
    keys = ["file", "reason", *schools, *names]
    grouped = ", ".join(key for key in keys if key not in alike)
    sums = "".join(f", sum({name}) AS {name}" for name in COUNTED if name not in alike)
    sets, is_group, having = f"({grouped})", "true", ""
    if alike.get("student") != NOBODY:
        sets += ", (student)"
        is_group = "grouping(student) = 1"
        suspects = f"student IS NOT NULL AND (count(*) > 1 OR student = {NO_ID})"
        having = f"HAVING {is_group} OR ({suspects})"
    connection.execute(
        f"CREATE TEMP TABLE joint AS SELECT {grouped}, {is_group} AS is_group, count(*) AS times"
        f"{sums} FROM ({' UNION ALL '.join(row.query(without=alike) for row in rows)}) "
        f"GROUP BY GROUPING SETS ({sets}) {having}"
    )
    filled = {name: alike.get(name, f"coalesce({name}, '')") for name in keys[2:]}
    parts = [filled[name] for name in schools]
    told = {
        **{name: alike.get(name, name) for name in keys[:2]},
        **{name: filled[name] for name in names},
        "school": parts[0] if len(parts) == 1 else school_of_parts(parts),
        **{name: f"times * {alike[name]}" if name in alike else name for name in COUNTED},
    }
    selected = ", ".join(f"{text} AS {name}" for name, text in told.items())
    connection.execute(f"CREATE TEMP VIEW counted AS SELECT {selected} FROM joint WHERE is_group")
    found = connection.execute(
        "SELECT school, file, reason, sum(bad) FROM counted GROUP BY ALL"
    ).fetchall()
    others = connection.execute("SELECT count(*) FROM joint WHERE NOT is_group").fetchall()
    return JointCount(
        connection,
        roster.attributes,
        sorted({school for school, _, reason, _ in found if not reason}),
        frozenset(int(file) for _, file, _, _ in found),
        is_doubtful=others[0][0] > 0
        or any(bad for *_, bad in found)
        or _are_joined_alike(connection, parts, told["reason"]),
    )


def _are_joined_alike(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[str], reason: str
) -> bool:
    """Whether different parts of an id give one school."""
    if len(parts) == 1:
        return False
    cells = ", ".join(map(trimmed, parts))
    found = connection.execute(
        f"SELECT DISTINCT {school_of_parts(parts)}, {cells} FROM joint "
        f"WHERE is_group AND {reason} = 0 AND {has_hyphen(parts)}"
    ).fetchall()
    met = PartsMet()
    return any(met.has_others(school, cells) for school, *cells in found)
