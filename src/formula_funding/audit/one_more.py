"""One more student, tried on the data: each kind of student is added to each school alone.

A school must not have less for it. Lines that other schools, tables or solving decide too are left
out, so that all schools can be given their student in one run.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.told_groups import told
from formula_funding.allocate.units import Units
from formula_funding.audit.totals import totals, totals_tried
from formula_funding.compile.counted_in_bands import told_by
from formula_funding.diagnostics.problem import Problems
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import Name
from formula_funding.model.counts import Counts, CountTable, declared
from formula_funding.model.plan import Plan, Value

MOST_KINDS = 200


@dataclass(frozen=True)
class Loss:
    """A school that gets less with one more student of a kind; `loss` is above 0."""

    school: str
    kind: Mapping[str, Value]
    loss: Fraction


@dataclass(frozen=True)
class OneMore:
    """What was tried, and every loss, the largest first.

    `is_complete` is false where there were more than MOST_KINDS kinds, or a line divided by zero.
    """

    tried: int
    losses: tuple[Loss, ...]
    is_complete: bool


def one_more_student(evaluation: Evaluation, unsearched: tuple[str, ...]) -> OneMore:
    """Add a student of each kind that occurs in the data to each school."""
    plan, ids = evaluation.plan, evaluation.register.ids
    lines = [line.name for line in plan.lines_in_force if line.name not in unsearched]
    if not evaluation.counts.tables or not lines:
        return OneMore(0, (), is_complete=True)
    kinds = list(islice(_kinds(plan, lines, evaluation.counts), MOST_KINDS + 1))
    told_kinds = _told(kinds, lines, evaluation)
    is_complete = len(kinds) <= MOST_KINDS
    before = totals(evaluation, lines)
    losses: list[Loss] = []
    for kind, as_told in zip(kinds[:MOST_KINDS], told_kinds, strict=False):
        problems = Problems()
        counts = _with_one_more(evaluation.counts, kind, len(ids))
        after = totals_tried(plan, counts, evaluation.register, lines, problems)
        if problems.has_errors:
            is_complete = False
            continue
        lost = zip(ids, (before - after).pairs(), strict=True)
        losses += [Loss(school, as_told, Fraction(n, d)) for school, (n, d) in lost if n > 0]
    losses.sort(key=lambda loss: (-loss.loss, loss.school, str(sorted(loss.kind.items()))))
    return OneMore(len(kinds[:MOST_KINDS]) * len(ids), tuple(losses), is_complete)


def _kinds(plan: Plan, lines: Sequence[str], counts: Counts) -> Iterator[dict[str, Value]]:
    """The kinds of students that occur, told by what the lines read of students.

    What no table tells together may go together. None where nobody is counted and something is
    read.
    """
    read = set(plan.reads([Name(line) for line in lines]))
    tables = [table for table in counts.tables.values() if table.cut and read.issuperset(table.cut)]
    kinds: Iterator[dict[str, Value]] = iter([{}])
    told_by: set[str] = set()
    for table in sorted(tables, key=lambda table: -len(table.cut)):
        kinds = _joined(kinds, table, [name for name in table.cut if name in told_by])
        told_by.update(table.cut)
    in_order = declared(plan, told_by)
    return ({name: kind[name] for name in in_order} for kind in kinds)


def _joined(
    kinds: Iterator[dict[str, Value]], table: CountTable, common: Sequence[str]
) -> Iterator[dict[str, Value]]:
    """Each kind with each of a table's that is alike in what both tell."""
    alike: dict[tuple[Value, ...], list[dict[str, Value]]] = {}
    for combination in table.combinations:
        own = dict(zip(table.cut, combination, strict=True))
        alike.setdefault(tuple(own[name] for name in common), []).append(own)
    for kind in kinds:
        for own in alike.get(tuple(kind[name] for name in common), ()):
            yield kind | own


def _told(
    kinds: Sequence[Mapping[str, Value]], lines: Sequence[str], evaluation: Evaluation
) -> list[dict[str, Value]]:
    """Each kind as a reader is told of it, by what the lines read."""
    plan = evaluation.plan
    by = told_by(plan, plan.reads([Name(line) for line in lines]))
    length = len(kinds)
    attributes = {name: [kind[name] for kind in kinds] for name in kinds[0]} if kinds else {}
    units = Units(
        plan, Level.STUDENT, length, attributes, evaluation, evaluation.system, [0] * length
    )
    return [told(kind, by, units, number) for number, kind in enumerate(kinds)]


def _with_one_more(counts: Counts, kind: Mapping[str, Value], schools: int) -> Counts:
    """Counts with a student of a kind more in each school, by all that tells the kind."""
    tables = {
        cut: _added(table, kind, schools) if kind.keys() >= set(cut) else table
        for cut, table in counts.tables.items()
    }
    return replace(counts, tables=tables)


def _added(table: CountTable, kind: Mapping[str, Value], schools: int) -> CountTable:
    """The table with one student of a kind more in each school."""
    own = tuple(kind[name] for name in table.cut)
    if own in table.combinations:
        number, combinations = table.combinations.index(own), table.combinations
        rows = table.spans[number]
    else:
        number, combinations = len(table.combinations), (*table.combinations, own)
        rows = slice(len(table.schools), len(table.schools))
    students = [1] * schools
    for school, before in zip(table.schools[rows], table.students[rows], strict=True):
        students[school] += before

    def with_rows(column: Sequence[int], new: Iterable[int]) -> array[int]:
        return array("q", column[: rows.start]) + array("q", new) + array("q", column[rows.stop :])

    return CountTable(
        table.cut,
        combinations,
        with_rows(table.schools, range(schools)),
        with_rows(table.combination, [number] * schools),
        with_rows(table.students, students),
    )
