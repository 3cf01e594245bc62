"""Students as small numbers: a roster of millions is coded once, then counted by each cut.

The texts in the first rows of each file and the ids of schools get a number
each. DuckDB counts rows of such numbers many times quicker than texts, and a table of them is a
tenth of the texts. A row with any other text is unforeseen, and left to be counted as text.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any

import duckdb

from formula_funding.model.counts import Cut
from formula_funding.read.roster import Roster
from formula_funding.sources.sql import sql_text
from formula_funding.sources.table import TableFormat
from formula_funding.tally.roster_sql import NO_ID, NOBODY, RowsSql, attribute_name, joined_id
from formula_funding.tally.tally import LedgerRow, TallyTable

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

_ROWS_LOOKED_AT = 20_480
_MOST_TEXTS = 200
"""Of one attribute; of more, many would not be foreseen."""
_MOST_KINDS = 2**20
_BITS = 23
"""Of so many bits, the number of a group may be its place in an array: by DuckDB and by us."""
_ROWS_SORTED = 2**23
"""So many hashes of students are sorted at a time, to take no more memory for more students."""
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
class CodedRows:
    """The table `coded`: file, school, joints and student (a hash) of each row, as numbers.

    A school or joint is NULL where something was not foreseen; `unforeseen` rows have such a one,
    and are not counted. `texts` are those of each attribute, `files` those of which a row was
    found. `counts` are the rows by the numbers of a joint and of schools, where that is no very
    large array.
    """

    connection: duckdb.DuckDBPyConnection
    attributes: Cut
    schools: tuple[str, ...]
    texts: Sequence[Sequence[str]]
    joints: Sequence[Joint]
    files: frozenset[int]
    unforeseen: int
    counts: Mapping[Joint, Numbers]
    suspects: Future[bool]

    @property
    def is_doubtful(self) -> bool:
        """Whether a student has no id, or a hash that several rows share; waits to know."""
        return self.suspects.result()

    def table(self, cut: Cut) -> TallyTable:
        """The foreseen rows by school and by a cut, in order of texts and schools."""
        import numpy as np

        places = tuple(self.attributes.index(name) for name in cut)
        joint = _joint_with(places, self.joints)
        if joint in self.counts:
            by_kind = _folded(self.counts[joint], joint, places)
            kinds, schools = np.nonzero(by_kind)
            students = by_kind[kinds, schools]
            lengths = np.count_nonzero(by_kind, axis=1)
        else:
            counted = _counted(self.connection, joint, self._where)
            kinds, schools, students = _in_order(counted, joint, places)
            lengths = np.bincount(kinds)
        used = np.flatnonzero(lengths)
        return TallyTable(
            self.schools,
            [self._texts_of(number, places) for number in used.tolist()],
            _whole_numbers(schools),
            _whole_numbers(np.repeat(np.arange(len(used)), lengths[used])),
            _whole_numbers(students),
        )

    def _texts_of(self, number: int, places: Sequence[int]) -> tuple[str, ...]:
        """The texts of some attributes, the last of which turns quickest in their number."""
        found: list[str] = []
        for place in reversed(places):
            number, code = divmod(number, len(self.texts[place]))
            found.append(self.texts[place][code])
        return tuple(reversed(found))

    def ledger(self, cut: Cut) -> list[LedgerRow]:
        """The foreseen rows by file, school and the attributes of a cut."""
        places = tuple(self.attributes.index(name) for name in cut)
        joint = _joint_with(places, self.joints)
        parts = "".join(f", {joint.part(place)}" for place in places)
        found = self.connection.execute(
            f"SELECT file, school, count(*){parts} FROM coded {self._where} GROUP BY ALL"
        ).fetchall()
        return [
            (
                file,
                self.schools[school],
                tuple(self.texts[place][code] for place, code in zip(places, codes, strict=True)),
                rows,
                rows,
            )
            for file, school, rows, *codes in found
        ]

    def left_of(self, row: RowsSql) -> RowsSql:
        """Those of the rows of a file that were not foreseen and so not counted."""
        known = [f"{_school(row)} IN (SELECT id FROM expected)"]
        for place in sorted({place for joint in self.joints for place in joint.places}):
            text = row.columns[attribute_name(place)]
            known.append(f"TRY_CAST(coalesce({text}, '') AS text_{place}) IS NOT NULL")
        return replace(row, where=f"({' AND '.join(known)}) IS NOT TRUE")

    @property
    def _where(self) -> str:
        return f"WHERE {_known(self.joints)}" if self.unforeseen else ""


def coded_rows(
    connection: duckdb.DuckDBPyConnection,
    roster: Roster,
    rows: Sequence[RowsSql],
    cuts: Sequence[Cut],
    beside: Executor,
) -> CodedRows | None:
    """Code the rows of a roster, to be counted by some cuts.

    Whether a student stands twice is found out `beside` the counting, which leaves a processor
    idle. None if they can't be: if there are none, if rows are counts or are left out by the
    layout, or have an attribute of many texts.
    """
    are_students = [row.columns[name] == sql for row in rows for name, sql in _ONE_STUDENT.items()]
    if not all(are_students):
        return None
    texts = _first_texts(connection, rows, len(roster.attributes))
    sizes = [len(of_attribute) for of_attribute in texts]
    if not all(0 < size <= _MOST_TEXTS for size in sizes):
        return None
    schools = _schools(connection, roster, rows)
    places = 2 ** (_BITS - 1)
    if not 0 < len(schools) <= places:
        return None
    most = places // len(schools)
    joints = _joints([[roster.attributes.index(name) for name in cut] for cut in cuts], sizes, most)
    if any(joint.size > _MOST_KINDS for joint in joints):
        return None
    has_students = any(row.columns["student"] != NOBODY for row in rows)
    _code(connection, roster, rows, schools, texts, joints, with_students=has_students)
    files = connection.execute("SELECT file, count(*) FROM coded GROUP BY file").fetchall()
    number = sum(of_file for _, of_file in files)
    unforeseen = _number_unforeseen(connection, joints)
    where = f"WHERE {_known(joints)}" if unforeseen else ""
    counts = {
        joint: _array(_counted(connection, joint, where), joint.size, len(schools))
        for joint in joints
        if joint.size <= most
    }
    # What follows takes one processor, as this does.
    students = number if has_students else 0
    suspects = beside.submit(_has_suspects, connection.cursor(), students)
    return CodedRows(
        connection,
        roster.attributes,
        _told(schools),
        [_told(of_attribute) for of_attribute in texts],
        joints,
        frozenset(file for file, _ in files),
        unforeseen,
        counts,
        suspects,
    )


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


def _joint_with(places: Sequence[int], joints: Sequence[Joint]) -> Joint:
    """The smallest joint that has some attributes."""
    having = [joint for joint in joints if set(places) <= set(joint.places)]
    return min(having, key=lambda joint: joint.size)


def _told(texts: Sequence[str]) -> tuple[str, ...]:
    """Texts as every engine tells them."""
    return tuple(text.strip() for text in texts)


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


def _first_texts(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[RowsSql], attributes: int
) -> list[list[str]]:
    """The texts of each attribute in the first rows of each file, frequent ones first."""
    names = [attribute_name(number) for number in range(attributes)]
    if not names:
        return []
    beginnings = " UNION ALL ".join(
        f"(SELECT {', '.join(f'{row.columns[name]} AS {name}' for name in names)} "
        f"FROM {row.table} LIMIT {_ROWS_LOOKED_AT})"
        for row in rows
    )
    found = ", ".join(f"histogram(coalesce({name}, ''))" for name in names)
    counted = connection.execute(f"SELECT {found} FROM ({beginnings})").fetchall()[0]
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
        "CREATE TEMP TABLE expected AS SELECT unnest($1) AS id, "
        f"(generate_subscripts($1, 1) - 1)::{_whole_type(len(schools))} AS school",
        [schools],
    )
    for number, of_attribute in enumerate(texts):
        words = ", ".join(map(sql_text, of_attribute))
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
    connection.execute(f"SET perfect_ht_threshold = {_BITS}")
    connection.execute(f"CREATE TABLE coded AS {' UNION ALL '.join(queries)}")


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


def _has_suspects(connection: duckdb.DuckDBPyConnection, rows: int) -> bool:
    """Whether a student of some rows has no id, or a hash that several share; then closes."""
    import numpy as np

    with connection:
        connection.execute("SET enable_progress_bar = false")
        no_id = connection.execute(f"SELECT {NO_ID}").fetchall()[0][0]
        parts = -(-rows // _ROWS_SORTED)
        edges = [2**64 * part // parts for part in range(parts)] + [2**64]
        for low, high in pairwise(edges):
            query = f"SELECT student FROM coded WHERE student BETWEEN {low} AND {high - 1}"
            (hashes,) = _columns(connection.execute(query))
            hashes.sort()
            nearest = hashes[np.searchsorted(hashes, np.uint64(no_id)) :][:1]
            if (hashes[1:] == hashes[:-1]).any() or no_id in nearest:
                return True
    return False


def _counted(
    connection: duckdb.DuckDBPyConnection, joint: Joint, where: str
) -> tuple[Numbers, ...]:
    """Numbers of a joint, numbers of schools, rows."""
    return _columns(
        connection.execute(
            f"SELECT {joint.name} AS kind, school, count(*) AS students FROM coded {where} "
            "GROUP BY ALL"
        )
    )


def _in_order(
    counted: Sequence[Numbers], joint: Joint, places: Sequence[int]
) -> tuple[Numbers, ...]:
    """The counts of a joint, whose attributes may stand in another order in a cut."""
    import numpy as np

    numbers, schools, students = counted
    sizes = joint.wide
    codes = dict(zip(sizes, np.unravel_index(numbers, list(sizes.values())), strict=True))
    kept = [place for place in places if place in sizes]
    kinds = np.ravel_multi_index([codes[i] for i in kept], [sizes[i] for i in kept])
    order = np.lexsort((schools, kinds))
    return kinds[order], schools[order], students[order]


def _columns(found: duckdb.DuckDBPyConnection) -> tuple[Numbers, ...]:
    """The columns of a result without NULL."""
    import numpy as np

    return tuple(np.ma.getdata(column) for column in found.fetchnumpy().values())


def _array(counted: Sequence[Numbers], kinds: int, schools: int) -> Numbers:
    """Rows by numbers of a joint and of schools, as an array of both."""
    import numpy as np

    kind, school, students = counted
    array_ = np.zeros((kinds, schools), dtype=np.int64)
    array_[kind, school] = students
    return array_


def _folded(counts: Numbers, joint: Joint, places: Sequence[int]) -> Numbers:
    """The counts of a joint added up by some of its attributes, in the order of `places`."""
    sizes = joint.wide
    axes = [list(sizes).index(place) for place in places if place in sizes]
    others = tuple(axis for axis in range(len(sizes)) if axis not in axes)
    schools = counts.shape[-1]
    by_places: Numbers = counts.reshape(*sizes.values(), schools).sum(axis=others)
    order = [sorted(axes).index(axis) for axis in axes]
    in_order: Numbers = by_places.transpose(*order, len(order)).reshape(-1, schools)
    return in_order


def _whole_type(values: int) -> str:
    """The smallest of DuckDB's types for whole numbers from 0 to below `values`."""
    return next(name for name, size in _TYPES.items() if values <= size)


_TYPES = {"UTINYINT": 2**8, "USMALLINT": 2**16, "UINTEGER": 2**32}


def _whole_numbers(numbers: Numbers) -> array[int]:
    found = array("q")
    found.frombytes(numbers.astype("int64").tobytes())
    return found
