"""Tally to counts: the distinct texts read as values, the schools matched to the register.

Only distinct texts are looked at here, so that this costs nothing for many students. If one of
them is wrong, the caller reads the roster row by row to find out where.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import TypeVar

from formula_funding.model.counting import Counting
from formula_funding.model.counts import (
    Counts,
    CountTable,
    Cut,
    LeftOut,
    RowsRead,
    count_table,
    spans_of,
)
from formula_funding.model.plan import Value
from formula_funding.model.register import Register
from formula_funding.read.lookalikes import skeletons
from formula_funding.read.plain_words import is_sign_for_nothing, is_total
from formula_funding.read.roster import Roster
from formula_funding.read.spoiled_codes import is_date
from formula_funding.read.value_from_text import BadValueError
from formula_funding.sources.unreadable import unreadable
from formula_funding.tally.counted_once import Asked
from formula_funding.tally.tally import Engine, Tally, TallyTable

Texts = tuple[str, ...]
"""The texts of the attributes of a cut."""
Told = TypeVar("Told", bound=Hashable)
Ordered = TypeVar("Ordered", str, tuple[tuple[bool, Value], ...])
RowKey = tuple[int, str, int, LeftOut | None]
"""Number of the file, school, number of the values of the ledger's attributes, why the rows are
left out."""
NOTHING: tuple[Value, ...] = ()
"""The values of rows that are left out."""


def tally_of(roster: Roster, cuts: Sequence[Cut], ledger: Cut, engine: Engine) -> Tally:
    """Count a roster by each cut, and also by what marks a main enrolment, if that decides, and
    by the count date."""
    asked = asked_of(roster, cuts, ledger)
    return engine.tally(asked.roster, asked.cuts, asked.ledger)


def asked_of(roster: Roster, cuts: Sequence[Cut], ledger: Cut) -> Asked:
    """What `tally_of` asks an engine for."""
    counting = roster.counting
    tallied = dict.fromkeys(_with_main(cut, counting) for cut in cuts)
    day = counting.count_date
    if day is not None and not any(day in cut for cut in tallied):
        tallied[(day,)] = None
    return Asked(roster, tuple(tallied), _with_main(ledger, counting))


def _with_main(cut: Cut, counting: Counting) -> Cut:
    main = counting.main
    return cut if main is None or main in cut else (*cut, main)


def counts_from_tally(
    tally: Tally,
    register: Register,
    roster: Roster,
    cuts: Sequence[Cut],
    ledger: Cut,
    *,
    accept_unknown: bool = False,
) -> Counts | None:
    """The counts by each of `cuts`, and of the rows by `ledger`, from what `tally_of` returned.

    None if anything in the tally is not as the rulebook and register declare. With
    `accept_unknown`, rows of schools that the register lacks are left out, as an officer decided.
    """
    if tally.is_doubtful:
        return None
    reader = _Reader(register, roster, accept_unknown)
    try:
        if any(reader.is_faulty(texts) for texts in tally.enrolments):
            return None
        if reader.has_days_alike(tally) and not tally.tells_days_by_value:
            return None
        tables = {cut: reader.table(cut, tally) for cut in cuts}
        return Counts(tables, reader.read(ledger, tally))
    except (BadValueError, KeyError):
        return None


def schools_of_tally(tally: Tally, roster: Roster) -> tuple[str, ...]:
    """The school ids that the roster names, in ascending order."""
    named = {school for table in tally.cuts.values() for school in table.schools}
    return tuple(sorted({roster.school(school) for school in named}))


def are_doubtful(schools: Sequence[str], roster: Roster) -> bool:
    """Whether some ids of schools, which no register confirms, may be none, or two of one school.

    So are an empty id, a total, a date, a sign for nothing, a repeated header, an unreadable cell,
    a quotation mark, which DuckDB leaves where two spaces stand before it, and two that look alike.
    """
    headers = {column for file in roster.files for column in file.school_id}
    return len(skeletons(schools)) < len(schools) or any(
        not school
        or school in headers
        or school.startswith('"')
        or is_total(school)
        or is_sign_for_nothing(school)
        or is_date(school)
        or unreadable(school) is not None
        for school in schools
    )


def table_of(
    cut: Cut,
    counted: Mapping[tuple[int, Told], int],
    values_of: Callable[[Told], tuple[Value, ...]],
) -> CountTable:
    """The table of students counted by number of the school and texts, which `values_of` reads.

    Only distinct texts are read and compared as values.
    """
    read = {texts: values_of(texts) for texts in {texts for _, texts in counted}}
    combinations = sorted(set(read.values()), key=sort_key)
    index_of = {values: index for index, values in enumerate(combinations)}
    kind = {texts: index_of[values] for texts, values in read.items()}
    students: Counter[tuple[int, int]] = Counter()
    for (school, texts), number in counted.items():
        students[kind[texts], school] += number
    # A row of 0 students is checked before, and counts nobody.
    used = sorted({kind for kind, _ in +students})
    number_of = {kind: number for number, kind in enumerate(used)}
    filled = {(number_of[kind], school): n for (kind, school), n in (+students).items()}
    return count_table(cut, [combinations[kind] for kind in used], filled)


def rows_read(
    names: Sequence[str],
    kinds: Sequence[tuple[Value, ...]],
    entries: Iterable[tuple[RowKey, int, int]],
) -> tuple[RowsRead, ...]:
    """Rows and students, added up by their keys, in the ledger's order.

    `names` are the files, `kinds` the distinct values. There may be a million keys, so that they
    are compared as numbers.
    """
    found: dict[RowKey, tuple[int, int]] = {}
    for key, rows, students in entries:
        before = found.get(key)
        found[key] = (
            (rows, students) if before is None else (rows + before[0], students + before[1])
        )
    of_kind = _places([sort_key(values) for values in kinds])
    schools = list({school for _, school, _, _ in found})
    of_school = dict(zip(schools, _places(schools), strict=True))
    reasons = [None, *sorted(LeftOut, key=lambda why: why.value)]
    of_reason = {why: place for place, why in enumerate(reasons)}

    def place(key: RowKey) -> int:
        file, school, kind, why = key
        by_school = file * len(of_school) + of_school[school]
        return (by_school * len(of_reason) + of_reason[why]) * len(of_kind) + of_kind[kind]

    return tuple(
        [
            RowsRead(names[file], school, kinds[kind], *found[key], why)
            for key in sorted(found, key=place)
            for file, school, kind, why in [key]
        ]
    )


class _Reader:
    """Reads the texts of a tally. Raises BadValueError and KeyError for what is not declared."""

    def __init__(self, register: Register, roster: Roster, accept_unknown: bool) -> None:
        self._roster = roster
        self._counting = roster.counting
        self._number_of = {school: number for number, school in enumerate(register.ids)}
        self._accept_unknown = accept_unknown
        self._numbers = cache(self._numbers_of)
        self._value_of = cache(self._reader_of)

    def is_faulty(self, texts: Sequence[str]) -> bool:
        """Whether a student whose rows have these texts breaks the rule of counting."""
        reader = self._roster.readers[self._counting.attribute or ""]
        values = [reader.value(text.strip()) for text in texts]
        judged = [value for value in values if isinstance(value, bool | Fraction)]
        return self._counting.fault(judged) is not None

    def has_days_alike(self, tally: Tally) -> bool:
        """Whether several texts say one count date, on which students could stand twice.

        Raises BadValueError for a text that says none; perhaps no formula reads the date.
        """
        day = self._counting.count_date
        if day is None:
            return False
        combinations = {cut: table.combinations for cut, table in tally.cuts.items() if day in cut}
        cut = min(combinations, key=lambda cut: len(combinations[cut]))
        texts = {texts[cut.index(day)].strip() for texts in combinations[cut]}
        days = {self._value_of(day)(text) for text in texts}
        return len(days) < len(texts) and any(file.student_id for file in self._roster.files)

    def table(self, cut: Cut, tally: Tally) -> CountTable:
        """The students of one cut, without rows that are left out."""
        tallied = _with_main(cut, self._counting)
        values_of = self._combinations(tallied)
        rows = tally.cuts[tallied]
        schools = self._numbers(tuple(rows.schools))
        values = [values_of(texts) for texts in rows.combinations]
        spans: dict[tuple[Value, ...], list[slice]] = {}
        for known, span in zip(values, spans_of(rows.combination, len(values)), strict=True):
            if self._is_main(tallied, known):
                spans.setdefault(known[: len(cut)], []).append(span)
        is_in_order = schools == list(range(len(schools)))
        kinds: list[tuple[Value, ...]] = []
        school, combination, students = array("q"), array("q"), array("q")
        for kind in sorted(spans, key=sort_key):
            of_kind = _counted(rows, spans[kind], schools, is_in_order=is_in_order)
            if of_kind[0]:
                school.extend(of_kind[0])
                combination.extend(array("q", [len(kinds)]) * len(of_kind[0]))
                students.extend(of_kind[1])
                kinds.append(kind)
        return CountTable(cut, tuple(kinds), school, combination, students)

    def read(self, ledger: Cut, tally: Tally) -> tuple[RowsRead, ...]:
        """What became of the rows of each file and school."""
        tallied = _with_main(ledger, self._counting)
        values_of = self._combinations(tallied)
        kinds = {NOTHING: 0}
        known: dict[Texts, tuple[int, bool]] = {}
        for texts in {texts for _, _, texts, _, _ in tally.ledger}:
            values = values_of(texts)
            kind = kinds.setdefault(values[: len(ledger)], len(kinds))
            known[texts] = kind, self._is_main(tallied, values)
        return rows_read(self._roster.names, list(kinds), self._entries(tally, known))

    def _entries(
        self, tally: Tally, known: Mapping[Texts, tuple[int, bool]]
    ) -> Iterator[tuple[RowKey, int, int]]:
        """The ledger's rows; of its texts is known which kind they are, and of which enrolment."""
        named = {school: self._roster.school(school) for _, school, _, _, _ in tally.ledger}
        schools = {text: (name, self._number(name) is not None) for text, name in named.items()}
        for file, text, texts, rows, students in tally.ledger:
            (school, is_in_register), (kind, is_main) = schools[text], known[texts]
            if is_in_register and is_main:
                yield (file, school, kind, None), rows, students
            else:
                why = LeftOut.NOT_MAIN_ENROLMENT if is_in_register else LeftOut.UNKNOWN_SCHOOL
                yield (file, school, 0, why), rows, 0
        for (file, reason), rows in self._left_out_before(tally):
            yield (file, "", 0, reason), rows, 0

    def _left_out_before(self, tally: Tally) -> Iterator[tuple[tuple[int, LeftOut], int]]:
        """Rows that were never counted: left out by the layout, or already while copying."""
        yield from tally.left_out.items()
        for number, file in enumerate(self._roster.files):
            for reason, rows in file.table.left_out.items():
                yield (number, reason), rows

    def _numbers_of(self, schools: tuple[str, ...]) -> list[int | None]:
        return [self._number(self._roster.school(school)) for school in schools]

    def _number(self, school: str) -> int | None:
        """The number of a school in the register; None if it is accepted that it has none."""
        if school not in self._number_of and not (self._accept_unknown and school):
            raise KeyError(school)
        return self._number_of.get(school)

    def _is_main(self, tallied: Cut, values: tuple[Value, ...]) -> bool:
        main = self._counting.main
        return main is None or bool(values[tallied.index(main)])

    def _combinations(self, cut: Cut) -> Callable[[Texts], tuple[Value, ...]]:
        readers = [self._value_of(name) for name in cut]

        @cache
        def combination(texts: Texts) -> tuple[Value, ...]:
            return tuple([value(text) for text, value in zip(texts, readers, strict=True)])

        return combination

    def _reader_of(self, name: str) -> Callable[[str], Value]:
        """What reads the texts of an attribute, each once."""
        reader = self._roster.readers[name]
        return cache(lambda text: reader.value(text.strip()))


