"""The same counts priced again and again: what no changed figure reaches is computed once.

Students who differ only in what changed figures can't tell apart are counted together, so that a
line of students costs one multiplication for each school and each of a few kinds of students.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from formula_funding.allocate.allocation_from_counts import allocation_from_counts, in_units
from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.requirements import check_requirements
from formula_funding.allocate.units import Aggregating, Units, Values, value_at
from formula_funding.diagnostics.problem import Problems
from formula_funding.exact import column
from formula_funding.exact.column import Column
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import Aggregate, Name, Tree, names
from formula_funding.model.plan import (
    Banding,
    Line,
    Parameter,
    Plan,
    Value,
    direct_reads,
    trees_of,
)


@dataclass(frozen=True)
class Priced:
    """What each line gives each school, in whole units of 10^-`places`, by the register's order."""

    lines: Mapping[str, Sequence[int]]
    places: int

    @cached_property
    def school_totals(self) -> list[int]:
        return [sum(amounts) for amounts in zip(*self.lines.values(), strict=True)]

    @cached_property
    def total(self) -> int:
        return sum(sum(amounts) for amounts in self.lines.values())


class Repricing:
    """Prices the counts of a finished evaluation under other figures of its plan."""

    def __init__(self, base: Evaluation) -> None:
        self._base = base
        self._reaches: dict[frozenset[str], _Reach] = {}

    def priced(self, figures: Mapping[str, Parameter]) -> Priced:
        """The amounts under other figures, those that are given.

        Raises ProblemsFoundError where an amount does not exist, or the data is not as the
        rulebook requires under these figures.
        """
        base, problems = self._base, Problems()
        plan = replace(base.plan, parameters={**base.plan.parameters, **figures})
        if plan.solved:
            found, _ = allocation_from_counts(plan, base.counts, base.register, problems)
            return Priced(found.lines, plan.places)
        changed = frozenset(figures)
        if changed not in self._reaches:
            self._reaches[changed] = _Reach(base, changed)
        reach = self._reaches[changed]
        evaluation = _Reevaluation(plan, base, reach, problems)
        if any(required.name in reach.names for required in plan.requirements):
            check_requirements(evaluation, problems)
        lines = {
            name: in_units(evaluation.line(name), plan.places)
            if name in reach.names
            else self._base_lines[name]
            for name in plan.line_names
        }
        problems.stop_if_errors()
        return Priced(lines, plan.places)

    @cached_property
    def _base_lines(self) -> dict[str, tuple[int, ...]]:
        plan = self._base.plan
        return {name: in_units(self._base.line(name), plan.places) for name in plan.line_names}


@dataclass(frozen=True)
class _Kinds:
    """The kinds of students that changed figures can tell apart in a line.

    `attributes` have one value for each kind, of one of its students; `students[k][i]` are those
    of kind k in school number i.
    """

    attributes: Mapping[str, Sequence[Value]]
    students: Sequence[Sequence[int]]


