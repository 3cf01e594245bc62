"""Counting CSV files in Python itself: small ones are counted before a database has started.

Rows are counted by their texts as they stand. Whatever is to be judged or replaced in a row, is so
once for all rows that are alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import compress, repeat
from operator import itemgetter

from formula_funding.model.counting import Counting
from formula_funding.model.counts import Cut, LeftOut
from formula_funding.read.cell_reader import count_from_text
from formula_funding.read.joined_ids import PartsMet, school_of_parts, student_of_parts
from formula_funding.read.roster import Roster, RosterFile
from formula_funding.sources.table import UncleanTableError, columns_of
from formula_funding.sources.unreadable import unreadable
from formula_funding.tally.tally import LedgerRow, Tally, tally_table

Texts = tuple[str, ...]
Columns = Mapping[str, Sequence[str]]
"""The cells of some rows by column."""
Kind = tuple[int, str, Texts]
"""Number of the file, school id, texts of all attributes."""

_MOST_ALIKE = 10_000
"""Before rows of so many kinds are judged, DuckDB has counted them."""


def tally_of_csv(roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally | None:
    """See `Engine.tally`. None if a file is no clean table, or if few rows are alike."""
    students: Counter[Texts] = Counter()
    files = [_FileRows(file, roster.counting, students) for file in roster.files]
    try:
        for rows in files:
            for columns in columns_of(rows.file.table):
                rows.add(columns)
                if sum(len(rows.alike) for rows in files) > _MOST_ALIKE:
                    return None
    except UncleanTableError:
        return None
    count = _Count(roster)
    for number, rows in enumerate(files):
        for texts, times in rows.alike.items():
            count.add(number, rows.file, rows.cells(texts), times)
    return count.tally(cuts, ledger, students)


class _FileRows:
    """The rows of one file: how many are `alike` in the columns read, and whose they are.

    `students` says of how many rows, of any file, each was the student: the id and, where the
    rulebook lets a student stand in several rows, the count date and the text judged.
    """

    def __init__(self, file: RosterFile, counting: Counting, students: Counter[Texts]) -> None:
        counts = [group.column for group in file.groups if group.column is not None]
        filters = [row_filter.column for row_filter in file.filters]
        read = [*file.school_id, *file.attributes.values(), *counts, *filters]
        self.file = file
        self.alike: Counter[Texts] = Counter()
        self._read = tuple(dict.fromkeys(read))
        self._judged = [name for name in (counting.count_date, counting.attribute) if name]
        self._students = students
        self._is_counted = cache(lambda texts: _why_left_out(file, self.cells(texts)) is None)

    def cells(self, texts: Texts) -> dict[str, str]:
        """The trimmed cells by column of rows that are alike."""
        return dict(zip(self._read, map(str.strip, texts), strict=True))

    def add(self, columns: Columns) -> None:
        """Count some more rows."""
        rows = list(zip(*(columns[name] for name in self._read), strict=True))
        self.alike.update(rows)
        if self.file.student_id:
            students = self._students_of(columns)
            if self.file.filters:
                students = compress(students, map(self._is_counted, rows))
            self._students.update(students)

    def _students_of(self, columns: Columns) -> Iterable[Texts]:
        parts = [map(str.strip, columns[column]) for column in self.file.student_id]
        ids = parts[0] if len(parts) == 1 else map(student_of_parts, zip(*parts, strict=True))
        return zip(ids, *(self._texts_of(name, columns) for name in self._judged), strict=False)

    def _texts_of(self, name: str, columns: Columns) -> Iterable[str]:
        column = self.file.attributes.get(name)
        return map(str.strip, columns[column]) if column else repeat(self.file.given.get(name, ""))


class _Count:
    """Students and rows by file, school and the texts of all attributes."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._students: Counter[Kind] = Counter()
        self._rows: Counter[Kind] = Counter()
        self._left_out: Counter[tuple[int, LeftOut]] = Counter()
        self._parts_met = PartsMet()
        self._is_doubtful = False

    def add(self, number: int, file: RosterFile, cells: Mapping[str, str], times: int) -> None:
        """Count so many rows with these cells of a file."""
        self._is_doubtful |= not any(cells.values())  # blank rows, perhaps
        reason = _why_left_out(file, cells)
        if reason is not None:
            self._left_out[number, reason] += times
            return
        self._is_doubtful |= any(unreadable(cells[f.column]) for f in file.filters)
        parts = [cells[column] for column in file.school_id]
        school = school_of_parts(parts)
        self._is_doubtful |= self._parts_met.has_others(school, parts)
        values = {name: cells[column] for name, column in file.attributes.items()}
        for name in values.keys() & self._roster.bands.keys():
            values[name] = self._roster.bands[name].replaced(values[name])
        for group in file.groups:
            text = "1" if group.column is None else cells[group.column]
            students = count_from_text(text, file.thousands)
            self._is_doubtful |= students is None
            known = {**values, **group.given}
            kind = number, school, tuple(known[name] for name in self._roster.attributes)
            self._students[kind] += times * (students or 0)
            self._rows[kind] += times if group is file.groups[0] else 0

    def tally(self, cuts: Sequence[Cut], ledger: Cut, enrolled: Counter[Texts]) -> Tally:
        """What was counted by each cut and, of rows, by that of the ledger."""
        tables = {}
        for cut in cuts:
            texts_of = self._picking(cut)
            rows = (
                (school, texts_of(texts), n) for (_, school, texts), n in self._students.items()
            )
            tables[cut] = tally_table(rows)
        enrolments = Counter[Texts]()
        is_doubtful = self._is_doubtful or "" in map(itemgetter(0), enrolled)
        if self._roster.counting.attribute is None:
            is_doubtful |= enrolled.total() > len(enrolled)
        else:
            enrolments = _enrolments(enrolled)
        return Tally(tables, self._ledger(ledger), enrolments, is_doubtful, self._left_out)

    def _ledger(self, cut: Cut) -> list[LedgerRow]:
        texts_of = self._picking(cut)
        rows, students = Counter[Kind](), Counter[Kind]()
        for kind in self._rows:
            file, school, texts = kind
            told = file, school, texts_of(texts)
            rows[told] += self._rows[kind]
            students[told] += self._students[kind]
        return [(*told, rows[told], students[told]) for told in rows]

    def _picking(self, cut: Cut) -> Callable[[Texts], Texts]:
        """What picks the texts of a cut among those of all attributes."""
        places = [self._roster.attributes.index(name) for name in cut]
        return lambda texts: tuple(texts[place] for place in places)


def _enrolments(students: Mapping[Texts, int]) -> Counter[Texts]:
    """See `Tally.enrolments`."""
    judged: dict[Texts, list[str]] = {}
    for (*student, text), rows in students.items():
        judged.setdefault(tuple(student), []).extend([text] * rows)
    return Counter(tuple(sorted(texts)) for texts in judged.values())


def _why_left_out(file: RosterFile, cells: Mapping[str, str]) -> LeftOut | None:
    """Why rows with these trimmed cells are left out; None if they are not."""
    return next((f.reason for f in file.filters if f.leaves_out(cells[f.column])), None)
