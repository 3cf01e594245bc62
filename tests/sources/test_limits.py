"""Limits: a file beyond one is refused with its name, and the option raises it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from formula_funding.cli.commands import SUMMARIES, command
from tests.sources.conftest import Run, places, totals
from tests.sources.workbooks import texts, write_workbook

ROSTER = "school_id,grade\n" + "00125,5\n" * 10


def _workbook(folder: Path) -> str:
    rows = [texts(line, "00125", "5") for line in range(2, 12)]
    write_workbook(folder / "roster.xlsx", {"Oct": [texts(1, "school_id", "grade"), *rows]})
    return "roster.xlsx"


def _shared_texts(folder: Path) -> str:
    """As Excel writes them: each text once, beside the sheets."""
    book = xlsxwriter.Workbook(folder / "roster.xlsx")
    sheet = book.add_worksheet()
    for number, line in enumerate([["school_id", "grade"], *[["00125", 5]] * 10]):
        sheet.write_row(number, 0, line)
    book.close()
    return "roster.xlsx"


def _gzip(folder: Path) -> str:
    (folder / "roster.csv.gz").write_bytes(gzip.compress(ROSTER.encode()))
    return "roster.csv.gz"


def _csv(folder: Path) -> str:
    (folder / "roster.csv").write_text(ROSTER)
    return "roster.csv"


def _folder(folder: Path) -> str:
    (folder / "rosters").mkdir()
    for number in range(2):
        (folder / "rosters" / f"{number}.csv").write_text("school_id,grade\n" + "00125,5\n" * 5)
    return "rosters"


@pytest.mark.parametrize(
    ("make", "limit", "too_low", "enough"),
    [
        (_csv, "file_bytes", 95, 96),
        (_gzip, "inflated_bytes", 95, 96),
        (_workbook, "cells", 21, 22),
        (_workbook, "zip_entries", 4, 5),
        (_shared_texts, "text_bytes", 100, 1000),
        (_folder, "files", 1, 2),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_beyond_a_limit_is_refused_and_the_option_raises_it(
    run: Run, tmp_path: Path, make: Callable[[Path], str], limit: str, too_low: int, enough: int
) -> None:
    roster = make(tmp_path)
    refused = run(roster, None, "--limit", f"{limit}={too_low}")
    assert refused.exit_code == 3
    assert places(refused) == [f"D060 {roster}"]
    assert f"--limit {limit}=NUMBER" in refused.errors[0].hint
    assert totals(run(roster, None, "--limit", f"{limit}={enough}"))["00125"] == "1000.00"


@pytest.mark.parametrize("limit", ["cells", "cells=", "cells=-1", "cells=1e6", "rows=5", "cells=٣"])
def test_a_limit_that_is_none_is_wrong_usage(run: Run, tmp_path: Path, limit: str) -> None:
    finished = run(_csv(tmp_path), None, "--limit", limit)
    assert finished.exit_code == 2
    assert "is no limit" in finished.stderr


def test_the_command_to_type_next_raises_the_same_limits(run: Run, tmp_path: Path) -> None:
    finished = run(_csv(tmp_path), None, "--limit", "cells=7", "-o", "out.csv")
    assert "--limit cells=7" in finished.stderr


def test_every_command_that_reads_a_roster_can_raise_a_limit() -> None:
    def words(commands: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
        for name, known in commands.items():
            if hasattr(known, "commands"):
                yield from words(known.commands)
            else:
                yield name, {parameter.name for parameter in known.params}

    commands = {name: command(name) for name in SUMMARIES}
    reading = {name: known for name, known in words(commands) if "roster" in known}
    assert {"compute", "check", "draft", "tally"} <= reading.keys()
    assert [name for name, known in reading.items() if "limit" not in known] == []
