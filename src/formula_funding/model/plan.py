"""The plan: a rulebook checked and made ready for one date. It knows no file and no student."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cached_property

from formula_funding.diagnostics.problem import Place
from formula_funding.exact.instalments import Remainder, instalments
from formula_funding.exact.rounding import Rounding
from formula_funding.exact.solving import Found, Goal
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import Name, Tree, names, names_outside_aggregates
from formula_funding.model.counting import EACH_STUDENT_ONCE, Counting
from formula_funding.model.measure import Measure
from formula_funding.rules.fields import Title
from formula_funding.rules.period import Period
from formula_funding.rules.rulebook import Source

Value = str | bool | date | Fraction
"""What a cell of a roster or register holds once it is read."""


class Role(Enum):
    """Why a calculation exists: to describe a unit, or as a step towards money."""

    DEFINITION = "definition"
    STEP = "step"
    GOAL = "goal"
    """One of the two sums by which a figure is solved for."""
    REQUIRED = "required"
    """A condition on the data without which nothing is computed."""
    EXPECTED = "expected"
    """A condition on the data whose failure is told."""


STUDENTS = "students"
"""The units that a roster holds."""


@dataclass(frozen=True)
class Attribute:
    """A declared fact of a school (level SCHOOL), or of one of its units (level STUDENT).

    `units` are students, or what a table of the rulebook counts beside them.
    """

    name: str
    level: Level
    units: str
    kind: Kind
    title: Title | None
    values: Mapping[str, Title | None]
    low: Fraction | None
    high: Fraction | None
    whole: bool
    protected: bool
    if_empty: str | None


@dataclass(frozen=True)
class Band:
    """One piece of a band: a value of a category, or numbers from `low` to `high`.

    An end that is None is open; `without_high` leaves the upper end to the next band.
    """

    name: str
    value: str | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    without_high: bool = False

    def holds(self, number: Fraction) -> bool:
        """Whether a number lies in this piece."""
        if self.low is not None and number < self.low:
            return False
        if self.high is None or number < self.high:
            return True
        return number == self.high and not self.without_high


@dataclass(frozen=True)
class Banding:
    """A derived category: bands of an attribute or of another definition.

    `source` is the name whose bands they are, `cited` the legal source of the bands.
    """

    name: str
    source: str
    level: Level
    bands: tuple[Band, ...]
    values: tuple[str, ...]
    titles: Mapping[str, Title]
    title: Title | None
    place: Place
    cited: str | None = None

    def band_of(self, number: Fraction) -> str | None:
        """The band of a number; None where none holds it."""
        return next((band.name for band in self.bands if band.holds(number)), None)


@dataclass(frozen=True)
class Calculation:
    """A definition or a step: one formula for each unit of its level.

    `values` are those of a category, in the order in which the rulebook declares them.
    """

    name: str
    role: Role
    level: Level
    kind: Kind
    tree: Tree
    text: str
    title: Title | None
    source: str | None
    place: Place
    values: tuple[str, ...] = ()

    @property
    def is_requirement(self) -> bool:
        return self.role in (Role.REQUIRED, Role.EXPECTED)


@dataclass(frozen=True)
class Line:
    """A line of the allocation: money for each student or each school.

    `codes` are words of the budget by name (a code of expenditure, a type of cost).
    """

    name: str
    title: Title
    per_student: bool
    amount: Tree
    amount_text: str
    when: Tree | None
    when_text: str | None
    rounding: Rounding
    codes: Mapping[str, str]
    source: str | None
    from_: date | None
    until: date | None
    place: Place

    def in_force(self, as_of: date | None) -> bool:
        """Whether the line applies on the run's date; `until` is the first day without it."""
        if as_of is None:
            return True
        return (self.from_ is None or self.from_ <= as_of) and (
            self.until is None or as_of < self.until
        )

    @property
    def trees(self) -> tuple[Tree, ...]:
        return (self.amount,) if self.when is None else (self.when, self.amount)


