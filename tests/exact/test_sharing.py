"""Sharing out a fixed sum loses nothing, invents nothing, and knows no order of the members."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact.roots import natural_logarithm, root
from formula_funding.exact.sharing import (
    NothingToShareByError,
    Sharing,
    fill_level,
    largest_remainder,
    sainte_lague,
)

WEIGHTS = st.lists(st.fractions(0, 100, max_denominator=50), min_size=1, max_size=8).filter(any)
METHODS = pytest.mark.parametrize("share", [largest_remainder, sainte_lague])


def _names(weights: list[Fraction]) -> list[str]:
    return [f"{number:02}" for number in range(len(weights))]


@METHODS
@given(units=st.integers(-1000, 1000), weights=WEIGHTS)
def test_the_shares_add_up_to_the_sum_and_no_one_without_a_weight_gets_any(
    share: Sharing, units: int, weights: list[Fraction]
) -> None:
    shares = share(units, weights, _names(weights))
    assert sum(shares) == units
    assert all(part == 0 for part, weight in zip(shares, weights, strict=True) if not weight)
    assert all(part * units >= 0 for part in shares)


@METHODS
@given(units=st.integers(-1000, 1000), weights=WEIGHTS, data=st.data())
def test_the_order_in_which_the_members_stand_decides_nothing(
    share: Sharing, units: int, weights: list[Fraction], data: st.DataObject
) -> None:
    names = _names(weights)
    order = data.draw(st.permutations(range(len(weights))))
    shuffled = share(units, [weights[i] for i in order], [names[i] for i in order])
    shares = share(units, weights, names)
    assert shuffled == [shares[i] for i in order]


@METHODS
@given(units=st.integers(0, 1000), weights=WEIGHTS)
def test_a_larger_weight_never_gets_less(
    share: Sharing, units: int, weights: list[Fraction]
) -> None:
    shares = share(units, weights, _names(weights))
    for weight, part in zip(weights, shares, strict=True):
        for other, others_part in zip(weights, shares, strict=True):
            assert weight <= other or part >= others_part


@given(st.integers(0, 1000), WEIGHTS)
def test_a_share_by_largest_remainder_is_within_one_unit_of_its_quota(
    units: int, weights: list[Fraction]
) -> None:
    total = sum(weights, Fraction(0))
    for part, weight in zip(
        largest_remainder(units, weights, _names(weights)), weights, strict=True
    ):
        assert abs(part - units * weight / total) < 1


@given(st.integers(0, 1000), WEIGHTS)
def test_a_larger_sum_never_lowers_a_share_by_sainte_lague(
    units: int, weights: list[Fraction]
) -> None:
    before = sainte_lague(units, weights, _names(weights))
    after = sainte_lague(units + 1, weights, _names(weights))
    assert all(more >= less for more, less in zip(after, before, strict=True))


@given(st.integers(0, 60), st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_sainte_lague_gives_each_unit_to_the_highest_quotient(
    units: int, weights: list[int]
) -> None:
    """The textbook way: weight ÷ 1, 3, 5, … unit by unit; the first by name wins a tie."""
    shares = [0] * len(weights)
    for _ in range(units):
        best = max(range(len(weights)), key=lambda i: (Fraction(weights[i], 2 * shares[i] + 1), -i))
        shares[best] += 1
    fractions = [Fraction(weight) for weight in weights]
    assert sainte_lague(units, fractions, _names(fractions)) == shares


def test_the_paradox_of_largest_remainder_is_as_its_documentation_says() -> None:
    weights = [Fraction(6), Fraction(6), Fraction(2)]
    assert largest_remainder(10, weights, ["a", "b", "c"]) == [4, 4, 2]
    assert largest_remainder(11, weights, ["a", "b", "c"]) == [5, 5, 1]


@METHODS
def test_nothing_can_be_shared_where_nobody_has_a_weight(share: Sharing) -> None:
    assert share(0, [Fraction(0)], ["a"]) == [0]
    with pytest.raises(NothingToShareByError):
        share(1, [Fraction(0)], ["a"])
    with pytest.raises(NothingToShareByError):
        share(1, [Fraction(2), Fraction(-1)], ["a", "b"])


@given(
    st.fractions(0, 10_000),
    st.lists(st.tuples(st.fractions(1, 50), st.fractions(0, 500)), min_size=1, max_size=8),
)
def test_the_level_spends_exactly_the_sum_on_raising_the_lowest(
    total: Fraction, members: list[tuple[Fraction, Fraction]]
) -> None:
    weights, amounts = [weight for weight, _ in members], [amount for _, amount in members]
    level = fill_level(total, weights, amounts)
    raised = sum((max(Fraction(0), level * w - a) for w, a in members), Fraction(0))
    assert raised == total


MEMBERS = st.lists(
    st.tuples(st.fractions(0, 50), st.fractions(-200, 500)), min_size=1, max_size=8
).filter(lambda members: any(weight for weight, _ in members))


@given(st.fractions(0, 10_000), MEMBERS, st.data())
def test_the_level_spends_the_sum_also_where_some_owe_or_have_no_weight(
    total: Fraction, members: list[tuple[Fraction, Fraction]], data: st.DataObject
) -> None:
    def level_of(given: list[tuple[Fraction, Fraction]]) -> Fraction:
        return fill_level(total, [weight for weight, _ in given], [amount for _, amount in given])

    level = level_of(members)
    raised = [max(Fraction(0), level * w - a) for w, a in members if w]
    assert sum(raised) == total
    assert level_of(data.draw(st.permutations(members))) == level


@METHODS
@given(units=st.integers(-1000, 1000), weight=st.fractions(0, 100).filter(bool))
def test_a_single_member_gets_everything(share: Sharing, units: int, weight: Fraction) -> None:
    assert share(units, [weight], ["a"]) == [units]


@METHODS
@given(units=st.integers(0, 1000), weights=WEIGHTS)
def test_a_sum_taken_back_is_taken_as_it_would_be_given(
    share: Sharing, units: int, weights: list[Fraction]
) -> None:
    names = _names(weights)
    taken = [-part for part in share(-units, weights, names)]
    assert taken == share(units, weights, names)


@pytest.mark.parametrize(
    ("total", "members"),
    [
        (5, []),
        (5, [(0, 3), (0, 9)]),
        (-1, [(1, 3)]),
        (5, [(1, 3), (-1, 2)]),
    ],
)
def test_a_level_that_can_not_be_found_is_an_error(
    total: int, members: list[tuple[int, int]]
) -> None:
    weights, amounts = ([Fraction(pair[i]) for pair in members] for i in (0, 1))
    with pytest.raises(NothingToShareByError):
        fill_level(Fraction(total), weights, amounts)


@given(st.fractions(0, 10**9), st.integers(2, 5), st.integers(0, 8))
def test_a_root_is_the_nearest_decimal_with_a_tie_going_up(
    value: Fraction, degree: int, places: int
) -> None:
    half = Fraction(1, 2 * 10**places)
    found = root(value, degree, places)
    assert (found * 10**places).denominator == 1
    assert max(Fraction(0), found - half) ** degree <= value < (found + half) ** degree


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(1), 6, "0"),
        (Fraction(10), 10, "2.3025850930"),
        (Fraction(2), 20, "0.69314718055994530942"),
        (Fraction(1, 2), 5, "-0.69315"),
        (Fraction(10**50), 3, "115.129"),
    ],
)
def test_a_logarithm_is_the_one_in_the_tables(value: Fraction, places: int, expected: str) -> None:
    assert natural_logarithm(value, places) == Fraction(expected)


def test_a_logarithm_of_a_number_of_any_length_exists() -> None:
    assert natural_logarithm(Fraction(10**5000), 2) == Fraction("11512.93")
