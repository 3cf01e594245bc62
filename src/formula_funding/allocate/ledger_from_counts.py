"""Counts to ledger: every row that was read, by what became of it."""

from __future__ import annotations

from collections import defaultdict

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.diagnostics.problem import InvariantBrokenError
from formula_funding.formula.tree import Tree
from formula_funding.model.counts import RowsRead
from formula_funding.model.ledger import Account, Excluded, Ledger, together
from formula_funding.model.plan import Value


def ledger_from_counts(evaluation: Evaluation) -> Ledger:
    """The ledger of a run.

    Raises InvariantBrokenError if the rows that were read do not add up to the students counted.
    """
    counts, register = evaluation.counts, evaluation.register
    unfunded = _unfunded(evaluation)
    excluded = tuple(entry for entry, _ in unfunded)
    unfunded_kinds = {(register.ids[entry.school], values) for entry, values in unfunded}
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
        excluded,
    )
    _check(ledger, evaluation)
    return ledger


def _account(entry: RowsRead, *, is_funded: bool) -> Account:
    if entry.left_out is not None:
        return Account(entry.rows, {entry.left_out: entry.rows})
    return Account(entry.rows, {}, entry.students, 0 if is_funded else entry.students)


def _unfunded(evaluation: Evaluation) -> list[tuple[Excluded, tuple[Value, ...]]]:
    """The students to whom no line applies, with the values that decided it."""
    plan, counts = evaluation.plan, evaluation.counts
    lines = [line for line in plan.lines_in_force if line.per_student]
    conditions: list[Tree] = [line.when for line in lines if line.when is not None]
    if not counts.tables or not lines or len(conditions) < len(lines):
        return []
    groups = evaluation.groups(conditions)
    table = groups.table
    applies = [groups.units.truths(condition) for condition in conditions]
    found = []
    for row, unit in enumerate(groups.unit):
        if table.students[row] and not any(truths[unit] for truths in applies):
            values = table.combinations[table.combination[row]]
            told = dict(zip(table.cut, values, strict=True))
            found.append((Excluded(table.schools[row], told, table.students[row]), values))
    return found


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
