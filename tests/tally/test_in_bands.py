"""What is read through bands alone is counted by band, and nothing that anyone sees changes."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import event, given

from formula_funding.compile.counted_in_bands import pieces_counted
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.exact.pieces import Pieces
from formula_funding.pipeline import Inputs, planned, run
from formula_funding.read.cell_reader import CellReader
from formula_funding.read.roster import open_roster
from formula_funding.read.text_in_bands import text_in_bands
from formula_funding.rules.layout import RosterLayout
from formula_funding.sources.workspace import Workspace
from formula_funding.tally import coding, data_from_files
from formula_funding.tally.automatic_engine import AutomaticEngine
from formula_funding.tally.duckdb_engine import DuckdbEngine
from formula_funding.tally.engines import engine
from formula_funding.tally.plain_engine import PlainEngine
from formula_funding.tally.tally import Engine
from formula_funding.whatif import compare
from tests import spark
from tests.conftest import Funding
from tests.properties.bands import BandedWorld, banded_worlds, rules_and_texts
from tests.properties.budget import worlds_tried
from tests.properties.running import document_of


def _outcome(inputs: Inputs, engine: str = "auto") -> dict[str, Any] | list[str]:
    """The document of a run, or its problems; who is excluded, in one order."""
    try:
        finished = run(replace(inputs, engine=engine, master=spark.master_of(engine)))
    except ProblemsFoundError as error:
        return [str(problem) for problem in error.problems]
    found = document_of(finished)
    del found["fingerprint"]
    found["ledger"]["excluded"].sort(key=lambda entry: (entry["school"], str(entry["values"])))
    return found


def _told_apart() -> Any:
    """Counts every number for itself, as if nothing were known of bands."""
    return mock.patch.object(data_from_files, "pieces_counted", return_value={})


@worlds_tried(30)
@given(banded_worlds())
def test_banded_counts_give_the_same_documents_and_problems(world: BandedWorld) -> None:
    with world.files() as inputs:
        with _told_apart():
            expected = _outcome(inputs)
        event("a document" if isinstance(expected, dict) else "problems")
        for name in spark.OF_THIS_MACHINE:
            assert _outcome(inputs, name) == expected


Rules = tuple[CellReader, Pieces, list[str]]


def _assert_replaced(rules: Rules, counting: Engine) -> None:
    """An engine counts, for each text, the one that the definition puts in its place.

    Texts with white space around them are passed over: an engine may trim them first.
    """
    reader, pieces, texts = rules
    texts = [text for text in texts if text == text.strip()]
    bands = text_in_bands(reader, pieces)
    if bands is None or not texts:
        return
    with tempfile.TemporaryDirectory() as folder, Workspace() as workspace:
        path = Path(folder) / "roster.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = [["school_id", "value"], *(["s", text] for text in texts)]
            csv.writer(file, lineterminator="\n").writerows(rows)
        roster = open_roster([path], RosterLayout(), [reader.attribute], Problems(), workspace)
        roster = replace(roster, bands={"value": bands}, expected_schools=("s",))
        tally = counting.tally(roster, [("value",)])
    assert not tally.is_doubtful
    found = Counter[str]()
    table = tally.cuts["value",]
    for combination, students in zip(table.combination, table.students, strict=True):
        found[table.combinations[combination][0]] += students
    assert found == Counter(map(bands.replaced, texts))


@worlds_tried(30)
@given(rules_and_texts())
def test_duckdb_replaces_texts_as_defined(rules: Rules) -> None:
    _assert_replaced(rules, DuckdbEngine())


@worlds_tried(20)
@given(rules_and_texts())
def test_duckdb_replaces_texts_as_defined_where_it_codes_them(rules: Rules) -> None:
    with mock.patch.object(coding, "_ROWS_LOOKED_AT", 3):
        _assert_replaced(rules, DuckdbEngine(large=0))


@worlds_tried(20)
@given(rules_and_texts())
def test_the_plain_engine_replaces_texts_as_defined(rules: Rules) -> None:
    _assert_replaced(rules, PlainEngine())


@worlds_tried(20)
@given(rules_and_texts())
def test_python_replaces_texts_as_defined_in_a_small_file(rules: Rules) -> None:
    _assert_replaced(rules, AutomaticEngine())


@worlds_tried(3)
@given(rules_and_texts())
def test_spark_replaces_texts_as_defined(rules: Rules) -> None:
    spark.needs_spark()
    _assert_replaced(rules, engine("spark", spark.MASTER))


@worlds_tried(2)
@given(banded_worlds())
def test_spark_gives_the_same_documents_and_problems(world: BandedWorld) -> None:
    spark.needs_spark()
    with world.files() as inputs:
        assert _outcome(inputs, "spark") == _outcome(inputs, "duckdb")


RIDES = """\
rulebook: rides
title: Rides
currency: EUR
students:
  distance: {range: 0..}
  stage: [lower, upper]
