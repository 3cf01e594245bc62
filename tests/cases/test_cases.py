"""Every case file, through the real command line and with every engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cases.case import Case, case_files, name_of
from tests.conftest import Finished, Funding
from tests.spark import ENGINES, OF_THIS_MACHINE, options_of


@pytest.mark.parametrize("file", case_files("good"), ids=name_of)
def test_good_case(file: Path, funding: Funding, tmp_path: Path) -> None:
    """The amounts come out as computed by hand, with every engine and again by replay."""
    case = Case(file)
    case.write(tmp_path)
    texts = set()
    for engine in ENGINES:
        finished = funding("compute", *case.inputs, *options_of(engine), "--format", "json")
        assert (finished.exit_code, finished.errors) == (0, []), finished.stderr
        assert _warnings(case, finished) == case.fields.get("warnings", [])
        _assert_private(case, finished)
        texts.add(finished.stdout)
    assert len(texts) == 1, "the engines differ"
    text = texts.pop()
    document = json.loads(text)
    amounts = {
        school["id"]: {line["id"]: line["amount"] for line in school["lines"]}
        for school in document["schools"]
    }
    assert amounts == case.fields["gives"]
    assert document["total"] == case.fields.get("total", document["total"])
    expected_ledger = case.fields.get("ledger", {})
    assert {key: str(document["ledger"][key]) for key in expected_ledger} == expected_ledger
    (tmp_path / "explanation.json").write_text(text, encoding="utf-8")
    replayed = funding("replay", "explanation.json")
    assert replayed.exit_code == 0, replayed.stderr


@pytest.mark.parametrize("file", case_files("good"), ids=name_of)
def test_good_case_is_shown(file: Path, funding: Funding, tmp_path: Path) -> None:
    """The table and every school's statement can be read in both languages."""
    case = Case(file)
    case.write(tmp_path)
    printed = ""
    for language in ("en", "ru"):
        table = funding("compute", *case.inputs, "--lang", language)
        assert table.exit_code == 0, table.stderr
        for school in case.fields["gives"]:
            assert school in table.stdout
        statement = funding("explain", *case.inputs, "--school", school, "--lang", language)
        assert statement.exit_code == 0, statement.stderr
        assert school in statement.stdout
        _assert_private(case, table)
        _assert_private(case, statement)
        printed += table.stdout + table.stderr + statement.stdout
    for fragment in case.fields.get("prints", []):
        assert fragment in printed


@pytest.mark.parametrize("file", case_files("bad"), ids=name_of)
def test_bad_case(file: Path, funding: Funding, tmp_path: Path) -> None:
    """Exactly the expected problems are shown, at their places, whatever the engine.

    Spark is left out: files that it doubts are read row by row, like those of any engine.
    """
    case = Case(file)
    expected: list[dict[str, Any]] = case.fields["problems"]
    engines = (
        [options_of(name) for name in OF_THIS_MACHINE] if "command" not in case.fields else [[]]
    )
    for engine in engines:
        case.write(tmp_path)
        before = {path.name for path in tmp_path.iterdir()}
        finished = funding(*case.command, *engine)
        shown = finished.problems
        assert finished.exit_code == int(case.fields.get("exit", "1")), finished.stderr
        assert [f"{p.code} {p.at}".strip() for p in shown] == [
            wanted["problem"] for wanted in expected
        ], finished.stderr
        for problem, wanted in zip(shown, expected, strict=True):
            assert wanted["says"] in problem.says
            assert wanted.get("hint", "") in problem.hint
        _assert_private(case, finished)
        for fragment in case.fields.get("prints", []):
            assert fragment in finished.stderr
        assert finished.stdout == case.fields.get("stdout", "")
        assert {path.name for path in tmp_path.iterdir()} == before


def _warnings(case: Case, finished: Finished) -> list[str]:
    """The codes of the warnings, but not that codes are unchecked without a register."""
    given = "schools" in case.fields
    return [problem.code for problem in finished.warnings if given or problem.code != "D014"]


def _assert_private(case: Case, finished: Finished) -> None:
    assert "Traceback" not in finished.stderr
    for student in case.student_ids:
        assert student not in finished.stdout + finished.stderr
