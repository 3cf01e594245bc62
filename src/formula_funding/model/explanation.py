"""The explanation of one school's allocation: the calculation itself, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from formula_funding.exact.rounding import round_fraction
from formula_funding.formula.tree import Aggregate
from formula_funding.model.plan import Calculation, Line, Value


class ZeroReason(Enum):
    """Why a line is zero."""

    NOT_IN_FORCE = "not_in_force"
    NO_STUDENTS = "no_students"
    CONDITION = "condition"
    RATE = "rate"


@dataclass(frozen=True)
class Group:
    """Students alike to a line: `students` × `rate` = `amount`, all exact.

    `values` are what the line's formula reads of a student, and nothing more; None for a number
    that does not exist (x ÷ 0) and that the formula passes over.
    """

    values: Mapping[str, Value | None]
    students: int
    rate: Fraction

    @property
    def amount(self) -> Fraction:
        return self.students * self.rate


@dataclass(frozen=True)
class ExplainedLine:
    """A line of one school: its groups or its formula, the exact sum and the rounded amount.

    `nothing_shared` says that 0 ÷ 0 occurred in its formula and counted as 0.
    """

    line: Line
    groups: tuple[Group, ...]
    unrounded: Fraction
    amount: int
    zero_reason: ZeroReason | None
    among: tuple[AmongSchools, ...] = ()
    nothing_shared: bool = False

    @property
    def rounded(self) -> Fraction:
        """The amount as a number of the currency."""
        return round_fraction(self.unrounded, self.line.rounding)


@dataclass(frozen=True)
class AmongSchools:
    """Where a school stands in an aggregate over schools that its formula reads.

    `given` belongs to the whole (the sum to share); `own` is what is read of this school,
    `together` the same of all `schools` for which the condition holds.
    """

    aggregate: Aggregate
    given: tuple[Fraction | None, ...]
    own: tuple[Fraction | None, ...]
    together: tuple[Fraction | None, ...]
    schools: int


@dataclass(frozen=True)
class ExplainedStep:
    """A step or definition of one school (or the system). `value` is None for x ÷ 0.

    `nothing_shared` says that 0 ÷ 0 occurred in it and counted as 0.
    """

    calculation: Calculation
    value: Value | None
    nothing_shared: bool
    among: tuple[AmongSchools, ...] = ()


@dataclass(frozen=True)
class CountedGroup:
    """Units alike to an aggregate, as in a Group; `is_chosen` if its condition holds for them."""

    values: Mapping[str, Value | None]
    students: int
    is_chosen: bool


@dataclass(frozen=True)
class ExplainedAggregate:
    """What a school's formula sums up of its students."""

    aggregate: Aggregate
    groups: tuple[CountedGroup, ...]
    value: Fraction | None


@dataclass(frozen=True)
class ExplainedSchool:
    """One school: what is known of it, the steps, the lines and the total.

    `bands` are the derived categories of the school, `system` the steps of all schools.
    `students` is None where nobody is counted. `of_schools` are the values, for this school, of
    the aggregates over schools.
    """

    id: str
    name: str
    facts: Mapping[str, Value]
    aggregates: tuple[ExplainedAggregate, ...]
    steps: tuple[ExplainedStep, ...]
    lines: tuple[ExplainedLine, ...]
    bands: Mapping[str, str | None]
    system: tuple[ExplainedStep, ...]
    students: int | None
    students_excluded: int
    of_schools: Mapping[Aggregate, Fraction | None]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def values(self) -> dict[str, Value | None]:
        """All that formulas of the school can read by name: facts, steps, the system's steps."""
        steps = (*self.system, *self.steps)
        values = {**self.facts, **self.bands, **{s.calculation.name: s.value for s in steps}}
        return values | {explained.line.name: explained.rounded for explained in self.lines}

    @property
    def aggregated(self) -> dict[Aggregate, Fraction | None]:
        """The values of the aggregates over the school's students, and over schools."""
        own = {explained.aggregate: explained.value for explained in self.aggregates}
        return {**own, **self.of_schools}
