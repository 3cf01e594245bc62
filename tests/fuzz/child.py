"""Reads damaged files in a process of its own, which may use so much memory and time.

python -m tests.fuzz.child FOLDER COPIES NAME…: of each file it reads so many damaged copies, or the
one copy of a number (NAME#NUMBER), prints which before it is read, and then how it ended. Ends with
a traceback at the first copy that ends in anything but a result or a documented error.
"""

from __future__ import annotations

import resource
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from formula_funding.diagnostics.codes import CODES
from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.draft.draft_as_yaml import draft_as_yaml
from formula_funding.draft.layout_draft import layout_draft
from formula_funding.model.inputs import Inputs
from formula_funding.pipeline import run
from formula_funding.read.findings import Detail
from formula_funding.report.report_as_json import report_as_json
from formula_funding.report.roster_report import roster_report
from formula_funding.sources.workspace import Workspace
from tests.fuzz.damage import damaged
from tests.fuzz.seeds import LAYOUTS, RULEBOOK, SCHOOLS, SEEDS

MEMORY = 2**30
SECONDS = 20
"""Of the processor, so that a busy machine makes nothing too slow; who waits for ever is ended by
the test."""


class TooSlowError(Exception):
    """A copy took longer than it may."""


def _too_slow(*_: object) -> None:
    raise TooSlowError


def main(folder: Path, copies: int, names: Sequence[str]) -> None:
    """Read the seed of each name, which must give a result, and then its damaged copies."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, _too_slow)
    for asked in names:
        name, _, only = asked.partition("#")
        here = folder / asked
        here.mkdir()
        seed = SEEDS[name](here)
        assert _read(here, name, seed) == "a result", name
        for number in [int(only)] if only else range(1, copies + 1):
            sys.stdout.write(f"{name} {number}: ")
            sys.stdout.flush()
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            ended = _read(here, name, damaged(name, seed, number))
            signal.setitimer(signal.ITIMER_PROF, 0)
            sys.stdout.write(f"{ended}\n")


def _read(folder: Path, name: str, data: bytes) -> str:
    """Compute, check and draft by a file; how computing ended, alike with and without DuckDB."""
    inputs = _inputs(folder, name, data)
    ended = _told(lambda: run(inputs))
    assert _told(lambda: run(replace(inputs, engine="duckdb"))) == ended
    if name != "rulebook.yaml":
        with Workspace() as workspace:
            _told(lambda: report_as_json(roster_report(inputs, _ALL, workspace), show_values=True))
    if name not in {"rulebook.yaml", "layout.yaml"}:
        with Workspace() as workspace:
            _told(lambda: draft_as_yaml(layout_draft(inputs, workspace)))
    return ended


_ALL = Detail(places=100, texts=True)


def _inputs(folder: Path, name: str, data: bytes) -> Inputs:
    """The files of a run, of which one has these bytes."""
    roster = {"rulebook.yaml": "roster.csv", "schools.csv": "roster.csv"}.get(name, name)
    roster = "russian.csv" if name == "layout.yaml" else roster
    files = {"rulebook.yaml": RULEBOOK.encode(), "schools.csv": SCHOOLS.encode()}
    if roster in LAYOUTS:
        files["layout.yaml"] = LAYOUTS[roster].encode()
    files = {roster: SEEDS[roster](folder), **files, name: data}
    for file, content in files.items():
        (folder / file).write_bytes(content)
    schools = roster if name == "bundle.zip" else "schools.csv"
    return Inputs(folder / "rulebook.yaml", (folder / roster,), folder / schools)


def _told(action: Callable[[], object]) -> str:
    """How an action ended: with a result, or with the codes of problems."""
    try:
        action()
    except ProblemsFoundError as error:
        return " ".join(sorted({CODES[problem.code.id].id for problem in error.problems}))
    return "a result"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
