"""Spark as one more engine of the tests, where it is installed; CI must have it."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

HAS_SPARK = find_spec("pyspark") is not None and shutil.which("java") is not None
OF_THIS_MACHINE = ("auto", "duckdb", "plain")
ENGINES = (*OF_THIS_MACHINE, *(["spark"] if HAS_SPARK else []))
"""The engines that can run here."""
MASTER = "local[1]"
os.environ["SPARK_CONF_DIR"] = str(Path(__file__).parent / "spark_conf")


def master_of(engine: str) -> str | None:
    """Where an engine runs; only Spark runs somewhere."""
    return MASTER if engine == "spark" else None


def options_of(engine: str) -> list[str]:
    """The options of the command line that choose an engine."""
    return ["--engine", engine, *(["--master", MASTER] if engine == "spark" else [])]


def needs_spark() -> None:
    """Skips the test without Spark, and fails it in CI."""
    if not HAS_SPARK and os.environ.get("CI"):
        pytest.fail("CI must have Spark: requirements/spark.txt and openjdk-17-jre-headless")
    if not HAS_SPARK:
        pytest.skip("Spark is not installed: make .venv/.spark, and Java 17 or newer")
