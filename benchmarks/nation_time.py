"""How long a nation takes from roster to result, in turns with what somebody writes by hand.

Every contender is a process of its own, from its start to its end, and computes the same 38 lines
for each school: `funding compute … -o result.parquet`, and DuckDB, Polars, pandas and OpenFisca in
floats (`contenders.py`). Prints, and with `--write` puts into docs/performance.md, the medians of
the ratios to DuckDB's fastest query run by run, the most memory, the cells that are a cent or more
wrong, and where one run of ours spent its time. A contender that can't run is named with the
reason; without ours and DuckDB's there is nothing to hold the others against.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from benchmarks.measuring import (
    DOCUMENT,
    NotRunError,
    Used,
    computing,
    machine,
    used_by,
    write_section,
)
from benchmarks.nation import write_nation
from benchmarks.nation_measures import rulebook_text
from benchmarks.own_stages import stages_of, stages_table

OWN, BASE = "funding compute", "duckdb"
ALL = "duckdb,duckdb-plain,polars,pandas,pandas-plain,openfisca,openfisca-plain"
UNDER = "## In turns with what is written by hand"


@dataclass
class Contender:
    """A command, its runs, and what became of its cells, or why it has none."""

    command: list[str]
    runs: list[Used] = field(default_factory=list)
    wrong: str = "0, by definition"
    failed: str | None = None


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


def raced(
    nation: Path, roster: Path, python: str, names: list[str], times: int
) -> dict[str, Contender]:
    """Run all contenders in turns, the first round unmeasured.

    Ends the program with the reason if ours or DuckDB's fastest query can't run.
    """
    own = nation / "result.parquet"
    outs = {
        name: nation / f"result-{name}.{'csv' if name.startswith('pandas') else 'parquet'}"
        for name in names
    }
    found = {
        name: Contender(
            [
                *(python, "-m", "benchmarks.contenders", name),
                *map(str, (roster, nation / "schools.csv", out)),
            ]
        )
        for name, out in outs.items()
    }
    found[OWN] = Contender(computing(nation, roster, own))
    results = set()
    for number in range(times + 1):
        for name, contender in found.items():
            _run(contender, is_measured=number > 0)
            if contender.failed and name in {OWN, BASE}:
                sys.exit(f"{name} {contender.failed}")
        results.add(own.read_bytes())
    assert len(results) == 1, "the results differ between runs"
    for name, out in outs.items():
        if not found[name].failed:
            found[name].wrong = wrong_cells(own, out)
    return found


def _run(contender: Contender, *, is_measured: bool) -> None:
    if contender.failed:
        return
    try:
        used = used_by(contender.command)
    except NotRunError as error:
        contender.failed = f"did not run: {error}"
        return
    if is_measured:
        contender.runs.append(used)


def table(found: Mapping[str, Contender]) -> str:
    """What was measured as Markdown; ratios run by run to DuckDB's fastest query."""
    lines = [
        "| contender | seconds | ratio by the clock | ratio by the processor | MiB | wrong cells |",
        "|---|---|---|---|---|---|",
    ]
    base = found[BASE].runs
    for name, contender in found.items():
        if contender.failed:
            lines.append(f"| {name} | {contender.failed} | | | | |")
            continue
        pairs = list(zip(contender.runs, base, strict=True))
        clock = statistics.median(one.clock / other.clock for one, other in pairs)
        processor = statistics.median(one.processor / other.processor for one, other in pairs)
        seconds = statistics.median(used.clock for used in contender.runs)
        memory = max(used.memory for used in contender.runs)
        lines.append(
            f"| {name} | {seconds:.2f} | {clock:.2f} | {processor:.2f} | {memory} "
            f"| {contender.wrong} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Make the data, race, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1_000_000, help="1000000")
    parser.add_argument("--schools", type=int, help="one for 450 students")
    parser.add_argument("--runs", type=int, default=5, help="how often each contender runs (5)")
    parser.add_argument("--python", default=sys.executable, help="the contenders' interpreter")
    parser.add_argument("--contenders", default=ALL, help=f"which to run besides {BASE} ({ALL})")
    parser.add_argument("--formats", default="parquet,csv", help="of the roster (parquet,csv)")
    parser.add_argument("--folder", type=Path, help="where the data is kept between runs")
    parser.add_argument("--write", action="store_true", help=f"into {DOCUMENT.name}")
    given = parser.parse_args()
    schools = given.schools or given.students // 450
    names = list(dict.fromkeys([BASE, *given.contenders.split(",")]))
    formats = given.formats.split(",")
    with tempfile.TemporaryDirectory() as temporary:
        nation = (given.folder or Path(temporary)) / f"nation-{given.students}-{schools}"
        write_nation(nation, given.students, schools, formats)
        (nation / "rulebook.yaml").write_text(rulebook_text(), encoding="utf-8")
        for format_ in formats:
            roster = nation / f"roster.{format_}"
            found = raced(nation, roster, given.python, names, given.runs)
            spent = stages_of(found[OWN].command)
            heading = f"### {given.students:,} students, {schools:,} schools, {format_}"
            told = (
                f"{table(found)}\n\nMedians of {given.runs} runs in turns, and the most memory. "
                f"One run of ours, taken apart:\n\n{stages_table(spent)}\n\n{machine()}.\n"
            )
            sys.stdout.write(f"\n{heading}\n\n{told}")
            if given.write:
                write_section(UNDER, heading, told)


if __name__ == "__main__":
    main()
