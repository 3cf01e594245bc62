"""What checked reading costs: a CSV against DuckDB's bare count, a workbook against openpyxl.

Reading and tallying a million students checks every text, every school and that nobody stands
twice; the bare query only counts the same groups of the same file and hands them over. The two run
in turns. Prints medians of ratios, and the most memory that a process of its own took.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.nation import ROSTER, write_nation
from formula_funding.diagnostics.problem import Problems
from formula_funding.pipeline import Inputs, planned
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.data_from_files import read_data

RULES = Path(__file__).parent / "rules" / "read_time.yaml"
COUNTED = ("school_id", "grade", "need", "deprivation", "language")
SCHOOLS = 2_500


def tallying(roster: Path, schools: Path) -> Callable[[], int]:
    """What reads and tallies a roster as `funding compute` does, and says how many students."""
    inputs, problems = Inputs(RULES, (roster,), schools), Problems({})
    _, plan, layout = planned(inputs, problems)

    def tallied() -> int:
        with Workspace() as workspace:
            return read_data(inputs, plan, layout, problems, workspace).counts.rows

    return tallied


def bare_count(roster: Path) -> int:
    """The query that somebody would write who trusts the file."""
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in ROSTER)
    names = ", ".join(COUNTED)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT {names}, count(*) FROM read_csv('{roster}', columns = {{{columns}}}, "
            "header = true, auto_detect = false, delim = ',', quote = '\"') GROUP BY ALL"
        ).fetchall()
    return sum(row[-1] for row in rows)


def write_workbook(roster: Path, path: Path) -> None:
    """The roster as a workbook of one sheet."""
    import csv

    import xlsxwriter

    with (
        roster.open(newline="", encoding="utf-8") as file,
        xlsxwriter.Workbook(path, {"constant_memory": True}) as book,
    ):
        sheet = book.add_worksheet("roster")
        for number, cells in enumerate(csv.reader(file)):
            sheet.write_row(number, 0, cells)


def iterated(path: Path) -> int:
    """Every row of a workbook, as openpyxl reads it without writing."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    rows = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return rows - 1


def compared(own: Callable[[], int], other: Callable[[], int], runs: int) -> list[float]:
    """The medians of both times of the processor and of the clock's ratio, run by run."""
    times: list[list[tuple[float, float]]] = [[], []]
    for run in range(runs + 1):
        counts = []
        for place, job in enumerate((own, other)):
            start = time.perf_counter(), time.process_time()
            counts.append(job())
            times[place].append((time.perf_counter() - start[0], time.process_time() - start[1]))
        assert counts[0] == counts[1], f"{counts[0]} students, but {counts[1]} rows"
        if not run:
            times = [[], []]  # the first run fills the caches and loads what is imported
    return [
        *(statistics.median(clock for clock, _ in own) for own in times),
        statistics.median(a[0] / b[0] for a, b in zip(*times, strict=True)),
        statistics.median(a[1] / b[1] for a, b in zip(*times, strict=True)),
    ]


def megabytes(roster: Path, schools: Path) -> int:
    """The most memory that a process took that did nothing but tally.

    A process counts what the one that started it held: measure before anything large is done.
    """
    code = (
        "import resource, sys; from pathlib import Path; "
        "from benchmarks.read_time import tallying; "
        "tallying(Path(sys.argv[1]), Path(sys.argv[2]))(); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", code, str(roster), str(schools)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return int(done.stdout.split()[-1]) * unit // 2**20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1_000_000, help="rows of the CSV (1000000)")
    parser.add_argument("--rows", type=int, default=200_000, help="rows of the workbook (200000)")
    parser.add_argument("--runs", type=int, default=7, help="how often each job runs (7)")
    parser.add_argument("--folder", type=Path, help="where the data is kept between runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = given.folder or Path(temporary)
        nation, small = (folder / f"students-{rows}" for rows in (given.students, given.rows))
        write_nation(nation, given.students, SCHOOLS, ("csv",))
        roster, schools = nation / "roster.csv", nation / "schools.csv"
        most = megabytes(roster, schools)
        _tell(
            f"{given.students:,} students, CSV",
            "DuckDB's bare count",
            compared(tallying(roster, schools), lambda: bare_count(roster), given.runs),
            most,
        )
        if not given.rows:
            return
        write_nation(small, given.rows, SCHOOLS, ("csv",))
        book, schools = small / "roster.xlsx", small / "schools.csv"
        if not book.exists():
            write_workbook(small / "roster.csv", book)
        _tell(
            f"{given.rows:,} students, XLSX",
            "openpyxl's iteration",
            compared(tallying(book, schools), lambda: iterated(book), max(3, given.runs // 2)),
            None,
        )


def _tell(what: str, other: str, medians: list[float], most: int | None) -> None:
    own, others, clock, processor = medians
    sys.stdout.write(
        f"{what}: {own:.2f} s; {other}: {others:.2f} s (medians)\n"
        f"  ratio, run by run: {clock:.2f} by the clock, {processor:.2f} by the processor\n"
    )
    if most is not None:
        sys.stdout.write(f"  the most memory: {most} MiB\n")


if __name__ == "__main__":
    main()
