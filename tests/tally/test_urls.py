"""Rosters named by URLs: opened by Spark, the same kopecks, and every problem in its place."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

import formula_funding
from formula_funding.sources.remote import RemoteFiles
from formula_funding.tally.engines import remote_files
from tests import spark
from tests.conftest import Finished, Funding

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students:
  grade: 1..11
  need: {values: [none, special], if_empty: none}
parameters:
  rate: {kind: money, value: 100}
  extra: {kind: money, value: 33.33}
lines:
  base:
    title: Base
    for: each student
    amount: grade * rate
  support:
    title: Support
    for: each student
    when: need = special
    amount: extra
"""
HEADER = "student_id,school_id,grade,need"
ROWS = [f"s{i:03},{i % 3 + 1:02},{i % 11 + 1},{'special' if i % 4 else ''}" for i in range(30)]
PARTS = (ROWS[:7], ROWS[7:20], ROWS[20:])


@pytest.fixture(autouse=True)
def city(tmp_path: Path) -> None:
    """A city whose roster lies in one file, and in folders of parts as Spark writes them."""
    spark.needs_spark()
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    (tmp_path / "schools.csv").write_text("school_id,name\n01,One\n02,Two\n03,Three\n")
    _write(tmp_path / "roster.csv", ROWS)
    for folder in ("csv", "parquet"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "_SUCCESS").touch()
    for number, rows in enumerate(PARTS):
        part = tmp_path / "csv" / f"part-{number}.csv"
        _write(part, rows)
        _as_parquet(part, tmp_path / "parquet" / f"part-{number}.parquet")
    (tmp_path / "csv" / "part-3.csv").touch()
    _as_parquet(tmp_path / "roster.csv", tmp_path / "roster.parquet")


def _write(path: Path, rows: list[str], header: str = HEADER) -> None:
    path.write_text("".join(f"{line}\n" for line in (header, *rows)))


def _as_parquet(path: Path, target: Path, columns: str = "*") -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {columns} FROM read_csv('{path}', all_varchar = true)) "
            f"TO '{target}' (FORMAT parquet)"
        )


def _compute(funding: Funding, *rosters: object, json_: bool = True) -> Finished:
    words = ("--schools", "schools.csv", *(("--format", "json") if json_ else ()))
    return funding("compute", "rulebook.yaml", *rosters, *words, *spark.options_of("spark"))


def _shown(finished: Finished, folder: Path) -> list[str]:
    """The problems with their places, without the folder of the test."""
    known = (f"file://{folder}/", f"file:{folder}/")
    shown = [f"{problem.code} {problem.at}" for problem in finished.problems]
    for prefix in known:
        shown = [text.replace(prefix, "") for text in shown]
    assert re.search(r"\bs[0-9]{3}\b", finished.stdout + finished.stderr) is None, "a student"
    return shown


# the same kopecks


def _without_names(text: str, *names: str) -> dict[str, Any]:
    """A document without the name of the roster, which its fingerprint covers too."""
    for name in names:
        text = text.replace(json.dumps(name), '"ROSTER"')
    document: dict[str, Any] = json.loads(text)
    del document["fingerprint"]
    return document


@pytest.mark.parametrize(
    "named", ["roster.csv", "roster.parquet", "csv", "parquet/", "parquet/part-*.parquet"]
)
def test_the_document_is_the_same_as_from_the_file_of_this_machine(
    named: str, funding: Funding, tmp_path: Path
) -> None:
    here = funding(
        *("compute", "rulebook.yaml", "roster.csv", "--schools", "schools.csv"),
        *("--format", "json"),
    )
    url = f"{tmp_path.as_uri()}/{named}"
    there = _compute(funding, url)
    assert (there.exit_code, there.errors) == (0, []), there.stderr
    assert _without_names(there.stdout, url) == _without_names(here.stdout, "roster.csv")
    assert json.dumps(url) in there.stdout


