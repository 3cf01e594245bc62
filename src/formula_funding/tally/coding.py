"""Texts to numbers: the table `coded` of a large roster, made in one pass over its files.

The texts in the first rows of each file and the ids of schools get a number each. A row with any
other text is unforeseen. If there are many, as in a file in order of grades, their texts get
numbers too, and the rows are coded once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import duckdb

from formula_funding.model.counts import Cut
from formula_funding.read.roster import Roster
from formula_funding.sources.sql import sql_text
from formula_funding.sources.table import TableFormat
from formula_funding.tally.roster_sql import NOBODY, RowsSql, attribute_name, joined_id

BITS = 23
"""Of so many bits, the number of a group may be its place in an array: by DuckDB and by us."""
_ROWS_LOOKED_AT = 20_480
_FEW = 20
"""One row in so many may be unforeseen."""
_MOST_TEXTS = 200
"""Of one attribute; of more, many would not be foreseen."""
_MOST_KINDS = 2**20
_ONE_STUDENT = {"reason": "0", "students": "1", "file_rows": "1", "bad": "0"}
"""What is said of a row that is one student and is not left out."""


@dataclass(frozen=True)
class Joint:
    """Attributes (by place) whose numbers are kept as one: a column of `coded`.

    `sizes` are how many texts each has. The number of a row is that of its texts, the last
    attribute's turning quickest.
    """

    name: str
    places: tuple[int, ...]
    sizes: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return prod(self.sizes)

    @property
    def wide(self) -> dict[int, int]:
        """The sizes of the attributes with several texts; the others turn no number."""
        sizes = zip(self.places, self.sizes, strict=True)
        return {place: size for place, size in sizes if size > 1}

    def number(self) -> str:
        """SQL for the number of a row, from those of its texts."""
        number = "0::UINTEGER"
        for place, size in zip(self.places, self.sizes, strict=True):
            number = f"({number} * {size} + {attribute_name(place)})"
        return f"{number}::{_whole_type(self.size)}"

    def part(self, place: int) -> str:
        """SQL for the number of one attribute's text, from that of the row."""
        at = self.places.index(place)
        return f"{self.name} // {prod(self.sizes[at + 1 :])} % {self.sizes[at]}"


@dataclass(frozen=True)
class Coding:
    """The table `coded`: file, school, joints and student (a hash) of each row, as numbers.

    A school or joint is NULL where something was not foreseen; `unforeseen` rows have such a one.
    `texts` are those of each attribute, `files` the rows of each file of which one was found, and
    a joint of more than `most` numbers is too large for an array.
    """

    schools: tuple[str, ...]
    texts: Sequence[Sequence[str]]
    joints: Sequence[Joint]
    most: int
    files: Mapping[int, int]
    unforeseen: int
    has_students: bool

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(self.files.values())

    @property
    def foreseen(self) -> str:
        """SQL that keeps to the rows that were foreseen."""
        return f"WHERE {_known(self.joints)}" if self.unforeseen else ""

    def joint_with(self, places: Sequence[int]) -> Joint:
        """The smallest joint that has some attributes."""
        having = [joint for joint in self.joints if set(places) <= set(joint.places)]
        return min(having, key=lambda joint: joint.size)

    def left_of(self, row: RowsSql) -> RowsSql:
        """Those of the rows of a file that were not foreseen."""
        known = [f"{_school(row)} IN (SELECT id FROM expected)"]
        for place in sorted({place for joint in self.joints for place in joint.places}):
            text = row.columns[attribute_name(place)]
            known.append(f"TRY_CAST(coalesce({text}, '') AS text_{place}) IS NOT NULL")
        return replace(row, where=f"({' AND '.join(known)}) IS NOT TRUE")


