"""What an engine returns: counts by school and attribute texts, exactly as they were read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from formula_funding.formula.tree import SCHOOLS, Aggregate, Tree, walk
from formula_funding.model.counts import Cut, LeftOut, declared
from formula_funding.model.plan import STUDENTS, Line, Plan, trees_of
from formula_funding.read.roster import Roster

LedgerRow = tuple[int, str, tuple[str, ...], int, int]
"""Number of the file, school id, texts of the ledger's attributes, rows, students."""


LeftOutRows = tuple[int, int, int]
"""Number of the file, number of the reason (see `reasons`), rows left out."""


@dataclass(frozen=True)
class TallyTable:
    """Students by school and by the texts of one cut's attributes.

    Row i says: in the school `schools[school[i]]` sit `students[i]` students of the texts
    `combinations[combination[i]]`. Rows are numbers, as there may be millions of them; they are in
    order of combination and school, one for both. Different texts may mean the same.
    """

    schools: Sequence[str] = ()
    combinations: Sequence[tuple[str, ...]] = ()
    school: Sequence[int] = ()
    combination: Sequence[int] = ()
    students: Sequence[int] = ()


def tally_table(rows: Iterable[tuple[str, tuple[str, ...], int]]) -> TallyTable:
    """The table of rows of school id, texts and number of students."""
    schools: dict[str, int] = {}
    combinations: dict[tuple[str, ...], int] = {}
    counted: Counter[tuple[int, int]] = Counter()
    for school, texts, students in rows:
        kind = combinations.setdefault(texts, len(combinations))
        counted[kind, schools.setdefault(school, len(schools))] += students
    numbered = sorted(counted.items())
    return TallyTable(
        tuple(schools),
        tuple(combinations),
        [school for (_, school), _ in numbered],
        [combination for (combination, _), _ in numbered],
        [students for _, students in numbered],
    )


def together(tables: Sequence[TallyTable]) -> TallyTable:
    """The rows of several tables of one cut as one table."""
    if len(tables) == 1:
        return tables[0]
    schools: list[str] = []
    combinations: list[tuple[str, ...]] = []
    school: list[int] = []
    combination: list[int] = []
    students: list[int] = []
    for table in tables:
        school += [len(schools) + i for i in table.school]
        combination += [len(combinations) + i for i in table.combination]
        students += table.students
        schools += table.schools
        combinations += table.combinations
    return TallyTable(schools, combinations, school, combination, students)


@dataclass(frozen=True)
class Tally:
    """Counts for each cut.

    `is_doubtful` says that something was seen which only a reading row by row can place: a
    count that is no number, a student id twice.

    `ledger` tells for each file what was read. `enrolments` tells, where a rulebook lets a
    student stand in several rows, how many students have these texts of the attribute by which
    their rows are judged: `("yes", "no")` with a main enrolment and another one. `left_out` are
    the rows of each file (by number) that its layout leaves out; they stand nowhere else.

    `tells_days_by_value` says that rows of a student are of one count date if it has one value,
    however it is written. Engines that know texts alone take `1.9.2025` and `01.09.2025` for two.

    `may_stand_twice` are the ids of students, as `student_of_parts` gives them, among whom is
    everybody who stands in several rows and may not; None if it is not known who.
    """

    cuts: Mapping[Cut, TallyTable]
    ledger: Sequence[LedgerRow] = ()
    enrolments: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    is_doubtful: bool = False
    left_out: Mapping[tuple[int, LeftOut], int] = field(default_factory=dict)
    tells_days_by_value: bool = False
    may_stand_twice: Collection[str] | None = None

    @property
    def rows(self) -> int:
        return sum(rows for _, _, _, rows, _ in self.ledger)


class Engine(Protocol):
    """Counts the rows of a roster; the only thing that an engine ever does."""

    def tally(self, roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally:
        """Count students by school and by each cut, and rows by file, school and `ledger`.

        Raises ProblemsFoundError where a file can't be read as a table.
        """
        ...


def cuts_of(plan: Plan, units: str = STUDENTS) -> tuple[Cut, ...]:
    """The cuts of students that the plan's lines in force, its aggregates and its ledger need;
    or those of the units of another table."""
    cuts = {students_cut(plan, trees) for owner, trees in _unit_formulas(plan) if owner == units}
    if units == STUDENTS:
        cuts.add(ledger_cut(plan))
    return tuple(sorted(cuts))


def students_cut(plan: Plan, trees: Sequence[Tree]) -> Cut:
    """The declared attributes of students that some formulas of students come down to."""
    return plan.student_attributes(trees)


def ledger_cut(plan: Plan) -> Cut:
    """The attributes that decide whether any line applies to a student."""
    return students_cut(plan, decisive_conditions(plan))


def decisive_conditions(plan: Plan) -> list[Tree]:
    """The conditions of the lines for students; none if some line applies to everybody."""
    conditions = [line.when for line in plan.lines_in_force if line.per_student]
    decisive = [condition for condition in conditions if condition is not None]
    return decisive if len(decisive) == len(conditions) else []


def attributes_counted(plan: Plan) -> tuple[str, ...]:
    """The attributes of students that a roster must give, in declared order."""
    read = [name for cut in cuts_of(plan) for name in cut]
    return declared(plan, [*read, *ledger_cut(plan), *plan.counting.attributes])


def aggregate_trees(aggregate: Aggregate) -> list[Tree]:
    """The formulas inside an aggregate."""
    return list(aggregate.parts())


def _unit_formulas(plan: Plan) -> list[tuple[str, Sequence[Tree]]]:
    """(students or a table's units, formulas that are priced together for these units)."""
    groups: list[tuple[str, Sequence[Tree]]] = [
        (STUDENTS, line.trees) for line in plan.lines_in_force if line.per_student
    ]
    for item in plan.items:
        if isinstance(item, Line) and not item.in_force(plan.as_of):
            continue
        groups += [
            (node.units, aggregate_trees(node))
            for tree in trees_of(item)
            for node in walk(tree)
            if isinstance(node, Aggregate) and node.units != SCHOOLS
        ]
    return groups


def counts_students(plan: Plan) -> bool:
    """Whether the rulebook needs a roster, or only figures per school."""
    return any(units == STUDENTS for units, _ in _unit_formulas(plan)) or any(
        attribute.units == STUDENTS for attribute in plan.attributes.values()
    )
