"""Counting in plain Python, row by row: slow, and right by inspection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from formula_funding.diagnostics.problem import Problem
from formula_funding.model.counts import Cut, LeftOut
from formula_funding.model.plan import Value
from formula_funding.model.resources import Resources
from formula_funding.read.cell_reader import count_from_text
from formula_funding.read.joined_ids import PartsMet, school_of_parts, student_of_parts
from formula_funding.read.roster import Roster, RosterFile
from formula_funding.read.value_from_text import BadValueError
from formula_funding.sources.row_filter import left_out
from formula_funding.sources.table import rows_of
from formula_funding.sources.unreadable import unreadable
from formula_funding.tally.tally import Tally, tally_table


class PlainEngine:
    """Reads the same files as the other engines, with Python's own CSV reader.

    It needs memory for the ids of all students, and keeps to no limit.
    """

    def __init__(self, _resources: Resources | None = None) -> None: ...

    def tally(self, roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally:
        """See `Engine.tally`."""
        counted: dict[Cut, Counter[tuple[str, tuple[str, ...]]]] = {cut: Counter() for cut in cuts}
        read: Counter[tuple[int, str, tuple[str, ...], str]] = Counter()
        enrolled: dict[tuple[str, Value], list[str]] = {}
        day_of = _days(roster)
        counting = roster.counting
        excluded: Counter[tuple[int, LeftOut]] = Counter()
        parts_met = PartsMet()
        doubtful = False
        for number, file in enumerate(roster.files):
            ragged: list[Problem] = []
            at = file.table.header.index
            school_at = [at(column) for column in file.school_id]
            student_at = [at(column) for column in file.student_id]
            for _, cells in rows_of(file.table, ragged):
                reason = left_out(cells, file.filters)
                if reason is not None:
                    excluded[number, reason] += 1
                    continue
                doubtful = doubtful or any(unreadable(cells[f.position]) for f in file.filters)
                parts = [cells[i] for i in school_at]
                school = school_of_parts(parts)
                doubtful = doubtful or parts_met.has_others(school, parts)
                for position, (values, count) in enumerate(_counted(file, cells, roster)):
                    counted_here = count_from_text(count, file.thousands)
                    doubtful = doubtful or counted_here is None
                    students = counted_here or 0
                    for cut in cuts:
                        counted[cut][school, tuple(values[name] for name in cut)] += students
                    kind = tuple(values[name] for name in ledger)
                    read[number, school, kind, "students"] += students
                    read[number, school, kind, "rows"] += int(position == 0)
                if student_at:
                    student = student_of_parts([cells[i] for i in student_at])
                    doubtful = doubtful or not student
                    day = values.get(counting.count_date or "", "")
                    judged = values.get(counting.attribute or "", "")
                    enrolled.setdefault((student, day_of(day)), []).append(judged)
            doubtful = doubtful or bool(ragged)
        patterns = Counter(tuple(sorted(texts)) for texts in enrolled.values())
        if counting.attribute is None:
            doubtful = doubtful or any(len(texts) > 1 for texts in patterns)
            patterns.clear()
        return Tally(
            {
                cut: tally_table((*key, students) for key, students in counter.items())
                for cut, counter in counted.items()
            },
            [
                (*key, read[*key, "rows"], read[*key, "students"])
                for key in dict.fromkeys(key[:3] for key in read)
            ],
            patterns,
            doubtful,
            excluded,
            tells_days_by_value=True,
        )


def _counted(
    file: RosterFile, cells: list[str], roster: Roster
) -> Iterator[tuple[dict[str, str], str]]:
    """(attribute texts, number of students) of each group that a row stands for."""
    at = file.table.header.index
    values = {name: cells[at(column)] for name, column in file.attributes.items()}
    values |= {
        name: bands.replaced(values[name]) for name, bands in roster.bands.items() if name in values
    }
    for group in file.groups:
        yield values | dict(group.given), cells[at(group.column)] if group.column else "1"


def _days(roster: Roster) -> Callable[[str], Value]:
    """What reads the text of a count date; a text that is none stays as it is."""
    count_date = roster.counting.count_date

    @cache
    def day_of(text: str) -> Value:
        try:
            return roster.readers[count_date].value(text) if count_date else text
        except BadValueError:
            return text

    return day_of