def _counted(
    rows: TallyTable, spans: Sequence[slice], numbers: Sequence[int | None], *, is_in_order: bool
) -> tuple[Sequence[int], Sequence[int]]:
    """Schools, by their `numbers`, and their students in some rows of one kind.

    `is_in_order` says that the tally numbers schools alike. A row of 0 students is checked before,
    and counts nobody.
    """
    if is_in_order and len(spans) == 1 and 0 not in rows.students[spans[0]]:
        return rows.school[spans[0]], rows.students[spans[0]]
    counted: Counter[int] = Counter()
    for span in spans:
        for school, students in zip(rows.school[span], rows.students[span], strict=True):
            number = numbers[school]
            if number is not None and students:
                counted[number] += students
    ordered = sorted(counted)
    return ordered, [counted[number] for number in ordered]


def _places(keys: Sequence[Ordered]) -> list[int]:
    """Where each of some different keys stands in ascending order."""
    found = [0] * len(keys)
    for place, number in enumerate(sorted(range(len(keys)), key=keys.__getitem__)):
        found[number] = place
    return found


def sort_key(values: tuple[Value, ...]) -> tuple[tuple[bool, Value], ...]:
    """By what values of a cut are brought in order."""
    return tuple([(isinstance(value, str), value) for value in values])
