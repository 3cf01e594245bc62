"""Counts to ledger: every row that was read, by what became of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.told_groups import told
from formula_funding.compile.counted_in_bands import told_by
from formula_funding.diagnostics.problem import InvariantBrokenError
from formula_funding.model.counts import RowsRead
from formula_funding.model.ledger import NOTHING_LEFT_OUT, Account, Excluded, Ledger, together
from formula_funding.model.plan import Value
from formula_funding.tally.tally import decisive_conditions


def ledger_from_counts(evaluation: Evaluation) -> Ledger:
    """The ledger of a run.

    Raises InvariantBrokenError if the rows that were read do not add up to the students counted.
    """
    counts, register = evaluation.counts, evaluation.register
    unfunded = _unfunded(evaluation)
    unfunded_kinds = {(register.ids[group.school], group.values) for group in unfunded}
    files: dict[str, list[Account]] = defaultdict(list)
    schools: dict[str, list[Account]] = defaultdict(list)
    for entry in counts.read:
        account = _account(entry, is_funded=(entry.school, entry.values) not in unfunded_kinds)
        files[entry.file].append(account)
        schools[entry.school].append(account)
    of_schools = tuple(together(schools.get(school, ())) for school in register.ids)
    known = frozenset(register.ids)
    ledger = Ledger(
        {name: together(accounts) for name, accounts in files.items()},
        of_schools,
        {name: together(found) for name, found in schools.items() if name not in known},
        tuple(account.students for account in of_schools) if counts.tables else (),
        tuple(
            school
            for school, account in zip(register.ids, of_schools, strict=True)
            if counts.tables and not account.students
        ),
        _excluded(unfunded),
    )
    _check(ledger, evaluation)
    return ledger


def _account(entry: RowsRead, *, is_funded: bool) -> Account:
    if entry.left_out is not None:
        return Account(entry.rows, {entry.left_out: entry.rows})
    not_funded = 0 if is_funded else entry.students
    return Account(entry.rows, NOTHING_LEFT_OUT, entry.students, not_funded)


@dataclass(frozen=True)
class _Unfunded:
    """Students of a school whom no line funds, with the values that decided it, and as told."""

    school: int
    values: tuple[Value, ...]
    told: Mapping[str, Value]
    students: int


def _unfunded(evaluation: Evaluation) -> list[_Unfunded]:
    """The students to whom no line applies."""
    plan = evaluation.plan
    conditions = decisive_conditions(plan)
    if not evaluation.counts.tables or not conditions:
        return []
    groups = evaluation.groups(conditions)
    table = groups.table
    applies = [groups.units.truths(condition) for condition in conditions]
    by = told_by(plan, plan.reads(conditions))
    found = []
    for row, unit in enumerate(groups.unit):
        if table.students[row] and not any(truths[unit] for truths in applies):
            values = table.combinations[table.combination[row]]
            named = dict(zip(table.cut, values, strict=True))
            as_told = told(named, by, groups.units, unit)
            found.append(_Unfunded(table.schools[row], values, as_told, table.students[row]))
    return found


def _excluded(unfunded: Iterable[_Unfunded]) -> tuple[Excluded, ...]:
    """Whom no line funds, those together who are told alike."""
    found: Counter[tuple[int, tuple[tuple[str, Value], ...]]] = Counter()
    for group in unfunded:
        found[group.school, tuple(group.told.items())] += group.students
    return tuple(Excluded(school, dict(told), n) for (school, told), n in found.items())


def _check(ledger: Ledger, evaluation: Evaluation) -> None:
    """The ledger adds up in every direction, and to the students that are paid for."""
    ways = (
        together(ledger.files.values()),
        together([*ledger.schools, *ledger.unknown.values()]),
    )
    paid = [sum(table.students) for table in evaluation.counts.tables.values()]
    if ways[0] != ways[1] or any(students != ways[0].students for students in paid):
        raise InvariantBrokenError("the rows that were read do not add up to those counted")
    if ways[0].not_funded != ledger.students_excluded:
        raise InvariantBrokenError("the ledger's files do not add up to the students left out")
