"""Rows coded as numbers are counted as texts would be, whatever of them was foreseen."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock, patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.diagnostics.problem import Problems
from formula_funding.model.counting import Counting, SameStudent
from formula_funding.model.counts import Cut, LeftOut
from formula_funding.model.register import Register
from formula_funding.read.enrolments import Enrolments
from formula_funding.read.roster import Roster, open_roster
from formula_funding.read.roster_rows import read_row_by_row
from formula_funding.rules.layout import Layout, RosterLayout
from formula_funding.sources.unreadable import MARK
from formula_funding.sources.workspace import Workspace
from formula_funding.tally import coded_rows, coding, duckdb_engine
from formula_funding.tally.duckdb_engine import DuckdbEngine
from formula_funding.tally.plain_engine import PlainEngine
from tests.tally.test_engines_agree import _assert_same
from tests.text_attribute import text_attribute

NAMES = ("stage", "need", "meals")
CUTS: tuple[Cut, ...] = (
    (),
    ("meals",),
    ("need", "stage"),
    ("stage", "need"),
    ("stage", "need", "meals"),
)
CUTS_WITHOUT_MEALS = ((), ("stage", "need"))
TEXTS = st.sampled_from(["", "a", "b", " b", "ё", "it's", "9"])
SCHOOLS = st.sampled_from(["1", "01", "1 ", "Ш-1", "none", ""])
ROWS = st.lists(
    st.tuples(SCHOOLS, TEXTS, TEXTS, TEXTS).filter(lambda row: bool("".join(row).strip())),
    min_size=1,
    max_size=40,
)


def _roster(
    folder: Path,
    files: list[list[tuple[str, ...]]],
    *,
    with_students: bool,
    expected: tuple[str, ...] = ("1", "Ш-1", "without students"),
) -> Roster:
    paths = []
    for number, rows in enumerate(files):
        paths.append(folder / f"{number}.csv")
        with paths[-1].open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["school_id", *NAMES, *(["student_id"] if with_students else [])])
            for place, row in enumerate(rows):
                student = [f"{number}-{place}"] if with_students else []
                writer.writerow([*row, *student])
    declared = [text_attribute(name) for name in NAMES]
    with Workspace() as workspace:
        roster = open_roster(paths, Layout().roster, declared, Problems(), workspace)
    return replace(roster, expected_schools=expected)


def _append(path: Path, students: Iterable[str]) -> None:
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(["1", "a", "b", "c", student] for student in students)


@given(
    st.lists(ROWS, min_size=1, max_size=3),
    st.sampled_from([1, 2, 100]),
    st.sampled_from([4, 100, 2**22]),
    st.sampled_from([60, 500, 2**32]),
    st.sampled_from([3, 2**20]),
    st.booleans(),
    st.sampled_from([(), ("1", "Ш-1", "without students")]),
    st.sampled_from([CUTS, CUTS_WITHOUT_MEALS]),
    st.sampled_from([1, 20]),
)
def test_coded_rows_are_counted_as_texts(
    files: list[list[tuple[str, ...]]],
    looked_at: int,
    most_places: int,
    most_codes: int,
    read: int,
    with_students: bool,
    expected: tuple[str, ...],
    cuts: tuple[Cut, ...],
    few: int,
) -> None:
    """With few rows looked at much is not foreseen; with few places no array holds a joint.

    With few codes a row has several. Rows are coded once more unless every row may be unforeseen,
    which 1 in 1 says.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(coding, "_ROWS_LOOKED_AT", looked_at),
        patch.object(coding, "_MOST_PLACES", most_places),
        patch.object(coding, "_CODES", most_codes),
        patch.object(coded_rows, "_ROWS_READ", read),
        patch.object(coding, "_FEW", few),
    ):
        roster = _roster(Path(folder), files, with_students=with_students, expected=expected)
        plain = PlainEngine().tally(roster, cuts, ("need",))
        coded = DuckdbEngine(large=0).tally(roster, cuts, ("need",))
    _assert_same(coded, plain)
    assert _ledger(coded.ledger) == _ledger(plain.ledger)


STATUS = st.sampled_from(["in", "in ", "out", "gone", "", f"{MARK}in"])
LAYOUTS = (
    {"only": {"status": ["in"]}},
    {"skip": {"status": ["out", "gone"]}},
    {"only": {"status": ["in", "out"]}, "skip": {"need": ["a"], "status": ["out"]}},
)


