"""A kept tally: students counted once and for all, with what was found while they were read."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from formula_funding.diagnostics.problem import Accepted
from formula_funding.model.counting import Counting
from formula_funding.model.counts import Cut, LeftOut, RowsRead
from formula_funding.model.plan import Value

REASONS: tuple[LeftOut | None, ...] = (None, *LeftOut)
"""Why a group counts nobody, by number; nothing comes first."""


@dataclass(frozen=True)
class Source:
    """A file from which a tally was made. `sha256` is empty where nothing is left to hash."""

    part: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Groups:
    """Groups of alike students, of which there may be a million, as columns of numbers.

    Row i says: in the file number `file[i]`, `rows[i]` rows of the school `schools[school[i]]`
    count `students[i]` students, or are left out for `REASONS[left_out[i]]`. Of those who are
    counted, `texts[a][values[a][i]]` is the text of attribute number a; of others any number may
    stand there. Different texts may mean the same.
    """

    schools: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    file: Sequence[int]
    school: Sequence[int]
    left_out: Sequence[int]
    values: tuple[Sequence[int], ...]
    rows: Sequence[int]
    students: Sequence[int]

    def __len__(self) -> int:
        return len(self.rows)


def groups_of(
    read: Sequence[RowsRead],
    files: Sequence[str],
    cut: Cut,
    text_of: Callable[[Value], str],
) -> Groups:
    """The rows read of some files, told apart by a cut, as groups in the same order."""
    file_number = {name: number for number, name in enumerate(files)}
    reason_number = {reason: number for number, reason in enumerate(REASONS)}
    schools: dict[str, int] = {}
    texts: list[dict[str, int]] = [{} for _ in cut]
    kinds: dict[tuple[Value, ...], tuple[int, ...]] = {(): (0,) * len(cut)}
    for entry in read:
        if entry.values not in kinds:
            told = zip(texts, map(text_of, entry.values), strict=True)
            kinds[entry.values] = tuple(known.setdefault(text, len(known)) for known, text in told)
    numbers = [kinds[entry.values] for entry in read]
    return Groups(
        file=array("q", [file_number[entry.file] for entry in read]),
        school=array("q", [schools.setdefault(entry.school, len(schools)) for entry in read]),
        left_out=array("q", [reason_number[entry.left_out] for entry in read]),
        values=tuple(array("q", [of_group[i] for of_group in numbers]) for i in range(len(cut))),
        rows=array("q", [entry.rows for entry in read]),
        students=array("q", [entry.students for entry in read]),
        schools=tuple(schools),
        texts=tuple(map(tuple, texts)),
    )


@dataclass(frozen=True)
class Kept:
    """Groups of alike students by file, school and the attributes of `cut`; no student, no id.

    `groups` holds, in the order of the ledger, also the rows that were left out, with the reason.
    `if_empty` says for each attribute what an empty cell was taken for. `as_of` is the date, or
    the period, of the rulebook by which the attributes were chosen; `codes_of` is
    the date by which former codes of schools were translated, None where there were none.
    """

    rulebook: str
    version: str
    as_of: str
    codes_of: str | None
    cut: Cut
    if_empty: Mapping[str, str | None]
    counting: Counting
    count_dates: tuple[str, ...]
    files: tuple[str, ...]
    sources: tuple[Source, ...]
    groups: Groups
    accepted: tuple[Accepted, ...] = ()

    @property
    def rows(self) -> int:
        return sum(self.groups.rows)

    @property
    def students(self) -> int:
        return sum(self.groups.students)

    @property
    def counted(self) -> int:
        """The groups that are not left out."""
        return sum(reason == 0 for reason in self.groups.left_out)

    @property
    def alone(self) -> int:
        """The students who are alone in their group."""
        return sum(students == 1 for students in self.groups.students)

    @property
    def schools(self) -> tuple[str, ...]:
        """The schools in whose rows somebody may be counted, in ascending order."""
        return self.schools_with(None)

    def schools_with(self, *reasons: LeftOut | None) -> tuple[str, ...]:
        """The schools with a group that is left out for one of some reasons, None for none."""
        numbers = {REASONS.index(reason) for reason in reasons}
        pairs = set(zip(self.groups.school, self.groups.left_out, strict=True))
        found = {self.groups.schools[school] for school, reason in pairs if reason in numbers}
        return tuple(sorted(found))
