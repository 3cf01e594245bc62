"""Pots, floors, caps and equalisation of whole rulebooks: not a kopeck is lost, invented or hidden.

The rulebooks are those of the language reference; the schools are random, some of them without
students, claims or gains. What can't be paid is an error with a name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path

from hypothesis import event, given
from hypothesis import strategies as st

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.compile.checked_rulebook import check_rulebook
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.model.counts import Counts
from formula_funding.model.plan import Plan, Value
from formula_funding.model.register import Register
from formula_funding.read.rulebook_from_yaml import rulebook_from_yaml
from tests.properties.budget import worlds_tried

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
CANT_BE_SHARED, NOT_AS_REQUIRED = "D020", "D041"
Schools = list[dict[str, Value]]

MONEY = st.integers(0, 400_00).map(lambda kopecks: Fraction(kopecks, 100)) | st.just(Fraction(0))
COUNT = st.integers(0, 30).map(Fraction)
SIGNED = st.fractions(-20, 400, max_denominator=20)


def _schools(**columns: st.SearchStrategy[Value]) -> st.SearchStrategy[Schools]:
    return st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=6)


@dataclass(frozen=True)
class Paid:
    """What came of a run: the amounts of each line, or the codes of the errors."""

    lines: dict[str, list[Fraction]]
    refused: set[str]

    def total(self, *names: str) -> Fraction:
        return sum((amount for name in names for amount in self.lines[name]), Fraction(0))


@cache
def _plan(page: str) -> Plan:
    problems = Problems()
    checked = check_rulebook(rulebook_from_yaml(REFERENCE / f"{page}.yaml", problems), problems)
    return plan_from_rulebook(checked, None, problems)


def _paid(page: str, schools: Schools, **figures: Fraction) -> Paid:
    plan = _plan(page)
    for name, value in figures.items():
        plan = plan.with_value(name, value)
    ids = tuple(f"s{number}" for number in range(len(schools)))
    columns = {name: tuple(row[name] for row in schools) for name in schools[0]}
    register = Register(ids, ids, columns, is_given=True)
    try:
        allocation, _ = allocation_from_counts(plan, Counts({}), register, Problems())
    except ProblemsFoundError as error:
        codes = {problem.code.id for problem in error.problems if problem.is_error}
        event(f"{page}: {', '.join(sorted(codes))}")
        return Paid({}, codes)
    unit = 10**plan.places
    lines = {n: [Fraction(a, unit) for a in found] for n, found in allocation.lines.items()}
    return Paid(lines, set())


def _numbers(schools: Schools, read: Callable[[dict[str, Value]], Value]) -> list[Fraction]:
    return [value for value in map(read, schools) if isinstance(value, Fraction)]


@worlds_tried(150)
@given(_schools(weight=SIGNED), st.integers(-1000, 1000).map(Fraction))
def test_a_pot_is_shared_whole_by_every_method_or_refused(schools: Schools, pot: Fraction) -> None:
    weights = _numbers(schools, lambda s: s["weight"])
    paid = _paid("pot", schools, pot=pot)
    if min(weights) < 0 or (pot and not any(weights)):
        assert paid.refused == {CANT_BE_SHARED}
        return
    for line in ("by_remainder", "by_divisor"):
        assert paid.total(line) == pot
        for weight, amount in zip(weights, paid.lines[line], strict=True):
            assert amount * pot >= 0
            assert weight or not amount


@worlds_tried(150)
@given(
    _schools(
        enrolled=COUNT,
        last_enrolled=st.integers(1, 30).map(Fraction),
        last_year=MONEY,
        formula_amount=MONEY,
    )
)
def test_gains_pay_for_the_floor_to_the_kopeck_or_the_run_says_that_they_cant(
    schools: Schools,
) -> None:
    paid = _paid("floor-and-cap", schools)
    formula = _numbers(schools, lambda s: s["formula_amount"])
    protected = [
        Fraction(floor(year / before * Fraction("98.5") * now + Fraction(1, 2)), 100)
        for year, before, now in zip(
            _numbers(schools, lambda s: s["last_year"]),
            _numbers(schools, lambda s: s["last_enrolled"]),
            _numbers(schools, lambda s: s["enrolled"]),
            strict=True,
        )
    ]
    if sum(formula) < sum(protected):
        assert NOT_AS_REQUIRED in paid.refused
        return
    assert paid.total("formula", "floor", "scaling") == sum(formula)
    for least, *parts in zip(protected, *paid.lines.values(), strict=True):
        assert sum(parts) >= least


@worlds_tried(100)
@given(_schools(guaranteed=MONEY, enrolled=COUNT, claim=MONEY))
def test_first_calls_and_sub_pots_spend_the_fund_or_are_refused(schools: Schools) -> None:
    paid = _paid("first-call", schools)
    guaranteed = sum(_numbers(schools, lambda s: s["guaranteed"]))
    claims = sum(_numbers(schools, lambda s: s["claim"]))
    nobody = not any(_numbers(schools, lambda s: s["enrolled"]))
    if guaranteed > 1000:
        assert NOT_AS_REQUIRED in paid.refused
    elif nobody and guaranteed < 1000:
        assert paid.refused == {CANT_BE_SHARED}
    else:
        assert paid.total("first", "by_schools", "by_students") == 1000
        assert paid.total("relieved") == min(90, claims)


@worlds_tried(150)
@given(_schools(need=MONEY, now=MONEY))
def test_what_some_give_up_others_get_and_nobody_more_than_the_gap(schools: Schools) -> None:
    paid = _paid("waterfall", schools)
    assert paid.total("reduction", "increase") == 0
    for school, cut, more in zip(
        schools, paid.lines["reduction"], paid.lines["increase"], strict=True
    ):
        need, now = school["need"], school["now"]
        assert isinstance(need, Fraction)
        assert isinstance(now, Fraction)
        assert 0 <= more <= max(Fraction(0), need - now)
        assert -max(Fraction(0), now - need) / 2 <= cut <= 0


@worlds_tried(150)
@given(
    _schools(state=st.just("x"), enrolled=COUNT, revenue=MONEY, excluded=st.booleans()),
    MONEY,
)
def test_equalisation_spends_the_supplement_on_the_lowest_or_is_refused(
    schools: Schools, supplement: Fraction
) -> None:
    paid = _paid("equalisation", schools, supplement=supplement)
    weights = _numbers(schools, lambda s: Fraction(0) if s["excluded"] else s["enrolled"])
    if not any(weights):
        assert paid.refused == {CANT_BE_SHARED} or (supplement == 0 and not paid.total("raised"))
        return
    raised = paid.lines["raised"]
    assert sum(raised) == supplement
    revenues = _numbers(schools, lambda s: s["revenue"])
    together = list(zip(weights, raised, revenues, strict=True))
    kopeck = Fraction(1, 100)
    for weight, more, revenue in together:
        assert more >= 0
        if more:  # nobody is raised above the level to which the others come, but for a kopeck
            assert weight
            assert all(
                (revenue + more - kopeck) / weight <= (other + given + kopeck) / others_weight
                for others_weight, given, other in together
                if others_weight
            )
