"""How long `funding compute` takes on the sample city, as a whole process.

Measured against a process that only imports DuckDB and pandas, in turns, so that a busy machine
slows both alike. Prints both medians and their ratio.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
CITY = PROJECT / "sample_data" / "city"
COMPUTE = [
    *(sys.executable, "-m", "formula_funding.cli.app", "compute"),
    str(PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"),
    str(CITY / "roster.csv"),
    *("--schools", str(CITY / "schools.csv")),
]
IMPORT = [sys.executable, "-c", "import duckdb, pandas"]


def seconds(command: list[str]) -> float:
    """The time from starting a process to its end."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Run both commands in turns and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="how often each command runs (11)")
    parser.add_argument("--engine", default="duckdb", help="duckdb or plain (duckdb)")
    given = parser.parse_args()
    compute = [*COMPUTE, "--engine", given.engine]
    for command in (compute, IMPORT):
        seconds(command)  # fills the caches of the disk
    times = [(seconds(compute), seconds(IMPORT)) for _ in range(given.runs)]
    computing = statistics.median(own for own, _ in times)
    importing = statistics.median(other for _, other in times)
    ratio = statistics.median(own / other for own, other in times)
    sys.stdout.write(
        f"funding compute, 50,000 students, 60 schools: {computing:.2f} s (median)\n"
        f"python -c 'import duckdb, pandas':            {importing:.2f} s (median)\n"
        f"ratio, run by run:                            {ratio:.2f} (median of {given.runs})\n"
    )


if __name__ == "__main__":
    main()
