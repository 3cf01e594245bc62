"""How time and memory grow: `python -m benchmarks.growth --most 18000000 --write`.

Measures `funding compute … -o result.parquet`, each a process of its own and alone, for more and
more students at 450 a school, and for more and more schools of the same students. Prints tables;
with `--write` they go into docs/performance.md, with a chart of each.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.growth_chart import growth_chart
from benchmarks.measuring import DOCUMENT, PROJECT, Used, computing, machine, used_by, write_section
from benchmarks.nation import write_nation
from benchmarks.nation_measures import rulebook_text

STUDENTS = (100_000, 300_000, 1_000_000, 3_000_000, 18_000_000, 72_000_000)
SCHOOLS = (1_000, 3_000, 10_000, 30_000, 100_000)
PER_SCHOOL, FIXED = 450, 3_000_000
PICTURES = PROJECT / "docs" / "pictures"
NAMES = {"parquet": "Parquet", "csv": "CSV"}
UNDER = "## Growth"
Size = tuple[int, int]
"""Students and schools."""


@dataclass(frozen=True)
class Growth:
    """Sizes of which one part grows: what it is called, its numbers, and the middle of the runs."""

    what: str
    sizes: Sequence[Size]

    def number(self, size: Size) -> int:
        """What grows."""
        return size[0] if self.what == "students" else size[1]


def measured(
    sizes: Sequence[Size], format_: str, folder: Path, times: int
) -> dict[Size, list[Used]]:
    """What each size took in each of the rounds; the first round is not counted."""
    commands = {}
    for students, schools in sizes:
        nation = folder / f"nation-{students}-{schools}"
        write_nation(nation, students, schools, [format_])
        (nation / "rulebook.yaml").write_text(rulebook_text(), encoding="utf-8")
        output = nation / "result.parquet"
        commands[students, schools] = computing(nation, nation / f"roster.{format_}", output)
    runs: dict[Size, list[Used]] = {size: [] for size in sizes}
    for number in range(times + 1):
        for size, command in commands.items():
            used = used_by(command)
            if number:
                runs[size].append(used)
    return runs


def processor(runs: Sequence[Used]) -> float:
    """The middle of the processor's seconds."""
    return statistics.median(used.processor for used in runs)


def table(growth: Growth, runs: Mapping[Size, Sequence[Used]]) -> str:
    """A row for each size as Markdown.

    The last column is the slope from the row before on logarithmic axes: 1 is in proportion.
    """
    lines = [
        "| students | schools | seconds | of the processors | MiB | growth |",
        "|---|---|---|---|---|---|",
    ]
    before: tuple[int, float] | None = None
    for size in growth.sizes:
        number, seconds = growth.number(size), processor(runs[size])
        slope = ""
        if before is not None:
            slope = f"{math.log(seconds / before[1]) / math.log(number / before[0]):.2f}"
        before = number, seconds
        clock = statistics.median(used.clock for used in runs[size])
        memory = max(used.memory for used in runs[size])
        lines.append(
            f"| {size[0]:,} | {size[1]:,} | {clock:.2f} | {seconds:.2f} | {memory} | {slope} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Make the data, measure, print, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=18_000_000, help="the most students (18000000)")
    parser.add_argument(
        "--fixed", type=int, default=FIXED, help=f"students of the schools ({FIXED})"
    )
    parser.add_argument("--runs", type=int, default=3, help="how often each size runs (3)")
    parser.add_argument("--formats", default="parquet,csv", help="of the roster (parquet,csv)")
    parser.add_argument("--folder", type=Path, help="where the data is kept between runs")
    parser.add_argument("--write", action="store_true", help=f"into {DOCUMENT.name}")
    given = parser.parse_args()
    if given.most < STUDENTS[0]:
        parser.error(f"--most: the smallest size is {STUDENTS[0]} students")
    formats = given.formats.split(",")
    of_students = [(n, n // PER_SCHOOL) for n in STUDENTS if n <= given.most]
    of_schools = [(min(given.fixed, given.most), n) for n in SCHOOLS]
    for growth in (Growth("students", of_students), Growth("schools", of_schools)):
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.folder or Path(temporary)
            found = {f: measured(growth.sizes, f, folder, given.runs) for f in formats}
        text = _told(growth, found, given.runs)
        heading = f"### By the number of {growth.what}"
        sys.stdout.write(f"\n{heading}\n\n{text}")
        if given.write:
            _draw(growth, found)
            write_section(UNDER, heading, text)


def _told(growth: Growth, found: Mapping[str, Mapping[Size, Sequence[Used]]], times: int) -> str:
    tables = "\n\n".join(
        f"From {NAMES[format_]}:\n\n{table(growth, runs)}" for format_, runs in found.items()
    )
    return (
        f"![Processor time by the number of {growth.what}](pictures/growth-{growth.what}.svg)\n\n"
        f"{tables}\n\nMedians of {times} runs, each alone, and the most memory. {machine()}.\n"
    )


def _draw(growth: Growth, found: Mapping[str, Mapping[Size, Sequence[Used]]]) -> None:
    title = "funding compute, 450 students in a school"
    if growth.what == "schools":
        title = f"funding compute, {growth.sizes[0][0]:,} students in all"
    series = {
        f"from {NAMES[format_]}": [
            (growth.number(size), processor(runs[size])) for size in growth.sizes
        ]
        for format_, runs in found.items()
    }
    chart = growth_chart(title, f"number of {growth.what}", "processor time, seconds", series)
    (PICTURES / f"growth-{growth.what}.svg").write_text(chart, encoding="utf-8")


if __name__ == "__main__":
    main()
