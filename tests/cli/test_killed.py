"""A run that is killed leaves the old output or the new one, whole."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from benchmarks.nation import write_nation
from benchmarks.nation_measures import rulebook_text

KILLS = int(os.environ.get("FUNDING_KILLS", "2"))
"""`make kills` kills 50 runs of each output, with results that take long to write."""
OLD = b"what was here before"
STARTER = Path(str(files("formula_funding.starter")))
TABLES, WORKBOOKS = (40_000, 4_000), (6_000, 30)
"""Students and schools of large results."""

ENDINGS = ["xlsx", "parquet", "csv", "json"] if KILLS > 2 else ["xlsx", "parquet"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
State = dict[str, bytes]
"""What stands under each name beside the output or in it; a folder alone has the name `.`."""


class Killing:
    """Runs of one command that are killed, and what they leave in an empty folder of the test."""

    def __init__(self, folder: Path, inputs: Path, output: str, *options: str) -> None:
        self._folder, self._output = folder / "given", folder / "given" / output
        self.killed = 0
        self._command = [
            *(sys.executable, "-m", "formula_funding", "compute"),
            *(str(inputs / name) for name in ("rulebook.yaml", "roster.csv")),
            *("--schools", str(inputs / "schools.csv"), *options, str(self._output), "--force"),
        ]

    def left(self, before: State) -> Iterator[State]:
        """What the finished run leaves, then each killed one, having found the state `before`.

        Every other run is killed at any moment, and every other one while it writes.
        """
        moments = random.Random(7)
        start, finished = time.perf_counter(), self._run_until_writing(before)
        begun = time.perf_counter()
        assert finished.wait() == 0
        end = time.perf_counter()
        spans = [end - start, end - begun]
        yield self._state()
        for number in range(KILLS):
            kind = number % 2
            running = self._run_until_writing(before) if kind else self._run(before)
            start = time.perf_counter()
            try:
                running.wait(moments.uniform(0, spans[kind]))
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
                self.killed += 1
            else:  # the machine is quicker than it was
                spans[kind] = 1.2 * (time.perf_counter() - start)
            yield self._state()

    def _run(self, before: State) -> subprocess.Popen[bytes]:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        for name, text in before.items():
            path = self._folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text)
        return subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _run_until_writing(self, before: State) -> subprocess.Popen[bytes]:
        running = self._run(before)
        while running.poll() is None and not any(self._folder.glob(".funding-*")):
            time.sleep(0.001)
        return running

    def _state(self) -> State:
        """The output's files by their paths, without what is hidden."""
        found = [self._output, *self._output.glob("*")]
        return {
            path.relative_to(self._folder).as_posix(): path.read_bytes() if path.is_file() else b""
            for path in found
            if path.exists()
        }


def _inputs(folder: Path, size: tuple[int, int]) -> Path:
    """The starter, which is quick; a large roster where many runs are killed."""
    if KILLS <= 2:
        return STARTER
    write_nation(folder, *size, ["csv"])
    (folder / "rulebook.yaml").write_text(rulebook_text(), encoding="utf-8")
    return folder


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_killed_at_any_moment_leaves_the_old_file_or_the_new_one(
    ending: str, tmp_path: Path
) -> None:
    inputs = _inputs(tmp_path / "nation", WORKBOOKS if ending in {"xlsx", "json"} else TABLES)
    name = f"allocation.{ending}"
    old = {name: OLD}
    killing = Killing(tmp_path, inputs, name, "-o")
    new, *states = killing.left(old)
    assert new != old
    assert all(state in (old, new) for state in states)
    assert killing.killed >= KILLS // 4


def test_a_killed_run_leaves_no_folder_of_workbooks_or_a_whole_one(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path / "nation", WORKBOOKS)
    killing = Killing(tmp_path, inputs, "schools", "--per-school")
    new, *states = killing.left({})
    assert len(new) > 2
    assert all(state in ({}, new) for state in states)
    assert killing.killed >= KILLS // 4


def test_a_killed_run_leaves_each_workbook_of_a_folder_old_or_new(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path / "nation", WORKBOOKS)
    new = next(Killing(tmp_path, inputs, "schools", "--per-school").left({}))
    old = {name: OLD for name, text in new.items() if text} | {"schools/notes.txt": OLD}
    killing = Killing(tmp_path, inputs, "schools", "--per-school")
    for state in killing.left(old):
        assert state.keys() == old.keys() | {"schools"}
        assert all(text in (old.get(name, b""), new.get(name)) for name, text in state.items())
    assert killing.killed >= KILLS // 4
