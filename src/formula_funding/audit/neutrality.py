"""Status neutrality: the static proof, and the experiment in which statuses are exchanged.

The proof is that no line comes down to a protected attribute. The experiment pays all schools
again: once with each status for all of them, so that every school is paid under every status, and
once with each status passed on to the next, so that different ones stand side by side. Nothing may
move.

A *weighted student* makes kinds of students comparable. Students are of one kind where the rules,
status aside, tell no difference; a kind weighs what it brings, in the mean of those runs in which
all schools have one status, ÷ that of all who are funded. Where every school is paid alike, money
per weighted student is the same for every status.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.solved import plan_with_found_figures
from formula_funding.allocate.units import Values, value_at
from formula_funding.audit.totals import totals
from formula_funding.compile.neutrality import ways_to_protected
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.exact.column import absolute, over_common_denominator
from formula_funding.formula.aggregates import level_of
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import aggregates, names
from formula_funding.model.plan import Line, Plan, Value, trees_of
from formula_funding.model.register import Register

_MOST_RUNS = 100


@dataclass(frozen=True)
class LineReads:
    """The declared attributes to which a line comes down; `way` leads to a protected one."""

    line: str
    attributes: tuple[str, ...]
    way: tuple[str, ...]


@dataclass(frozen=True)
class Exchange:
    """Statuses exchanged in one way: how many schools' amounts moved, and by how much.

    `value` is the status given to all, or None where each is passed on to the next. `moved` is
    the sum of all changes without their signs, `largest` the largest change of one school.
    """

    attribute: str
    value: Value | None
    schools_moved: int
    moved: Fraction
    largest: Fraction


@dataclass(frozen=True)
class StatusMoney:
    """What schools of one status get for students, by the lines that pay for each student."""

    attribute: str
    value: Value
    schools: int
    students: int
    weighted_students: Fraction
    money: Fraction

    @property
    def per_weighted_student(self) -> Fraction | None:
        return self.money / self.weighted_students if self.weighted_students else None


def lines_read(plan: Plan) -> list[LineReads]:
    """For each line in force what it reads, directly or through other items."""
    ways = _ways(plan)
    found = []
    for line in plan.lines_in_force:
        read = set(plan.reads(line.trees))
        attributes = tuple(name for name in plan.attributes if name in read)
        found.append(LineReads(line.name, attributes, ways.get(line.name, ())))
    return found


def _ways(plan: Plan) -> dict[str, tuple[str, ...]]:
    goals = {name: p.goal for name, p in plan.parameters.items() if p.goal is not None}
    return ways_to_protected(plan.attributes, plan.items, goals)


def exchanges(evaluation: Evaluation, statuses: Register) -> Iterator[Exchange]:
    """The experiment on each attribute of `statuses`: all schools alike, then passed on.

    `statuses` is the register with the protected attributes, in the order of the evaluation's.
    """
    lines = [line.name for line in evaluation.plan.lines_in_force]
    before = totals(evaluation, lines)
    for name in _protected(evaluation.plan, statuses):
        column = statuses.attributes[name]
        present = list(dict.fromkeys(sorted(column, key=str)))
        following = dict(zip(present, [*present[1:], present[0]], strict=True))
        changes: list[tuple[Value | None, tuple[Value, ...]]] = [
            (value, (value,) * len(column)) for value in present
        ]
        changes.append((None, tuple(following[value] for value in column)))
        for value, changed in changes:
            after = totals(_with_statuses(evaluation, statuses, {name: changed}), lines)
            moves, unit = over_common_denominator(absolute(after - before))
            yield Exchange(
                name,
                value,
                sum(1 for move in moves if move),
                Fraction(sum(moves), unit),
                Fraction(max(moves, default=0), unit),
            )


def _protected(plan: Plan, statuses: Register) -> list[str]:
    return [name for name in statuses.attributes if plan.attributes[name].protected]


def _with_statuses(
    evaluation: Evaluation, statuses: Register, changed: Mapping[str, tuple[Value, ...]]
) -> Evaluation:
    """The same schools with other statuses. Figures that are solved for by them are found anew."""
    plan, counts = evaluation.plan, evaluation.counts
    attributes = {**statuses.attributes, **changed}
    register = replace(evaluation.register, attributes=attributes)
    if plan.solved and _ways(plan):
        with suppress(ProblemsFoundError):  # Where there is none, the proof alone fails the audit.
            plan = plan_with_found_figures(plan, counts, register, Problems())
    return Evaluation(plan, counts, register, Problems())


# money per weighted student


@dataclass(frozen=True)
class _PaidFor:
    """Students of one kind in one school, and what they bring there, unrounded."""

    school: int
    kind: tuple[object, ...]
    students: int
    money: Fraction


def money_by_status(evaluation: Evaluation, statuses: Register, funded: int) -> list[StatusMoney]:
    """Money per weighted student for each status of each protected attribute.

    `funded` is the number of students for whom any line pays.
    """
    protected = _protected(evaluation.plan, statuses)
    if not protected:
        return []
    students = _students(evaluation)
    weights = _weights(evaluation, statuses, funded)
    weighted, money = [Fraction(0)] * len(students), [Fraction(0)] * len(students)
    for entry in _paid(evaluation):
        weighted[entry.school] += entry.students * weights[entry.kind]
        money[entry.school] += entry.money
    found: list[StatusMoney] = []
    for name in protected:
        column = statuses.attributes[name]
        for value in dict.fromkeys(sorted(column, key=str)):
            schools = [i for i, own in enumerate(column) if own == value]
            found.append(
                StatusMoney(
                    name,
                    value,
                    len(schools),
                    sum(students[i] for i in schools),
                    sum((weighted[i] for i in schools), Fraction(0)),
                    sum((money[i] for i in schools), Fraction(0)),
                )
            )
    return found


def _paid(evaluation: Evaluation) -> Iterator[_PaidFor]:
    """What all lines for each student pay."""
    for line in evaluation.plan.lines_in_force:
        if line.per_student:
            yield from _paid_by(line, evaluation)


def _paid_by(line: Line, evaluation: Evaluation) -> Iterator[_PaidFor]:
    """What a line pays for each group of alike students; all that it reads tells kinds apart."""
    groups = evaluation.groups(line.trees)
    prices = groups.units.numbers(line.amount)
    applies = groups.units.truths(line.when) if line.when is not None else None
    columns = _facts_of_schools(line, evaluation)
    table = groups.table
    for row, unit in enumerate(groups.unit):
        school = table.schools[row]
        kind = (
            line.name,
            table.combinations[table.combination[row]],
            tuple(value_at(column, school) for column in columns),
        )
        price = prices.value(unit) if applies is None or applies[unit] else Fraction(0)
        if price is not None:
            yield _PaidFor(school, kind, table.students[row], table.students[row] * price)


def _facts_of_schools(line: Line, evaluation: Evaluation) -> list[Values]:
    """What of a school may decide what a line pays for a student, status aside, school by school.

    It is read by a name, or counted among the school's students or the schools of its group.
    """
    plan, schools = evaluation.plan, evaluation.schools
    read = plan.reads(line.trees)
    by_status = {name for name, own in plan.attributes.items() if own.protected} | set(_ways(plan))
    of_schools = [name for name in read if plan.level_of(name) is Level.SCHOOL]
    items = [plan.item(name) for name in read if plan.level_of(name) is Level.STUDENT]
    trees = [*line.trees, *(tree for item in items if item is not None for tree in trees_of(item))]
    counted = dict.fromkeys(found for tree in trees for found in aggregates(tree))
    return [
        *(schools.read(name) for name in of_schools if name not in by_status),
        *(
            evaluation.aggregate(found)
            for found in counted
            if level_of(found) is Level.SCHOOL and by_status.isdisjoint(names(found))
        ),
    ]


def _weights(
    evaluation: Evaluation, statuses: Register, funded: int
) -> dict[tuple[object, ...], Fraction]:
    """What a student of each kind brings ÷ the mean of all who are funded, status aside.

    Status aside: in the mean of all runs in which all schools have one status.
    """
    students: dict[tuple[object, ...], int] = {}
    money: dict[tuple[object, ...], Fraction] = {}
    runs = 0
    for run in _all_alike(evaluation, statuses):
        runs += 1
        for entry in _paid(run):
            students[entry.kind] = students.get(entry.kind, 0) + entry.students
            money[entry.kind] = money.get(entry.kind, Fraction(0)) + entry.money
    everyone = funded * runs
    mean = sum(money.values(), Fraction(0)) / everyone if everyone else Fraction(0)
    return {
        kind: money[kind] / number / mean if number and mean else Fraction(0)
        for kind, number in students.items()
    }


def _all_alike(evaluation: Evaluation, statuses: Register) -> Iterator[Evaluation]:
    """All schools with one status, in each protected attribute at once."""
    names = _protected(evaluation.plan, statuses)
    present = [dict.fromkeys(sorted(statuses.attributes[name], key=str)) for name in names]
    for values in islice(product(*present), _MOST_RUNS):
        length = len(evaluation.register.ids)
        changed = {name: (value,) * length for name, value in zip(names, values, strict=True)}
        yield _with_statuses(evaluation, statuses, changed)


def _students(evaluation: Evaluation) -> list[int]:
    students = [0] * len(evaluation.register.ids)
    for table in list(evaluation.counts.tables.values())[:1]:
        for school, number in zip(table.schools, table.students, strict=True):
            students[school] += number
    return students
