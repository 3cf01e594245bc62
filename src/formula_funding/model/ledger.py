"""The ledger: what became of every row that was read, per file, per school and in total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from formula_funding.diagnostics.problem import Accepted
from formula_funding.model.counts import LeftOut
from formula_funding.model.plan import Value


@dataclass(frozen=True)
class Excluded:
    """Students who were counted and whom no line funds, told apart by what decided it."""

    school: int
    values: Mapping[str, Value]
    students: int


NOTHING_LEFT_OUT: Mapping[LeftOut, int] = MappingProxyType({})


class Account(NamedTuple):
    """Rows read = rows counted + rows left out by reason; students counted = funded + not funded.

    One row may count several students, or none.
    """

    rows: int = 0
    left_out: Mapping[LeftOut, int] = NOTHING_LEFT_OUT
    students: int = 0
    not_funded: int = 0

    @property
    def rows_counted(self) -> int:
        return self.rows - sum(self.left_out.values())

    @property
    def funded(self) -> int:
        return self.students - self.not_funded


def together(accounts: Collection[Account]) -> Account:
    """Several accounts as one."""
    if len(accounts) == 1:
        return next(iter(accounts))
    left_out: Counter[LeftOut] = Counter()
    rows = students = not_funded = 0
    for account in accounts:
        rows += account.rows
        students += account.students
        not_funded += account.not_funded
        if account.left_out:
            left_out.update(account.left_out)
    by_reason = {reason: left_out[reason] for reason in LeftOut if left_out[reason]}
    return Account(rows, by_reason, students, not_funded)


@dataclass(frozen=True)
class Changed:
    """A school's students in the previous run and now; None for a school that is not there."""

    school: str
    before: int | None
    now: int | None


@dataclass(frozen=True)
class Comparison:
    """The schools whose number of students changed by more than `threshold`, a share.

    `fingerprint` names the document of the previous run.
    """

    fingerprint: str
    threshold: Fraction
    changed: tuple[Changed, ...]


@dataclass(frozen=True)
class Ledger:
    """The accounts of a run. Each of the three ways of adding them up gives the same total.

    `schools` stand in the register's order; `unknown` are the schools that the register lacks
    and whose rows an officer decided to leave out. `students` repeats the students by school; it
    is empty where the rulebook works on figures per school and counts nobody. `without_students`
    are the schools of the register in whose rows nobody is counted.
    """

    files: Mapping[str, Account]
    schools: tuple[Account, ...]
    unknown: Mapping[str, Account]
    students: tuple[int, ...]
    without_students: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    accepted: tuple[Accepted, ...] = ()
    comparison: Comparison | None = None

    @property
    def total(self) -> Account:
        return together(self.files.values())

    @property
    def rows(self) -> int:
        return self.total.rows

    @property
    def students_read(self) -> int:
        return sum(self.students)

    @property
    def students_excluded(self) -> int:
        return sum(entry.students for entry in self.excluded)

    @property
    def students_funded(self) -> int:
        return self.students_read - self.students_excluded
