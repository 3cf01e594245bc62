"""How much a scenario costs: runs from the roster, re-pricing from a kept tally, and OpenFisca.

One formula on the same data for all: a rate by stage for each student, and more for a need.
Everything is measured in turns in one run, so that a busy machine slows all alike; the ratios
are medians of turns. OpenFisca is no part of this project: give the interpreter that has it.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.allocate.repricing import Repricing
from formula_funding.diagnostics.problem import Problems
from formula_funding.model.plan import Parameter
from formula_funding.pipeline import Inputs, check_data, kept_tally, run
from formula_funding.tally.kept_file import write_kept

OPENFISCA = Path(__file__).parent / "scenarios_in_openfisca.py"
RULEBOOK = """\
rulebook: benchmark
title: Benchmark
currency: RUB
students:
  grade: 1..11
  needs: [none, special, motor]
define:
  stage: {from: grade, bands: {primary: 1..4, basic: 5..9, upper: 10..11}}
parameters:
  norm: {kind: money, by: stage, values: {primary: 160300, basic: 184600, upper: 190100}}
  coefficient: {kind: ratio, by: needs, values: {none: 0, special: 1, motor: 2}}
lines:
  base: {title: Base, for: each student, amount: 'norm[stage]'}
  extra: {title: Needs, for: each student, when: needs != none,
          amount: 'norm[stage] * coefficient[needs]'}
"""
RUN = "a run from the roster"
ONE = "one more scenario"
TEN = "ten scenarios"
TEN_READ = "ten scenarios, with reading the tally and the first pricing"
THOUSAND = "a thousand scenarios, with reading the tally"
OTHER = "ten scenarios in OpenFisca, calculation alone"
OTHER_BUILT = "ten scenarios in OpenFisca, with building simulations"
NEEDS = ("none", "none", "none", "none", "none", "none", "none", "none", "special", "motor")


def write_city(folder: Path, students: int, schools: int) -> Inputs:
    """A rulebook, a register and a roster of invented students, always the same."""
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    with (folder / "schools.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["school_id", "name"])
        writer.writerows((f"{i:04}", f"School {i}") for i in range(schools))
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["student_id", "school_id", "grade", "needs"])
        state = 1
        for i in range(students):
            state = state * 6364136223846793005 % 2**64 + 1442695040888963407
            drawn = state >> 33
            needs = NEEDS[drawn // 11 % len(NEEDS)]
            writer.writerow([f"S{i:07}", f"{i % schools:04}", drawn % 11 + 1, needs])
    return Inputs(folder / "rulebook.yaml", (folder / "roster.csv",), folder / "schools.csv")


def raised(parameter: Parameter, number: int) -> Parameter:
    """Scenario `number`: every rate raised by so many tenths of a per mille."""
    factor = 1 + Fraction(number, 10_000)
    values = {key: value * factor for key, value in parameter.values.items()}
    return replace(parameter, values=values)


def seconds(action: Callable[[], object]) -> float:
    """The time that an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def opened(inputs: Inputs) -> tuple[Repricing, Parameter]:
    """What prices scenarios of the rates, from nothing but the files."""
    plan, data = check_data(inputs, Problems())
    _, evaluation = allocation_from_counts(plan, data.counts, data.register, Problems())
    return Repricing(evaluation), plan.parameters["norm"]


def priced(repricing: Repricing, norm: Parameter, scenarios: int) -> list[int]:
    """The totals of so many scenarios."""
    return [repricing.priced({"norm": raised(norm, i)}).total for i in range(scenarios)]


def in_openfisca(python: str, roster: str, scenarios: int) -> tuple[float, float, list[int]]:
    """The seconds that OpenFisca takes to calculate scenarios, with building them, and totals."""
    finished = subprocess.run(
        [python, str(OPENFISCA), roster, str(scenarios)],
        check=True,
        capture_output=True,
        text=True,
    )
    calculating, whole, *totals = finished.stdout.split()
    return float(calculating), float(whole), [int(total) for total in totals]


def main() -> None:
    """Measure in turns and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1_000_000)
    parser.add_argument("--schools", type=int, default=1_000)
    parser.add_argument("--turns", type=int, default=5, help="how often everything is measured")
    parser.add_argument("--openfisca", metavar="PYTHON", help="an interpreter with OpenFisca")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = write_city(folder, given.students, given.schools)
        kept, _ = kept_tally(inputs, ())
        write_kept(kept, folder / "city.tally.parquet")
        tally = replace(inputs, rosters=(folder / "city.tally.parquet",))
        measured(inputs, tally, given.turns, given.openfisca)


def measured(roster: Inputs, tally: Inputs, turns: int, openfisca: str | None) -> None:
    """Measure everything in turns; print medians and the ratios turn by turn."""
    finished = run(roster)
    if finished.allocation.lines != run(tally).allocation.lines:
        raise SystemExit("the tally and the roster give different amounts")
    ours = priced(*opened(tally), 10)
    times: dict[str, list[float]] = {}

    def take(what: str, action: Callable[[], object]) -> None:
        times.setdefault(what, []).append(seconds(action))

    off = 0
    for _ in range(turns):
        take(RUN, lambda: run(roster))
        ready = opened(tally)
        priced(*ready, 1)
        take(ONE, partial(priced, *ready, 1))
        take(TEN, partial(priced, *ready, 10))
        take(TEN_READ, lambda: priced(*opened(tally), 10))
        take(THOUSAND, lambda: priced(*opened(tally), 1000))
        if openfisca is not None:
            calculating, whole, totals = in_openfisca(openfisca, str(roster.rosters[0]), 10)
            times.setdefault(OTHER, []).append(calculating)
            times.setdefault(OTHER_BUILT, []).append(whole)
            off = max(abs(a - b) for a, b in zip(ours, totals, strict=True))
    for what, found in times.items():
        sys.stdout.write(f"{what + ':':62}{statistics.median(found):9.4f} s\n")
    ratio("thousand scenarios / ten runs (below 1)", times[THOUSAND], times[RUN], 10)
    ratio("one scenario / a run, in % (below 1)", times[ONE], times[RUN], Fraction(1, 100))
    if openfisca is not None:
        ratio("ten scenarios, OpenFisca / re-pricing (10 or more)", times[OTHER], times[TEN], 1)
        ratio("the same, building / reading included", times[OTHER_BUILT], times[TEN_READ], 1)
        sys.stdout.write(
            f"OpenFisca's totals (single precision) are off by {off} kopecks at most\n"
        )


def ratio(what: str, times: list[float], others: list[float], unit: Fraction | int) -> None:
    """Print the median of the ratios, turn by turn, in multiples of `unit`."""
    ratios = [time_ / other / float(unit) for time_, other in zip(times, others, strict=True)]
    sys.stdout.write(f"{what + ':':62}{statistics.median(ratios):9.3f}\n")


if __name__ == "__main__":
    main()
