"""Sums and products of money are those of `decimal`, which is told to stop at any lost digit."""

from __future__ import annotations

from decimal import Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.allocate.allocation_from_counts import in_units
from formula_funding.exact import column
from formula_funding.exact.number_text import number_from_text, units_text
from formula_funding.exact.rounding import Rounding

DIGITS = 400
AMOUNTS = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=4)
LINES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 100_000), AMOUNTS, AMOUNTS), max_size=20
)
"""(school, students, rate, coefficient)"""


@given(LINES)
def test_students_times_rate_times_coefficient_add_up_as_in_decimals(
    lines: list[tuple[int, int, Decimal, Decimal]],
) -> None:
    expected = [Decimal(0)] * 4
    with localcontext() as context:
        context.prec = DIGITS
        for signal in (Inexact, InvalidOperation, DivisionByZero, Overflow):
            context.traps[signal] = True
        for school, students, rate, coefficient in lines:
            expected[school] += students * rate * coefficient
    rates = column.from_fractions([Fraction(rate) for _, _, rate, _ in lines])
    coefficients = column.from_fractions([Fraction(c) for *_, c in lines])
    found = column.sums_by(
        [school for school, *_ in lines],
        [students for _, students, *_ in lines],
        rates * coefficients,
        4,
    )
    assert [found.value(i) for i in range(4)] == [Fraction(amount) for amount in expected]


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_rounded_amounts_in_kopecks_add_up_as_in_decimals(amounts: list[Decimal]) -> None:
    with localcontext() as context:
        context.prec = DIGITS
        kopeck = Decimal("0.01")
        expected = [amount.quantize(kopeck, rounding="ROUND_HALF_UP") for amount in amounts]
        context.traps[Inexact] = True
        total = sum(expected, Decimal(0))
    exact = column.from_fractions([number_from_text(format(a, "f")) for a in amounts])
    units = in_units(column.rounded(exact, Rounding(Fraction(1, 100))), 2)
    assert [Decimal(units_text(unit, 2)) for unit in units] == expected
    assert Decimal(units_text(sum(units), 2)) == total


def test_the_second_opinion_would_notice_a_single_lost_digit() -> None:
    """The trap is set: the product of two long decimals does not fit 28 digits."""
    with localcontext() as context:
        context.traps[Inexact] = True
        with pytest.raises(Inexact):
            Decimal("160300.123456789012345") * Decimal("1.123456789012345678")