@dataclass(frozen=True)
class Parameter:
    """The values of a parameter that are in force: by key, or under () for a single one.

    One with a `goal` has no value until it is solved for; then `found` holds the proof.
    `sources` are those of single figures, by their first key.
    """

    name: str
    kind: Kind
    title: Title | None
    unit: Title | None
    keys: tuple[str, ...]
    values: Mapping[tuple[str, ...], Fraction]
    since: date | None
    source: str | None
    place: Place
    goal: Goal | None = None
    found: Found | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    def source_of(self, key: tuple[str, ...]) -> str | None:
        """The source of one figure."""
        return self.sources.get(key[0], self.source) if key else self.source

    @property
    def cited(self) -> tuple[str, ...]:
        """All sources of the figures, each once."""
        found = [self.source, *self.sources.values()]
        return tuple(dict.fromkeys(source for source in found if source is not None))


@dataclass(frozen=True)
class Best:
    """Of several rows alike in `per`, only the one with the largest `of` is counted."""

    of: str
    per: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.per, self.of)


@dataclass(frozen=True)
class UnitTable:
    """What is counted beside students: classes, rooms, events, exam results."""

    name: str
    title: Title | None
    best: Best | None
    place: Place


@dataclass(frozen=True)
class Payment:
    """In what instalments a school's total is paid: the share of each by name, 1 together."""

    shares: Mapping[str, Fraction]
    rounding: Rounding
    remainder: Remainder
    place: Place

    def of(self, total: Fraction) -> dict[str, Fraction]:
        """The instalments of a total, by name; they add up to it."""
        paid = instalments(total, list(self.shares.values()), self.rounding, self.remainder)
        return dict(zip(self.shares, paid, strict=True))


