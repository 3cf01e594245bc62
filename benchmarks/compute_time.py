"""How long `funding compute` takes on the sample city, and `funding --help`, as whole processes.

Each is measured against a process that only imports libraries, in turns, so that a busy machine
slows both alike: DuckDB and pandas for the computation, typer for the help. Prints the medians of
both and of their ratios, by the clock and by what the processor spent. All run from bytecode, as
an installed program does.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parents[1]
CITY = PROJECT / "sample_data" / "city"
FUNDING = [sys.executable, "-c", "from formula_funding.__main__ import program; program()"]
COMPUTE = [
    *(*FUNDING, "compute"),
    str(PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"),
    str(CITY / "roster.csv"),
    *("--schools", str(CITY / "schools.csv")),
]
ENVIRONMENT = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Took(NamedTuple):
    """Seconds from the start of a process to its end, and those that the processor spent on it."""

    clock: float
    processor: float


def took(command: list[str]) -> Took:
    """Run a process and measure it."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Took(clock, spent)


def told(name: str, command: list[str], libraries: str, runs: int) -> str:
    """What a command and the import of some libraries took, in turns."""
    script = f"import {libraries}"
    importing = [sys.executable, "-c", script]
    for warming in (command, importing):  # writes bytecode and fills the caches of the disk
        took(warming)
    times = [(took(command), took(importing)) for _ in range(runs)]
    lines = [f"{'':52} clock  processor"]
    for label, number in ((name, 0), (f"python -c '{script}'", 1)):
        clock, processor = zip(*(pair[number] for pair in times), strict=True)
        lines.append(
            f"  {label:48} {statistics.median(clock):6.2f} s {statistics.median(processor):7.2f} s"
        )
    ratios = [statistics.median(own[kind] / other[kind] for own, other in times) for kind in (0, 1)]
    lines.append(f"  {f'ratio, median of {runs} pairs':48} {ratios[0]:6.2f}   {ratios[1]:7.2f}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the commands in turns and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="how often each command runs (11)")
    parser.add_argument("--engine", default="auto", help="auto, duckdb or plain (auto)")
    given = parser.parse_args()
    city = "funding compute, 50,000 students, 60 schools"
    compute = [*COMPUTE, "--engine", given.engine]
    sys.stdout.write(told(city, compute, "duckdb, pandas", given.runs))
    sys.stdout.write(told("funding --help", [*FUNDING, "--help"], "typer", given.runs))


if __name__ == "__main__":
    main()