@given(
    st.lists(st.lists(st.tuples(ROWS, STATUS), min_size=1, max_size=4), min_size=1, max_size=2),
    st.sampled_from(LAYOUTS),
    st.sampled_from([1, 100]),
    st.sampled_from([(), ("1", "Ш-1")]),
)
def test_rows_that_a_layout_leaves_out_are_coded_as_left_out(
    files: list[list[tuple[list[tuple[str, ...]], str]]],
    layout: dict[str, dict[str, list[str]]],
    looked_at: int,
    expected: tuple[str, ...],
) -> None:
    """With a mark, a cell by which rows are picked is unreadable, and the tally doubtful."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(coding, "_ROWS_LOOKED_AT", looked_at),
    ):
        paths = []
        for number, groups in enumerate(files):
            paths.append(Path(folder) / f"{number}.csv")
            with paths[-1].open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["school_id", *NAMES, "status", "student_id"])
                writer.writerows(
                    [*row, status, f"{number}-{place}-{group}"]
                    for group, (rows, status) in enumerate(groups)
                    for place, row in enumerate(rows)
                )
        declared = [text_attribute(name) for name in NAMES]
        read = RosterLayout.model_validate(layout)
        with Workspace() as workspace:
            roster = open_roster(paths, read, declared, Problems(), workspace)
        roster = replace(roster, expected_schools=expected)
        plain = PlainEngine().tally(roster, CUTS, ("need",))
        coded = DuckdbEngine(large=0).tally(roster, CUTS, ("need",))
    if not plain.is_doubtful:
        _assert_same(coded, plain)
        assert _ledger(coded.ledger) == _ledger(plain.ledger)
        assert {**coded.left_out} == {**plain.left_out}
    assert coded.is_doubtful is plain.is_doubtful


def test_a_filtered_roster_is_not_counted_as_text(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    rows = [f"1,a,b,c,{'in' if i % 3 else 'out'},{i}\n" for i in range(300)]
    path.write_text(f"school_id,{','.join(NAMES)},status,student_id\n{''.join(rows)}", "utf-8")
    declared = [text_attribute(name) for name in NAMES]
    layout = RosterLayout.model_validate(LAYOUTS[0])
    with Workspace() as workspace:
        roster = open_roster([path], layout, declared, Problems(), workspace)
    with patch.object(duckdb_engine, "joint_count", side_effect=AssertionError("counted as text")):
        coded = DuckdbEngine(large=0).tally(roster, CUTS)
    assert list(coded.cuts[()].students) == [200]
    assert coded.left_out == {(0, LeftOut.NOT_ASKED_FOR): 100}


def test_what_no_cut_reads_need_not_be_foreseen(tmp_path: Path) -> None:
    """The last row is counted as text, the one before it as numbers, for nobody reads its meals."""
    rows: list[tuple[str, ...]] = [
        ("1", "a", "b", "c"),
        ("1", "a", "b", "new"),
        ("1", "new", "b", "c"),
    ]
    roster = _roster(tmp_path, [rows], with_students=False)
    with patch.object(coding, "_ROWS_LOOKED_AT", 1), patch.object(coding, "_FEW", 1):
        coded = DuckdbEngine(large=0).tally(roster, CUTS_WITHOUT_MEALS)
    _assert_same(coded, PlainEngine().tally(roster, CUTS_WITHOUT_MEALS))


def test_a_file_in_order_of_its_texts_is_coded_once_more(tmp_path: Path) -> None:
    rows: list[tuple[str, ...]] = [("1", text, "b", "c") for text in "xyz" for _ in range(100)]
    roster = _roster(tmp_path, [rows], with_students=True)
    with (
        patch.object(coding, "_ROWS_LOOKED_AT", 10),
        patch.object(duckdb_engine, "joint_count", side_effect=AssertionError("counted as text")),
    ):
        coded = DuckdbEngine(large=0).tally(roster, CUTS)
    _assert_same(coded, PlainEngine().tally(roster, CUTS))


def test_columns_that_are_alike_in_all_rows_tell_nobody_apart(tmp_path: Path) -> None:
    """There may be more of them than an array has dimensions."""
    names = tuple(f"a{number}" for number in range(70))
    path = tmp_path / "roster.csv"
    row = ",".join("x" for _ in names)
    path.write_text(f"school_id,{','.join(names)},last\n1,{row},p\n1,{row},q\n", "utf-8")
    declared = [text_attribute(name) for name in (*names, "last")]
    with Workspace() as workspace:
        roster = open_roster([path], Layout().roster, declared, Problems(), workspace)
    cuts: tuple[Cut, ...] = ((), names, ("a1", "last"), (*names, "last"))
    _assert_same(DuckdbEngine(large=0).tally(roster, cuts), PlainEngine().tally(roster, cuts))


def test_a_file_that_little_memory_can_not_code_gets_more(tmp_path: Path) -> None:
    rows: list[tuple[str, ...]] = [("1", "a", "b", str(i % 7)) for i in range(50_000)]
    roster = _roster(tmp_path, [rows], with_students=True)
    with (
        patch.object(duckdb_engine, "_MIB_FOR_CODES", (1, 0)),
        patch.object(duckdb_engine, "joint_count", side_effect=AssertionError("counted as text")),
    ):
        coded = DuckdbEngine(large=0).tally(roster, CUTS)
    _assert_same(coded, PlainEngine().tally(roster, CUTS))


def test_students_whose_rows_little_memory_can_not_hold_get_more(tmp_path: Path) -> None:
    rows: list[tuple[str, ...]] = [("1", "a", "b", str(i % 2)) for i in range(50_000)]
    roster = _roster(tmp_path, [rows], with_students=True)
    main = Counting(same_student=SameStudent.MAIN_ENROLMENT, main="meals")
    roster = replace(roster, counting=main)
    tried = Mock(side_effect=duckdb_engine._enrolments)
    with (
        patch.object(duckdb_engine, "_MIB_FOR_ENROLMENTS", (1, 0)),
        patch.object(duckdb_engine, "_enrolments", tried),
    ):
        coded = DuckdbEngine(large=0).tally(roster, CUTS)
    assert coded.enrolments == {("0",): 25_000, ("1",): 25_000}
    assert tried.call_count == 2


def test_a_row_without_a_school_is_not_that_of_the_only_one(tmp_path: Path) -> None:
    """All rows have the same texts, so that there is one number for all that is told apart."""
    rows: list[tuple[str, ...]] = [("1", "a", "b", "c"), ("", "a", "b", "c")]
    roster = _roster(tmp_path, [rows], with_students=False, expected=())
    coded = DuckdbEngine(large=0).tally(roster, CUTS)
    _assert_same(coded, PlainEngine().tally(roster, CUTS))


def test_a_former_code_that_no_row_gives_names_no_school(tmp_path: Path) -> None:
    roster = _roster(tmp_path, [[("1", "a", "b", "c")]], with_students=False, expected=("1", "2"))
    roster = replace(roster, codes_of_today={"9": "closed", "02": "2", "2": "1"})
    told = DuckdbEngine(large=0).tally(roster, CUTS).cuts[()]
    assert {roster.school(school) for school in told.schools} == {"1", "2"}
    assert list(told.students) == [1]


def _ledger(rows: object) -> dict[tuple[object, ...], tuple[int, int]]:
    found: dict[tuple[object, ...], tuple[int, int]] = {}
    for *key, read, students in rows:  # type: ignore[attr-defined]  # rows of a ledger
        before = found.get(tuple(key), (0, 0))
        found[tuple(key)] = before[0] + read, before[1] + students
    return found


@pytest.mark.parametrize("at_a_time", [2, 1000])
@pytest.mark.parametrize("again", ["0-0", "0-7", " 0-3", "", None])
def test_a_student_twice_is_noticed_among_those_sorted_at_a_time(
    tmp_path: Path, at_a_time: int, again: str | None
) -> None:
    rows: list[tuple[str, ...]] = [("1", "a", "b", "c")] * 20
    roster = _roster(tmp_path, [rows], with_students=True)
    if again is not None:
        _append(tmp_path / "0.csv", [again])
    with (
        patch.object(coded_rows, "_ROOM", 2 * at_a_time),
        patch.object(coded_rows, "_ROWS_READ", at_a_time + 1),
    ):
        tally = DuckdbEngine(large=0).tally(roster, CUTS)
    assert tally.is_doubtful is (again is not None)


@pytest.mark.parametrize("again", [[], ["0-3"], ["0-3", " 0-3", "0-7 "], ["0-3", ""]])
def test_it_is_told_who_may_stand_twice(tmp_path: Path, again: list[str]) -> None:
    roster = _roster(tmp_path, [[("1", "a", "b", "c")] * 20], with_students=True)
    _append(tmp_path / "0.csv", again)
    tally = DuckdbEngine(large=0).tally(roster, CUTS)
    assert tally.may_stand_twice == {student.strip() for student in again}


def test_of_many_it_is_not_told_who_may_stand_twice(tmp_path: Path) -> None:
    roster = _roster(tmp_path, [[("1", "a", "b", "c")] * 20], with_students=True)
    _append(tmp_path / "0.csv", ["0-0", "0-1", "0-2"])
    with patch.object(coded_rows, "_MOST_SUSPECTS", 2):
        assert DuckdbEngine(large=0).tally(roster, CUTS).may_stand_twice is None


def test_on_several_count_dates_it_is_not_told_who_may_stand_twice(tmp_path: Path) -> None:
    """Two texts of one day have two hashes."""
    roster = _roster(tmp_path, [[("1", "a", "b", "c")] * 20], with_students=True)
    roster = replace(roster, counting=Counting(count_date="meals"))
    assert DuckdbEngine(large=0).tally(roster, CUTS).may_stand_twice is None


def test_only_who_may_stand_twice_is_remembered(tmp_path: Path) -> None:
    roster = _roster(tmp_path, [[("1", "a", "b", "c")] * 20], with_students=True)
    _append(tmp_path / "0.csv", ["0-3", "0-3"])
    register = Register(("1",), ("",), {}, is_given=True)
    with patch.object(Enrolments, "add") as remembered:
        read_row_by_row(roster, register, may_stand_twice={"0-3"})
    assert [call.args[0] for call in remembered.call_args_list] == ["0-3"] * 3


def test_an_attribute_of_many_texts_is_not_coded(tmp_path: Path) -> None:
    rows: list[tuple[str, ...]] = [("1", str(number), "b", "c") for number in range(1000)]
    roster = _roster(tmp_path, [rows], with_students=True)
    coded = DuckdbEngine(large=0).tally(roster, CUTS)
    _assert_same(coded, PlainEngine().tally(roster, CUTS))
