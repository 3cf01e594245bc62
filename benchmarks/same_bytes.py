"""Whether ten runs give the same bytes: `python -m benchmarks.same_bytes`.

Each run differs from the others in what must not matter: hash seed, time zone, processors, memory,
and the engine. Prints the hash of each output; ends with status 1 if one differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.measuring import PROJECT, NotRunError, computing
from benchmarks.nation import write_nation
from benchmarks.nation_measures import rulebook_text

OUTPUTS = "result.parquet,result.csv,result.lines.csv,result.json,result.xlsx"
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")


def surroundings(number: int, engines: list[str]) -> tuple[list[str], dict[str, str], list[str]]:
    """What comes before the command of a run, its variables, and its further options."""
    on_one = number // 2 % 2 and shutil.which("taskset")
    before = ["taskset", "-c", "0"] if on_one else []
    variables = {"PYTHONHASHSEED": str(number * 101), "TZ": ZONES[number % len(ZONES)]}
    options = ["--engine", engines[number % len(engines)]]
    if number % 3 == 2:
        options += ["--memory-limit", "300MB"]
    return before, variables, options


def hashes(nation: Path, roster: Path, name: str, runs: int, engines: list[str]) -> Counter[str]:
    """How many runs gave an output of each hash. Raises NotRunError if one fails."""
    found: Counter[str] = Counter()
    for number in range(runs):
        before, variables, options = surroundings(number, engines)
        output = nation / name
        ran = subprocess.run(
            [*before, *computing(nation, roster, output), *options],
            cwd=PROJECT,
            env=os.environ | variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if ran.returncode:
            raise NotRunError(ran.returncode, ran.stderr)
        found[hashlib.sha256(output.read_bytes()).hexdigest()] += 1
    return found


def main() -> None:
    """Run, hash, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=20_000, help="20000")
    parser.add_argument("--schools", type=int, default=50, help="50")
    parser.add_argument("--runs", type=int, default=10, help="10")
    parser.add_argument("--formats", default="parquet,csv", help="of the roster (parquet,csv)")
    parser.add_argument("--outputs", default=OUTPUTS, help=f"files to write ({OUTPUTS})")
    parser.add_argument(
        "--engines", default="auto,duckdb,plain", help="add spark if it is installed"
    )
    given = parser.parse_args()
    formats, alike = given.formats.split(","), True
    with tempfile.TemporaryDirectory() as folder:
        nation = Path(folder)
        write_nation(nation, given.students, given.schools, formats)
        (nation / "rulebook.yaml").write_text(rulebook_text(), encoding="utf-8")
        for format_ in formats:
            for name in given.outputs.split(","):
                found = hashes(
                    nation, nation / f"roster.{format_}", name, given.runs, given.engines.split(",")
                )
                told = ", ".join(f"{times} × {text[:16]}" for text, times in found.items())
                sys.stdout.write(f"{name} from {format_}: {told}\n")
                alike = alike and len(found) == 1
    sys.exit(0 if alike else "the bytes differ between runs")


if __name__ == "__main__":
    main()
