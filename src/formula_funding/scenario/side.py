"""One side of a comparison: rules, and the schools and students that they are applied to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.solved import plan_with_found_figures
from formula_funding.allocate.units import Limiting
from formula_funding.diagnostics.problem import Accepted, Problems, ProblemsFoundError
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.allocation import Allocation
from formula_funding.model.plan import Plan
from formula_funding.scenario.changed_roster import ALL, RosterChanges
from formula_funding.scenario.enrolment import Enrolment
from formula_funding.scenario.whole_students import Cell, resized

ExactAmounts = Mapping[str, Mapping[str, Fraction]]
"""School id -> line -> amount before the line is rounded, in currency."""
NOTHING = Fraction(0)
"""One for all: most lines of most schools are nothing."""


@dataclass(frozen=True)
class Side:
    """A plan, the data that it reads, and what the scenario makes of schools and students.

    `changes` are None where the scenario's conditions can't be said in this rulebook's words.
    `accepted` are the findings that an officer overruled when the roster was tallied.
    """

    plan: Plan
    enrolment: Enrolment
    changes: RosterChanges | None = None
    accepted: tuple[Accepted, ...] = ()

    def allocation(self, problems: Problems) -> Allocation:
        """What each school gets. Raises ProblemsFoundError as a run does."""
        with deep_recursion():
            return allocation_from_counts(
                self.plan, self.enrolment.counts, self.enrolment.register, problems
            )[0]

    def exact_amounts(
        self, found: Mapping[str, Fraction], limiting: Limiting | None
    ) -> ExactAmounts:
        """The lines before rounding, with figures that are solved for as in `found`.

        Raises ProblemsFoundError where an amount does not exist.
        """
        counts, register, problems = self.enrolment.counts, self.enrolment.register, Problems()
        with deep_recursion():
            plan = plan_with_found_figures(
                _with_figures_found(self.plan, found), counts, register, problems
            )
            evaluation = Evaluation(plan, counts, register, problems, limiting)
            lines = {line.name: evaluation.line_unrounded(line) for line in plan.lines}
        problems.stop_if_errors()
        return {
            school: {name: amounts.value(i) or NOTHING for name, amounts in lines.items()}
            for i, school in enumerate(register.ids)
        }

    def changed(self, sections: tuple[str, ...] = ALL) -> Side:
        """With schools and students as the scenario has them.

        Raises ProblemsFoundError where a change can't be.
        """
        assert self.changes is not None
        with deep_recursion():
            return replace(self, enrolment=self.changes.applied(self.enrolment, sections))

    def changed_if_possible(self, sections: tuple[str, ...]) -> Side | None:
        """As `changed`; None where the sections can't stand by themselves."""
        try:
            return self.changed(sections) if self.changes else None
        except ProblemsFoundError:
            return None

    def with_mix_of(self, before: Side) -> Side | None:
        """As many students in each school as here, of the kinds that it had before.

        A school that had nobody keeps its own. None where nobody is counted.
        """
        if self.enrolment.joint is None or before.enrolment.joint is None:
            return None
        mixes, found = _by_school(before.enrolment), dict[Cell, int]()
        for school, students in _by_school(self.enrolment).items():
            number = sum(students.values())
            found |= resized(mixes[school], number) if school in mixes else students
        students = {cell: n for cell, n in found.items() if n}
        return replace(self, enrolment=self.enrolment.with_students(students))


def _by_school(enrolment: Enrolment) -> dict[str, dict[Cell, int]]:
    found: dict[str, dict[Cell, int]] = {}
    for cell, n in enrolment.students.items():
        found.setdefault(cell[0], {})[cell] = n
    return found


def _with_figures_found(plan: Plan, found: Mapping[str, Fraction]) -> Plan:
    """The plan in which figures that are solved for are given."""
    held = {
        name: replace(parameter, values={(): found[name]}, goal=None)
        for name, parameter in plan.parameters.items()
        if parameter.goal is not None and name in found
    }
    return replace(plan, parameters={**plan.parameters, **held})