def coding_of(
    connection: duckdb.DuckDBPyConnection,
    roster: Roster,
    rows: Sequence[RowsSql],
    cuts: Sequence[Cut],
) -> Coding | None:
    """Code the rows of a roster, so that each cut can be counted.

    None if they can't be coded: if there are none, if rows are counts or are left out by the
    layout, or have an attribute of many texts.
    """
    are_students = [row.columns[name] == sql for row in rows for name, sql in _ONE_STUDENT.items()]
    if not all(are_students):
        return None
    attributes = len(roster.attributes)
    first = _texts(connection, rows, attributes, f"LIMIT {_ROWS_LOOKED_AT}")
    schools = _schools(connection, roster, rows)
    coding = _coding(connection, roster, rows, cuts, schools, first)
    if coding is None or coding.unforeseen * _FEW <= coding.rows:
        return coding
    left = _texts(connection, [coding.left_of(row) for row in rows], attributes)
    every = [list(dict.fromkeys([*a, *b])) for a, b in zip(first, left, strict=True)]
    if every == first:
        return coding
    return _coding(connection, roster, rows, cuts, schools, every) or coding


def _coding(
    connection: duckdb.DuckDBPyConnection,
    roster: Roster,
    rows: Sequence[RowsSql],
    cuts: Sequence[Cut],
    schools: tuple[str, ...],
    texts: Sequence[Sequence[str]],
) -> Coding | None:
    """Code the rows by some texts; None if there are too many of them, or none."""
    sizes = [len(of_attribute) for of_attribute in texts]
    places = 2 ** (BITS - 1)
    if not 0 < len(schools) <= places or not all(0 < size <= _MOST_TEXTS for size in sizes):
        return None
    most = places // len(schools)
    joints = _joints([[roster.attributes.index(name) for name in cut] for cut in cuts], sizes, most)
    if any(joint.size > _MOST_KINDS for joint in joints):
        return None
    has_students = any(row.columns["student"] != NOBODY for row in rows)
    _code(connection, roster, rows, schools, texts, joints, with_students=has_students)
    files = connection.execute("SELECT file, count(*) FROM coded GROUP BY file").fetchall()
    unforeseen = _number_unforeseen(connection, joints)
    return Coding(schools, texts, joints, most, dict(files), unforeseen, has_students)


def _number_unforeseen(connection: duckdb.DuckDBPyConnection, joints: Sequence[Joint]) -> int:
    """How many rows have something that was not foreseen."""
    columns = ["*", *_coded(joints)]
    counts = connection.execute(
        f"SELECT {', '.join(f'count({column})' for column in columns)} FROM coded"
    ).fetchall()[0]
    if len(set(counts)) == 1:
        return 0
    query = f"SELECT count(*) FROM coded WHERE NOT ({_known(joints)})"
    return int(connection.execute(query).fetchall()[0][0])


def _joints(cuts: Sequence[Sequence[int]], sizes: Sequence[int], most: int) -> list[Joint]:
    """Few joints, so that each cut is within one; none of more than `most` numbers but for a cut.

    The largest cuts come first; each joins a joint where it fits.
    """
    found: list[set[int]] = []

    def size(places: Iterable[int]) -> int:
        return prod(sizes[place] for place in places)

    for cut in sorted({frozenset(cut) for cut in cuts}, key=lambda cut: (-size(cut), sorted(cut))):
        if any(cut <= joint and size(joint) <= most for joint in found):
            continue
        fitting = [joint for joint in found if size(joint | cut) <= most]
        if fitting:
            min(fitting, key=lambda joint: size(joint | cut)).update(cut)
        else:
            found.append(set(cut))
    return [
        Joint(f"joint_{number}", tuple(sorted(joint)), tuple(sizes[i] for i in sorted(joint)))
        for number, joint in enumerate(found)
    ]


def _schools(
    connection: duckdb.DuckDBPyConnection, roster: Roster, rows: Sequence[RowsSql]
) -> tuple[str, ...]:
    """The ids of a register and former ones; without a register, those that the rows name."""
    expected, today = dict.fromkeys(roster.expected_schools), roster.codes_of_today
    if expected:
        former = [code for code in today if code not in expected and today[code] in expected]
        return (*expected, *former)
    named = " UNION ".join(f"SELECT {_school(row)} AS id FROM {row.table}" for row in rows)
    found = connection.execute(f"SELECT DISTINCT id FROM ({named}) WHERE id IS NOT NULL")
    return tuple(sorted(text for (text,) in found.fetchall()))


