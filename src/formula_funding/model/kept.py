"""A kept tally: students counted once and for all, with what was found while they were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from formula_funding.diagnostics.problem import Accepted
from formula_funding.model.counting import Counting
from formula_funding.model.counts import Cut, RowsRead


@dataclass(frozen=True)
class Source:
    """A file from which a tally was made. `sha256` is empty where nothing is left to hash."""

    part: str
    file: str
    sha256: str


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
    groups: tuple[RowsRead, ...]
    accepted: tuple[Accepted, ...] = ()

    @property
    def rows(self) -> int:
        return sum(group.rows for group in self.groups)

    @property
    def students(self) -> int:
        return sum(group.students for group in self.groups)

    @property
    def alone(self) -> int:
        """The students who are alone in their group."""
        return sum(group.students == 1 for group in self.groups)

    @property
    def schools(self) -> tuple[str, ...]:
        """The schools in whose rows somebody may be counted, in ascending order."""
        return tuple(sorted({group.school for group in self.groups if group.left_out is None}))