class _Reach:
    """How far some changed figures reach into a plan, and what can be shared in spite of them."""

    def __init__(self, base: Evaluation, changed: frozenset[str]) -> None:
        self._base = base
        reached = set(changed)
        for item in base.plan.items:  # in the order of computing
            if not reached.isdisjoint(direct_reads(item)):
                reached.add(item.name)
        self.names = frozenset(reached)
        self._touched: dict[int, tuple[Tree, bool]] = {}
        self._kinds: dict[str, _Kinds | None] = {}

    def touches(self, tree: Tree) -> bool:
        """Whether a formula of the plan reads anything that changes."""
        if id(tree) not in self._touched:  # the tree is kept, so that no other has its id
            self._touched[id(tree)] = tree, not self.names.isdisjoint(names(tree))
        return self._touched[id(tree)][1]

    def kinds(self, line: Line) -> _Kinds | None:
        """The kinds of students of a line; None for one that reads the students' schools."""
        if line.name not in self._kinds:
            self._kinds[line.name] = self._found_kinds(line)
        return self._kinds[line.name]

    def _found_kinds(self, line: Line) -> _Kinds | None:
        if self._base.reads_school(line.trees):
            return None
        groups = self._base.groups(line.trees)
        table, units = groups.table, groups.units
        told_apart = [units.keep(tree) for whole in line.trees for tree in self._untouched(whole)]
        kinds: dict[tuple[Value | None, ...], int] = {}
        of_unit = [
            kinds.setdefault(tuple(value_at(values, i) for values in told_apart), len(kinds))
            for i in range(units.length)
        ]
        example = {kind: unit for unit, kind in reversed(list(enumerate(of_unit)))}
        students = [[0] * len(self._base.register.ids) for _ in kinds]
        for school, unit, number in zip(table.schools, groups.unit, table.students, strict=True):
            students[of_unit[unit]][school] += number
        attributes = {
            name: [table.combinations[example[kind]][i] for kind in range(len(kinds))]
            for i, name in enumerate(table.cut)
        }
        return _Kinds(attributes, students)

    def _untouched(self, tree: Tree) -> Iterator[Tree]:
        """The largest parts of a formula of students that no changed figure reaches."""
        if not self.touches(tree):
            yield tree
            return
        if isinstance(tree, Aggregate):  # of all schools together: it tells no students apart
            return
        parts = list(tree.parts())
        if isinstance(tree, Name) and self._base.plan.level_of(tree.name) is Level.STUDENT:
            item = self._base.plan.item(tree.name)
            assert item is not None
            parts = [Name(item.source)] if isinstance(item, Banding) else list(trees_of(item))
        for part in parts:
            yield from self._untouched(part)


class _Reevaluation(Evaluation):
    """An evaluation that takes from another one what no changed figure reaches."""

    def __init__(self, plan: Plan, base: Evaluation, reach: _Reach, problems: Problems) -> None:
        super().__init__(plan, base.counts, base.register, problems)
        self._base = base
        self._reach = reach

    @cached_property
    def system(self) -> Units:
        return _SharingUnits(
            self.plan, Level.SYSTEM, 1, self._itself, self._base.system, self._reach
        )

    @cached_property
    def schools(self) -> Units:
        length = len(self.register.ids)
        return _SharingUnits(
            *(self.plan, Level.SCHOOL, length, self._itself, self._base.schools, self._reach),
            attributes=self.register.attributes,
            parent=self.system,
        )

    def line(self, name: str) -> Column:
        """The rounded amount of a line for each school."""
        return super().line(name) if name in self._reach.names else self._base.line(name)

    def aggregate(self, tree: Aggregate) -> Column:
        """One number per school, or one for the system."""
        return super().aggregate(tree) if self._reach.touches(tree) else self._base.aggregate(tree)

    def _student_line(self, line: Line) -> Column:
        kinds = self._reach.kinds(line)
        if kinds is None:
            return super()._student_line(line)
        length = len(kinds.students)
        units = Units(
            *(self.plan, Level.STUDENT, length, kinds.attributes, self),
            parent=self.system,
            parents=(0,) * length,
        )
        prices = units.numbers(line.amount)
        if line.when is not None:
            zero = column.whole_numbers([0] * length)
            prices = column.choose(units.truths(line.when), prices, zero)
        if column.missing(prices):
            return super()._student_line(line)
        numerators, denominator = column.over_common_denominator(prices)
        totals = [0] * len(self.register.ids)
        for price, students in zip(numerators, kinds.students, strict=True):
            if price:
                totals = [
                    total + price * number for total, number in zip(totals, students, strict=True)
                ]
        return Column(totals, denominator)


class _SharingUnits(Units):
    """Schools, or the system, that read of a base what no changed figure reaches."""

    def __init__(
        self,
        plan: Plan,
        level: Level,
        length: int,
        aggregating: Aggregating,
        base: Units,
        reach: _Reach,
        *,
        attributes: Mapping[str, Sequence[Value]] | None = None,
        parent: Units | None = None,
    ) -> None:
        parents = [0] * length if parent is not None else ()
        super().__init__(plan, level, length, attributes or {}, aggregating, parent, parents)
        self._base = base
        self._reach = reach

    def read(self, name: str) -> Values:
        """The values of a name for each unit."""
        return super().read(name) if name in self._reach.names else self._base.read(name)

    def evaluate(self, tree: Tree) -> Values:
        """The values of a checked formula, one per unit."""
        return super().evaluate(tree) if self._reach.touches(tree) else self._base.keep(tree)
