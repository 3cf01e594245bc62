"""What only a new process shows: imports, and bytes that depend on nothing but the inputs."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Funding

City = tuple[str, ...]
PROGRAM = """
import hashlib, io, pathlib, sys
from formula_funding.cli.app import main

def run(*words):
    sys.argv = ["funding", *words]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, ended.code
"""
COMPUTE = ["compute", "city/rulebook.yaml", "city/roster.csv", "--schools", "city/schools.csv"]
UNASKED = {"formula_funding.read.previous_run", "formula_funding.tally.kept_roster"}
HEAVY = {"pandas", "duckdb", "openpyxl", "xlsxwriter", "pyarrow", "numpy"}


def python(program: str, folder: Path, **environment: str) -> str:
    """What a program prints in a process of its own."""
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM + program],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        (["--help"], HEAVY | {"pydantic", "ruamel", "rich"}),
        (["compute", "--help"], HEAVY | {"ruamel", "rich"}),
        (["check", "city/rulebook.yaml"], HEAVY),
        (COMPUTE, HEAVY | UNASKED),
        (["explain", *COMPUTE[1:], "--school", "001"], HEAVY),
    ],
    ids=["help", "help of a command", "check", "compute", "explain"],
)
def test_what_is_heavy_is_imported_when_it_is_used(
    city: City, tmp_path: Path, words: list[str], unwanted: set[str]
) -> None:
    """Commands start at once: they load no library that they don't need."""
    assert city
    loaded = python(f"run(*{words!r})\nprint('LOADED', *sys.modules)", tmp_path)
    modules = set(loaded.rpartition("LOADED")[2].split())
    assert "typer" in modules
    assert modules & unwanted == set()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("funding comp", ["compute", "compare"]),
        ("funding roster dr", ["draft"]),
        ("funding compute --eng", ["--engine"]),
        ("funding compute --engine sp", ["spark"]),
    ],
)
def test_the_shell_completes_commands_options_and_values(
    tmp_path: Path, typed: str, offered: list[str]
) -> None:
    """Completion knows commands that are not imported yet, and all that can follow them."""
    asked = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    completed = python("run()", tmp_path, _FUNDING_COMPLETE="complete_bash", **asked)
    assert completed.split() == offered


def test_a_run_ends_in_silence(city: City, tmp_path: Path) -> None:
    """What is imported is spared the search for garbage, and no library complains of it."""
    run = f"import gc\nrun('compute', *{city!r})\nprint('SPARED', gc.get_freeze_count())"
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM + run], cwd=tmp_path, capture_output=True, check=True
    )
    assert finished.stderr == b""
    assert int(finished.stdout.rpartition(b"SPARED")[2]) > 10_000


EVERY_OUTPUT = """
for ending in ("json", "csv", "xlsx", "parquet"):
    run("compute", "city/rulebook.yaml", "city/roster.csv", "--schools", "city/schools.csv",
        "--lang", "ru", "-o", f"out.{ending}", "--force")
run("explain", "city/rulebook.yaml", "city/roster.csv", "--schools", "city/schools.csv",
    "--school", "001")
"""
ENVIRONMENTS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "2", "TZ": "Asia/Kamchatka", "LANG": "ru_RU.CP1251", "LC_ALL": "POSIX"},
)


def test_the_same_inputs_give_the_same_bytes(city: City, tmp_path: Path) -> None:
    """Every output is the same to the byte, whatever the hash seed, time zone and locale."""
    assert city
    seen = []
    for environment in ENVIRONMENTS:
        printed = python(EVERY_OUTPUT, tmp_path, **environment)
        files = sorted(tmp_path.glob("out.*"))
        digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
        assert len(digests) == 4
        seen.append((printed, digests))
    assert seen[0] == seen[1]


def test_the_same_run_twice_in_one_process(funding: Funding, city: City, tmp_path: Path) -> None:
    """A second run remembers nothing of the first."""
    for ending in ("json", "csv", "xlsx", "parquet"):
        funding("compute", *city, "-o", f"a.{ending}")
        funding("compute", *city, "-o", f"b.{ending}")
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
