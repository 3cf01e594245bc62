"""Whoever waits is shown how far the work has come, on a terminal and after two seconds only."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from rich.console import Console

from formula_funding.cli import patience as module
from formula_funding.cli.patience import patience
from formula_funding.export.formats import write_output
from formula_funding.export.per_school import write_schools
from formula_funding.model.inputs import Inputs
from formula_funding.pipeline import run
from tests.cli.conftest import DATA
from tests.conftest import Funding

WIDTH, BAR = 120, 40
"""Characters of the terminal, and of a whole bar."""


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What a terminal shows of messages, without colours."""
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=WIDTH, color_system=None)
    monkeypatch.setattr(module, "messages", lambda: console)
    return shown


def _wait(shown: io.StringIO) -> None:
    """Until the bar is there."""
    until = time.monotonic() + 10
    while not shown.getvalue() and time.monotonic() < until:
        time.sleep(0.01)


def test_half_of_the_schools_is_half_a_bar(
    terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", 0)
    with patience("writing out.xlsx") as progress:
        progress("", 1, 2)
        _wait(terminal)
    last = terminal.getvalue().rpartition("writing out.xlsx")[2]
    assert last.count("━") == BAR / 2


def test_what_is_read_is_named_until_it_is_done(
    terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", 0)
    with patience("counting") as progress:
        progress("roster.csv", 1, 3)
        _wait(terminal)
    assert "reading roster.csv" in terminal.getvalue()
    terminal.truncate(0)
    with patience("counting") as progress:
        progress("roster.csv", 3, 3)
        _wait(terminal)
    assert "counting" in terminal.getvalue()
    assert "reading" not in terminal.getvalue()


def test_short_work_shows_nothing(terminal: io.StringIO) -> None:
    with patience("counting") as progress:
        progress("", 1, 2)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("output", ["out.json", "out.xlsx", "a folder"])
def test_a_writer_tells_each_school_that_is_done(
    funding: Funding, tmp_path: Path, output: str
) -> None:
    assert funding("init", "city").exit_code == 0
    told: list[tuple[str, int, int]] = []
    finished = run(Inputs(Path(DATA[0]), (Path(DATA[1]),), Path(DATA[3])))
    telling = finished.telling(lambda *step: told.append(step))
    if output == "a folder":
        write_schools(telling, tmp_path, "en")
    else:
        write_output(telling, tmp_path / output, "en", force=False)
    assert told == [("", 1, 3), ("", 2, 3), ("", 3, 3)]
