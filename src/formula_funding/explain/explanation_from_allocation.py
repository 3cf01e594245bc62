"""Allocation to explanation, one school at a time and only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.units import Units, Values, value_at
from formula_funding.explain.nothing_shared import NothingShared
from formula_funding.formula.aggregates import AGGREGATES, level_of
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import (
    SCHOOLS,
    Aggregate,
    Name,
    Tree,
    aggregates,
    names_outside_aggregates,
    walk,
)
from formula_funding.model.allocation import Allocation
from formula_funding.model.explanation import (
    AmongSchools,
    CountedGroup,
    ExplainedAggregate,
    ExplainedLine,
    ExplainedSchool,
    ExplainedStep,
    Group,
    ZeroReason,
)
from formula_funding.model.plan import Banding, Calculation, Line, Plan, Value, trees_of


@dataclass(frozen=True)
class _Told:
    """By what the groups of a line or an aggregate are told, and whom it is for, unit by unit."""

    names: list[str]
    columns: list[Values]
    applies: Values | None
    rates: Values | None = None
    """What a line pays for each student."""


class Explainer:
    """Tells how each amount of an allocation came about.

    Groups are told by the definitions that a formula reads; where `made_of` holds for the name
    of one, by what it is made of.
    """

    def __init__(
        self,
        allocation: Allocation,
        evaluation: Evaluation,
        made_of: Callable[[str], bool] = lambda _name: False,
    ) -> None:
        self._made_of = made_of
        self._allocation = allocation
        self._evaluation = evaluation
        self._plan = allocation.plan
        self._groups = {
            line.name: evaluation.groups(line.trees)
            for line in self._plan.lines_in_force
            if line.per_student
        }
        self._nothing_shared = NothingShared(evaluation)
        self._told: dict[str | Aggregate, _Told] = {}
        self._aggregates = self._school_aggregates()
        self._aggregate_groups = {
            aggregate: evaluation.groups(list(aggregate.parts()), aggregate.units)
            for aggregate in self._aggregates
        }
        self._excluded = [0] * len(allocation.register.ids)
        for entry in allocation.ledger.excluded:
            self._excluded[entry.school] += entry.students

    def _school_aggregates(self) -> list[Aggregate]:
        """The aggregates over students, in the order in which the items read them."""
        found = (node for tree in self._trees() for node in walk(tree))
        students = (n for n in found if isinstance(n, Aggregate) and n.units != SCHOOLS)
        return list(dict.fromkeys(students))

    @cached_property
    def _over_schools(self) -> list[Aggregate]:
        """The aggregates over schools whose values stand in formulas."""
        found = (aggregate for tree in self._trees() for aggregate in aggregates(tree))
        return list(dict.fromkeys(a for a in found if a.units == SCHOOLS))

    def _trees(self) -> Iterator[Tree]:
        """The formulas of everything that is in force."""
        for item in self._plan.items:
            if not isinstance(item, Line) or item.in_force(self._plan.as_of):
                yield from trees_of(item)

    def school(self, index: int) -> ExplainedSchool:
        """The explanation of school number `index` of the register."""
        register = self._allocation.register
        units = self._evaluation.schools
        students = self._allocation.ledger.students
        return ExplainedSchool(
            register.ids[index],
            register.names[index],
            {name: values[index] for name, values in register.attributes.items()},
            tuple(self._aggregate(aggregate, index) for aggregate in self._aggregates),
            tuple(
                replace(
                    _step(
                        calculation,
                        units,
                        index,
                        nothing_shared=self._nothing_shared.of_school(calculation.tree, index),
                    ),
                    among=self._among(calculation.tree, index),
                )
                for calculation in self._plan.calculations
                if calculation.level is Level.SCHOOL
            ),
            tuple(self._line(line, index) for line in self._plan.lines),
            self._bands(index),
            self.system,
            students[index] if students else None,
            self._excluded[index],
            {
                aggregate: self._evaluation.aggregate(aggregate).value(
                    index if level_of(aggregate) is Level.SCHOOL else 0
                )
                for aggregate in self._over_schools
            },
        )

    @cached_property
    def system(self) -> tuple[ExplainedStep, ...]:
        """The steps of the system as a whole."""
        return tuple(
            _step(
                calculation,
                self._evaluation.system,
                0,
                nothing_shared=self._nothing_shared.of_system(calculation.tree),
            )
            for calculation in self._plan.calculations
            if calculation.level is Level.SYSTEM
        )

    def _bands(self, index: int) -> dict[str, str | None]:
        """The bands to which a school belongs."""
        found: dict[str, str | None] = {}
        for banding in self._plan.bands_of_schools:
            band = value_at(self._evaluation.schools.read(banding.name), index)
            assert band is None or isinstance(band, str)
            found[banding.name] = band
        return found

    # lines

    def _line(self, line: Line, index: int) -> ExplainedLine:
        amount = self._allocation.lines[line.name][index]
        if not line.in_force(self._plan.as_of):
            return ExplainedLine(line, (), Fraction(0), amount, ZeroReason.NOT_IN_FORCE)
        if line.per_student:
            groups = self._line_groups(line, index)
            unrounded = sum((group.amount for group in groups), Fraction(0))
            reason = ZeroReason.RATE if groups else ZeroReason.NO_STUDENTS
            return ExplainedLine(
                line,
                groups,
                unrounded,
                amount,
                None if amount else reason,
                nothing_shared=self._students_share_nothing(line, index),
            )
        return self._school_line(line, index, amount)

    def _school_line(self, line: Line, index: int, amount: int) -> ExplainedLine:
        schools = self._evaluation.schools
        applies = line.when is None or value_at(schools.keep(line.when), index)
        read = line.trees if applies else (line.when,)
        nothing_shared = any(self._nothing_shared.of_school(tree, index) for tree in read if tree)
        if not applies:
            why = ZeroReason.CONDITION
            return ExplainedLine(line, (), Fraction(0), amount, why, (), nothing_shared)
        unrounded = value_at(schools.keep(line.amount), index)
        assert isinstance(unrounded, Fraction)
        among = self._among(line.amount, index)
        reason = None if amount else ZeroReason.RATE
        return ExplainedLine(line, (), unrounded, amount, reason, among, nothing_shared)

    def _line_groups(self, line: Line, index: int) -> tuple[Group, ...]:
        groups = self._groups[line.name]
        told = self._told_of_line(line)
        found: dict[tuple[Value | None, ...], tuple[int, Fraction]] = {}
        assert told.rates is not None
        for row in self._rows_paid(line, index):
            unit = groups.unit[row]
            key = tuple(value_at(column, unit) for column in told.columns)
            rate = value_at(told.rates, unit)
            assert isinstance(rate, Fraction)
            students, _ = found.get(key, (0, rate))
            found[key] = (students + groups.table.students[row], rate)
        return tuple(
            Group(_named(told.names, key), students, rate)
            for key, (students, rate) in sorted(
                found.items(), key=lambda entry: self._rank(told.names, entry[0])
            )
            if students
        )

    def _rows_paid(self, line: Line, index: int) -> Iterator[int]:
        """The rows of a school's students to whom a line applies."""
        groups, applies = self._groups[line.name], self._told_of_line(line).applies
        for row in groups.table.rows_by_school.get(index, ()):
            if applies is None or value_at(applies, groups.unit[row]):
                yield row

    def _students_share_nothing(self, line: Line, index: int) -> bool:
        """Whether 0 ÷ 0 occurs in what a line pays for some student, or in whom it pays for."""
        groups, occurs = self._groups[line.name], self._nothing_shared.of_students
        if line.when is not None:
            rows = groups.table.rows_by_school.get(index, ())
            if occurs(line.when, groups, index, rows):
                return True
        return occurs(line.amount, groups, index, self._rows_paid(line, index))

    def _told_of_line(self, line: Line) -> _Told:
        units = self._groups[line.name].units
        return self._told_of(line.name, units, line.trees, line.when, line.amount)

    def _told_of(
        self,
        what: str | Aggregate,
        units: Units,
        trees: Sequence[Tree],
        condition: Tree | None,
        rate: Tree | None = None,
    ) -> _Told:
        """The same for all schools, and so found once."""
        if what not in self._told:
            names = self._visible(trees)
            self._told[what] = _Told(
                names,
                [units.read(name) for name in names],
                units.keep(condition) if condition is not None else None,
                units.keep(rate) if rate is not None else None,
            )
        return self._told[what]

    def _rank(self, names: Sequence[str], values: Sequence[Value | None]) -> list[Any]:
        """Sorts groups in the order in which the rulebook declares the values; texts by letters."""

        def place(name: str, value: Value | None) -> Value | int | None:
            declared = _declared(self._plan, name) if isinstance(value, str) else ()
            return declared.index(value) if declared else value

        return [(v is None, place(name, v)) for name, v in zip(names, values, strict=True)]

    def _visible(self, trees: Sequence[Tree]) -> list[str]:
        """What formulas of students read of a student, in reading order."""
        found: dict[str, None] = {}
        waiting = [name for tree in trees for name in names_outside_aggregates(tree)][::-1]
        while waiting:
            name = waiting.pop()
            item = self._plan.item(name)
            if self._plan.level_of(name) is not Level.STUDENT:
                continue
            if isinstance(item, Banding | Calculation) and (
                self._made_of(name) or self._depends_on_what_is_found(name)
            ):
                # Told by what it is made of, so that it can be computed for another figure too.
                inside = (
                    [item.source]
                    if isinstance(item, Banding)
                    else names_outside_aggregates(item.tree)
                )
                waiting += inside[::-1]
            else:
                found.setdefault(name)
        return list(found)

    def _depends_on_what_is_found(self, name: str) -> bool:
        solved = {parameter.name for parameter in self._plan.solved}
        return bool(solved) and not solved.isdisjoint(self._plan.reads([Name(name)]))

    # aggregates

    def _among(self, tree: Tree, index: int) -> tuple[AmongSchools, ...]:
        """The school's standing in each aggregate over schools that a formula reads."""
        return tuple(
            self._standing(aggregate, index)
            for aggregate in aggregates(tree)
            if aggregate.units == SCHOOLS and level_of(aggregate) is Level.SCHOOL
        )

    def _standing(self, aggregate: Aggregate, index: int) -> AmongSchools:
        evaluation, schools = self._evaluation, self._evaluation.schools
        split = len(AGGREGATES[aggregate.function].given)
        asking, at = (schools, index) if aggregate.by else (evaluation.system, 0)

        def number(units: Units, part: Tree, position: int) -> Fraction | None:
            value = value_at(units.keep(part), position)
            return value if isinstance(value, Fraction) else None

        def together(function: str, *parts: Tree) -> Fraction | None:
            of_all = replace(aggregate, function=function, arguments=parts)
            return evaluation.aggregate(of_all).value(index if aggregate.by else 0)

        given, read = aggregate.arguments[:split], aggregate.arguments[split:]
        return AmongSchools(
            aggregate,
            tuple(number(asking, part, at) for part in given),
            tuple(number(schools, part, index) for part in read),
            tuple(together("sum", part) for part in read),
            int(together("count") or 0),
        )

    def _aggregate(self, aggregate: Aggregate, index: int) -> ExplainedAggregate:
        groups = self._aggregate_groups[aggregate]
        parts = list(aggregate.parts())
        told = self._told_of(aggregate, groups.units, parts, aggregate.where)
        found: dict[tuple[Value | None, ...], tuple[int, bool]] = {}
        for row in groups.table.rows_by_school.get(index, ()):
            unit = groups.unit[row]
            key = tuple(value_at(column, unit) for column in told.columns)
            is_chosen = told.applies is None or value_at(told.applies, unit) is True
            number, _ = found.get(key, (0, is_chosen))
            found[key] = (number + groups.table.students[row], is_chosen)
        ordered = sorted(found.items(), key=lambda entry: self._rank(told.names, entry[0]))
        counted = tuple(CountedGroup(_named(told.names, key), *group) for key, group in ordered)
        value = self._evaluation.aggregate(aggregate).value(index)
        return ExplainedAggregate(aggregate, counted, value)


def _declared(plan: Plan, name: str) -> Sequence[str]:
    """The values of a category in declared order."""
    item = plan.item(name)
    if isinstance(item, Banding | Calculation):
        return item.values
    return list(plan.attributes[name].values)


def _named(names: Sequence[str], values: Sequence[Value | None]) -> dict[str, Value | None]:
    return dict(zip(names, values, strict=True))


def _step(
    calculation: Calculation, units: Units, index: int, *, nothing_shared: bool
) -> ExplainedStep:
    value = value_at(units.read(calculation.name), index)
    return ExplainedStep(calculation, value, nothing_shared)
