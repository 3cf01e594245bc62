"""A table with a student more in each school is the one that counting anew would give."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from formula_funding.audit.one_more import _added
from formula_funding.model.counts import count_table

SCHOOLS = 3
KINDS = (("a",), ("b",), ("c",))


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 1), st.integers(0, SCHOOLS - 1)), st.integers(1, 9), max_size=6
    ),
    st.sampled_from(KINDS),
)
def test_one_more_student_in_each_school_is_counted_in_order(
    students: dict[tuple[int, int], int], kind: tuple[str]
) -> None:
    """Also of a kind (`c`) that nobody was of."""
    known = sorted({number for number, _ in students})
    numbers = {number: place for place, number in enumerate(known)}
    combinations = [KINDS[number] for number in known]
    counted = Counter({(numbers[n], school): s for (n, school), s in students.items()})
    table = count_table(("g",), combinations, counted)
    if kind not in combinations:
        combinations.append(kind)
    counted.update((combinations.index(kind), school) for school in range(SCHOOLS))
    assert _added(table, {"g": kind[0]}, SCHOOLS) == count_table(("g",), combinations, counted)
