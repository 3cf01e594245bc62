"""The same from Python: frames of Decimals that add up, and problems as one exception."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import formula_funding
from formula_funding import ProblemsFoundError, Result, compute
from tests.spark import OF_THIS_MACHINE

PROJECT = Path(__file__).parents[2]
RULEBOOK = PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"
EXAMPLE = PROJECT / "sample_data" / "worked_example"


@pytest.fixture(scope="module")
def result() -> Result:
    return compute(
        RULEBOOK,
        EXAMPLE / "roster.csv",
        schools=EXAMPLE / "schools.csv",
        as_of=date(2025, 1, 1),
    )


def _decimals(column: pd.Series) -> list[Decimal]:
    """The cells of a column, each of which is a Decimal."""
    cells = list(column)
    assert column.dtype == object
    assert all(isinstance(cell, Decimal) for cell in cells)
    return cells


def test_the_frame_of_schools_has_a_column_for_each_line_and_adds_up(result: Result) -> None:
    frame = result.schools
    lines = ["base", "short_stay", "needs_supplement"]
    assert list(frame.columns) == ["school_id", "name", "students", *lines, "total"]
    assert list(frame["school_id"]) == ["0131", "0415"]
    assert list(frame["students"]) == [7, 5]
    totals = _decimals(frame["total"])
    by_line = [_decimals(frame[line]) for line in lines]
    assert [sum(amounts) for amounts in zip(*by_line, strict=True)] == totals
    assert sum(totals) == result.total == Decimal("3055200.00")


def test_the_frame_of_lines_has_a_row_for_each_school_and_line_and_adds_up(
    result: Result,
) -> None:
    frame = result.lines
    assert list(frame.columns) == ["school_id", "line", "amount"]
    assert len(frame) == 6
    assert sum(_decimals(frame["amount"])) == result.total
    by_school = frame.groupby("school_id")["amount"].sum()
    assert by_school.to_dict() == {"0131": Decimal("1996200.00"), "0415": Decimal("1059000.00")}


def test_in_the_frame_of_groups_students_times_rate_is_the_amount_and_all_of_them_the_total(
    result: Result,
) -> None:
    frame = result.groups
    assert list(frame.columns) == [
        *("school_id", "line", "stage", "needs"),
        *("students", "rate", "amount"),
    ]
    rates, amounts = _decimals(frame["rate"]), _decimals(frame["amount"])
    products = [n * rate for n, rate in zip(frame["students"], rates, strict=True)]
    assert products == amounts
    assert sum(amounts) == result.total
    special = frame[(frame["school_id"] == "0415") & (frame["line"] == "needs_supplement")]
    assert special[["stage", "needs", "students"]].values.tolist() == [["basic", "special", 1]]


def test_the_document_states_the_same_total(result: Result) -> None:
    assert Decimal(result.document["total"]) == result.total
    assert [school["id"] for school in result.document["schools"]] == ["0131", "0415"]


def test_paths_may_be_texts_and_rosters_several(tmp_path: Path) -> None:
    rows = (EXAMPLE / "roster.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    parts = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for part, body in zip(parts, (rows[1:5], rows[5:]), strict=True):
        part.write_text("".join([rows[0], *body]), encoding="utf-8")
    for engine in OF_THIS_MACHINE:
        found = compute(
            str(RULEBOOK),
            [str(part) for part in parts],
            schools=str(EXAMPLE / "schools.csv"),
            as_of=date(2025, 1, 1),
            engine=engine,
        )
        assert found.total == Decimal("3055200.00")


def test_warnings_do_not_stop_a_run_and_stay_in_the_result() -> None:
    found = compute(RULEBOOK, EXAMPLE / "roster.csv", as_of=date(2024, 9, 1))
    assert {"D014", "D016"} <= {problem.code.id for problem in found.warnings}
    assert not any(problem.is_error for problem in found.warnings)
    assert list(found.schools["name"]) == ["", ""]


@pytest.mark.parametrize("engine", OF_THIS_MACHINE)
def test_all_problems_of_the_data_come_in_one_exception(tmp_path: Path, engine: str) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("school_id,grade,needs\n0131,12,none\n9999,1,none\n0131,1,\n")
    with pytest.raises(ProblemsFoundError) as raised:
        compute(RULEBOOK, roster, schools=EXAMPLE / "schools.csv", engine=engine)
    found = [
        (problem.code.id, problem.place.line)
        for problem in raised.value.problems
        if problem.place is not None
    ]
    assert found == [("D007", 2), ("D009", 3), ("D006", 4)]


@pytest.mark.parametrize(
    ("rulebook", "roster", "code"),
    [
        (RULEBOOK, Path("nowhere.csv"), "Y001"),
        (Path("nowhere.yaml"), EXAMPLE / "roster.csv", "Y001"),
        (EXAMPLE / "roster.csv", EXAMPLE / "roster.csv", "R003"),
        (RULEBOOK, RULEBOOK, "D001"),
    ],
)
def test_a_file_that_can_not_be_used_is_a_problem_and_no_other_exception(
    rulebook: Path, roster: Path, code: str
) -> None:
    with pytest.raises(ProblemsFoundError) as raised:
        compute(rulebook, roster)
    assert code in {problem.code.id for problem in raised.value.problems}


def test_an_attribute_may_be_called_like_a_column_of_the_frame_of_groups(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: x\ntitle: X\ncurrency: RUB\nstudents: {rate: [a, b], line: [c]}\n"
        "parameters: {pay: {kind: money, by: rate, values: {a: 1, b: 2}}}\n"
        "lines: {base: {title: B, for: each student, when: line = c, amount: 'pay[rate]'}}\n"
    )
    (tmp_path / "roster.csv").write_text("school_id,rate,line\n1,a,c\n1,b,c\n1,b,c\n")
    frame = compute(tmp_path / "rulebook.yaml", tmp_path / "roster.csv").groups
    columns = ["line", "student_line", "student_rate", "students", "rate", "amount"]
    assert frame[columns].values.tolist() == [
        ["base", "c", "a", 1, Decimal(1), Decimal(1)],
        ["base", "c", "b", 2, Decimal(2), Decimal(4)],
    ]


def test_everything_that_is_exported_exists() -> None:
    for name in formula_funding.__all__:
        assert getattr(formula_funding, name) is not None


def test_a_date_or_a_period_can_be_given_as_text() -> None:
    roster = EXAMPLE / "roster.csv"
    of_a_day = compute(RULEBOOK, roster, as_of="2024-09-01").run.allocation
    assert of_a_day.plan.as_of == date(2024, 9, 1)
    period = compute(RULEBOOK, roster, as_of="2024-09..2025-08")
    assert str(period.run.allocation.plan.period) == "2024-09..2025-08"
    with pytest.raises(ValueError, match="2024"):
        compute(RULEBOOK, roster, as_of="September 2024")
