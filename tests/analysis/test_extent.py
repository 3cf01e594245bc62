"""Extents hold every number that arithmetic can really give."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact import extent
from formula_funding.exact.extent import Extent, point
from formula_funding.judge.evaluate import NoSuchNumberError, divided

NUMBERS = st.integers(-6, 6).map(lambda n: Fraction(n, 2))
ENDS = st.none() | NUMBERS


@st.composite
def extents_with_a_number(draw: st.DrawFn) -> tuple[Extent, Fraction]:
    """An extent and a number that lies in it."""
    number = draw(NUMBERS)
    low, high = draw(ENDS), draw(ENDS)
    low = None if low is None else min(low, number)
    high = None if high is None else max(high, number)
    whole = number.denominator == 1 and draw(st.booleans())
    opens = [end is not None and end != number and draw(st.booleans()) for end in (low, high)]
    return Extent(low, high, opens[0], opens[1], whole), number


def _holds(found: Extent, number: Fraction) -> bool:
    return not found.common(point(number)).is_empty


@given(extents_with_a_number(), extents_with_a_number())
def test_results_lie_in_the_extent_of_the_result(
    first: tuple[Extent, Fraction], second: tuple[Extent, Fraction]
) -> None:
    (a, x), (b, y) = first, second
    assert _holds(extent.plus(a, b), x + y)
    assert _holds(extent.negative(a), -x)
    assert _holds(extent.times(a, b), x * y)
    assert _holds(extent.smallest([a, b]), min(x, y))
    assert _holds(extent.largest([a, b]), max(x, y))
    assert _holds(extent.absolute(a), abs(x))
    assert _holds(extent.power(a, 3), x**3)
    assert _holds(extent.hull([a, b]), x)
    try:
        quotient = divided(x, y)
    except NoSuchNumberError:
        return
    assert _holds(extent.divided(a, b), quotient)


@given(extents_with_a_number(), extents_with_a_number())
def test_a_comparison_can_come_out_as_it_does(
    first: tuple[Extent, Fraction], second: tuple[Extent, Fraction]
) -> None:
    (a, x), (b, y) = first, second
    truths = {"=": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}
    for operator, truth in truths.items():
        assert truth in extent.compared(operator, a, b)


@given(extents_with_a_number(), st.lists(NUMBERS, max_size=4))
def test_every_number_lies_in_one_cell(pair: tuple[Extent, Fraction], cuts: list[Fraction]) -> None:
    whole, number = pair
    assert sum(_holds(cell, number) for cell in whole.cells(cuts)) == 1


def test_no_whole_number_lies_between_four_and_five() -> None:
    grades = Extent(Fraction(1), Fraction(11), whole=True)
    between = Extent(Fraction(4), Fraction(5), without_low=True, without_high=True)
    assert grades.common(between).is_empty
