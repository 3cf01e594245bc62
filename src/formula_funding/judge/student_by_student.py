"""The judge: prices every student alone, with exact fractions, and adds up.

No counting, no columns, no cleverness. Tests hold the fast way against it, and
`--engine plain` pays by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from formula_funding.exact.rounding import round_fraction
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import SCHOOLS, Aggregate, Name
from formula_funding.judge.aggregates import Member, SchoolAggregates, aggregate_of
from formula_funding.judge.evaluate import Reader, Value, evaluate, holds, number
from formula_funding.model.plan import STUDENTS, Banding, Best, Calculation, Line, Plan
from formula_funding.model.register import Register
from formula_funding.read.roster_rows import RosterRow


def amounts_student_by_student(
    plan: Plan, rows: Mapping[str, Iterable[RosterRow]], register: Register
) -> dict[str, tuple[Fraction, ...]]:
    """The rounded amount of every line for every school, in the register's order.

    `rows` are those of students, and of the units of the rulebook's other tables, by their names.

    Raises NoSuchNumberError where a formula divides by zero.
    """
    system = _System(plan, register, rows)
    return {
        line.name: tuple(system.schools[school].line(line) for school in register.ids)
        for line in plan.lines
    }


def sums_student_by_student(
    plan: Plan,
    rows: Mapping[str, Iterable[RosterRow]],
    register: Register,
    names: Iterable[str],
) -> list[Fraction]:
    """The values of numbers of the whole system. Raises NoSuchNumberError."""
    system = _System(plan, register, rows)
    return [number(Name(name), system) for name in names]


@dataclass
class _Unit:
    """A student, a school or the system: reads itself and what lies above."""

    plan: Plan
    level: Level
    own: Mapping[str, Value]
    above: _Unit | None = None
    known: dict[str, Value] = field(default_factory=dict)

    def name(self, name: str) -> Value:
        if self.above is not None and self.plan.level_of(name) < self.level:
            return self.above.name(name)
        if name in self.own:
            return self.own[name]
        if name not in self.known:
            self.known[name] = self._computed(name)
        return self.known[name]

    def _computed(self, name: str) -> Value:
        item = self.plan.item(name)
        if isinstance(item, Calculation):
            return evaluate(item.tree, self)
        if isinstance(item, Banding):
            return band_of(self.name(item.source), item)
        if isinstance(item, Line):
            return self.line(item)
        if name == "as_of" and self.plan.as_of is not None:
            return self.plan.as_of
        return self.plan.parameters[name].values[()]

    def rate(self, table: str, keys: tuple[str, ...]) -> Fraction:
        return self.plan.parameters[table].values[keys]

    def line(self, line: Line) -> Fraction:
        raise TypeError(f"`{line.name}` belongs to a school")

    def aggregate(self, tree: Aggregate) -> Fraction:
        if self.above is None:
            raise TypeError(f"no {tree.units} here")
        return self.above.aggregate(tree)


def band_of(value: Value, banding: Banding) -> str:
    """The band to which a value belongs."""
    for band in banding.bands:
        if band.value == value or (
            band.value is None and isinstance(value, Fraction) and band.holds(value)
        ):
            return band.name
    raise ValueError(f"`{banding.name}` has no band for a value")


@dataclass
class _School(_Unit):
    id: str = ""
    units: dict[str, list[tuple[_Unit, int]]] = field(default_factory=dict)

    def line(self, line: Line) -> Fraction:
        if line.name not in self.known:
            exact = self._exact(line) if line.in_force(self.plan.as_of) else Fraction(0)
            self.known[line.name] = round_fraction(exact, line.rounding)
        amount = self.known[line.name]
        assert isinstance(amount, Fraction)
        return amount

    def _exact(self, line: Line) -> Fraction:
        if not line.per_student:
            return _amount(line, self)
        total = Fraction(0)
        for student, students in self.units.get(STUDENTS, ()):
            total += students * _amount(line, student)
        return total

    def aggregate(self, tree: Aggregate) -> Fraction:
        if tree.units == SCHOOLS:
            assert isinstance(self.above, _System)
            return self.above.aggregates.value(tree, self, self.id)
        members = [Member("", number, unit) for unit, number in self.units.get(tree.units, ())]
        return aggregate_of(tree, self, members)[0]


def _best_alone(rows: Iterable[RosterRow], best: Best) -> list[RosterRow]:
    """The rows that no other row alike in `per` surpasses, each kind of them once."""
    given = [row for row in rows if row.students]
    groups: dict[tuple[Value, ...], list[RosterRow]] = {}
    for row in given:
        groups.setdefault((row.school, *(row.values[name] for name in best.per)), []).append(row)
    return [
        replace(max(group, key=lambda row: row.values[best.of]), students=1)
        for group in groups.values()
    ]


def _amount(line: Line, unit: Reader) -> Fraction:
    if line.when is not None and not holds(line.when, unit):
        return Fraction(0)
    return number(line.amount, unit)


class _System(_Unit):
    def __init__(
        self, plan: Plan, register: Register, rows: Mapping[str, Iterable[RosterRow]]
    ) -> None:
        super().__init__(plan, Level.SYSTEM, {})
        self.schools = {
            school: _School(
                plan,
                Level.SCHOOL,
                {name: values[i] for name, values in register.attributes.items()},
                self,
                id=school,
            )
            for i, school in enumerate(register.ids)
        }
        for units, of_units in rows.items():
            best = plan.tables[units].best if units in plan.tables else None
            for row in of_units if best is None else _best_alone(of_units, best):
                if row.students == 0:
                    continue
                school = self.schools[row.school]
                unit = _Unit(plan, Level.STUDENT, row.values, school)
                school.units.setdefault(units, []).append((unit, row.students))
        members = [Member(name, 1, school) for name, school in self.schools.items()]
        self.aggregates = SchoolAggregates(members)

    def aggregate(self, tree: Aggregate) -> Fraction:
        return self.aggregates.value(tree, self, "")
