"""Kept tallies: everything that a roster gives, and no student."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given

from tests.conftest import Finished, Funding
from tests.properties.budget import worlds_tried
from tests.properties.running import document_of, files_of
from tests.properties.worlds import World, worlds

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students:
  grade: 1..11
  needs: {values: [none, special], if_empty: none}
  fte: {kind: ratio, range: 0..1}
  main: {kind: truth}
define:
  stage: {from: grade, bands: {primary: 1..4, basic: 5..9, upper: 10..11}}
parameters:
  norm: {kind: money, by: stage, values: {primary: 100, basic: 200, upper: 300}}
  extra: {kind: money, value: 10}
lines:
  base: {title: Base, for: each student, amount: 'norm[stage]'}
  special: {title: Needs, for: each student, when: needs = special, amount: extra}
"""
MAIN = "counting: {same_student: main_enrolment, main: main}\n"
ROSTER = """\
student_id,school_id,grade,needs,fte,main
ID-anna,A,1,none,1,yes
ID-boris,A,4,special,0.5,yes
ID-clara,B,10,,1,yes
ID-clara2,B,10,none,1,no
"""
SCHOOLS = "school_id,name\nA,Alpha\nB,Beta\nC,Gamma\n"
GIVEN = ("roster.csv", "--rulebook", "rulebook.yaml")


@pytest.fixture
def city(funding: Funding, tmp_path: Path) -> Funding:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "schools.csv").write_text(SCHOOLS, encoding="utf-8")
    return funding


def _tallied(city: Funding, *words: str) -> Path:
    finished = city("tally", *GIVEN, *words, "-o", "city.tally.parquet", "--force")
    assert finished.exit_code == 0, finished.stderr
    return Path("city.tally.parquet")


def _code(finished: Finished) -> list[str]:
    return [problem.code for problem in finished.errors]


def _both(city: Funding, *words: str) -> tuple[str, str]:
    """The JSON document from the roster, and from the tally."""
    _tallied(city, *words)
    roster = city("compute", "rulebook.yaml", "roster.csv", *words, "--format", "json")
    kept = [word for word in words if word in ("--schools", "schools.csv")]
    tally = city("compute", "rulebook.yaml", "city.tally.parquet", *kept, "--format", "json")
    assert roster.exit_code == tally.exit_code == 0, roster.stderr + tally.stderr
    return roster.stdout, tally.stdout


def test_the_document_from_a_tally_is_the_one_from_the_roster_to_the_byte(city: Funding) -> None:
    roster, tally = _both(city, "--schools", "schools.csv")
    assert roster == tally
    assert json.loads(tally)["total"] == "810.00"  # 100 + 100 + 10 + 300 + 300


def test_without_a_register_the_schools_of_a_tally_are_those_of_its_roster(city: Funding) -> None:
    roster, tally = _both(city)
    assert roster == tally


def test_rows_beside_the_main_enrolment_stay_left_out(city: Funding, tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK + MAIN, encoding="utf-8")
    text = ROSTER.replace("ID-clara2", "ID-clara")
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    roster, tally = _both(city, "--schools", "schools.csv")
    assert roster == tally
    assert json.loads(tally)["ledger"]["rows_left_out"] == {"not_main_enrolment": 1}


def test_an_accepted_finding_travels_with_the_tally(city: Funding, tmp_path: Path) -> None:
    text = ROSTER + "ID-dora,D,1,none,1,yes\n"
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    accepted = ("--accept", "D009", "--reason", "closed in May")
    roster, tally = _both(city, "--schools", "schools.csv", *accepted)
    assert roster == tally
    assert json.loads(tally)["ledger"]["accepted"][0]["reason"] == "closed in May"


@given(worlds())
@worlds_tried(12)
def test_a_tally_of_any_world_gives_what_its_roster_gives(world: World) -> None:
    from formula_funding.pipeline import Inputs, kept_tally
    from formula_funding.tally.kept_file import write_kept

    with files_of(world) as files:
        roster = files.run_if_money_exists()
        inputs = Inputs(files.rulebook, (files.roster,), files.schools, as_of=files.as_of)
        kept, _ = kept_tally(inputs, ())
        path = files.folder / "world.tally.parquet"
        write_kept(kept, path)
        assert document_of(files.run(path)) == document_of(roster)
        assert document_of(files.run(path, engine="plain")) == document_of(roster)


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "--school", "A"),
        ("audit",),
        ("solve", "--parameter", "norm[primary]", "--budget", "1_000"),
        ("sweep", "--vary", "extra=0..20..10", "--format", "csv"),
        ("compare", "--with", "more.yaml", "--format", "csv"),
        ("compute", "--engine", "plain", "--lang", "ru"),
    ],
    ids=lambda words: words[0],
)
def test_every_command_takes_a_tally_in_place_of_the_roster(
    city: Funding, tmp_path: Path, words: tuple[str, ...]
) -> None:
    scenario = "scenario: more\ntitle: More\nset: {extra: +50%}\nclose: [{school: A, to: B}]\n"
    (tmp_path / "more.yaml").write_text(scenario, encoding="utf-8")
    _tallied(city, "--schools", "schools.csv")
    command, *rest = words
    shown = [
        city(command, "rulebook.yaml", file, "--schools", "schools.csv", *rest)
        for file in ("roster.csv", "city.tally.parquet")
    ]
    assert shown[0].exit_code == shown[1].exit_code == 0, shown[1].stderr
    assert shown[0].stdout == shown[1].stdout != ""


