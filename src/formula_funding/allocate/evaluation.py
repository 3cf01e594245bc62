"""One evaluation of a plan: counts × prices per line, aggregates, and what they were made of.

Students are priced by their groups: each distinct combination of attributes once, for all
schools together unless the formula reads the school.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from formula_funding.allocate.units import Units, Values
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import counted
from formula_funding.exact import column
from formula_funding.exact.column import Column, Truths
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import Aggregate, Tree, walk
from formula_funding.model.counts import Counts, CountTable
from formula_funding.model.plan import Line, Plan, trees_of
from formula_funding.model.register import Register
from formula_funding.tally.tally import students_cut


@dataclass(frozen=True)
class StudentGroups:
    """The groups of students that some formulas tell apart.

    `table` has one row per school and combination; row i is unit number `unit[i]` of `units`.
    """

    table: CountTable
    units: Units
    unit: Sequence[int]

    def of_rows(self, values: Values) -> Values:
        """Values of the units, one for each row of the table."""
        if isinstance(values, Column):
            return values.take(self.unit)
        return [values[i] for i in self.unit]  # type: ignore[return-value]  # of one type


class Evaluation:
    """Everything that a plan computes of counts and a register, each thing once."""

    def __init__(self, plan: Plan, counts: Counts, register: Register, problems: Problems) -> None:
        self.plan = plan
        self.counts = counts
        self.register = register
        self._problems = problems
        self._lines: dict[str, Column] = {}
        self._aggregates: dict[Aggregate, Column] = {}

    @cached_property
    def system(self) -> Units:
        return Units(self.plan, Level.SYSTEM, 1, {}, self)

    @cached_property
    def schools(self) -> Units:
        length = len(self.register.ids)
        return Units(
            self.plan,
            Level.SCHOOL,
            length,
            self.register.attributes,
            self,
            self.system,
            [0] * length,
        )

    def groups(self, trees: Sequence[Tree]) -> StudentGroups:
        """The groups of students that formulas of students tell apart."""
        cut = students_cut(self.plan, trees)
        table = self.counts.tables[cut]
        reads_school = self._reads_school(trees)
        if reads_school:
            unit: Sequence[int] = range(len(table.students))
            combinations = [table.combinations[i] for i in table.combination]
            parent, parents = self.schools, table.schools
        else:
            unit = table.combination
            combinations = list(table.combinations)
            parent, parents = self.system, (0,) * len(combinations)
        attributes = {name: [values[i] for values in combinations] for i, name in enumerate(cut)}
        units = Units(
            self.plan, Level.STUDENT, len(combinations), attributes, self, parent, parents
        )
        return StudentGroups(table, units, unit)

    def _reads_school(self, trees: Sequence[Tree]) -> bool:
        """Whether formulas of students read their school, also through definitions."""
        reached = list(trees)
        for name in self.plan.reads(trees):
            if self.plan.level_of(name) is Level.SCHOOL:
                return True
            item = self.plan.item(name)
            if item is not None:
                reached += trees_of(item)
        return any(
            isinstance(node, Aggregate) and node.units == "students"
            for tree in reached
            for node in walk(tree)
        )

    # lines

    def line(self, name: str) -> Column:
        """The rounded amount of a line for each school; 0 where the line is not in force."""
        if name not in self._lines:
            line = self.plan.item(name)
            assert isinstance(line, Line)
            exact = self.line_unrounded(line)
            self._lines[name] = column.rounded(exact, line.rounding)
        return self._lines[name]

    def line_unrounded(self, line: Line) -> Column:
        """The exact amount of a line for each school."""
        if not line.in_force(self.plan.as_of):
            return column.whole_numbers([0] * len(self.register.ids))
        if line.per_student:
            return self._student_line(line)
        amounts = self.schools.numbers(line.amount)
        if line.when is not None:
            amounts = _where(self.schools.truths(line.when), amounts)
        return self._existing(amounts, f"`{line.name}`", line.place, self.register.ids)

    def _student_line(self, line: Line) -> Column:
        groups = self.groups(line.trees)
        prices = groups.units.numbers(line.amount)
        if line.when is not None:
            prices = _where(groups.units.truths(line.when), prices)
        prices = self._existing(prices, f"`{line.name}`", line.place)
        table = groups.table
        of_rows = prices.take(groups.unit)
        return column.sums_by(table.schools, table.students, of_rows, len(self.register.ids))

    def _existing(
        self,
        numbers: Column,
        what: str,
        place: Place | None = None,
        ids: Sequence[str] = (),
    ) -> Column:
        """The numbers; where one does not exist, a problem is noted and 0 goes on."""
        lacking = set(column.missing(numbers))
        if not lacking:
            return numbers
        shown = ", ".join(f"`{ids[i]}`" for i in sorted(lacking)[:5]) if ids else ""
        whom = f"{counted(len(lacking), 'school')}: {shown}" if ids else "some groups of students"
        self._problems.add(
            codes.DIVISION_BY_ZERO,
            f"{what} divides by zero for {whom}",
            place,
            "say what should happen then: if(x = 0, 0, y / x)",
        )
        return _where([i not in lacking for i in range(len(numbers))], numbers)

    # aggregates

    def aggregate(self, tree: Aggregate) -> Column:
        """One number per school (over students) or one for the system (over schools)."""
        if tree not in self._aggregates:
            over = self._over_students if tree.units == "students" else self._over_schools
            self._aggregates[tree] = over(tree)
        return self._aggregates[tree]

    def _over_students(self, tree: Aggregate) -> Column:
        groups = self.groups(list(tree.parts()))
        table = groups.table
        return self._summed_up(
            tree, groups.units, groups.unit, table.students, table.schools, self.schools.length
        )

    def _over_schools(self, tree: Aggregate) -> Column:
        length = self.schools.length
        return self._summed_up(tree, self.schools, range(length), [1] * length, [0] * length, 1)

    def _summed_up(
        self,
        tree: Aggregate,
        units: Units,
        unit: Sequence[int],
        everyone: Sequence[int],
        owners: Sequence[int],
        length: int,
    ) -> Column:
        """The aggregate per owner; row i is unit `unit[i]`, `everyone[i]` times.

        It does not exist where what it is made of does not; whoever pays by it reports that.
        """
        ones = column.whole_numbers([1] * units.length)
        chosen: Truths = [True] * units.length
        if tree.where is not None:
            chosen = units.truths(tree.where)

        def summed(numbers: Column) -> Column:
            return column.sums_by(owners, everyone, numbers.take(unit), length)

        counted = summed(_where(chosen, ones))
        if tree.function == "count":
            return counted
        if tree.function == "share":
            return counted / summed(ones)
        assert tree.value is not None
        total = summed(_where(chosen, units.numbers(tree.value)))
        return total if tree.function == "sum" else total / counted


def _where(condition: Truths, numbers: Column) -> Column:
    """The numbers where the condition holds, else 0."""
    return column.choose(condition, numbers, column.whole_numbers([0] * len(numbers)))
