"""Sums over rows are the same by arrays as one by one, however long the numbers."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact import sums_of_spans as module
from formula_funding.exact.sums_of_spans import sums_of_spans
from tests.properties.budget import worlds_tried

NUMBERS = st.one_of(
    st.integers(-100, 100),
    st.integers(-(10**40), 10**40),
    st.sampled_from([2**62, 2**63 - 1, -(2**63), 2**63]),
)
KINDS = st.lists(
    st.tuples(NUMBERS, st.dictionaries(st.integers(0, 4), st.integers(0, 10**6))), max_size=6
)


@worlds_tried(200)
@given(KINDS)
def test_arrays_add_up_as_whole_numbers_do(kinds: list[tuple[int, dict[int, int]]]) -> None:
    spans: list[slice] = []
    owners: list[int] = []
    times: list[int] = []
    for _, students in kinds:
        spans.append(slice(len(owners), len(owners) + len(students)))
        owners += students.keys()
        times += students.values()
    numbers = [number for number, _ in kinds]
    expected = [sum(number * students.get(i, 0) for number, students in kinds) for i in range(5)]
    for many in (1, len(owners) + 1):
        with patch.object(module, "_MANY", many):
            assert sums_of_spans(spans, numbers, owners, times, 5) == expected


@pytest.mark.parametrize(("number", "students"), [(2**63 - 1, 1), (2**63, 1), (2**62, 2), (1, 0)])
def test_a_sum_just_too_long_for_an_array_is_exact(number: int, students: int) -> None:
    with patch.object(module, "_MANY", 1):
        assert sums_of_spans([slice(0, 1)], [number], [0], [students], 1) == [number * students]