def test_a_tally_holds_no_student(city: Funding) -> None:
    path = _tallied(city, "--also", "fte", "--also", "main")
    with duckdb.connect() as connection:
        table = connection.execute(f"SELECT * FROM '{path}'")
        columns = [column[0] for column in table.description or ()]
        cells = str(table.fetchall())
        about = str(connection.execute(f"SELECT * FROM parquet_kv_metadata('{path}')").fetchall())
    assert [name for name in columns if "id" in name] == ["school_id"]
    for shown in (cells, about, path.read_bytes().decode("latin-1")):
        assert "ID-" not in shown


def test_a_tally_that_tells_most_students_apart_is_told(city: Funding, tmp_path: Path) -> None:
    text = RULEBOOK.replace("  main: {kind: truth}\n", "  main: {kind: truth}\n  born: date\n")
    (tmp_path / "rulebook.yaml").write_text(text, encoding="utf-8")
    rows = [f"A,1,none,20{i // 12 % 10}0-{i % 12 + 1:02}-0{i // 120 + 1}" for i in range(120)]
    (tmp_path / "roster.csv").write_text(
        "\n".join(["school_id,grade,needs,born", *rows]), encoding="utf-8"
    )
    plain = city("tally", *GIVEN, "-o", "plain.parquet")
    assert "S027" not in [problem.code for problem in plain.warnings]
    born = city("tally", *GIVEN, "--also", "born", "-o", "born.parquet")
    (warning,) = (problem for problem in born.warnings if problem.code == "S027")
    assert "120 of 120 students are alone in their group; `born` has 120 values" in warning.says


def test_equal_rosters_give_equal_bytes(city: Funding) -> None:
    first = _tallied(city).read_bytes()
    assert _tallied(city).read_bytes() == first


def test_an_attribute_that_the_tally_lacks_is_told_with_the_command_that_keeps_it(
    city: Funding, tmp_path: Path
) -> None:
    _tallied(city)
    text = RULEBOOK.replace("amount: extra", "amount: extra * fte")
    (tmp_path / "part.yaml").write_text(text, encoding="utf-8")
    finished = city("compute", "part.yaml", "city.tally.parquet")
    assert _code(finished) == ["S020"]
    problem = finished.errors[0]
    assert "`fte`, which the tally does not hold; it holds `grade`, `needs`" in problem.says
    command = problem.hint.partition("funding ")[2].split()
    assert city(*command).exit_code == 0  # what the message says is what helps
    assert city("compute", "part.yaml", "city.tally.parquet").exit_code == 0
    assert city("compute", "rulebook.yaml", "city.tally.parquet").exit_code == 0


def test_other_bands_of_a_kept_attribute_need_no_other_tally(city: Funding, tmp_path: Path) -> None:
    _tallied(city, "--schools", "schools.csv")
    text = RULEBOOK.replace("primary: 1..4, basic: 5..9", "primary: 1..3, basic: 4..9")
    (tmp_path / "bands.yaml").write_text(text, encoding="utf-8")
    words = ("--schools", "schools.csv", "--format", "json")
    roster = city("compute", "bands.yaml", "roster.csv", *words)
    tally = city("compute", "bands.yaml", "city.tally.parquet", *words)
    assert json.loads(tally.stdout)["total"] == "910.00"  # the fourth grade brings 200
    assert tally.stdout == roster.stdout


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("students:\n", MAIN + "students:\n", "counts students otherwise (`counting`)"),
        ("if_empty: none", "if_empty: special", "an empty `needs` was `none`"),
        ("grade: 1..11", "grade: 1..9", "1 value of `grade` in the tally is not as"),
    ],
)
def test_a_tally_that_was_counted_otherwise_is_refused(
    city: Funding, tmp_path: Path, old: str, new: str, says: str
) -> None:
    _tallied(city, "--also", "main")
    text = RULEBOOK.replace(old, new).replace("10..11}", "10..11}" if "1..9" not in new else "10}")
    text = text.replace(", upper: 10}", "}").replace(", upper: 300", "") if "1..9" in new else text
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    finished = city("compute", "other.yaml", "city.tally.parquet")
    assert _code(finished) == ["S021"]
    assert says in finished.errors[0].says
    assert "funding tally roster.csv --rulebook other.yaml" in finished.errors[0].hint