define:
  ride: {from: distance, bands: {near: ..<3, far: 3..<15, farthest: 15..}}
parameters:
  fare: {kind: money, by: ride, values: {near: 0, far: 40, farthest: 95}}
lines:
  rides: {title: Rides, for: each student, when: ride != near, amount: "fare[ride]"}
"""


def _folder(tmp_path: Path, rulebook: str, roster: str) -> Inputs:
    (tmp_path / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
    (tmp_path / "schools.csv").write_text("school_id\nA\n", encoding="utf-8")
    return Inputs(tmp_path / "rulebook.yaml", (tmp_path / "roster.csv",), tmp_path / "schools.csv")


ROSTER = "school_id,distance,stage\nA,2.9,lower\nA,0,lower\nA,3,upper\nA,14.99,upper\nA,21,upper\n"


@pytest.mark.parametrize(("name", "rows"), [("auto", 2_000), ("duckdb", 200_000), ("plain", 2_000)])
def test_as_many_distances_as_students_travel_from_the_engine_as_three(
    tmp_path: Path, name: str, rows: int
) -> None:
    """Distances from 0 to 20, alike far apart."""
    distances = (f"A,{Decimal(20 * i) / rows:.4f},lower\n" for i in range(rows))
    inputs = _folder(tmp_path, RIDES, "school_id,distance,stage\n" + "".join(distances))
    as_counted = mock.patch.object(
        data_from_files, "counts_in_bands", side_effect=lambda counts, *_: counts
    )
    with as_counted:
        finished = run(replace(inputs, engine=name))
    table = finished.evaluation.counts.tables["distance",]
    assert table.combinations == ((0,), (3,), (15,))
    far, farthest = rows * 12 // 20, rows * 5 // 20
    assert list(table.students) == [rows - far - farthest, far, farthest]
    assert finished.allocation.lines["rides"] == ((far * 40 + farthest * 95) * 100,)


def test_whoever_is_left_out_by_a_band_is_told_by_it(tmp_path: Path) -> None:
    finished = run(_folder(tmp_path, RIDES, ROSTER))
    found = document_of(finished)
    assert found["total"] == "175.00"  # 40 + 40 + 95
    assert found["ledger"]["excluded"] == [
        {
            "school": "A",
            "reason": "no line of the rulebook applies",
            "values": {"ride": "near"},
            "students": 2,
        }
    ]
    groups = found["explanation"]["schools"][0]["lines"][0]["groups"]
    assert [(group["values"], group["students"]) for group in groups] == [
        ({"ride": "far"}, 2),
        ({"ride": "farthest"}, 1),
    ]


def test_a_tally_keeps_the_numbers_for_rules_with_other_edges(
    funding: Funding, tmp_path: Path
) -> None:
    _folder(tmp_path, RIDES, ROSTER)
    words = ("roster.csv", "--rulebook", "rulebook.yaml", "--schools", "schools.csv")
    assert funding("tally", *words, "-o", "kept.tally.parquet").exit_code == 0
    for edge, total in (("3", "175.00"), ("10", "135.00"), ("2.9", "215.00")):
        other = RIDES.replace("3,", f"{edge},").replace("3..", f"{edge}..")
        (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
        documents = [
            funding("compute", "other.yaml", file, "--schools", "schools.csv", "--format", "json")
            for file in ("roster.csv", "kept.tally.parquet")
        ]
        assert documents[0].stdout == documents[1].stdout
        assert f'"total": "{total}"' in documents[0].stdout


def test_a_scenario_with_other_edges_is_counted_by_them(tmp_path: Path) -> None:
    inputs = _folder(tmp_path, RIDES, ROSTER)
    scenario = tmp_path / "scenario.yaml"
    bands = "{near: ..<10, far: 10..<15, farthest: 15..}"
    scenario.write_text(
        "scenario: later\ntitle: Later\n"
        f"rules: {{define: {{ride: {{from: distance, bands: {bands}}}}}}}\n",
        encoding="utf-8",
    )
    (found,) = compare(inputs, scenario).differences
    assert (found.base, found.scenario) == ({"rides": 175_00}, {"rides": 135_00})


@pytest.mark.parametrize(
    ("changes", "is_banded"),
    [
        ({}, True),
        ({"when: ride != near": "when: ride != near and stage = upper"}, True),
        ({"when: ride != near": "when: distance >= 3"}, False),
        ({"fare[ride]": "fare[ride] * distance"}, False),
        ({"lines:": "steps: {all: sum(distance of students)}\nlines:"}, False),
        ({"lines:": "steps: {some: count(students where ride = far)}\nlines:"}, True),
        ({"lines:": "steps: {some: count(students where distance > 3)}\nlines:"}, False),
        ({"parameters:": "  twice: distance * 2\nparameters:"}, False),
        ({"parameters:": "  by_foot: 0.5 > distance or distance in [1..2]\nparameters:"}, True),
        ({"parameters:": "  by_foot: distance < on_foot\nparameters:\n  on_foot: 2"}, False),
        ({"parameters:": "  by_foot: distance < 2 * 1\nparameters:"}, False),
        ({"{range: 0..}": "{range: 0..30, whole: true}", "15..": "15..30"}, False),
        ({"{range: 0..}": "{range: 0..31, whole: true}", "15..": "15..31"}, True),
    ],
)
def test_an_attribute_is_counted_in_bands_where_nothing_else_reads_it(
    tmp_path: Path, changes: dict[str, str], is_banded: bool
) -> None:
    text = RIDES
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    _, plan, _ = planned(_folder(tmp_path, text, ROSTER), Problems())
    assert (list(pieces_counted(plan)) == ["distance"]) == is_banded


def test_a_line_that_is_not_in_force_reads_nothing(tmp_path: Path) -> None:
    line = "  later: {title: Later, for: each student, from: 2030-01-01, amount: one * distance}\n"
    text = RIDES.replace("lines:\n", f"  one: {{kind: money, value: 1}}\nlines:\n{line}")
    inputs = _folder(tmp_path, text, ROSTER)
    for day, banded in ((date(2029, 1, 1), ["distance"]), (date(2030, 1, 1), [])):
        _, plan, _ = planned(replace(inputs, as_of=day), Problems())
        assert list(pieces_counted(plan)) == banded


@pytest.mark.parametrize(
    ("definition", "edges"),
    [
        ("{from: distance, bands: {no: ..<3, far: 40..<50, yes: [3..<40, 50..]}}", ">=40 >=50"),
        ("distance >= 40", ">=40"),
        ("40 > distance", ">=40"),
        ("distance <= 40", ">40"),
        ("40 < distance", ">40"),
        ("not (distance != 40)", ">=40 >40"),
        ("distance in [20..30, 40]", ">=20 >30 >=40 >40"),
    ],
)
def test_the_edges_of_all_that_reads_an_attribute_part_its_numbers(
    tmp_path: Path, definition: str, edges: str
) -> None:
    text = RIDES.replace("parameters:", f"  more: {definition}\nparameters:")
    _, plan, _ = planned(_folder(tmp_path, text, ROSTER), Problems())
    found = [
        f"{'>=' if edge.begins else '>'}{edge.at}"
        for edge in pieces_counted(plan)["distance"].edges
    ]
    assert found == [">=0", ">=3", ">=15", *edges.split()]


def test_the_part_of_a_split_enrolment_is_counted_for_itself(tmp_path: Path) -> None:
    counting = "counting: {same_student: split_fte, fte: distance}\ndefine:"
    text = RIDES.replace("define:", counting).replace("0..}", "0..30}").replace("15..}", "15..30}")
    _, plan, _ = planned(_folder(tmp_path, text, ROSTER), Problems())
    assert pieces_counted(plan) == {}


EXAMS = """\
rulebook: exams
title: Exams
currency: EUR
tables:
  results:
    attributes: {pupil: text, score: {range: 0..100}}
