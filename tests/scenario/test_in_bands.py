"""A comparison counts numbers by the bands of both sides, and tells all as if by every number."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import event, given

from formula_funding import whatif
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.exact.solving import Direction
from formula_funding.export.comparison_as_text import json_from_comparison
from formula_funding.model.inputs import Inputs
from formula_funding.pipeline import check_data, run
from formula_funding.solve import Wanted, solve
from formula_funding.sweep import axis_from_text, swept
from formula_funding.tally import data_from_files
from formula_funding.whatif import compare
from tests import spark
from tests.conftest import Funding
from tests.properties.bands import BandedWorld, banded_scenarios
from tests.properties.budget import worlds_tried
from tests.scenario.test_compare import _scenario


def _outcome(inputs: Inputs) -> tuple[object, ...]:
    """All that is told of a comparison, or its problems."""
    try:
        found = compare(inputs, inputs.rulebook.parent / "scenario.yaml")
    except ProblemsFoundError as error:
        return tuple(str(problem) for problem in error.problems)
    ledgers = [(side.ledger.files, side.ledger.schools) for side in (found.base, found.after)]
    return json_from_comparison(found), found.warnings, ledgers


@worlds_tried(60)
@given(banded_scenarios())
def test_a_comparison_is_told_as_if_every_number_were_counted_for_itself(
    world: BandedWorld,
) -> None:
    with world.files() as inputs:
        with mock.patch.object(data_from_files, "pieces_counted", return_value={}):
            expected = _outcome(inputs)
        found = _outcome(inputs)
    event("compared" if isinstance(expected[0], dict) else "problems")
    assert found == expected


def _points(inputs: Inputs) -> object:
    finished = run(inputs)
    axis = axis_from_text("rate=-20%..20%..10%")
    return swept(finished.allocation, finished.evaluation, [axis], "gini").points


def _answer(inputs: Inputs) -> object:
    plan, data = check_data(inputs, Problems())
    wanted = Wanted("rate", Fraction(20), Direction.AT_MOST)
    return solve(plan, data.counts, data.register, wanted)


def _searched(inputs: Inputs) -> list[object]:
    """All points of a sweep and the answer of a search, or the problems of each."""
    found: list[object] = []
    for search in (_points, _answer):
        try:
            found.append(search(inputs))
        except ProblemsFoundError as error:
            found.append([str(problem) for problem in error.problems])
    return found


@worlds_tried(20)
@given(banded_scenarios())
def test_a_sweep_and_a_search_find_what_is_found_of_every_number(world: BandedWorld) -> None:
    with world.files() as inputs:
        with mock.patch.object(data_from_files, "pieces_counted", return_value={}):
            expected = _searched(inputs)
        assert _searched(inputs) == expected
    event(f"found: {sum(not isinstance(found, list) for found in expected)}")


RIDES = """\
rulebook: rides
title: Rides
currency: EUR
students:
  distance: {range: 0.., if_empty: 1}
define:
  ride: {from: distance, bands: {near: ..<3, far: 3..<15, farthest: 15..}}
parameters:
  fare: {kind: money, by: ride, values: {near: 0, far: 40, farthest: 95}}
  least: {kind: money, value: 50}
  per_km: {kind: money, value: 1}
lines:
  rides: {title: Rides, for: each student, amount: "max(fare[ride], least)"}
"""
FARTHER = (
    "rules: {define: {ride: {from: distance, bands: {near: ..<3, far: 3..<13, farthest: 13..}}}"
)
EMPTY = ", students: {distance: {range: 0.., if_empty: 14}}"


@pytest.fixture
def rides(tmp_path: Path) -> Inputs:
    """Distances of seven kinds: 1, 2, 2.9, 3.5, 12, 14 and 21."""
    distances = ("", "2", "2.9", "3.5", "12", "14", "21")
    roster = "school_id,distance\n" + "".join(f"A,{text}\n" for text in distances)
    for name, text in (
        ("rulebook.yaml", RIDES),
        ("roster.csv", roster),
        ("schools.csv", "school_id\nA\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Inputs(tmp_path / "rulebook.yaml", (tmp_path / "roster.csv",), tmp_path / "schools.csv")


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ("set: {fare: +10%}", [3]),
        ("budget: 100", [3]),
        (FARTHER + "}", [4, 4]),  # ..<3, 3..<13, 13..<15, 15..
        ("rules: {define: {near: distance <= 2}}", [4, 4]),  # ..2, 2<..<3, 3..<15, 15..
        ("rules: {lines: {more: {for: each school, title: More, amount: per_km}}}", [3, 3]),
        ("as_of: 2030-01-01", [3, 3]),
        # what one side reads as a number, both tell apart
        ("rules: {lines: {km: {for: each student, title: Km, amount: distance * per_km}}}", [7, 7]),
        # students are shared out by all that is known of them
        ("grow: [{by: +1}]", [7]),
        # the two sides read the files otherwise
        (FARTHER + EMPTY + "}", [7, 6]),
    ],
)
def test_numbers_are_counted_by_the_bands_of_both_sides(
    rides: Inputs, monkeypatch: pytest.MonkeyPatch, changes: str, kinds: list[int]
) -> None:
    counted: list[int] = []

    def spied(*given: Any, **named: Any) -> Any:
        data = data_from_files.read_data(*given, **named)
        counted.append(max(len(table.combinations) for table in data.counts.tables.values()))
        return data

    monkeypatch.setattr(whatif, "read_data", spied)
    compare(rides, _scenario(rides.rulebook.parent, changes + "\n"))
    assert counted == kinds


@pytest.mark.parametrize("engine", spark.ENGINES)
def test_every_engine_compares_alike(rides: Inputs, engine: str) -> None:
    scenario = _scenario(rides.rulebook.parent, FARTHER + "}\n")
    found = compare(replace(rides, engine=engine, master=spark.master_of(engine)), scenario)
    assert json_from_comparison(found) == json_from_comparison(compare(rides, scenario))


def test_a_kept_tally_is_compared_as_its_roster(
    rides: Inputs, funding: Funding, tmp_path: Path
) -> None:
    words = ("roster.csv", "--rulebook", "rulebook.yaml", "--schools", "schools.csv")
    assert funding("tally", *words, "-o", "kept.parquet").exit_code == 0
    scenario = _scenario(tmp_path, FARTHER + "}\n")
    found = compare(replace(rides, rosters=(tmp_path / "kept.parquet",)), scenario)
    assert json_from_comparison(found) == json_from_comparison(compare(rides, scenario))


def test_a_floor_is_held_for_whoever_comes_into_another_band(rides: Inputs) -> None:
    """14 comes from far to farthest: 40 and 95, where 50 is the least."""
    (found,) = compare(rides, _scenario(rides.rulebook.parent, FARTHER + "}\n")).differences
    assert found.causes == {"limits": 45_00}


def test_no_floor_is_held_for_whoever_was_not_there_before(rides: Inputs) -> None:
    """An empty cell is 1 before and 14 after: nobody else is of 14 but one who was near."""
    roster = rides.rosters[0]
    assert isinstance(roster, Path)
    roster.write_text("school_id,distance\nA,\nA,13\n", encoding="utf-8")
    scenario = _scenario(rides.rulebook.parent, FARTHER + EMPTY + "}\n")
    (found,) = compare(rides, scenario).differences
    assert found.causes == {"line:rides": 45_00, "limits": 45_00}
