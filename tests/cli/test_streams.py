"""What goes to which stream, and with what exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from formula_funding.exact.rounding import round_fraction
from formula_funding.explain import explanation_from_allocation
from tests.conftest import Funding

City = tuple[str, ...]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_json_on_stdout_is_nothing_but_json(funding: Funding, city: City, language: str) -> None:
    """With --format json a program can read standard output; all else is on standard error."""
    schools = Path("city/schools.csv")
    schools.write_text(schools.read_text(encoding="utf-8") + "004,Empty,ordinary,no\n")
    finished = funding("compute", *city, "--format", "json", "--lang", language, "-o", "out.csv")
    assert json.loads(finished.stdout)["total"] == "1951000.00"
    assert "D015" in [problem.code for problem in finished.problems]
    assert "out.csv" in finished.stderr


def test_csv_on_stdout_is_nothing_but_csv(funding: Funding, city: City) -> None:
    """With --format csv every line of standard output is a school or the header."""
    rows = list(csv.reader(io.StringIO(funding("compute", *city, "--format", "csv").stdout)))
    assert [row[0] for row in rows] == ["school_id", "001", "002", "003"]
    assert {len(row) for row in rows} == {7}


@pytest.mark.parametrize("no_color", [None, "1"])
@pytest.mark.parametrize("command", ["compute", "explain", "check", "broken"])
def test_a_pipe_gets_no_colours(
    funding: Funding,
    city: City,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    no_color: str | None,
) -> None:
    """Neither stream has an escape code when it is not a terminal, nor with NO_COLOR."""
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
        monkeypatch.setenv("FORCE_COLOR", "1")
    words = {
        "compute": ["compute", *city],
        "explain": ["explain", *city, "--school", "001"],
        "check": ["check", "city/rulebook.yaml"],
        "broken": ["check", "city/schools.csv"],
    }[command]
    finished = funding(*words)
    assert finished.stdout + finished.stderr
    colours = ["\x1b[3", "\x1b[9"] if no_color else ["\x1b"]
    assert not any(code in finished.stdout + finished.stderr for code in colours)


def test_a_wide_table_is_not_folded_for_a_pipe(funding: Funding, city: City) -> None:
    """A pipe gets one line per school."""
    lines = funding("compute", *city).stdout.splitlines()
    assert sum(line.startswith(("001", "002", "003")) for line in lines) == 3


def test_the_language_may_come_from_the_environment(
    funding: Funding, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FUNDING_LANG=ru speaks Russian without an option."""
    monkeypatch.setenv("FUNDING_LANG", "ru")
    assert "Итого" in funding("compute", *city).stdout


def test_done_is_exit_code_0(funding: Funding, city: City) -> None:
    """A run without problems ends with 0, a warning or not."""
    assert funding("compute", *city).exit_code == 0


def test_a_contradiction_of_the_program_is_exit_code_4(
    funding: Funding, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the two ways of pricing differ by a kopeck, nothing is printed and 4 is returned."""
    monkeypatch.setattr(
        "formula_funding.judge.student_by_student.round_fraction",
        lambda value, rule: round_fraction(value, rule) + rule.unit,
    )
    finished = funding("compute", *city, "--engine", "plain", "--format", "csv", "-o", "out.csv")
    assert (finished.exit_code, finished.stdout) == (4, "")
    assert "internal error" in finished.stderr
    assert "fault of the program, not of your files" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert not Path("out.csv").exists()


def test_an_interrupted_run_says_so(
    funding: Funding, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends a run with one sentence and 130."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(explanation_from_allocation, "Explainer", interrupt)
    finished = funding("explain", *city, "--school", "001")
    assert (finished.exit_code, finished.stdout) == (130, "")
    assert "stopped; no file is half written" in finished.stderr
