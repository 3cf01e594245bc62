"""A large roster counted by each cut from the numbers of its texts (`coding`).

Numbers are counted many times quicker than texts, and a table of them is a tenth of the texts. A
row that was not foreseen is left to be counted as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any

import duckdb

from formula_funding.model.counts import Cut
from formula_funding.read.roster import Roster
from formula_funding.tally.coding import Coding, Joint, Part, coding_of
from formula_funding.tally.roster_sql import NO_ID, RowsSql, stripped
from formula_funding.tally.tally import LedgerRow, LeftOutRows, TallyTable
from formula_funding.tally.whole_numbers import whole_numbers

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

_ROWS_READ = 2**20
"""So many rows are read at a time: into memory that is used again and again."""
_ROOM = 18 * 2**20
"""So many hashes of students are sorted at a time, to take no more memory for more students."""
_MOST_SUSPECTS = 100_000
"""Of more students it is not told which of them may stand twice."""


@dataclass(frozen=True)
class CodedRows:
    """The rows of the table `coded` that were foreseen.

    `schools` and `texts` are told as every engine tells them. `counts` are the rows by the numbers
    of a joint and of schools, where that is no very large array.
    """

    connection: duckdb.DuckDBPyConnection
    attributes: Cut
    coding: Coding
    schools: tuple[str, ...]
    texts: Sequence[tuple[str, ...]]
    counts: Mapping[Joint, Numbers]
    suspects: Future[frozenset[int] | None]

    @property
    def files(self) -> frozenset[int]:
        """The files of which a row was found."""
        files, _, _ = self._rows([self.coding.file])
        return frozenset(files.tolist()) | {file for file, *_ in self.left_out}

    @property
    def left_out(self) -> Sequence[LeftOutRows]:
        """The rows that filters of the roster leave out."""
        return self.coding.left_out

    @property
    def is_doubtful(self) -> bool:
        """Whether a student has no id, or a hash that several rows share; waits to know."""
        return self.suspects.result() != frozenset()

    def may_stand_twice(self, rows: Sequence[RowsSql]) -> frozenset[str] | None:
        """The students of some rows whose hashes are shared or of no id; None if they are many."""
        hashes = self.suspects.result()
        if not hashes:
            return None if hashes is None else frozenset()
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE suspects AS SELECT unnest($1::UBIGINT[]) AS student",
            [sorted(hashes)],
        )
        students = " UNION ".join(
            f"SELECT {row.student_id} FROM {row.table} "
            f"WHERE {row.columns['student']}::UBIGINT IN (SELECT student FROM suspects)"
            for row in rows
        )
        return frozenset(text for (text,) in self.connection.execute(students).fetchall())

    def table(self, cut: Cut) -> TallyTable:
        """The foreseen rows by school and by a cut, in order of texts and schools."""
        import numpy as np

        places = tuple(self.attributes.index(name) for name in cut)
        kinds, schools, students = self._rows(places)
        lengths = np.bincount(kinds)
        used = np.flatnonzero(lengths)
        return TallyTable(
            self.schools,
            [self._texts_of(number, places) for number in used.tolist()],
            whole_numbers(schools),
            whole_numbers(np.repeat(np.arange(len(used)), lengths[used])),
            whole_numbers(students),
        )

    def ledger(self, cut: Cut) -> list[LedgerRow]:
        """The foreseen rows by file, school and the attributes of a cut."""
        places = tuple(self.attributes.index(name) for name in cut)
        kinds, schools, students = self._rows([self.coding.file, *places])
        per_file = prod(len(self.texts[place]) for place in places)
        texts = cache(lambda number: self._texts_of(number, places))
        return [
            (kind // per_file, self.schools[school], texts(kind % per_file), rows, rows)
            for kind, school, rows in zip(
                kinds.tolist(), schools.tolist(), students.tolist(), strict=True
            )
        ]

    def _rows(self, places: Sequence[int]) -> tuple[Numbers, ...]:
        """Numbers of some attributes' texts as one, numbers of schools, rows: in this order."""
        import numpy as np

        joint = self.coding.joint_with(places)
        if joint in self.counts:
            by_kind = _folded(self.counts[joint], joint, places)
            kinds, schools = np.nonzero(by_kind)
            return kinds, schools, by_kind[kinds, schools]
        return _in_order(_counted(self.connection, joint, self.coding), joint, places)

    def _texts_of(self, number: int, places: Sequence[int]) -> tuple[str, ...]:
        """The texts of some attributes, the last of which turns quickest in their number."""
        found: list[str] = []
        for place in reversed(places):
            number, code = divmod(number, len(self.texts[place]))
            found.append(self.texts[place][code])
        return tuple(reversed(found))


