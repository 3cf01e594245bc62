"""Where Spark does not start, that is told with the way out, before any file is looked at."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import spark
from tests.conftest import Funding

COMPUTE = (
    *("compute", "city/rulebook.yaml", "city/roster.csv", "--schools", "city/schools.csv"),
    *("--engine", "spark"),
)


@pytest.fixture(autouse=True)
def city(funding: Funding) -> None:
    assert funding("init", "city").exit_code == 0


@pytest.mark.parametrize("master", ["spork://host:7077", "host:7077", "sc://host", "local:2"])
def test_a_place_where_spark_never_runs_is_refused(master: str, funding: Funding) -> None:
    spark.needs_spark()
    [problem] = funding(*COMPUTE, "--master", master).problems
    assert problem.code == "E030"
    assert f"`{master}` is no place where Spark runs" in problem.says
    assert problem.hint is not None
    assert "spark://host:7077" in problem.hint


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("JAVA_HOME", "the Java that it runs on"),
        ("SPARK_HOME", "none/./bin/spark-submit: No such file or directory"),
    ],
)
def test_without_its_programs_spark_does_not_start(setting: str, says: str, tmp_path: Path) -> None:
    """In a process of its own, as Spark runs in this one already."""
    spark.needs_spark()
    finished = subprocess.run(
        [sys.executable, "-m", "formula_funding", *COMPUTE],
        cwd=tmp_path,
        env=os.environ | {setting: str(tmp_path / "none")},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert finished.returncode == 1
    assert "error E030: Spark did not start: " in finished.stderr
    assert says in finished.stderr
    assert setting in finished.stderr
    assert "Traceback" not in finished.stderr


def test_options_for_java_are_added_to_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    spark.needs_spark()
    from formula_funding.tally.spark_session import java_options

    monkeypatch.setenv("SPARK_SUBMIT_OPTS", "-Dours=1")
    with java_options():
        log, ours = os.environ["SPARK_SUBMIT_OPTS"].split()
    assert log.startswith("-Dlog4j2.configurationFile=file:/")
    assert ours == os.environ["SPARK_SUBMIT_OPTS"] == "-Dours=1"


LOCAL_DIR = """
import sys
from pathlib import Path
from formula_funding.tally.spark_session import spark_session
context = spark_session("local[1]", Path(sys.argv[1])).sparkContext
print(context._jvm.org.apache.spark.util.Utils.getLocalDir(context._jsc.sc().conf()))
"""


def test_spark_here_writes_to_the_folder_for_temporary_files(tmp_path: Path) -> None:
    """In a process of its own, as the folder belongs to a Java that is started."""
    spark.needs_spark()
    folder = tmp_path / 'our "own" files'
    folder.mkdir()
    found = subprocess.run(
        [sys.executable, "-c", LOCAL_DIR, str(folder)],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert Path(found.stdout.strip()).parent == folder, found.stderr


def test_a_copy_that_the_cluster_would_not_see_is_refused_before_spark_starts(
    funding: Funding, tmp_path: Path
) -> None:
    spark.needs_spark()
    roster = tmp_path / "city" / "roster.csv"
    (tmp_path / "roster.csv.gz").write_bytes(gzip.compress(roster.read_bytes()))
    given = ("compute", "city/rulebook.yaml", "roster.csv.gz", "--schools", "city/schools.csv")
    assert funding(*given, *spark.options_of("spark")).exit_code == 0
    [problem] = funding(*given, "--engine", "spark", "--master", "spark://nowhere:7077").problems
    assert (problem.code, problem.at) == ("E035", "roster.csv.gz")
    assert "the machines of spark://nowhere:7077 would not see the copy" in problem.says
    assert problem.hint is not None
    assert "--temp-dir" in problem.hint