define: {mark: {from: score, bands: {failed: ..<40, passed: 40..<80, well: 80..100}}}
parameters: {prize: {kind: money, value: 100}}
lines: {prizes: {title: Prizes, for: each school, amount: count(results where mark = well) * prize}}
"""


def test_results_beside_the_students_are_counted_in_bands_and_the_best_of_several_are_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "results.csv").write_text(
        "school_id,pupil,score\nA,p1,79.999\nA,p1,80.0\nA,p2,80.001\nA,p2,100\n", encoding="utf-8"
    )
    best = EXAMS.replace("0..100}}\n", "0..100}}\n    best: {of: score, per: pupil}\n")
    for text, banded, total in ((EXAMS, ["score"], 300_00), (best, [], 200_00)):
        inputs = _folder(tmp_path, text, ROSTER)
        inputs = replace(inputs, rosters=(), tables={"results": tmp_path / "results.csv"})
        _, plan, _ = planned(inputs, Problems())
        assert list(pieces_counted(plan, units="results")) == banded
        for name in spark.OF_THIS_MACHINE:
            finished = run(replace(inputs, engine=name))
            assert finished.allocation.lines["prizes"] == (total,)


def test_an_audit_tells_by_its_band_who_loses_by_one_more(funding: Funding, tmp_path: Path) -> None:
    steps = "steps: {far_off: count(students where ride != near)}\nlines:"
    text = RIDES.replace("lines:", steps).replace("ride != near, amount", "far_off < 4, amount")
    _folder(tmp_path, text, ROSTER)
    words = ("audit", "rulebook.yaml", "roster.csv", "--schools", "schools.csv")
    found = json.loads(funding(*words, "--format", "json").stdout)["one_more_student"]
    assert found["tried"] == 3
    assert found["losses"] == [
        {"school": "A", "kind": {"ride": "far"}, "loss": "175"},
        {"school": "A", "kind": {"ride": "farthest"}, "loss": "175"},
    ]