def coded_rows(
    connection: duckdb.DuckDBPyConnection,
    roster: Roster,
    rows: Sequence[RowsSql],
    cuts: Sequence[Cut],
    ledger: Cut,
    beside: Executor,
) -> CodedRows | None:
    """Code the rows of a roster, to be counted by some cuts; None if they can't be coded.

    Whether a student stands twice is found out `beside` the counting: each takes one processor.
    """
    beside.submit(import_module, "numpy.ma")  # while DuckDB reads, Python has time
    coding = coding_of(connection, roster, rows, cuts, ledger)
    if coding is None:
        return None
    students = coding.rows if coding.has_students else 0
    suspects = beside.submit(_suspects, connection.cursor(), students)
    return CodedRows(
        connection,
        roster.attributes,
        coding,
        stripped(coding.schools),
        [stripped(of_attribute) for of_attribute in coding.texts],
        _counts(connection, coding),
        suspects,
    )


def _suspects(connection: duckdb.DuckDBPyConnection, rows: int) -> frozenset[int] | None:
    """The hashes that several of some rows share, and that of no id; None if they are many.

    Closes the connection.
    """
    import numpy as np

    with connection:
        connection.execute("SET enable_progress_bar = false")
        no_id = connection.execute(f"SELECT {NO_ID}").fetchall()[0][0]
        # Hashes are spread evenly: of parts that should fill half the room, one that does not fit
        # has equal ones.
        parts = 1 if rows <= _ROOM else -(-2 * rows // _ROOM)
        edges = [2**64 * part // parts for part in range(parts)] + [2**64]
        room = np.empty(min(rows, _ROOM), dtype=np.uint64)
        suspects: set[int] = set()
        for low, high in pairwise(edges):
            found = 0
            for (some,) in _read(
                connection, ["student"], f"student BETWEEN {low} AND {high - 1}", rows
            ):
                if found + len(some) > len(room):
                    return None
                room[found : found + len(some)] = some
                found += len(some)
            hashes = room[:found]
            hashes.sort()
            shared = hashes[1:][hashes[1:] == hashes[:-1]]
            if len(suspects) + len(shared) > _MOST_SUSPECTS:
                return None
            nearest = hashes[np.searchsorted(hashes, np.uint64(no_id)) :][:1]
            suspects.update(shared.tolist(), {no_id}.intersection(nearest.tolist()))
    return frozenset(suspects)


def _counts(connection: duckdb.DuckDBPyConnection, coding: Coding) -> dict[Joint, Numbers]:
    """The foreseen rows by the numbers of a joint and of schools, for each not too large joint.

    Not by DuckDB, which takes about as long with both processors as this with one.
    """
    import numpy as np

    schools = len(coding.schools)
    joints = {joint: part for joint, part in coding.joints.items() if joint.size <= coding.most}
    small = np.min_scalar_type(coding.rows)  # the smaller the array, the quicker its places
    counts = {joint: np.zeros(joint.size * schools, dtype=small) for joint in joints}
    one = small.type(1)
    columns = coding.columns
    places = np.empty(_ROWS_READ, dtype=np.int64)  # what add.at takes without a copy
    for read in _read(connection, columns, coding.foreseen, coding.rows if joints else 0):
        numbers: dict[Part, Numbers] = {}
        for column, parts in zip(read, columns.values(), strict=True):
            numbers |= _taken_apart(column, parts)
        for joint, part in joints.items():
            place = numbers[part]
            place *= np.uint32(schools)
            place += numbers[coding.school]
            places[: len(place)] = place
            np.add.at(counts[joint], places[: len(place)], one)
    return {joint: found.reshape(joint.size, schools) for joint, found in counts.items()}


def _taken_apart(column: Numbers, parts: Sequence[Part]) -> dict[Part, Numbers]:
    """The numbers of all parts of a column, which is used up."""
    found: dict[Part, Numbers] = {}
    for part in parts[:-1]:
        rest = column // part.size
        column -= rest * part.size
        found[part] = column
        column = rest
    return found | {parts[-1]: column}


def _counted(
    connection: duckdb.DuckDBPyConnection, joint: Joint, coding: Coding
) -> tuple[Numbers, ...]:
    """Numbers of a joint, numbers of schools, rows."""
    return _columns(
        connection.execute(
            f"SELECT {coding.joints[joint].number} AS kind, {coding.school.number} AS school, "
            f"count(*) AS students FROM coded WHERE {coding.foreseen} GROUP BY ALL"
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


def _read(
    connection: duckdb.DuckDBPyConnection, columns: Iterable[str], where: str, rows: int
) -> Iterator[tuple[Numbers, ...]]:
    """Columns of the first `rows` rows of `coded`, of those that meet a condition, in pieces."""
    selected = ", ".join(columns)
    for start in range(0, rows, _ROWS_READ):
        end = start + _ROWS_READ - 1
        yield _columns(
            connection.execute(
                f"SELECT {selected} FROM coded WHERE {where} AND rowid BETWEEN {start} AND {end}"
            )
        )


def _columns(found: duckdb.DuckDBPyConnection) -> tuple[Numbers, ...]:
    """The columns of a result without NULL."""
    import numpy as np

    return tuple(np.ma.getdata(column) for column in found.fetchnumpy().values())


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
