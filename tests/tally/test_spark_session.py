"""Where Spark does not start, that is told with the way out, before any file is looked at."""

from __future__ import annotations

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


def test_without_java_spark_does_not_start(tmp_path: Path) -> None:
    """In a process of its own, as Spark runs in this one already."""
    spark.needs_spark()
    finished = subprocess.run(
        [sys.executable, "-m", "formula_funding", *COMPUTE],
        cwd=tmp_path,
        env=os.environ | {"JAVA_HOME": str(tmp_path / "none")},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert finished.returncode == 1
    assert "error E030: Spark did not start: the Java that it runs on" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_options_for_java_are_added_to_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    spark.needs_spark()
    from formula_funding.tally.spark_session import own_log

    monkeypatch.setenv("SPARK_SUBMIT_OPTS", "-Dours=1")
    with own_log():
        log, ours = os.environ["SPARK_SUBMIT_OPTS"].split()
    assert log.startswith("-Dlog4j2.configurationFile=file:/")
    assert ours == os.environ["SPARK_SUBMIT_OPTS"] == "-Dours=1"