SCENARIO = """\
scenario: more
title: More
rules: {lines: {support: {amount: 2 * extra}}}
set: {rate: +5%}
move: [{students: 25%, from: "01", to: "02", where: need = special}]
"""
COMMANDS = {
    "compare": ("--with", "scenario.yaml", "--format", "json"),
    "sweep": ("--vary", "rate=90..110..10", "--format", "json"),
    "solve": ("--parameter", "rate", "--budget", "20_000", "--format", "json"),
    "project": ("--cohorts", "cohorts.yaml", "--years", "2", "--format", "json"),
    "audit": ("--format", "json"),
    "check": (),
    "explain": ("--school", "02"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_url_is_counted_as_the_file_of_this_machine_by(
    command: str, funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    (tmp_path / "cohorts.yaml").write_text("projection: p\ntitle: Years\nladder: grade\n")
    words = ("--schools", "schools.csv", *COMMANDS[command])
    url = f"{tmp_path.as_uri()}/parquet"
    here = funding(command, "rulebook.yaml", "roster.csv", *words)
    there = funding(command, "rulebook.yaml", url, *words, *spark.options_of("spark"))
    assert (there.exit_code, there.errors) == (here.exit_code, []), there.stderr
    assert there.stdout.replace(url, "roster.csv") == here.stdout
    assert here.stdout


def test_a_url_is_compared_from_python_too(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    rulebook, scenario = tmp_path / "rulebook.yaml", tmp_path / "scenario.yaml"
    schools = tmp_path / "schools.csv"
    here = formula_funding.compare(rulebook, tmp_path / "roster.csv", scenario, schools=schools)
    there = formula_funding.compare(
        *(rulebook, f"{tmp_path.as_uri()}/csv", scenario),
        schools=schools,
        engine="spark",
        master=spark.MASTER,
    )
    assert there.document == here.document


def test_a_workbook_is_held_against_what_is_counted_of_a_url(
    funding: Funding, tmp_path: Path
) -> None:
    given = ("rulebook.yaml", f"{tmp_path.as_uri()}/csv", "--schools", "schools.csv")
    options = spark.options_of("spark")
    assert funding("compute", *given, *options, "-o", "out.xlsx").exit_code == 0
    verified = funding("verify", "out.xlsx", *given, *options)
    assert (verified.exit_code, verified.errors) == (0, []), verified.stderr
    _write(tmp_path / "csv" / "part-1.csv", ["s100,01,1,none"])
    verified = funding("verify", "out.xlsx", *given, *options)
    assert verified.exit_code == 1


def test_a_comparison_places_a_wrong_cell_by_the_part_of_a_url(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    _write(tmp_path / "csv" / "part-1.csv", ["s100,01,12,none"])
    words = ("--with", "scenario.yaml", *spark.options_of("spark"))
    finished = funding("compare", "rulebook.yaml", f"{tmp_path.as_uri()}/csv", *words)
    assert "D007 csv/part-1.csv:2:3" in _shown(finished, tmp_path)


def test_several_urls_and_files_are_one_roster(funding: Funding, tmp_path: Path) -> None:
    one, two = (f"{tmp_path.as_uri()}/{part}" for part in ("csv/part-0.csv", "parquet/part-1*"))
    finished = _compute(funding, one, two, "csv/part-2.csv")
    here = _compute(funding, *(f"csv/part-{number}.csv" for number in range(3)))
    found, wanted = json.loads(finished.stdout), json.loads(here.stdout)
    assert found["schools"] == wanted["schools"]


ODD_TEXTS = {
    "semicolons and what tells of them": "sep=;\n" + HEADER.replace(",", ";") + "\ns9;01;5;none\n",
    "a byte order mark": "\ufeff" + HEADER + "\ns9,01,5,none\n",
    "blank lines and the ends of lines of Windows": f"\r\n{HEADER}\r\n\r\ns9,01,5,none\r\n",
    "a cell of two lines, read row by row": f'{HEADER},note\ns9,01,5,none,"two\nlines"\n',
    "a header of two lines, read row by row": f'{HEADER},"no\nte"\ns9,01,5,none,x\n',
    "the ends of lines of old Macs": f"{HEADER}\rs9,01,5,none\r",
}


@pytest.mark.parametrize("name", ODD_TEXTS)
def test_a_text_is_read_as_on_this_machine_with(
    name: str, funding: Funding, tmp_path: Path
) -> None:
    path = tmp_path / "odd %20{x} имя.csv"
    path.write_bytes(ODD_TEXTS[name].encode())
    url = f"file://{tmp_path}/odd*.csv"
    finished = _compute(funding, url)
    assert (finished.exit_code, finished.errors) == (0, []), finished.stderr
    assert json.loads(finished.stdout)["total"] == "500.00"


def test_compressed_parts_are_read_and_those_without_a_line_are_none(
    funding: Funding, tmp_path: Path
) -> None:
    folder = tmp_path / "packed"
    folder.mkdir()
    for name, text in (("a", ""), ("b", f"{HEADER}\ns9,01,5,none\n"), ("c", f"{HEADER}\n")):
        (folder / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    finished = _compute(funding, folder.as_uri())
    assert json.loads(finished.stdout)["total"] == "500.00", finished.stderr


PARQUET_COLUMNS = {
    "doubles": "grade::DOUBLE AS grade",
    "a time that no rule reads": "grade, TIMESTAMP '2025-01-01 10:00:00' AS loaded",
    "whole numbers": "grade::INTEGER AS grade",
}


@pytest.mark.parametrize("name", PARQUET_COLUMNS)
def test_parquet_is_read_as_on_this_machine_with(
    name: str, funding: Funding, tmp_path: Path
) -> None:
    path = tmp_path / "typed.parquet"
    _as_parquet(
        tmp_path / "roster.csv", path, f"student_id, school_id, need, {PARQUET_COLUMNS[name]}"
    )
    there, here = _compute(funding, path.as_uri()), _compute(funding, path.name)
    assert there.exit_code == 0, there.stderr
    assert _without_names(there.stdout, path.as_uri()) == _without_names(here.stdout, path.name)


@pytest.mark.parametrize("lies", ["there", "here"])
def test_columns_that_differ_only_by_case_are_told_with_the_way_out(
    lies: str, funding: Funding, tmp_path: Path
) -> None:
    """DuckDB writes no such names, so one of them is put into the file it wrote."""
    path = tmp_path / "alike.parquet"
    _as_parquet(tmp_path / "roster.csv", path, "*, grade AS g_ade")
    path.write_bytes(path.read_bytes().replace(b"g_ade", b"Grade"))
    finished = _compute(funding, path.as_uri() if lies == "there" else path.name)
    assert _shown(finished, tmp_path) == ["D004 alike.parquet"]
    (problem,) = finished.problems
    assert "several columns are called `grade` but for upper and lower case" in problem.says
    assert problem.hint == "rename or remove all but one of them"


def test_a_tally_is_kept_of_a_url(funding: Funding, tmp_path: Path) -> None:
    url = f"{tmp_path.as_uri()}/csv"
    words = ("--rulebook", "rulebook.yaml", "--schools", "schools.csv", "-o", "kept.parquet")
    kept = funding("tally", url, *words, *spark.options_of("spark"))
    assert kept.exit_code == 0, kept.stderr
    priced = funding("compute", "rulebook.yaml", "kept.parquet", "--format", "json")
    counted = json.loads(_compute(funding, url).stdout)
    assert json.loads(priced.stdout)["total"] == counted["total"]


def test_a_file_written_of_a_url_says_how_it_is_made_again(
    funding: Funding, tmp_path: Path
) -> None:
    url = f"{tmp_path.as_uri()}/csv"
    finished = funding(
        *("compute", "rulebook.yaml", url, "--schools", "schools.csv", "-o", "out.xlsx"),
        *spark.options_of("spark"),
    )
    assert finished.exit_code == 0, finished.stderr
    assert f"{url} --schools schools.csv --engine spark --master" in finished.stderr


# what is wrong, and where


def test_a_wrong_grade_is_placed_by_part_and_line(funding: Funding, tmp_path: Path) -> None:
    _write(tmp_path / "csv" / "part-1.csv", ["s100,01,12,none", "s101,01,5,none", "s102,01,,none"])
    finished = _compute(funding, f"{tmp_path.as_uri()}/csv")
    assert _shown(finished, tmp_path) == ["D007 csv/part-1.csv:2:3", "D006 csv/part-1.csv:4:3"]
    assert finished.exit_code == 1


def test_a_wrong_grade_is_placed_by_part_and_record(funding: Funding, tmp_path: Path) -> None:
    _write(tmp_path / "wrong.csv", ["s100,01,1,none", "s101,01,12,none"])
    _as_parquet(tmp_path / "wrong.csv", tmp_path / "parquet" / "part-1.parquet")
    finished = _compute(funding, f"{tmp_path.as_uri()}/parquet")
    assert _shown(finished, tmp_path) == ["D007 parquet/part-1.parquet: record 2, column 3"]


def test_lines_are_counted_through_a_file_that_spark_splits(tmp_path: Path) -> None:
    """Each line and record comes in its turn, however many tasks read the file."""
    files = _files()
    path = tmp_path / "long.csv"
    lines = [f"{number},{'x' * (number % 50)}\n" for number in range(2_000)]
    path.write_text("n,x\n" + "".join(lines))
    _as_parquet(path, tmp_path / "long.parquet")
    assert next(files.lines(path.as_uri())) == "n,x\n"
    with _setting("spark.sql.files.maxPartitionBytes", "5000b"):
        assert list(files.lines(path.as_uri())) == ["n,x\n", *lines]
        records = list(files.records((tmp_path / "long.parquet").as_uri(), ["n"]))
    assert records == [[str(number)] for number in range(2_000)]


@contextmanager
def _setting(name: str, value: str) -> Iterator[None]:
    """A setting of the session within."""
    from formula_funding.tally.spark_session import spark_session

    settings = spark_session(spark.MASTER).conf
    before = settings.get(name)
    settings.set(name, value)
    try:
        yield
    finally:
        settings.set(name, before)


def _files() -> RemoteFiles:
    files = remote_files("spark", spark.MASTER)
    assert files is not None
    return files


def test_a_row_too_short_and_a_student_twice_are_placed(funding: Funding, tmp_path: Path) -> None:
    _write(tmp_path / "csv" / "part-1.csv", ["s001,01,1,none", "s500,01,2"])
    finished = _compute(funding, f"{tmp_path.as_uri()}/csv")
    assert _shown(finished, tmp_path) == ["D012 csv/part-1.csv:2:1", "D005 csv/part-1.csv:3"]


def test_a_byte_that_is_no_text_is_placed(funding: Funding, tmp_path: Path) -> None:
    part = tmp_path / "csv" / "part-1.csv"
    part.write_bytes(part.read_bytes().replace(b"special", "особая".encode("cp1251"), 1))
    finished = _compute(funding, f"{tmp_path.as_uri()}/csv")
    assert _shown(finished, tmp_path) == ["Y002 csv/part-1.csv:2"]
    part.write_bytes("школа,класс\n".encode("cp1251"))
    assert _shown(_compute(funding, part.as_uri()), tmp_path) == ["Y002 csv/part-1.csv:1"]


def test_every_part_that_is_no_text_is_told(funding: Funding, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / "csv" / f"part-{number}.csv").write_bytes("школа,класс\n".encode("cp1251"))
    finished = _compute(funding, f"{tmp_path.as_uri()}/csv")
    assert _shown(finished, tmp_path) == ["Y002 csv/part-1.csv:1"]
    assert "part-2.csv:1" in finished.stderr


@pytest.mark.parametrize("lines", [30, 5_000])
def test_a_damaged_part_is_not_passed_over_whatever_the_cluster_says(
    funding: Funding, tmp_path: Path, lines: int
) -> None:
    """It is found when it is opened, or else when its rows are counted."""
    rows = [f"s{number},01,{number % 11 + 1},none" for number in range(lines)]
    packed = gzip.compress("\n".join((HEADER, *rows)).encode())
    (tmp_path / "cut.csv.gz").write_bytes(packed[: len(packed) * 3 // 4])
    with _setting("spark.sql.files.ignoreCorruptFiles", "true"):
        finished = _compute(funding, f"{tmp_path.as_uri()}/cut.csv.gz")
    [problem] = finished.errors
    assert problem.code in {"S029", "E010"}
    assert finished.stdout == ""


def _other_columns(folder: Path) -> None:
    _write(folder / "csv" / "part-1.csv", ["s100,01,1"], "student_id,school_id,grade")


def _other_order(folder: Path) -> None:
    _write(folder / "csv" / "part-1.csv", ["s100,01,none,1"], "student_id,school_id,need,grade")


def _no_header(folder: Path) -> None:
    (folder / "csv" / "part-1.csv").write_text("s100,01,1,none\n")


def _one_long_line(folder: Path) -> None:
    (folder / "csv" / "part-1.csv").write_text('"' + "x" * 200_000)


def _one_column_less(folder: Path) -> None:
    part = folder / "parquet" / "part-1.parquet"
    _as_parquet(folder / "roster.csv", part, "student_id, school_id, grade")


def _another_type(folder: Path) -> None:
    part = folder / "parquet" / "part-2.parquet"
    _as_parquet(folder / "roster.csv", part, "student_id, school_id, grade::INTEGER AS grade, need")


def _both_kinds(folder: Path) -> None:
    (folder / "parquet" / "part-1.csv").write_text(f"{HEADER}\n")


def _a_damaged_part(folder: Path) -> None:
    (folder / "parquet" / "part-1.parquet").write_bytes(b"PAR1 and nothing more PAR1")


def _a_single_precision_number(folder: Path) -> None:
    for path in (folder / "parquet").glob("*.parquet"):
        path.unlink()
    part = folder / "parquet" / "part-0.parquet"
    _as_parquet(folder / "roster.csv", part, "student_id, school_id, grade::FLOAT AS grade, need")


def _folders_by_value(folder: Path) -> None:
    (folder / "csv" / "grade=5").mkdir()
    (folder / "csv" / "grade=5" / "part-0.csv").write_text("student_id,school_id\ns9,01\n")
    for part in (folder / "csv").glob("part*"):
        part.unlink()


@pytest.mark.parametrize(
    ("change", "named", "problem", "says"),
    [
        (None, "none.csv", "Y001 none.csv", "there is no such file"),
        (_other_columns, "csv", "S030 csv/part-1.csv", "lacks `need`"),
        (_other_order, "csv", "S030 csv/part-1.csv", "written otherwise"),
        (_no_header, "csv", "S030 csv/part-1.csv", "lacks `school_id`, `grade`, `need`"),
        (_one_long_line, "csv", "S030 csv/part-1.csv", "lacks `school_id`, `grade`, `need`"),
        (_one_column_less, "parquet", "S030 parquet/part-1.parquet", "lacks `need`"),
        (
            _another_type,
            "parquet",
            "S030 parquet/part-2.parquet",
            "`grade` is of the type int in this part and string in the first one",
        ),
        (_both_kinds, "parquet", "S030 parquet/part-1.csv", "parts of one table"),
        (_folders_by_value, "csv", "S030 csv", "divided by `grade`"),
        (_a_damaged_part, "parquet", "S029 parquet/part-1.parquet", "Spark could not read"),
        (
            _a_single_precision_number,
            "parquet",
            "S032 parquet/part-0.parquet: record 1, column 3",
            "write differently",
        ),
    ],
)
def test_parts_that_are_no_table_are_refused(
    funding: Funding, tmp_path: Path, change: Any, named: str, problem: str, says: str
) -> None:
    if change is not None:
        change(tmp_path)
    finished = _compute(funding, f"{tmp_path.as_uri()}/{named}")
    [shown] = _shown(finished, tmp_path)
    assert shown.removeprefix(f"file://{tmp_path}/") == problem, finished.stderr
    assert says in finished.problems[0].says


def test_a_folder_without_a_table_is_refused(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "_SUCCESS").touch()
    assert _shown(_compute(funding, f"{tmp_path.as_uri()}/none"), tmp_path) == ["Y001 none"]
    (tmp_path / "none" / "roster.xlsx").write_bytes(b"PK")
    assert _shown(_compute(funding, f"{tmp_path.as_uri()}/none"), tmp_path) == ["D001 none"]


def test_a_file_that_two_urls_name_is_paid_for_once(funding: Funding, tmp_path: Path) -> None:
    urls = (f"{tmp_path.as_uri()}/csv", f"{tmp_path.as_uri()}/csv/part-1*")
    assert _shown(_compute(funding, *urls), tmp_path) == ["D012 csv/part-1.csv"]


def test_a_store_that_spark_does_not_know_is_told_in_its_own_words(funding: Funding) -> None:
    finished = _compute(funding, "nosuch://bucket/roster.csv")
    [problem] = finished.problems
    assert (problem.code, problem.at) == ("S029", "nosuch://bucket/roster.csv")
    assert '"nosuch"' in problem.says
    assert finished.exit_code == 3
