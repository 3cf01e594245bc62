"""A large roster counted by each cut from the numbers of its texts (`coding`).

DuckDB counts rows of numbers many times quicker than texts, and a table of them is a tenth of the
texts. A row that was not foreseen is left to be counted as text.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import duckdb

from formula_funding.model.counts import Cut
from formula_funding.read.roster import Roster
from formula_funding.tally.coding import Coding, Joint, coding_of
from formula_funding.tally.roster_sql import NO_ID, RowsSql
from formula_funding.tally.tally import LedgerRow, TallyTable

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

_ROWS_SORTED = 2**23
"""So many hashes of students are sorted at a time, to take no more memory for more students."""


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
    suspects: Future[bool]

    @property
    def files(self) -> frozenset[int]:
        """The files of which a row was found."""
        return frozenset(self.coding.files)

    @property
    def is_doubtful(self) -> bool:
        """Whether a student has no id, or a hash that several rows share; waits to know."""
        return self.suspects.result()

    def table(self, cut: Cut) -> TallyTable:
        """The foreseen rows by school and by a cut, in order of texts and schools."""
        import numpy as np

        places = tuple(self.attributes.index(name) for name in cut)
        joint = self.coding.joint_with(places)
        if joint in self.counts:
            by_kind = _folded(self.counts[joint], joint, places)
            kinds, schools = np.nonzero(by_kind)
            students = by_kind[kinds, schools]
            lengths = np.count_nonzero(by_kind, axis=1)
        else:
            counted = _counted(self.connection, joint, self.coding)
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
        joint = self.coding.joint_with(places)
        parts = "".join(f", {joint.part(place)}" for place in places)
        found = self.connection.execute(
            f"SELECT file, school, count(*){parts} FROM coded {self.coding.foreseen} GROUP BY ALL"
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


def coded_rows(
    connection: duckdb.DuckDBPyConnection,
    roster: Roster,
    rows: Sequence[RowsSql],
    cuts: Sequence[Cut],
    beside: Executor,
) -> CodedRows | None:
    """Code the rows of a roster, to be counted by some cuts; None if they can't be coded.

    Whether a student stands twice is found out `beside` the counting, which leaves a processor
    idle.
    """
    coding = coding_of(connection, roster, rows, cuts)
    if coding is None:
        return None
    counts = {
        joint: _array(_counted(connection, joint, coding), joint.size, len(coding.schools))
        for joint in coding.joints
        if joint.size <= coding.most
    }
    # What follows takes one processor, as this does.
    students = coding.rows if coding.has_students else 0
    suspects = beside.submit(_has_suspects, connection.cursor(), students)
    texts = [_told(of_attribute) for of_attribute in coding.texts]
    return CodedRows(
        connection, roster.attributes, coding, _told(coding.schools), texts, counts, suspects
    )


def _told(texts: Sequence[str]) -> tuple[str, ...]:
    """Texts as every engine tells them."""
    return tuple(text.strip() for text in texts)


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
    connection: duckdb.DuckDBPyConnection, joint: Joint, coding: Coding
) -> tuple[Numbers, ...]:
    """Numbers of a joint, numbers of schools, rows."""
    return _columns(
        connection.execute(
            f"SELECT {joint.name} AS kind, school, count(*) AS students "
            f"FROM coded {coding.foreseen} GROUP BY ALL"
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


def _whole_numbers(numbers: Numbers) -> array[int]:
    found = array("q")
    found.frombytes(numbers.astype("int64").tobytes())
    return found
