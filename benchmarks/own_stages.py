"""Where the time of one `funding compute` goes: `python -m benchmarks.own_stages ARGUMENTS`.

The arguments are those of `funding compute`. The command runs as it is, in this process and after
the same preparations, with a clock around the functions below; what they call of one another is
told once, at the inner one.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.measuring import PROJECT, NotRunError

STAGES = {
    "rulebook read, checked, planned": ("formula_funding.pipeline", "planned"),
    "register read": ("formula_funding.tally.data_from_files", "register_given"),
    "roster opened, its columns found": ("formula_funding.tally.data_from_files", "open_roster"),
    "students counted": ("formula_funding.tally.data_from_files", "tally_of"),
    "counted texts read as values": ("formula_funding.tally.sound_roster", "counts_from_tally"),
    "roster read slowly": ("formula_funding.tally.data_from_files", "_read_row_by_row"),
    "allocation priced": ("formula_funding.pipeline", "allocation_from_counts"),
    "output written": ("formula_funding.export.formats", "write_output"),
    "result printed": ("formula_funding.cli.compute", "_print"),
}
"""What is timed: the module in which the function is looked up when it is called, and its name."""
Spent = dict[str, tuple[float, float]]
"""Seconds by the clock and of the processors by stage."""


class Watch:
    """Adds up what each stage takes without the stages inside it."""

    def __init__(self) -> None:
        self.spent: Spent = {}
        self._inner = [(0.0, 0.0)]

    def around(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        def timed(*arguments: Any, **named: Any) -> Any:
            clock, processor = time.perf_counter(), time.process_time()
            self._inner.append((0.0, 0.0))
            try:
                return function(*arguments, **named)
            finally:
                inner = self._inner.pop()
                took = time.perf_counter() - clock, time.process_time() - processor
                self._inner[-1] = _sum(self._inner[-1], took)
                self.add(stage, (took[0] - inner[0], took[1] - inner[1]))

        return timed

    def add(self, stage: str, took: tuple[float, float]) -> None:
        """Add seconds to a stage."""
        self.spent[stage] = _sum(self.spent.get(stage, (0.0, 0.0)), took)


def _sum(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return one[0] + other[0], one[1] + other[1]


def main() -> None:
    """Run the command with watches around its stages, and print what each took."""
    began, arguments = float(sys.argv[1]), sys.argv[2:]
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    from formula_funding.cli.garbage import search_rarely

    search_rarely()
    from formula_funding.cli.app import app

    watch = Watch()
    watch.add("start-up, the command line", (time.monotonic() - began, time.process_time()))
    places = {
        module: watch.around("libraries loaded", importlib.import_module)(module)
        for module, _ in STAGES.values()
    }
    for stage, (module, name) in STAGES.items():
        place = places[module]
        setattr(place, name, watch.around(stage, getattr(place, name)))
    whole = watch.around("the rest", app)
    with contextlib.redirect_stdout(io.StringIO()):
        whole(arguments, standalone_mode=False)
    for stage, (clock, processor) in watch.spent.items():
        sys.stdout.write(f"{stage}\t{clock}\t{processor}\n")


def stages_of(command: list[str]) -> Spent:
    """What each stage of a `funding compute …` took, run once in a process of its own.

    Raises NotRunError if it fails.
    """
    arguments = command[command.index("compute") :]
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.own_stages", str(time.monotonic()), *arguments],
        cwd=PROJECT,
        check=False,
        capture_output=True,
    )
    if ran.returncode:
        raise NotRunError(ran.returncode, ran.stderr)
    rows = (line.split("\t") for line in ran.stdout.decode().splitlines())
    return {stage: (float(clock), float(processor)) for stage, clock, processor in rows}


def stages_table(spent: Spent) -> str:
    """Stages as Markdown, in the order of their time, with the share of the whole."""
    whole = sum(clock for clock, _ in spent.values())
    lines = ["| stage | seconds | of the processors | share |", "|---|---|---|---|"]
    for stage, (clock, processor) in sorted(spent.items(), key=lambda entry: -entry[1][0]):
        lines.append(f"| {stage} | {clock:.2f} | {processor:.2f} | {100 * clock / whole:.0f} % |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
