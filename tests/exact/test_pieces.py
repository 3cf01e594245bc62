"""Edges part the numbers, and each piece is told by one number of its own."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact.pieces import Edge, pieces_between

NUMBERS = st.builds(Fraction, st.integers(-40, 40), st.sampled_from((1, 2, 4, 10)))
EDGES = st.lists(st.builds(Edge, NUMBERS, st.booleans()), max_size=6)


@given(EDGES, NUMBERS, NUMBERS)
def test_two_numbers_are_told_alike_exactly_if_no_edge_lies_between_them(
    edges: list[Edge], one: Fraction, other: Fraction
) -> None:
    pieces = pieces_between(edges)
    are_alike = all(edge.is_passed(one) == edge.is_passed(other) for edge in edges)
    assert (pieces.alike(one) == pieces.alike(other)) == are_alike


@given(EDGES, NUMBERS)
def test_the_number_that_stands_for_a_piece_lies_in_it(edges: list[Edge], number: Fraction) -> None:
    stands = pieces_between(edges).alike(number)
    assert all(edge.is_passed(number) == edge.is_passed(stands) for edge in edges)


@given(EDGES, st.integers(-40, 40))
def test_a_whole_number_is_told_by_a_whole_one_of_its_piece(edges: list[Edge], whole: int) -> None:
    stands = pieces_between(edges, whole=True).alike(Fraction(whole))
    assert stands.denominator == 1
    assert all(edge.is_passed(Fraction(whole)) == edge.is_passed(stands) for edge in edges)


def test_a_piece_without_whole_numbers_has_none_to_stand_for_it() -> None:
    """`..10` and `11..`: between them lies no whole number."""
    edges = [Edge(Fraction(10), begins=False), Edge(Fraction(11), begins=True)]
    ten, eleven = Fraction(10), Fraction(11)
    assert pieces_between(edges, whole=True).numbers == (ten, None, eleven)
    assert pieces_between(edges).numbers == (ten, Fraction(21, 2), eleven)
