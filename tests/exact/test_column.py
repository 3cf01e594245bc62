"""Arithmetic on columns is that on fractions, one by one, also where a number does not exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import add, eq, ge, gt, le, lt, mul, ne, sub

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact import column
from formula_funding.exact.column import Column
from formula_funding.exact.rounding import Rounding, RoundingMode, round_fraction

Number = Fraction | None
Numbers = list[Number]
"""What a column stands for; None is a number that does not exist (a division by zero)."""

NUMBERS = st.one_of(
    st.fractions(max_denominator=1000),
    st.integers(-(10**30), 10**30).map(Fraction),
    st.sampled_from((Fraction(0), Fraction(1), Fraction(-1, 2), Fraction(5, 2))),
)


@st.composite
def columns(draw: st.DrawFn, length: int) -> tuple[Column, Numbers]:
    """A column in any of its forms, and the numbers that it stands for."""
    if draw(st.booleans()):
        values = draw(st.lists(NUMBERS, min_size=length, max_size=length))
        factor = draw(st.integers(1, 60))
        plain = column.from_fractions(values)
        assert isinstance(plain.denominators, int)
        return Column([n * factor for n in plain.numerators], plain.denominators * factor), [
            *values
        ]
    numerators: list[int] = []
    denominators: list[int] = []
    numbers: Numbers = []
    for _ in range(length):
        value, factor = draw(NUMBERS), draw(st.integers(0, 5))
        numerators.append(value.numerator * (factor or 1))
        denominators.append(value.denominator * factor)
        numbers.append(value if factor else None)
    return Column(numerators, denominators), numbers


@st.composite
def several(draw: st.DrawFn, number: int) -> list[tuple[Column, Numbers]]:
    """Some columns of one length."""
    length = draw(st.integers(0, 6))
    return [draw(columns(length)) for _ in range(number)]


def values_of(found: Column) -> Numbers:
    return [found.value(i) for i in range(len(found))]


def one_by_one(
    compute: Callable[[Fraction, Fraction], Number], left: Numbers, right: Numbers
) -> Numbers:
    return [
        None if a is None or b is None else compute(a, b) for a, b in zip(left, right, strict=True)
    ]


def _divided(a: Fraction, b: Fraction) -> Number:
    """x ÷ 0 does not exist; 0 ÷ 0 is 0, since nothing is shared among nobody."""
    if b == 0:
        return Fraction(0) if a == 0 else None
    return a / b


@pytest.mark.parametrize("operator", [add, sub, mul])
@given(two=several(2))
def test_sum_difference_and_product_are_those_of_fractions(
    operator: Callable[..., Column], two: list[tuple[Column, Numbers]]
) -> None:
    (left, a), (right, b) = two
    assert values_of(operator(left, right)) == one_by_one(operator, a, b)  # type: ignore[arg-type]  # of fractions here


@given(several(2))
def test_a_quotient_is_that_of_fractions_where_it_exists(
    two: list[tuple[Column, Numbers]],
) -> None:
    (left, a), (right, b) = two
    assert values_of(left / right) == one_by_one(_divided, a, b)


@given(several(1), st.integers(1, 9))
def test_negative_absolute_value_and_power_are_those_of_fractions(
    one: list[tuple[Column, Numbers]], exponent: int
) -> None:
    [(numbers, values)] = one
    assert values_of(-numbers) == [None if v is None else -v for v in values]
    assert values_of(column.absolute(numbers)) == [None if v is None else abs(v) for v in values]
    assert values_of(column.power(numbers, exponent)) == [
        None if v is None else v**exponent for v in values
    ]


@pytest.mark.parametrize(
    ("sign", "test"), [("=", eq), ("!=", ne), ("<", lt), ("<=", le), (">", gt), (">=", ge)]
)
@given(two=several(2))
def test_a_comparison_is_that_of_fractions_and_unknown_where_a_number_does_not_exist(
    sign: str, test: Callable[[Fraction, Fraction], bool], two: list[tuple[Column, Numbers]]
) -> None:
    (left, a), (right, b) = two
    assert column.compare(sign, left, right) == [
        None if x is None or y is None else test(x, y) for x, y in zip(a, b, strict=True)
    ]


@given(several(2), st.data())
def test_a_choice_takes_one_side_whole_and_never_looks_at_the_other(
    two: list[tuple[Column, Numbers]], data: st.DataObject
) -> None:
    (yes, a), (no, b) = two
    condition = [data.draw(st.sampled_from((True, False, None))) for _ in a]
    assert values_of(column.choose(condition, yes, no)) == [
        None if c is None else (x if c else y) for c, x, y in zip(condition, a, b, strict=True)
    ]


@given(several(3), st.booleans())
def test_the_extreme_of_columns_is_that_of_fractions(
    three: list[tuple[Column, Numbers]], largest: bool
) -> None:
    choose = max if largest else min
    expected: Numbers = []
    for numbers in zip(*(values for _, values in three), strict=True):
        existing = [number for number in numbers if number is not None]
        expected.append(choose(existing) if len(existing) == len(numbers) else None)
    found = column.extreme([numbers for numbers, _ in three], largest=largest)
    assert values_of(found) == expected


@given(
    several(1),
    st.sampled_from(RoundingMode),
    st.sampled_from(
        [Fraction(1, 100), Fraction(1), Fraction(100), Fraction(1, 20), Fraction(3, 7)]
    ),
)
def test_rounding_a_column_rounds_each_number(
    one: list[tuple[Column, Numbers]], mode: RoundingMode, unit: Fraction
) -> None:
    [(numbers, values)] = one
    rounding = Rounding(unit, mode)
    assert values_of(column.rounded(numbers, rounding)) == [
        None if v is None else round_fraction(v, rounding) for v in values
    ]


@given(several(1), st.data())
def test_sums_by_owner_are_sums_of_weight_times_number(
    one: list[tuple[Column, Numbers]], data: st.DataObject
) -> None:
    [(numbers, values)] = one
    length = data.draw(st.integers(1, 4))
    owners = [data.draw(st.integers(0, length - 1)) for _ in values]
    weights = [data.draw(st.integers(0, 10**6)) for _ in values]
    expected: Numbers = [Fraction(0)] * length
    for owner, weight, value in zip(owners, weights, values, strict=True):
        before = expected[owner]
        expected[owner] = None if value is None or before is None else before + weight * value
    assert values_of(column.sums_by(owners, weights, numbers, length)) == expected


@given(several(1), st.data())
def test_taking_units_takes_their_numbers_and_missing_names_those_without(
    one: list[tuple[Column, Numbers]], data: st.DataObject
) -> None:
    [(numbers, values)] = one
    indexes: Sequence[int] = []
    if values:
        indexes = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=8))
    assert values_of(numbers.take(indexes)) == [values[i] for i in indexes]
    assert column.missing(numbers) == [i for i, value in enumerate(values) if value is None]


@given(st.lists(NUMBERS, max_size=6))
def test_numbers_over_one_denominator_are_the_same_numbers(values: list[Fraction]) -> None:
    each = Column([v.numerator for v in values], [v.denominator for v in values])
    numerators, denominator = column.over_common_denominator(each)
    assert [Fraction(n, denominator) for n in numerators] == values
    assert values_of(column.from_fractions(values)) == values


def test_a_sum_over_many_schools_with_denominators_of_their_own_stays_short_on_the_way() -> None:
    """One denominator for all 4,000 quotients would have to be kept 4,000 times."""
    schools = range(4000)
    shares = column.whole_numbers([1] * 4000) / column.whole_numbers(range(10_007, 14_007))
    by_school = column.sums_by(list(schools), [1] * 4000, shares, 4000)
    assert not isinstance(by_school.denominators, int)
    assert max(by_school.denominators) < 14_007
    together = column.sums_by([0] * 4000, [1] * 4000, shares, 1)
    assert together.value(0) == sum((Fraction(1, n) for n in range(10_007, 14_007)), Fraction(0))