def _texts(
    connection: duckdb.DuckDBPyConnection,
    rows: Sequence[RowsSql],
    attributes: int,
    limit: str = "",
) -> list[list[str]]:
    """The texts of each attribute in some rows of each file, frequent ones first."""
    names = [attribute_name(number) for number in range(attributes)]
    if not names:
        return []
    selected = " UNION ALL ".join(
        f"(SELECT {', '.join(f'{row.columns[name]} AS {name}' for name in names)} "
        f"FROM {row.table} WHERE {row.where} {limit})"
        for row in rows
    )
    found = ", ".join(f"histogram(coalesce({name}, ''))" for name in names)
    counted = connection.execute(f"SELECT {found} FROM ({selected})").fetchall()[0]
    return [sorted(times or {}, key=lambda text: (-times[text], text)) for times in counted]


def _code(
    connection: duckdb.DuckDBPyConnection,
    roster: Roster,
    rows: Sequence[RowsSql],
    schools: Sequence[str],
    texts: Sequence[Sequence[str]],
    joints: Sequence[Joint],
    *,
    with_students: bool,
) -> None:
    """Make the table `coded`, in one pass over the files.

    What is set for it holds for whatever follows on the connection, which does not mind.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE expected AS SELECT unnest($1) AS id, "
        f"(generate_subscripts($1, 1) - 1)::{_whole_type(len(schools))} AS school",
        [schools],
    )
    for number, of_attribute in enumerate(texts):
        words = ", ".join(map(sql_text, of_attribute))
        connection.execute(f"DROP TYPE IF EXISTS text_{number}")
        connection.execute(f"CREATE TYPE text_{number} AS ENUM ({words})")
    student = ["student"] if with_students else []
    numbers = ", ".join(["id", *(f"{j.number()} AS {j.name}" for j in joints), *student])
    kept = ", ".join(["school", *(joint.name for joint in joints), *student])
    queries = []
    for row, file in zip(rows, roster.files, strict=True):
        read = [
            f"{_school(row)} AS id",
            f"{row.columns['student']}::UBIGINT AS student",
            *(
                f"{_number(row, number, known, file.table.format)} AS {attribute_name(number)}"
                for number, known in enumerate(texts)
            ),
        ]
        queries.append(
            f"SELECT {row.columns['file']}::USMALLINT AS file, {kept} FROM (SELECT {numbers} "
            f"FROM (SELECT {', '.join(read)} FROM {row.table})) LEFT JOIN expected USING (id)"
        )
    # The rows of a CSV file are taken for few, and would be held in memory for the schools.
    connection.execute("SET disabled_optimizers = 'build_side_probe_side,join_order'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET perfect_ht_threshold = {BITS}")
    connection.execute(f"CREATE OR REPLACE TABLE coded AS {' UNION ALL '.join(queries)}")


def _number(row: RowsSql, number: int, texts: Sequence[str], format_: TableFormat) -> str:
    """SQL for the number of an attribute's text, NULL if it was not foreseen.

    Parquet holds each text once and repeats its number, so that a cast looks at few texts; in
    other files comparing is quicker.
    """
    text = _text(row, number, texts)
    if format_ is TableFormat.PARQUET:
        return f"enum_code(TRY_CAST({text} AS text_{number}))"
    cases = " ".join(f"WHEN {sql_text(known)} THEN {code}" for code, known in enumerate(texts))
    return f"(CASE {text} {cases} END)::{_whole_type(len(texts))}"


def _text(row: RowsSql, number: int, texts: Sequence[str]) -> str:
    text = row.columns[attribute_name(number)]
    return f"coalesce({text}, '')" if "" in texts else text


def _school(row: RowsSql) -> str:
    """The id of a school as it stands, or its parts joined."""
    parts = [text for name, text in row.columns.items() if name.startswith("school_")]
    return parts[0] if len(parts) == 1 else joined_id([f"coalesce({part}, '')" for part in parts])


def _known(joints: Sequence[Joint]) -> str:
    """Whether all of a row was foreseen."""
    return " AND ".join(f"{name} IS NOT NULL" for name in _coded(joints))


def _coded(joints: Sequence[Joint]) -> list[str]:
    return ["school", *(joint.name for joint in joints)]


def _whole_type(values: int) -> str:
    """The smallest of DuckDB's types for whole numbers from 0 to below `values`."""
    return next(name for name, size in _TYPES.items() if values <= size)


_TYPES = {"UTINYINT": 2**8, "USMALLINT": 2**16, "UINTEGER": 2**32}
