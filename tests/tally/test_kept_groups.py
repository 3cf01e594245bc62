"""Groups of a kept tally, added up as numbers, against the same by dictionaries."""

from __future__ import annotations

from array import array
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.model.counts import LeftOut
from formula_funding.model.kept import REASONS, Groups
from formula_funding.tally.kept_groups import GroupsAdded
from tests.properties.budget import worlds_tried

FILES = ("first.csv", "second.csv")
SCHOOLS = ("A", "B", "C")
CUT = ("grade", "needs")

Row = tuple[int, int, int, tuple[int, int], int, int]
"""Numbers of the file, school, reason and texts, rows, students."""


def _groups(rows: list[Row], texts: int) -> Groups:
    counted = [(*row[:5], 0 if row[2] else row[5]) for row in rows]
    columns = list(zip(*counted, strict=True)) or [()] * 6
    file, school, why, values, read, students = columns
    return Groups(
        schools=SCHOOLS,
        texts=tuple(tuple(f"{i:07}" for i in range(texts)) for _ in CUT),
        file=array("q", file),
        school=array("q", school),
        left_out=array("q", why),
        values=tuple(array("q", [of_row[i] for of_row in values]) for i in range(len(CUT))),
        rows=array("q", read),
        students=array("q", students),
    )


@st.composite
def _rows(draw: st.DrawFn, texts: int) -> list[Row]:
    code = st.integers(max(0, texts - 4), texts - 1)
    reason = st.sampled_from([0, 0, 0, *range(1, len(REASONS))])
    count = st.integers(0, 3)
    row = st.tuples(
        st.integers(0, 1), st.integers(0, 2), reason, st.tuples(code, code), count, count
    )
    return draw(st.lists(row, max_size=12))


@pytest.mark.parametrize("texts", [4, 3000])
@pytest.mark.parametrize("at", [(), (0,), (1, 0)])
@given(data=st.data())
@worlds_tried(25)
def test_groups_are_added_up_as_dictionaries_would(
    data: st.DataObject, texts: int, at: tuple[int, ...]
) -> None:
    rows = data.draw(_rows(texts))
    groups = GroupsAdded(_groups(rows, texts), ("C", "A"))  # `B` is unknown
    cut = tuple(CUT[i] for i in at)

    def read(told: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(int(text) // 2) for text in told)  # two texts mean the same

    students = Counter[tuple[str, tuple[str, ...]]]()
    entries: dict[tuple[object, ...], tuple[int, int]] = {}
    for file, school, why, codes, number, found in rows:
        values = read(tuple(f"{codes[i]:07}" for i in at))
        reason = REASONS[why] or (LeftOut.UNKNOWN_SCHOOL if school == 1 else None)
        key = (FILES[file], SCHOOLS[school], () if reason else values, reason)
        before = entries.get(key, (0, 0))
        counted = 0 if reason else found
        entries[key] = (before[0] + number, before[1] + counted)
        students[SCHOOLS[school], values] += counted
    table = groups.table(cut, at, read)
    told = zip(table.combination, table.schools, table.students, strict=True)
    assert {
        (("C", "A")[school], table.combinations[kind]): n for kind, school, n in told
    } == +students
    assert sorted(zip(table.combination, table.schools, strict=True)) == list(
        zip(table.combination, table.schools, strict=True)
    )
    assert list(table.combinations) == sorted({values for _, values in +students})
    told_rows = groups.read(FILES, at, read)
    assert len(told_rows) == len(entries)
    assert {(r.file, r.school, r.values, r.left_out): (r.rows, r.students) for r in told_rows} == (
        entries
    )


def test_many_attributes_of_many_texts_are_told_apart() -> None:
    """Their numbers as one would be beyond 64 bits."""
    texts = tuple(tuple(f"{i:03}" for i in range(1000)) for _ in range(9))
    numbers = tuple(array("q", [999 - a, 0, 999 - a]) for a in range(9))
    zeros, counts = array("q", [0, 0, 0]), array("q", [2, 3, 5])
    groups = Groups(("A",), texts, zeros, zeros, zeros, numbers, counts, counts)
    cut = tuple(f"a{i}" for i in range(9))
    table = GroupsAdded(groups, ("A",)).table(cut, range(9), lambda told: told)
    assert table.combinations == (("000",) * 9, tuple(f"{999 - i}" for i in range(9)))
    assert list(table.students) == [3, 7]
