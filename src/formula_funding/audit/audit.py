"""The audit of an allocation: is it fair, by which figures, and where is it not?"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.analysis.cliffs import CliffSearch, search_cliffs
from formula_funding.analysis.exceptions import ToldApart, exceptions_of
from formula_funding.audit.equity import (
    Figure,
    SchoolFigures,
    TooFewSchoolsError,
    equity_of,
    wealth_neutrality_of,
)
from formula_funding.audit.neutrality import (
    Exchange,
    LineReads,
    StatusMoney,
    exchanges,
    lines_read,
    money_by_status,
)
from formula_funding.audit.one_more import OneMore, one_more_student
from formula_funding.diagnostics.problem import Accepted
from formula_funding.formula.kinds import Kind, Level
from formula_funding.model.allocation import Allocation
from formula_funding.model.plan import Attribute, Plan
from formula_funding.model.register import Register

LEAST_WEIGHT = Fraction(1, 1000)
"""Money is divided by the need weight, so it must be above 0."""


def number_of_schools(column: str, least: Fraction | None, plan: Plan) -> Attribute:
    """A number that the register gives, with what the rulebook says of an empty cell."""
    declared = plan.attributes.get(column)
    if_empty = declared.if_empty if declared and declared.level is Level.SCHOOL else None
    return Attribute(
        column, Level.SCHOOL, "", Kind.NUMBER, None, {}, least, None, False, False, if_empty
    )


@dataclass(frozen=True)
class Audit:
    """All findings. `equity` is empty where fewer than five schools have students.

    `statuses` are the protected attributes on which the experiment was made; none if the
    register has none. `accepted` are the findings that an officer overruled in the allocation.
    """

    plan: Plan
    accepted: tuple[Accepted, ...]
    reads: tuple[LineReads, ...]
    statuses: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    by_status: tuple[StatusMoney, ...]
    exceptions: tuple[ToldApart, ...]
    cliffs: CliffSearch
    one_more: OneMore
    equity: tuple[Figure, ...]
    need_weighted: tuple[Figure, ...]
    wealth: tuple[Figure, ...]

    @property
    def unequal(self) -> tuple[str, ...]:
        """The protected attributes by which money per weighted student differs."""
        found = []
        for name in self.statuses:
            own = [entry for entry in self.by_status if entry.attribute == name]
            amounts = {entry.per_weighted_student for entry in own} - {None}
            if len(amounts) > 1:
                found.append(name)
        return tuple(found)

    @property
    def is_passed(self) -> bool:
        """No line reads a protected attribute, nothing moved, every status is paid alike."""
        return not (
            any(read.way for read in self.reads)
            or any(exchange.moved for exchange in self.exchanges)
            or self.unequal
        )


def audit_of(
    allocation: Allocation,
    evaluation: Evaluation,
    register: Register,
    weight: str | None = None,
    wealth: str | None = None,
) -> Audit:
    """Audit a finished allocation.

    `register` is the allocation's with the protected attributes, and with the columns `weight`
    (need per student, above 0) and `wealth` where they are named.
    """
    plan = allocation.plan
    statuses = tuple(
        name
        for name in register.attributes
        if name in plan.attributes and plan.attributes[name].protected
    )
    told_apart = Register(
        register.ids,
        register.names,
        {name: v for name, v in register.attributes.items() if name in plan.attributes},
        register.is_given,
    )
    schools = _school_figures(allocation, register, weight, wealth)
    try:
        equity = equity_of(schools)
        need_weighted = equity_of([s.need_weighted for s in schools]) if weight else []
        by_wealth = wealth_neutrality_of(schools) if wealth else []
    except TooFewSchoolsError:
        equity, need_weighted, by_wealth = [], [], []
    cliffs = search_cliffs(plan)
    return Audit(
        plan,
        allocation.ledger.accepted,
        tuple(lines_read(plan)),
        statuses,
        tuple(exchanges(evaluation, told_apart)),
        tuple(money_by_status(evaluation, told_apart, allocation.ledger.students_funded)),
        tuple(exceptions_of(plan)),
        cliffs,
        one_more_student(evaluation, cliffs.unsearched),
        tuple(equity),
        tuple(need_weighted),
        tuple(by_wealth),
    )


def _school_figures(
    allocation: Allocation, register: Register, weight: str | None, wealth: str | None
) -> list[SchoolFigures]:
    """Schools with students; a rulebook that counts nobody has none."""
    scale = 10**allocation.places
    figures = []
    for i, students in enumerate(allocation.ledger.students):
        if students:
            figures.append(
                SchoolFigures(
                    Fraction(students),
                    Fraction(allocation.school_totals[i], scale * students),
                    _number(register, weight, i) or Fraction(1),
                    _number(register, wealth, i),
                )
            )
    return figures


def _number(register: Register, column: str | None, i: int) -> Fraction | None:
    value = register.attributes[column][i] if column is not None else None
    return value if isinstance(value, Fraction) else None