@dataclass(frozen=True)
class Plan:
    """All that an allocation needs to know of a rulebook on one date.

    `as_of` is the day of the figures, or the first of the `period` if they are of one.
    `items` stand in the order of computing: each reads only earlier ones.
    """

    rulebook: str
    version: str
    title: Title
    currency: str | None
    points: Title | None
    as_of: date | None
    period: Period | None
    legacy: Title | None
    sources: Mapping[str, Source]
    places: int
    attributes: Mapping[str, Attribute]
    tables: Mapping[str, UnitTable]
    parameters: Mapping[str, Parameter]
    items: tuple[Banding | Calculation | Line, ...]
    line_names: tuple[str, ...]
    """In the order of the rulebook."""
    payment: Payment | None
    counting: Counting = EACH_STUDENT_ONCE

    @property
    def line_kind(self) -> Kind:
        """What a line gives: money, or a number of points."""
        return Kind.MONEY if self.points is None else Kind.NUMBER

    @property
    def paid_in(self) -> Measure:
        """The currency or the points of its lines."""
        return Measure(self.currency, self.points)

    def measure(self, language: str) -> str:
        """The currency, or what the points are called in a language."""
        return self.paid_in.in_language(language)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the order of the rulebook."""
        found = {item.name: item for item in self.items if isinstance(item, Line)}
        return tuple(found[name] for name in self.line_names)

    @property
    def lines_in_force(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.in_force(self.as_of))

    @property
    def calculations(self) -> tuple[Calculation, ...]:
        return tuple(item for item in self.items if isinstance(item, Calculation))

    @property
    def requirements(self) -> tuple[Calculation, ...]:
        """The conditions on the data that the rulebook presumes."""
        return tuple(item for item in self.calculations if item.is_requirement)

    @cached_property
    def _by_name(self) -> dict[str, Banding | Calculation | Line]:
        return {item.name: item for item in self.items}

    def item(self, name: str) -> Banding | Calculation | Line | None:
        return self._by_name.get(name)

    @property
    def solved(self) -> tuple[Parameter, ...]:
        """The parameters that are solved for, each after those that its goal reads."""
        asked = {name: p.goal for name, p in self.parameters.items() if p.goal is not None}
        reads = {
            name: [
                read for read in self.reads([Name(goal.total), Name(goal.target)]) if read in asked
            ]
            for name, goal in asked.items()
        }
        return tuple(self.parameters[name] for name in sorted(asked, key=lambda n: len(reads[n])))

    def with_found(self, name: str, found: Found) -> Plan:
        """The plan with a value for a parameter that is solved for."""
        parameter = replace(self.parameters[name], values={(): found.value}, found=found)
        return replace(self, parameters={**self.parameters, name: parameter})

    def with_value(self, name: str, value: Fraction) -> Plan:
        """The plan with another value for a parameter without keys."""
        parameter = replace(self.parameters[name], values={(): value})
        return replace(self, parameters={**self.parameters, name: parameter})

    def level_of(self, name: str) -> Level:
        """The level of a name that formulas read."""
        if name in self.attributes:
            return self.attributes[name].level
        item = self.item(name)
        if isinstance(item, Banding | Calculation):
            return item.level
        return Level.SCHOOL if isinstance(item, Line) else Level.SYSTEM

    def reads(self, trees: Iterable[Tree]) -> list[str]:
        """All names that the trees read, directly or through other items, each once.

        A line out of force is 0 and reads nothing.
        """
        found: dict[str, None] = {}
        waiting = [name for tree in trees for name in names(tree)]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found[name] = None
            parameter = self.parameters.get(name)
            if parameter is not None and parameter.goal is not None:
                waiting += [parameter.goal.total, parameter.goal.target]
            item = self.item(name)
            if item is not None and not (isinstance(item, Line) and not item.in_force(self.as_of)):
                waiting.extend(direct_reads(item))
        return list(found)

    @cached_property
    def bands_of_schools(self) -> tuple[Banding, ...]:
        """The bands of schools, without those of a fact that no formula reads: it is not known."""
        read = set(self.reads([tree for item in self.items for tree in trees_of(item)]))
        return tuple(
            item
            for item in self.items
            if isinstance(item, Banding)
            and item.level is Level.SCHOOL
            and (item.source in read or item.source not in self.attributes)
        )

    def units_of(self, tree: Tree) -> list[str]:
        """Students, or the units of tables, that a formula reads at its own level."""
        read = self.student_attributes([tree])
        return list(dict.fromkeys(self.attributes[name].units for name in read))

    def student_attributes(self, trees: Iterable[Tree]) -> tuple[str, ...]:
        """The declared attributes of students (or of the units of one table) that the trees come
        down to, in declared order."""
        own_level = set(self._reads_of_students(trees))
        return tuple(
            name
            for name, attribute in self.attributes.items()
            if attribute.level is Level.STUDENT and name in own_level
        )

    def _reads_of_students(self, trees: Iterable[Tree]) -> Iterator[str]:
        """As `reads`, but without what is counted inside school-level items on the way."""
        seen: set[str] = set()
        waiting = [name for tree in trees for name in names_outside_aggregates(tree)]
        while waiting:
            name = waiting.pop()
            if name in seen or self.level_of(name) is not Level.STUDENT:
                continue
            seen.add(name)
            yield name
            item = self.item(name)
            if item is not None:
                waiting.extend(
                    [item.source]
                    if isinstance(item, Banding)
                    else [n for tree in trees_of(item) for n in names_outside_aggregates(tree)]
                )


def trees_of(item: Banding | Calculation | Line) -> tuple[Tree, ...]:
    """The formulas of an item; bands have none."""
    if isinstance(item, Line):
        return item.trees
    return () if isinstance(item, Banding) else (item.tree,)


def direct_reads(item: Banding | Calculation | Line) -> list[str]:
    """The names that an item's own formulas or bands read."""
    if isinstance(item, Banding):
        return [item.source]
    return [name for tree in trees_of(item) for name in names(tree)]
