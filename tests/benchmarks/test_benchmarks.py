"""The benchmarks compute what they say, and write their figures where they stood before."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from benchmarks.growth import Growth, table
from benchmarks.growth import main as growth
from benchmarks.growth_chart import COLOURS, growth_chart
from benchmarks.measuring import PROJECT, NotRunError, Used, computing, write_section
from benchmarks.nation import write_nation
from benchmarks.nation_measures import rulebook_text
from benchmarks.nation_time import raced
from benchmarks.nation_time import table as race_table
from benchmarks.own_stages import STAGES, stages_of
from benchmarks.same_bytes import hashes

from formula_funding.cli.garbage import OBJECTS_AT_ONCE

PAGE = """\
# Page

## One

### Size 1

old figures

### Size 2

others

## Two

end
"""


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nation")
    write_nation(folder, 5_000, 12, ["csv"])
    (folder / "rulebook.yaml").write_text(rulebook_text(), encoding="utf-8")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no wait4")
def test_both_duckdb_queries_compute_what_the_program_computes(nation: Path) -> None:
    found = raced(nation, nation / "roster.csv", sys.executable, ["duckdb", "duckdb-plain"], 1)
    cells = 12 * 38
    for name in ("duckdb", "duckdb-plain"):
        wrong, of, total = found[name].wrong.split()
        assert (of, total) == ("of", str(cells))
        assert int(wrong) <= 2  # floats, half a cent away
    assert found["funding compute"].runs[0].memory > 0


@pytest.fixture
def python_without(tmp_path: Path) -> Callable[[str], str]:
    """An interpreter in which one contender can't run."""

    def without(name: str) -> str:
        python = tmp_path / "python"
        told = f'echo Traceback >&2; echo "No module named {name}" >&2; exit 3'
        python.write_text(
            f'#!/bin/sh\n[ "$3" = {name} ] && {{ {told}; }}\nexec "{sys.executable}" "$@"\n'
        )
        python.chmod(0o755)
        return str(python)

    return without


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no wait4")
def test_a_contender_that_cannot_run_is_named_with_the_reason(
    nation: Path, python_without: Callable[[str], str]
) -> None:
    python = python_without("polars")
    found = raced(nation, nation / "roster.csv", python, ["duckdb", "polars"], 1)
    assert found["polars"].failed == "did not run: exit status 3: No module named polars"
    assert "| polars | did not run: exit status 3: No module named polars |" in race_table(found)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no wait4")
def test_a_race_without_what_all_are_held_against_ends_with_the_reason(
    nation: Path, python_without: Callable[[str], str]
) -> None:
    with pytest.raises(SystemExit, match="duckdb did not run: exit status 3: No module named"):
        raced(nation, nation / "roster.csv", python_without("duckdb"), ["duckdb"], 1)


def test_a_run_of_which_the_bytes_are_wanted_fails_with_its_reason(nation: Path) -> None:
    with pytest.raises(NotRunError, match=r"exit status 2: .*abacus"):
        hashes(nation, nation / "roster.csv", "same.csv", 1, ["abacus"])


def test_a_command_that_cannot_be_taken_apart_fails_with_its_reason() -> None:
    with pytest.raises(NotRunError, match=r"exit status 1: .*Y001"):
        stages_of(["compute", "absent.yaml", "absent.csv"])


def test_growth_up_to_less_than_the_smallest_size_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["growth", "--most", "20000"])
    with pytest.raises(SystemExit):
        growth()
    assert "the smallest size is 100000 students" in capsys.readouterr().err


def test_the_stages_that_are_timed_are_those_of_the_program(nation: Path) -> None:
    for module, name in STAGES.values():
        assert callable(getattr(importlib.import_module(module), name))
    arguments = ["rulebook.yaml", "roster.csv", "--schools", "schools.csv", "-o", "timed.csv"]
    given = [text if text[0] == "-" else str(nation / text) for text in arguments]
    spent = stages_of(["compute", *given])
    assert spent.keys() >= STAGES.keys() - {"roster read slowly"}
    assert all(clock >= 0 for clock, _ in spent.values())


def test_the_command_is_taken_apart_after_the_preparations_of_the_program(nation: Path) -> None:
    told = "import gc, os; print(gc.get_threshold()[0], os.environ.get('PYDANTIC_DISABLE_PLUGINS'))"
    code = f"from benchmarks import own_stages; own_stages.main(); {told}"
    given = computing(nation, nation / "roster.csv", nation / "prepared.csv")[3:]
    ran = subprocess.run(
        [sys.executable, "-c", code, "0", *given],
        cwd=PROJECT,
        env={k: v for k, v in os.environ.items() if k != "PYDANTIC_DISABLE_PLUGINS"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert ran.stdout.splitlines()[-1] == f"{OBJECTS_AT_ONCE} __all__"


def test_figures_take_the_place_of_those_of_the_same_size(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    write_section("## One", "### Size 1", "new figures\n", page)
    assert page.read_text(encoding="utf-8") == PAGE.replace("old figures", "new figures")


def test_figures_of_a_new_size_stand_at_the_end_of_their_part(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    write_section("## One", "### Size 3", "figures", page)
    assert page.read_text(encoding="utf-8") == PAGE.replace(
        "others\n", "others\n\n### Size 3\n\nfigures\n"
    )


def test_a_chart_of_proportional_growth_lies_on_its_dashed_line() -> None:
    series = {"from CSV": [(100, 2.0), (1_000, 20.0)]}
    chart = ElementTree.fromstring(growth_chart("Growth", "students", "seconds", series))
    paths = {p.get("stroke-dasharray"): p.get("d") for p in chart if p.get("stroke") == COLOURS[0]}
    assert paths["5 5"] == paths[None]


def test_the_table_of_growth_tells_the_slope_from_size_to_size() -> None:
    sizes = [(1_000, 10), (10_000, 100), (100_000, 1_000)]
    seconds = {sizes[0]: 1.0, sizes[1]: 2.0, sizes[2]: 20.0}
    runs = {size: [Used(s, s, 100)] for size, s in seconds.items()}
    rows = table(Growth("students", sizes), runs).splitlines()[2:]
    assert [row.split("|")[-2].strip() for row in rows] == ["", "0.30", "1.00"]
