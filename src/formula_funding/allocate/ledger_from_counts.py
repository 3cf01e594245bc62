"""Counts to ledger: every row that was read, by what became of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.diagnostics.problem import InvariantBrokenError
from formula_funding.model.counts import RowsRead
from formula_funding.model.ledger import Account, Excluded, Ledger, together
from formula_funding.model.plan import Plan, Value
from formula_funding.tally.in_bands import bandings_told, told_in_bands
from formula_funding.tally.tally import decisive_conditions, ledger_cut

Kind = tuple[int, tuple[Value, ...]]
"""Number of the school, values of the ledger's attributes."""


def ledger_from_counts(evaluation: Evaluation) -> Ledger:
    """The ledger of a run.

    Raises InvariantBrokenError if the rows that were read do not add up to the students counted.
    """
    counts, register = evaluation.counts, evaluation.register
    unfunded = _unfunded(evaluation)
    unfunded_kinds = {(register.ids[school], values) for school, values in unfunded}
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
        _excluded(evaluation.plan, unfunded),
    )
    _check(ledger, evaluation)
    return ledger


def _account(entry: RowsRead, *, is_funded: bool) -> Account:
    if entry.left_out is not None:
        return Account(entry.rows, {entry.left_out: entry.rows})
    return Account(entry.rows, {}, entry.students, 0 if is_funded else entry.students)


def _unfunded(evaluation: Evaluation) -> Mapping[Kind, int]:
    """The students to whom no line applies, by the values that decided it."""
    counts = evaluation.counts
    conditions = decisive_conditions(evaluation.plan)
    if not counts.tables or not conditions:
        return {}
    groups = evaluation.groups(conditions)
    table = groups.table
    applies = [groups.units.truths(condition) for condition in conditions]
    found: Counter[Kind] = Counter()
    for row, unit in enumerate(groups.unit):
        if table.students[row] and not any(truths[unit] for truths in applies):
            values = table.combinations[table.combination[row]]
            found[table.schools[row], values] += table.students[row]
    return found


def _excluded(plan: Plan, unfunded: Mapping[Kind, int]) -> tuple[Excluded, ...]:
    """The students to whom no line applies, as a reader is told of them."""
    cut = ledger_cut(plan)
    bandings = bandings_told(plan, plan.reads(decisive_conditions(plan)))
    found: Counter[tuple[int, tuple[tuple[str, Value], ...]]] = Counter()
    for (school, values), students in unfunded.items():
        told = told_in_bands(dict(zip(cut, values, strict=True)), bandings)
        found[school, tuple(told.items())] += students
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
