"""The schools of a run and who sits in them, as a scenario changes them step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.units import Units
from formula_funding.diagnostics.problem import Problems
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import Tree
from formula_funding.model.counts import Counts, CountTable, Cut, RowsRead, count_table
from formula_funding.model.plan import Plan, Value
from formula_funding.model.register import Register
from formula_funding.scenario.whole_students import Cell, Students, order

_T = TypeVar("_T")


@dataclass(frozen=True)
class Enrolment:
    """Schools and counts, and where the students of merged schools are.

    `joint` is the cut by all that the rules and the scenario's conditions read of a student, so
    that one who moves moves in every count alike; None where nobody moves. `ledger` is the cut
    by which the ledger tells what became of students.
    """

    register: Register
    counts: Counts
    ledger: Cut = ()
    joint: Cut | None = None
    goes_to: Mapping[str, str] = field(default_factory=dict)

    @property
    def students(self) -> dict[Cell, int]:
        """The students by school and by the joint cut."""
        assert self.joint is not None
        table, ids = self.counts.tables[self.joint], self.register.ids
        rows = zip(table.schools, table.combination, table.students, strict=True)
        return {(ids[school], table.combinations[kind]): n for school, kind, n in rows}

    def with_students(self, students: Students) -> Enrolment:
        """The same schools with other students; every count is made anew of the joint one."""
        assert self.joint is not None
        tables = {cut: self._table(cut, students) for cut in self.counts.tables}
        left_out = [entry for entry in self.counts.read if entry.left_out is not None]
        file = self.counts.read[0].file if self.counts.read else ""
        at = [self.joint.index(name) for name in self.ledger]
        counted: Counter[Cell] = Counter()
        for (school, values), number in students.items():
            counted[school, tuple(values[i] for i in at)] += number
        read = [
            RowsRead(file, school, values, counted[school, values], counted[school, values])
            for school, values in sorted(counted, key=order)
        ]
        counts = replace(self.counts, tables=tables, read=(*read, *left_out))
        return replace(self, counts=counts)

    def _table(self, cut: Cut, students: Students) -> CountTable:
        assert self.joint is not None
        at = [self.joint.index(name) for name in cut]
        number = {school: i for i, school in enumerate(self.register.ids)}
        counted: Counter[Cell] = Counter()
        for (school, values), n in students.items():
            counted[school, tuple(values[i] for i in at)] += n
        kinds = sorted({values for _, values in +counted}, key=lambda values: order(("", values)))
        index_of = {values: i for i, values in enumerate(kinds)}
        cells = {
            (index_of[values], number[school]): students
            for (school, values), students in (+counted).items()
        }
        return count_table(cut, kinds, cells)

    def meant(self, plan: Plan, where: Tree | None) -> dict[Cell, int]:
        """The students for whom a condition holds; all without one."""
        if where is None:
            return self.students
        assert self.joint is not None
        table = self.counts.tables[self.joint]
        attributes: dict[str, list[Value]] = {
            name: [table.combinations[kind][i] for kind in table.combination]
            for i, name in enumerate(self.joint)
        }
        evaluation = Evaluation(plan, self.counts, self.register, Problems())
        rows = len(table.students)
        units = Units(
            plan, Level.STUDENT, rows, attributes, evaluation, evaluation.schools, table.schools
        )
        truths = units.truths(where)
        cells = list(self.students.items())
        return {cell: n for (cell, n), holds in zip(cells, truths, strict=True) if holds}

    def with_school(self, school: str, name: str, values: Mapping[str, Value]) -> Enrolment:
        """With one more school, in which nobody sits yet."""
        ids = sorted([*self.register.ids, school])
        at = ids.index(school)

        def inserted(column: Sequence[Value], value: Value) -> tuple[Value, ...]:
            return (*column[:at], value, *column[at:])

        names = list(self.register.names)
        names.insert(at, name)
        register = replace(
            self.register,
            ids=tuple(ids),
            names=tuple(names),
            attributes={
                name: inserted(column, values[name])
                for name, column in self.register.attributes.items()
            },
        )
        places = [i + (i >= at) for i in range(len(self.register.ids))]
        return replace(self, register=register, counts=_renumbered(self.counts, places))

    def without_school(self, school: str) -> Enrolment:
        """Without a school in which nobody sits."""
        at = self.register.ids.index(school)
        register = replace(
            self.register,
            ids=_without(self.register.ids, at),
            names=_without(self.register.names, at),
            attributes={n: _without(values, at) for n, values in self.register.attributes.items()},
        )
        places = [i - (i > at) for i in range(len(self.register.ids))]
        counts = _renumbered(self.counts, places)
        read = tuple(entry for entry in counts.read if entry.school != school or entry.students)
        return replace(self, register=register, counts=replace(counts, read=read))


def _without(values: tuple[_T, ...], at: int) -> tuple[_T, ...]:
    return (*values[:at], *values[at + 1 :])


def _renumbered(counts: Counts, places: Sequence[int]) -> Counts:
    """The counts with school number i at `places[i]`."""
    return replace(
        counts,
        tables={
            cut: replace(table, schools=tuple(places[i] for i in table.schools))
            for cut, table in counts.tables.items()
        },
        units={name: _renumbered(units, places) for name, units in counts.units.items()},
    )
