"""Texts to numbers: the table `coded` of a large roster, made in one pass over its files.

The texts in the first rows of each file and the ids of schools get a number each, and all numbers
of a row are put into one. A row with any other text is unforeseen. If there are many, as in a file
in order of grades, their texts get numbers too, and the rows are coded once more.
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
from formula_funding.tally.roster_sql import (
    NOBODY,
    RowsSql,
    attribute_name,
    has_hyphen,
    school_of_parts,
)
from formula_funding.tally.tally import LeftOutRows

_MOST_PLACES = 2**22
"""Of an array of rows by school and kind."""
_CODES = 2**32
"""So many codes can be told apart in a column of `coded`."""
_ROWS_LOOKED_AT = 20_480
_FEW = 20
"""One row in so many may be unforeseen."""
_MOST_TEXTS = 200
"""Of one attribute; of more, many would not be foreseen. They must fit into a byte."""
_MOST_KINDS = 2**20
_ONE_STUDENT = {"students": "1", "file_rows": "1"}
"""What is said of a row that is one student."""
_REASONS = 2**16
"""No layout has so many filters."""


@dataclass(frozen=True)
class Joint:
    """Attributes (by place) whose numbers are kept as one.

    `sizes` are how many texts each has. The number of a row is that of its texts, the last
    attribute's turning quickest.
    """

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
        """SQL for the number of a row, from those of its texts.

        DuckDB looks for overflow after each step with whole numbers, which takes twice as long;
        numbers below 2^53 are exact as DOUBLE, and codes are below 2^32.
        """
        number = "0::DOUBLE"
        for place, size in zip(self.places, self.sizes, strict=True):
            number = f"({number} * {size} + {attribute_name(place)})"
        return number


@dataclass(frozen=True, eq=False)
class Part:
    """A number below `size` within a column of `coded`, as a digit stands in a number.

    Each is itself alone: one of size 1 stands where the next one does.
    """

    column: str
    unit: int
    size: int

    @property
    def number(self) -> str:
        """SQL for the number, from that of the column."""
        return f"{self.column} // {self.unit} % {self.size}"


@dataclass(frozen=True)
class Coding:
    """The table `coded`: of each row the numbers of its school and joints, and its student's hash.

    The numbers are the parts of one column or of several, the lower ones first. A column is NULL
    where something was not foreseen; `unforeseen` rows have such a one. `texts` are those of each
    attribute; what file a row is from counts as one attribute more. A joint of more than `most`
    numbers is too large for an array.

    Rows that the layout leaves out, if it does (`is_filtered`), are NULL too; another column says
    why, from which `left_out` is counted.
    """

    schools: tuple[str, ...]
    texts: Sequence[Sequence[str]]
    school: Part
    joints: Mapping[Joint, Part]
    most: int
    rows: int
    unforeseen: int
    has_students: bool
    is_filtered: bool
    left_out: Sequence[LeftOutRows] = ()

    @property
    def file(self) -> int:
        """The place of the file among the attributes."""
        return len(self.texts)

    @property
    def columns(self) -> dict[str, list[Part]]:
        """The parts of each column."""
        found: dict[str, list[Part]] = {}
        for part in (self.school, *self.joints.values()):
            found.setdefault(part.column, []).append(part)
        return found

    @property
    def foreseen(self) -> str:
        """SQL for whether a row was foreseen."""
        return " AND ".join(f"{column} IS NOT NULL" for column in self.columns)

    def joint_with(self, places: Sequence[int]) -> Joint:
        """The smallest joint that has some attributes."""
        having = [joint for joint in self.joints if set(places) <= set(joint.places)]
        return min(having, key=lambda joint: joint.size)

    def left_of(self, row: RowsSql) -> RowsSql:
        """Those of the rows of a file that were not foreseen."""
        known = [f"{_school(row)} IN (SELECT id FROM expected)"]
        for place in sorted({place for joint in self.joints for place in joint.places}):
            if place != self.file:
                text = row.columns[attribute_name(place)]
                known.append(f"TRY_CAST(coalesce({text}, '') AS text_{place}) IS NOT NULL")
        if not self.is_filtered:
            return replace(row, where=f"({' AND '.join(known)}) IS NOT TRUE")
        known.append(f"{row.columns['bad']} = 0")
        kept = f"{row.columns['reason']} = 0"
        return replace(row, where=f"{kept} AND ({' AND '.join(known)}) IS NOT TRUE")


def coding_of(
    connection: duckdb.DuckDBPyConnection,
    roster: Roster,
    rows: Sequence[RowsSql],
    cuts: Sequence[Cut],
    ledger: Cut,
) -> Coding | None:
    """Code the rows of a roster, to be counted by each cut, and by file and the ledger's.

    None if they can't be coded: if there are none, if rows are counts, or if an attribute has many
    texts.
    """
    are_students = [row.columns[name] == sql for row in rows for name, sql in _ONE_STUDENT.items()]
    if not all(are_students):
        return None
    attributes = len(roster.attributes)
    file = attributes  # what file a row is from counts as one attribute more
    first = _texts(connection, rows, attributes, f"LIMIT {_ROWS_LOOKED_AT}")
    schools = _schools(connection, roster, rows)
    *of_cuts, of_ledger = ([roster.attributes.index(n) for n in cut] for cut in (*cuts, ledger))
    counted = [*of_cuts, [*of_ledger, file], [file]]
    coding = _coding(connection, roster, rows, counted, schools, first)
    if coding is None or coding.unforeseen * _FEW <= coding.rows:
        return coding
    left = _texts(connection, [coding.left_of(row) for row in rows], attributes)
    every = [list(dict.fromkeys([*a, *b])) for a, b in zip(first, left, strict=True)]
    if every == first:
        return coding
    return _coding(connection, roster, rows, counted, schools, every) or coding


def _coding(
    connection: duckdb.DuckDBPyConnection,
    roster: Roster,
    rows: Sequence[RowsSql],
    counted: Sequence[Sequence[int]],
    schools: tuple[str, ...],
    texts: Sequence[Sequence[str]],
) -> Coding | None:
    """Code the rows by some texts; None if there are too many of them, or none.

    `counted` are attributes, by place, by which the rows are to be counted together.
    """
    sizes = [len(of_attribute) for of_attribute in texts]
    if not 0 < len(schools) <= _MOST_PLACES or not all(0 < size <= _MOST_TEXTS for size in sizes):
        return None
    most = _MOST_PLACES // len(schools)
    joints = _joints(counted, [*sizes, len(roster.files)], most)
    if any(joint.size > _MOST_KINDS for joint in joints):
        return None
    school, *parts = _parts([len(schools), *(joint.size for joint in joints)])
    coding = Coding(
        schools,
        texts,
        school,
        dict(zip(joints, parts, strict=True)),
        most,
        rows=0,
        unforeseen=0,
        has_students=any(row.columns["student"] != NOBODY for row in rows),
        is_filtered=any(row.columns["reason"] != "0" for row in rows),
    )
    _code(connection, rows, coding)
    query = f"SELECT count(*), count(*) FILTER (WHERE {coding.foreseen}) FROM coded"
    ((every, foreseen),) = connection.execute(query).fetchall()
    left_out = _left_out(connection) if coding.is_filtered else []
    unforeseen = every - foreseen - sum(rows for *_, rows in left_out)
    return replace(coding, rows=every, unforeseen=unforeseen, left_out=left_out)


def _parts(sizes: Sequence[int]) -> list[Part]:
    """Where numbers below some sizes stand, as many in a column as fit."""
    parts: list[Part] = []
    column, unit = 0, 1
    for size in sizes:
        if unit * size > _CODES:
            column, unit = column + 1, 1
        parts.append(Part(f"code_{column}", unit, size))
        unit *= size
    return parts


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
        Joint(tuple(sorted(joint)), tuple(sizes[place] for place in sorted(joint)))
        for joint in found
    ]


def _schools(
    connection: duckdb.DuckDBPyConnection, roster: Roster, rows: Sequence[RowsSql]
) -> tuple[str, ...]:
    """The ids of a register and former ones; without a register, those that the rows name."""
    expected, today = dict.fromkeys(roster.expected_schools), roster.codes_of_today
    if expected:
        former = [code for code in today if code not in expected and today[code] in expected]
        return (*expected, *former)
    named = " UNION ".join(
        f"SELECT {_school(row)} AS id FROM {row.table} WHERE {row.columns['reason']} = 0"
        for row in rows
    )
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
        "(SELECT "
        + ", ".join(f"coalesce({row.columns[name]}, '') AS {name}" for name in names)
        + f" FROM {row.table} WHERE {row.where} {limit})"
        for row in rows
    )
    counted = connection.execute(
        f"SELECT {', '.join(names)}, count(*) FROM ({selected}) "
        f"GROUP BY GROUPING SETS ({', '.join(f'({name})' for name in names)})"
    )
    found: list[dict[str, int]] = [{} for _ in names]
    for *texts, times in counted.fetchall():
        for times_of, text in zip(found, texts, strict=True):
            if text is not None:
                times_of[text] = times
    return [sorted(times, key=lambda text: (-times[text], text)) for times in found]


def _code(connection: duckdb.DuckDBPyConnection, rows: Sequence[RowsSql], coding: Coding) -> None:
    """Make the table `coded`, in one pass over the files.

    What is set for it holds for whatever follows on the connection, which does not mind.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE expected AS SELECT unnest($1) AS id, "
        "(generate_subscripts($1, 1) - 1)::DOUBLE AS school",
        [coding.schools],
    )
    for number, of_attribute in enumerate(coding.texts):
        words = ", ".join(map(sql_text, of_attribute))
        connection.execute(f"DROP TYPE IF EXISTS text_{number}")
        connection.execute(f"CREATE TYPE text_{number} AS ENUM ({words})")
    also = ["student"] if coding.has_students else []
    numbers = {coding.school: "school"} | {p: j.number() for j, p in coding.joints.items()}
    codes = {name: _code_of(parts, numbers) for name, parts in coding.columns.items()}
    if coding.is_filtered:
        file_and_reason = f"({attribute_name(coding.file)} * {_REASONS} + reason)::UINTEGER"
        also.append(f"CASE WHEN reason > 0 THEN {file_and_reason} END AS left_out")
        sure = "CASE WHEN reason = 0 AND bad = 0 THEN {} END"
        codes = {name: sure.format(code) for name, code in codes.items()}
    kept = ", ".join([*(f"{code} AS {name}" for name, code in codes.items()), *also])
    queries = []
    for row in rows:
        read = [
            f"{_school(row)} AS id",
            f"{row.columns['student']}::UBIGINT AS student",
            f"{row.columns['file']}::UINTEGER AS {attribute_name(coding.file)}",
            *(f"{row.columns[name]} AS {name}" for name in ("reason", "bad") if coding.is_filtered),
            *(
                f"{_number(row, number, known)} AS {attribute_name(number)}"
                for number, known in enumerate(coding.texts)
            ),
        ]
        queries.append(
            f"SELECT {kept} FROM (SELECT {', '.join(read)} FROM {row.table}) "
            "LEFT JOIN expected USING (id)"
        )
    # The rows of a CSV file are taken for few, and would be held in memory for the schools.
    connection.execute("SET disabled_optimizers = 'build_side_probe_side,join_order'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"CREATE OR REPLACE TABLE coded AS {' UNION ALL '.join(queries)}")


def _code_of(parts: Sequence[Part], numbers: Mapping[Part, str]) -> str:
    """SQL for a number with those of its parts."""
    added = " + ".join(f"{numbers[part]} * {part.unit}" for part in parts)
    return f"({added})::UINTEGER"


def _left_out(connection: duckdb.DuckDBPyConnection) -> list[LeftOutRows]:
    return connection.execute(
        f"SELECT left_out // {_REASONS}, left_out % {_REASONS}, count(*) FROM coded "
        "WHERE left_out IS NOT NULL GROUP BY ALL"
    ).fetchall()


def _number(row: RowsSql, number: int, texts: Sequence[str]) -> str:
    """SQL for the number of an attribute's text, NULL if it was not foreseen.

    Parquet holds each text once and repeats its number, so that a cast looks at few texts; in
    other files comparing is quicker.
    """
    text = _text(row, number, texts)
    if row.format is TableFormat.PARQUET:
        return f"enum_code(TRY_CAST({text} AS text_{number}))"
    cases = " ".join(f"WHEN {sql_text(known)} THEN {code}" for code, known in enumerate(texts))
    return f"(CASE {text} {cases} END)::UTINYINT"


def _text(row: RowsSql, number: int, texts: Sequence[str]) -> str:
    text = row.columns[attribute_name(number)]
    return f"coalesce({text}, '')" if "" in texts else text


def _school(row: RowsSql) -> str:
    """The id of a school as it stands, or its parts joined.

    NULL where a part has a hyphen: whether others are joined alike, `joint_count` finds out.
    """
    parts = [text for name, text in row.columns.items() if name.startswith("school_")]
    if len(parts) == 1:
        return parts[0]
    parts = [f"coalesce({part}, '')" for part in parts]
    return f"(CASE WHEN NOT {has_hyphen(parts)} THEN {school_of_parts(parts)} END)"
