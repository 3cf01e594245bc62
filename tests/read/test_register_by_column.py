"""A register read column by column is the one that is read row by row, with the same problems."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.diagnostics.problem import Problem, Problems, ProblemsFoundError
from formula_funding.model.limits import Limits
from formula_funding.model.plan import Plan
from formula_funding.model.register import Register
from formula_funding.pipeline import Inputs, planned
from formula_funding.read import register_from_table as reading
from formula_funding.read.plain_words import is_total, totals_among
from formula_funding.rules.layout import SchoolsLayout
from formula_funding.sources.unreadable import Trouble, marked
from formula_funding.sources.workspace import Workspace
from tests.properties.budget import worlds_tried

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
schools: {area: [city, town], sites: {kind: count, range: 0..9, if_empty: 0}, open: truth}
parameters: {norm: {kind: money, value: 100}}
lines: {a: {title: A, for: each school, when: open and area = city, amount: norm * sites}}
"""
HEADER = ("school_id", "branch", "name", "area", "sites", "open", "kind")
CELLS = (
    st.sampled_from(["1", "2", "3", "4", "5", "6", "", "Итого", " 7 ", marked(Trouble.ERROR)]),
    st.sampled_from(["a", "a", "b", ""]),
    st.sampled_from(["Hill", "Summit", "Total", "Dale\t", "", marked(Trouble.MERGED)]),
    st.sampled_from(["city", "town", "town", "cіty", ""]),
    st.sampled_from(["1", "2", "", "(3)", "12", "1.5"]),
    st.sampled_from(["yes", "no", "да", "maybe"]),
    st.sampled_from(["school", "school", "office"]),
)
GOOD = st.tuples(
    st.integers(1, 4000).map(str),
    *(st.just(cell) for cell in ("a", "Hill", "city", "1", "yes", "school")),
)
ODD = st.one_of(st.tuples(*CELLS), st.just(HEADER), st.just(("",) * len(HEADER)))
ROWS = st.one_of(st.lists(GOOD, max_size=12), st.lists(st.one_of(GOOD, GOOD, ODD), max_size=12))
LAYOUTS = st.sampled_from(
    [
        {},
        {"columns": {"school_id": ["school_id", "branch"]}, "identical_rows": "once"},
        {"columns": {"name": ["name", "branch"]}, "skip": {"kind": ["office"]}},
        {"only": {"kind": ["school"]}, "accounting": ["sites"], "constants": {"open": "yes"}},
    ]
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    rulebook = tmp_path_factory.mktemp("city") / "rulebook.yaml"
    rulebook.write_text(RULEBOOK, encoding="utf-8")
    return planned(Inputs(rulebook, ()), Problems())[1]


def _read(path: Path, layout: SchoolsLayout, plan: Plan) -> tuple[Register | None, list[Problem]]:
    """The register, if there is one, and everything that was noted."""
    problems = Problems()
    try:
        with Workspace(Limits()) as workspace:
            found = reading.register_from_table(path, layout, plan, problems, workspace)
    except ProblemsFoundError as error:
        return None, list(error.problems)
    return found, list(problems.warnings)


@worlds_tried(150)
@given(rows=ROWS, more=ROWS, layout=LAYOUTS, at_once=st.sampled_from([2, 100]))
def test_plain_rows_are_read_as_they_would_be_one_by_one(
    plan: Plan,
    tmp_path_factory: pytest.TempPathFactory,
    rows: Sequence[tuple[str, ...]],
    more: Sequence[tuple[str, ...]],
    layout: dict[str, Any],
    at_once: int,
) -> None:
    """Of two files, some rows at a time; the other time every row is taken for an odd one."""
    folder = tmp_path_factory.mktemp("schools")
    for name, content in (("one.csv", rows), ("two.csv", more)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *content])
    described = SchoolsLayout(**layout)

    def all_are_odd(_reader: object, columns: reading.Columns, *_: object) -> set[int]:
        return set(range(len(next(iter(columns.values())))))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_READ_AT_ONCE", at_once)
        by_column = _read(folder, described, plan)
        patch.setattr(reading._TableReader, "_odd_rows", all_are_odd)
        assert by_column == _read(folder, described, plan)


@worlds_tried(300)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    *("Total", "SUM", "итого", "Всего", "Подытог", "grand ", "sub", ":", "x"),
                    *("RAZEM", "Ogółem", "Suma", "Összesen", "Gesamt", "Kopā", "Iš viso"),
                ]
            ),
            max_size=3,
        ).map("".join)
    )
)
def test_totals_among_texts_are_those_found_one_by_one(texts: list[str]) -> None:
    assert totals_among(texts) == {text for text in texts if is_total(text)}
