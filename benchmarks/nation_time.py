"""How long a nation takes from roster to result, in turns with what somebody writes by hand.

Every contender is a process of its own, from its start to its end, and computes the same 38 lines
for each school: `funding compute … -o result.parquet`, and DuckDB, Polars and pandas in floats
(`contenders.py`). Prints, and with `--write` puts into docs/performance.md, the medians of the
ratios to DuckDB run by run, the most memory, and the cells that are a cent or more wrong.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from benchmarks.nation import write_nation
from benchmarks.nation_measures import rulebook_text

PROJECT = Path(__file__).parents[1]
DOCUMENT = PROJECT / "docs" / "performance.md"
OWN = "funding compute"


@dataclass
class Runs:
    """What a contender took: seconds by the clock and of the processor, MiB; and its cells."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    wrong: str = ""


def measured(command: list[str], runs: Runs) -> None:
    """Run a process to its end and note what it took."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    runs.clock.append(time.perf_counter() - start)
    runs.processor.append(used.ru_utime + used.ru_stime)
    runs.memory.append(used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) // 2**20)


def wrong_cells(exact: Path, other: Path) -> str:
    """How many amounts of `other` are a cent or more from the exact ones, of how many."""
    with duckdb.connect() as connection:
        names = [
            row[0]
            for row in connection.execute(f"DESCRIBE SELECT * FROM '{exact}'").fetchall()
            if row[0] not in {"school_id", "name", "students", "total"}
        ]
        differs = " + ".join(
            f"(round(b.{name}::DOUBLE * 100)::BIGINT != (a.{name} * 100)::BIGINT)::INT"
            for name in names
        )
        source = f"read_csv('{other}', types = {{'school_id': 'VARCHAR'}})"
        if other.suffix == ".parquet":
            source = f"'{other}'"
        wrong, schools = connection.execute(
            f"SELECT sum({differs}), count(*) FROM '{exact}' a JOIN {source} b USING (school_id)"
        ).fetchall()[0]
    return f"{wrong:,} of {schools * len(names):,}"


def raced(nation: Path, roster: Path, python: str, names: list[str], times: int) -> dict[str, Runs]:
    """Run all contenders in turns, the first round unmeasured."""
    rulebook = nation / "rulebook.yaml"
    rulebook.write_text(rulebook_text(), encoding="utf-8")
    schools, ending = nation / "schools.csv", {"pandas": "csv"}
    outs = {name: nation / f"result-{name}.{ending.get(name, 'parquet')}" for name in names}
    commands = {
        name: [
            python,
            "-m",
            "benchmarks.contenders",
            name,
            *map(str, (roster, schools, outs[name])),
        ]
        for name in names
    }
    own = nation / "result.parquet"
    commands[OWN] = [
        *(sys.executable, "-m", "formula_funding.cli.app", "compute", str(rulebook), str(roster)),
        *("--schools", str(schools), "-o", str(own), "--force", "--format", "csv"),
    ]
    found = {name: Runs() for name in commands}
    results = set()
    for run in range(times + 1):
        for name, command in commands.items():
            measured(command, found[name] if run else Runs())
        results.add(own.read_bytes())
    assert len(results) == 1, "the results differ between runs"
    for name in names:
        found[name].wrong = wrong_cells(own, outs[name])
    return found


def table(found: dict[str, Runs]) -> str:
    """What was measured as Markdown; ratios run by run to DuckDB."""
    lines = [
        "| contender | seconds | ratio by the clock | ratio by the processor | MiB | wrong cells |",
        "|---|---|---|---|---|---|",
    ]
    base = found["duckdb"]
    for name, runs in found.items():
        clock = statistics.median(a / b for a, b in zip(runs.clock, base.clock, strict=True))
        processor = statistics.median(
            a / b for a, b in zip(runs.processor, base.processor, strict=True)
        )
        lines.append(
            f"| {name} | {statistics.median(runs.clock):.2f} | {clock:.2f} | {processor:.2f} "
            f"| {max(runs.memory)} | {runs.wrong or '0, by definition'} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Make the data, race, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1_000_000, help="1000000")
    parser.add_argument("--schools", type=int, help="one for 450 students")
    parser.add_argument("--runs", type=int, default=5, help="how often each contender runs (5)")
    parser.add_argument("--python", default=sys.executable, help="the contenders' interpreter")
    parser.add_argument("--contenders", default="duckdb,polars,pandas", help="which to run")
    parser.add_argument("--formats", default="parquet,csv", help="of the roster (parquet,csv)")
    parser.add_argument("--folder", type=Path, help="where the data is kept between runs")
    parser.add_argument("--write", action="store_true", help=f"add to {DOCUMENT.name}")
    given = parser.parse_args()
    schools = given.schools or given.students // 450
    with tempfile.TemporaryDirectory() as temporary:
        nation = (given.folder or Path(temporary)) / f"nation-{given.students}-{schools}"
        write_nation(nation, given.students, schools, ("csv", "parquet"))
        for format_ in given.formats.split(","):
            # pandas reads Parquet only with pyarrow, which nothing else here needs.
            names = [
                n for n in given.contenders.split(",") if (n, format_) != ("pandas", "parquet")
            ]
            found = raced(nation, nation / f"roster.{format_}", given.python, names, given.runs)
            told = (
                f"\n### {given.students:,} students, {schools:,} schools, {format_}\n\n"
                f"{table(found)}\n\n{os.cpu_count()} processors ({platform.machine()}), Python "
                f"{platform.python_version()}, DuckDB {duckdb.__version__}; medians of "
                f"{given.runs} runs in turns.\n"
            )
            sys.stdout.write(told)
            if given.write:
                with DOCUMENT.open("a", encoding="utf-8") as document:
                    document.write(told)


if __name__ == "__main__":
    main()