def test_a_school_that_was_unknown_when_it_was_tallied_can_not_come_back(
    city: Funding, tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER + "ID-dora,D,1,none,1,yes\n", encoding="utf-8")
    _tallied(city, "--schools", "schools.csv", "--accept", "D009", "--reason", "closed")
    (tmp_path / "later.csv").write_text(SCHOOLS + "D,Delta\n", encoding="utf-8")
    words = ("city.tally.parquet", "--schools", "later.csv")
    assert _code(city("compute", "rulebook.yaml", *words)) == ["S021"]


def test_former_codes_are_translated_as_of_one_date(city: Funding, tmp_path: Path) -> None:
    layout = "roster:\n  former_codes:\n    B: {now: C, since: 2025-09-01}\n"
    (tmp_path / "layout.yaml").write_text(layout, encoding="utf-8")
    (tmp_path / "schools.csv").write_text(SCHOOLS.replace("B,Beta\n", ""), encoding="utf-8")
    words = ("--schools", "schools.csv", "--format", "json", "--as-of")
    _tallied(city, "--schools", "schools.csv", "--as-of", "2025-09-01")
    later = city("compute", "rulebook.yaml", "roster.csv", *words, "2025-09-01").stdout
    assert city("compute", "rulebook.yaml", "city.tally.parquet", *words, "2025-09-01").stdout == (
        later
    )
    finished = city("compute", "rulebook.yaml", "city.tally.parquet", *words, "2025-08-31")
    assert _code(finished) == ["S021"]


def test_a_register_that_lacks_a_school_of_the_tally_stops_the_run(
    city: Funding, tmp_path: Path
) -> None:
    _tallied(city)
    (tmp_path / "few.csv").write_text("school_id,name\nA,Alpha\n", encoding="utf-8")
    words = ("compute", "rulebook.yaml", "city.tally.parquet", "--schools", "few.csv")
    assert _code(city(*words)) == ["D009"]
    accepted = city(*words, "--accept", "D009", "--reason", "closed", "--format", "json")
    assert json.loads(accepted.stdout)["ledger"]["rows_left_out"] == {"unknown_school": 2}


def test_a_tally_whose_groups_were_changed_is_refused(city: Funding) -> None:
    path = _tallied(city)
    with duckdb.connect() as connection:
        about = connection.execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')")
        key, value = (bytes(part).decode() for part in about.fetchall()[0])
        quoted = value.replace("'", "''")
        connection.execute(
            f"COPY (SELECT * REPLACE (students + 1 AS students) FROM '{path}') TO 'more.parquet' "
            f"(FORMAT parquet, KV_METADATA {{'{key}': '{quoted}'}})"
        )
        connection.execute(
            "COPY (SELECT 1 AS x) TO 'other.parquet' "
            f"(FORMAT parquet, KV_METADATA {{'{key}': '{quoted}'}})"
        )
    for file in ("more.parquet", "other.parquet"):
        finished = city("compute", "rulebook.yaml", file)
        assert (finished.exit_code, _code(finished)) == (3, ["S022"])


@pytest.mark.parametrize(
    "changed",
    [
        "CASE WHEN rows = 1 THEN -rows ELSE rows + 2 END AS rows",
        "rows::DOUBLE AS rows",
        "NULL::BIGINT AS students",
        "NULL::VARCHAR AS school_id",
        "1 AS school_id",
        "'other.csv' AS file",
        "'lost' AS left_out",
        "'blank' AS left_out",
        'nullif("attribute.needs", \'special\') AS "attribute.needs"',
        '1 AS "attribute.grade"',
    ],
)
def test_a_tally_with_a_group_that_can_not_be_is_refused(city: Funding, changed: str) -> None:
    path = _tallied(city)
    with duckdb.connect() as connection:
        about = connection.execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')")
        key, value = (bytes(part).decode() for part in about.fetchall()[0])
        connection.execute(
            f"COPY (SELECT * REPLACE ({changed}) FROM '{path}') TO 'changed.parquet' "
            f"(FORMAT parquet, KV_METADATA {{'{key}': '{value}'}})"
        )
    finished = city("compute", "rulebook.yaml", "changed.parquet")
    assert (finished.exit_code, _code(finished)) == (3, ["S022"])


def test_a_tally_stands_for_the_whole_roster_and_is_made_from_one(city: Funding) -> None:
    _tallied(city)
    given = ("rulebook.yaml", "city.tally.parquet")
    assert _code(city("compute", *given, "roster.csv")) == ["S023"]
    assert _code(city("roster", "check", *given)) == ["S023"]
    again = city("tally", "city.tally.parquet", "--rulebook", "rulebook.yaml", "-o", "b.parquet")
    assert _code(again) == ["S023"]


def test_only_attributes_of_students_can_be_kept(city: Funding) -> None:
    finished = city("tally", *GIVEN, "--also", "grades", "-o", "b.parquet")
    assert _code(finished) == ["F002"]
    assert "did you mean `grade`?" in finished.errors[0].hint
