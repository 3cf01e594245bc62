"""One evaluation of a plan: counts × prices per line, aggregates, and what they were made of.

Students are priced by their groups: each distinct combination of attributes once, for all
schools together unless the formula reads the school.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from weakref import proxy

from formula_funding.allocate.units import Aggregating, Limiting, Units, value_at
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import counted
from formula_funding.exact import column
from formula_funding.exact.column import Column, Truths
from formula_funding.exact.sharing import NothingToShareByError
from formula_funding.exact.sums_of_spans import sums_of_spans
from formula_funding.formula.aggregates import AGGREGATES, Unit
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import SCHOOL_ID, SCHOOLS, Aggregate, Call, Tree, walk
from formula_funding.model.counts import Counts, CountTable
from formula_funding.model.plan import STUDENTS, Line, Plan, Value, trees_of
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

    def rows(self, schools: int) -> _Rows:
        """The rows of all schools for what is added up over them."""
        table = self.table
        spans = table.spans if self.unit is table.combination else None
        return _Rows(self.units, self.unit, table.students, table.schools, schools, spans)


class Evaluation:
    """Everything that a plan computes of counts and a register, each thing once."""

    def __init__(
        self,
        plan: Plan,
        counts: Counts,
        register: Register,
        problems: Problems,
        limiting: Limiting | None = None,
    ) -> None:
        self.plan = plan
        self.counts = counts
        self.register = register
        self._problems = problems
        self._limiting = limiting
        self._lines: dict[str, Column] = {}
        self._aggregates: dict[Aggregate, Column] = {}
        self._infeasible: dict[Aggregate, NothingToShareByError] = {}
        self._itself: Aggregating = proxy(self)
        """For the units that it keeps: by it they do not keep the evaluation in their turn, so that
        its memory is free as soon as nobody needs it, whenever Python looks for circles."""

    @cached_property
    def system(self) -> Units:
        """The system as a unit, for as long as the evaluation lasts."""
        return Units(
            *(self.plan, Level.SYSTEM, 1, {}, self._itself), limiting=self._limiting, keys=[()]
        )

    @cached_property
    def schools(self) -> Units:
        """The schools, for as long as the evaluation lasts."""
        length = len(self.register.ids)
        return Units(
            self.plan,
            Level.SCHOOL,
            length,
            self.register.attributes,
            self._itself,
            self.system,
            [0] * length,
            self._limiting,
            self.register.ids,
        )

    def groups(self, trees: Sequence[Tree], units: str = STUDENTS) -> StudentGroups:
        """The groups that formulas of students, or of the units of a table, tell apart."""
        cut = students_cut(self.plan, trees)
        table = self.counts.table(units, cut)
        reads_school = self.reads_school(trees)
        if reads_school:
            unit: Sequence[int] = range(len(table.students))
            combinations = [table.combinations[i] for i in table.combination]
            parent, parents = self.schools, table.schools
        else:
            unit = table.combination
            combinations = list(table.combinations)
            parent, parents = self.system, (0,) * len(combinations)
        attributes = {name: [values[i] for values in combinations] for i, name in enumerate(cut)}
        priced = Units(
            self.plan,
            Level.STUDENT,
            len(combinations),
            attributes,
            self,
            parent,
            parents,
            self._limiting,
            self._keys_of_groups(table, reads_school) if self._limiting else (),
        )
        return StudentGroups(table, priced, unit)

    def _keys_of_groups(self, table: CountTable, by_school: bool) -> list[Hashable]:
        """What tells groups of students apart: their kind, and their school if it is read."""
        if not by_school:
            return [(table.cut, values) for values in table.combinations]
        return [
            (table.cut, table.combinations[kind], self.register.ids[school])
            for kind, school in zip(table.combination, table.schools, strict=True)
        ]

    def reads_school(self, trees: Sequence[Tree]) -> bool:
        """Whether formulas of students read their school, also through definitions."""
        reached = list(trees)
        for name in self.plan.reads(trees):
            if self.plan.level_of(name) is Level.SCHOOL:
                return True
            item = self.plan.item(name)
            if item is not None:
                reached += trees_of(item)
        return any(
            isinstance(node, Aggregate) and node.units != SCHOOLS
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
        return self._existing(amounts, line, self.register.ids)

    def _student_line(self, line: Line) -> Column:
        groups = self.groups(line.trees)
        prices = groups.units.numbers(line.amount)
        if line.when is not None:
            prices = _where(groups.units.truths(line.when), prices)
        prices = self._existing(prices, line)
        return groups.rows(len(self.register.ids)).sums(prices)

    def _existing(self, numbers: Column, line: Line, ids: Sequence[str] = ()) -> Column:
        """The numbers of a line; where one does not exist, a problem is noted and 0 goes on."""
        lacking = set(column.missing(numbers))
        if not lacking:
            return numbers
        shown = ", ".join(f"`{ids[i]}`" for i in sorted(lacking)[:5]) if ids else ""
        whom = f"{counted(len(lacking), 'school')}: {shown}" if ids else "some groups of students"
        causes = [tree for tree in self._aggregates_read(line) if tree in self._infeasible]
        for tree in causes:
            error = self._infeasible[tree]
            self._problems.add(
                codes.INFEASIBLE,
                f"`{line.name}` needs `{tree.function}`, which can't be computed: {error} ({whom})",
                line.place,
                error.hint,
            )
        if causes:
            return _where([i not in lacking for i in range(len(numbers))], numbers)
        rooted = self._functions_read(line) & {"root", "ln"}
        self._problems.add(
            codes.DIVISION_BY_ZERO,
            f"`{line.name}` divides by zero"
            + (", or takes a root or logarithm that there is not," if rooted else "")
            + f" for {whom}",
            line.place,
            "say what should happen then: "
            + ("if(x > 0, ln(x, 4), 0)" if rooted else "if(x = 0, 0, y / x)"),
        )
        return _where([i not in lacking for i in range(len(numbers))], numbers)

    def _nodes_read(self, line: Line) -> Iterator[Tree]:
        """All parts of the formulas to which a line comes down, also through steps."""
        items = [self.plan.item(name) for name in self.plan.reads(line.trees)]
        for tree in (*line.trees, *(tree for item in items if item for tree in trees_of(item))):
            yield from walk(tree)

    def _aggregates_read(self, line: Line) -> list[Aggregate]:
        found = (node for node in self._nodes_read(line) if isinstance(node, Aggregate))
        return list(dict.fromkeys(found))

    def _functions_read(self, line: Line) -> set[str]:
        return {node.function for node in self._nodes_read(line) if isinstance(node, Call)}

    # aggregates

    def aggregate(self, tree: Aggregate) -> Column:
        """One number per school, or one for the system, as the aggregate's level is."""
        if tree not in self._aggregates:
            over = self._over_schools if tree.units == SCHOOLS else self._over_students
            self._aggregates[tree] = over(tree)
        return self._aggregates[tree]

    def _over_students(self, tree: Aggregate) -> Column:
        groups = self.groups(list(tree.parts()), tree.units)
        return self._aggregated(tree, groups.rows(self.schools.length), self.schools)

    def _over_schools(self, tree: Aggregate) -> Column:
        length = self.schools.length
        if not tree.by:
            rows = _Rows(self.schools, range(length), [1] * length, [0] * length, 1)
            return self._aggregated(tree, rows, self.system)
        keys = self._keys_of_schools(tree.by)
        number = {key: place for place, key in enumerate(dict.fromkeys(keys))}
        owners = [number[key] for key in keys]
        asked = self._keys_of_schools(tree.asked_by)
        for key in asked:  # a group that some ask for may have no school
            number.setdefault(key, len(number))
        rows = _Rows(self.schools, range(length), [1] * length, owners, len(number))
        found = self._aggregated(tree, rows, self.schools)
        if not AGGREGATES[tree.function].for_each:
            found = found.take([number[key] for key in asked])
        return column.choose([None if None in key else True for key in asked], found, found)

    def _keys_of_schools(self, names: Sequence[str]) -> list[tuple[Value | None, ...]]:
        """By what each school is told into groups; None in it for what does not exist."""
        columns: list[Sequence[Value | None]] = []
        for name in names:
            if name == SCHOOL_ID:
                columns.append(self.register.ids)
            else:
                values = self.schools.read(name)
                columns.append([value_at(values, i) for i in range(self.schools.length)])
        return list(zip(*columns, strict=True))

    def _aggregated(self, tree: Aggregate, rows: _Rows, asking: Units) -> Column:
        """The aggregate per owner, or per row where it is for each.

        It does not exist where what it is made of does not; whoever pays by it reports that.
        """
        ones = column.whole_numbers([1] * rows.units.length)
        chosen: Truths = [True] * rows.units.length
        if tree.where is not None:
            chosen = rows.units.truths(tree.where)

        split = len(AGGREGATES[tree.function].given)
        read = [_where(chosen, rows.units.numbers(part)) for part in tree.arguments[split:]]
        match tree.function:
            case "count":
                return rows.sums(_where(chosen, ones))
            case "share":
                return rows.sums(_where(chosen, ones)) / rows.sums(ones)
            case "sum":
                return rows.sums(read[0])
            case "mean":
                return rows.sums(read[0]) / rows.sums(_where(chosen, ones))
        given = [asking.numbers(argument) for argument in tree.arguments[:split]]
        return self._by_definition(tree, rows, chosen, given, read)

    def _by_definition(
        self,
        tree: Aggregate,
        rows: _Rows,
        chosen: Truths,
        given: Sequence[Column],
        read: Sequence[Column],
    ) -> Column:
        """An aggregate that is computed owner by owner."""
        function = AGGREGATES[tree.function]
        members: list[list[int]] = [[] for _ in range(rows.count)]
        for row, owner in enumerate(rows.owners):
            members[owner].append(row)
        length = len(rows.owners) if function.for_each else rows.count
        results: list[Fraction | None] = [Fraction(0)] * length
        for owner, of_owner in enumerate(members):
            among = [row for row in of_owner if chosen[rows.unit[row]] is not False]
            places = among if function.for_each else [owner]
            members_asked = (among or of_owner or [0]) if tree.by else [owner]
            of_whole = self._given_alike(tree, [[n.value(i) for n in given] for i in members_asked])
            everyone = sum(rows.times[row] for row in of_owner)
            found = self._of_owner(tree, rows, among, everyone, of_whole, read)
            if found is None or any(chosen[rows.unit[row]] is None for row in among):
                # It exists for none of them, not even for those without a share.
                places = of_owner if function.for_each else [owner]
                found = [None] * len(places)
            for place, value in zip(places, found, strict=True):
                results[place] = value
        return column.from_existing(results)

    def _given_alike(
        self, tree: Aggregate, by_member: Sequence[list[Fraction | None]]
    ) -> list[Fraction | None]:
        """What is given to a whole, read of its members: of no value where they differ in it."""
        first = by_member[0]
        if all(given == first for given in by_member):
            return first
        self._infeasible.setdefault(tree, NothingToShareByError(*_DIFFERS))
        return [None] * len(first)

    def _of_owner(
        self,
        tree: Aggregate,
        rows: _Rows,
        among: Sequence[int],
        everyone: int,
        given: Sequence[Fraction | None],
        read: Sequence[Column],
    ) -> list[Fraction | None] | None:
        """The result for one owner, or one per row of `among`; None if it does not exist.

        `everyone` is how many units the owner has, also those of whom the condition does not hold.
        """
        is_school = tree.units == SCHOOLS
        units: list[Unit] = []
        for row in among:
            values = [numbers.value(rows.unit[row]) for numbers in read]
            if None in values:
                return None
            name = self.register.ids[rows.unit[row]] if is_school else ""
            exact = tuple(value for value in values if value is not None)
            units.append(Unit(name, rows.times[row], exact))
        if None in given:
            return None
        whole = [value for value in given if value is not None]
        try:
            return list(AGGREGATES[tree.function].of(whole, units, everyone))
        except NothingToShareByError as error:
            self._infeasible.setdefault(tree, error)
            return None


_DIFFERS = (
    "what it shares out is not the same for all schools of a group",
    "state one sum for the group, or group by what tells the sums apart",
)


@dataclass(frozen=True)
class _Rows:
    """What an aggregate runs over: row i is unit `unit[i]`, `times[i]` times, of `owners[i]`.

    Owners are numbered from 0 to `count` - 1. `spans` are the rows of each unit, where they stand
    together.
    """

    units: Units
    unit: Sequence[int]
    times: Sequence[int]
    owners: Sequence[int]
    count: int
    spans: Sequence[slice] | None = None

    def sums(self, numbers: Column) -> Column:
        """For each owner, the sum of the numbers of its units; none if one does not exist."""
        denominator = numbers.denominators
        if self.spans is None or not isinstance(denominator, int):
            return column.sums_by(self.owners, self.times, numbers.take(self.unit), self.count)
        totals = sums_of_spans(self.spans, numbers.numerators, self.owners, self.times, self.count)
        return Column(totals, denominator)


def _where(condition: Truths, numbers: Column) -> Column:
    """The numbers where the condition holds, else 0."""
    return column.choose(condition, numbers, column.whole_numbers([0] * len(numbers)))
