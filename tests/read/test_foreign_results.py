"""A JSON document of another form is told as such, and nothing else ever comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.exact.number_text import NotANumberError, units_from_text, units_text
from formula_funding.read.previous_run import previous_run
from formula_funding.read.result_document import result_from_file
from formula_funding.whatif import compare_results
from tests.cli.conftest import DATA
from tests.conftest import Funding

READERS = (previous_run, result_from_file)
OTHER_VALUES: tuple[Any, ...] = (
    *(None, True, -1, 10**30, "", "x", "1/3", "1e5", "\x1b[31m"),
    *([], [None], [[]], {}, {"en": ""}, {"id": "001"}),
)


@pytest.fixture
def document(funding: Funding, tmp_path: Path) -> dict[str, Any]:
    """A result with an accepted finding."""
    assert funding("init", "city").exit_code == 0
    roster = tmp_path / "city/roster.csv"
    roster.write_text(roster.read_text(encoding="utf-8") + "x,999,1,none\n", encoding="utf-8")
    accepting = ("--accept", "D009", "--reason", "closed")
    assert funding("compute", *DATA, *accepting, "-o", "out.json").exit_code == 0
    found: dict[str, Any] = json.loads((tmp_path / "out.json").read_bytes())
    assert found["ledger"]["accepted"]
    return found


def _problem(reader: Any, file: Path, code: str = "X001") -> str | None:
    """What is told of a file; None if it is read."""
    try:
        reader(file)
    except ProblemsFoundError as error:
        (problem,) = error.problems
        assert problem.code.id == code
        assert problem.hint
        return problem.message
    return None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "null",
            "true",
            "1",
            '"text"',
            "[]",
            "[1]",
            "{}",
            "NaN",
            "not JSON",
            '{"a": 1',
            "{1}",
        ),
        *('{"ledger": []}', '{"ledger": {"schools": 1}}', '{"ledger": 1, "fingerprint": 1}'),
        '{"ledger": {"schools": [{"id": 1}]}}',
        '{"ledger": {"schools": []}, "fingerprint": "\\ud800"}',
        '{"a": ' + "9" * 5_000 + "}",
        "[" * 100_000 + "]" * 100_000,
        '{"ledger": ' * 900 + "1" + "}" * 900,
    ],
    ids=lambda text: text[:40],
)
def test_a_text_that_is_no_result_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "foreign.json"
    file.write_text(text, encoding="utf-8")
    for reader in READERS:
        assert _problem(reader, file)


def _damaged(value: Any) -> Iterator[Any]:
    """The value with one part of it, at any depth, missing or of another form."""
    yield from OTHER_VALUES
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {key: other for key, other in value.items() if key != name}
            yield from (value | {name: damaged} for damaged in _damaged(inner))
    elif isinstance(value, list):
        for number, inner in enumerate(value[:1]):
            yield from (
                [*value[:number], damaged, *value[number + 1 :]] for damaged in _damaged(inner)
            )


def test_whatever_is_changed_the_result_is_read_or_told_of(
    document: dict[str, Any], tmp_path: Path
) -> None:
    """What is read can be compared too: no part of a result is missed only later."""
    method = document["explanation"]["method"]
    read = {
        **{key: document[key] for key in ("currency", "points", "schools", "fingerprint")},
        "ledger": {key: document["ledger"][key] for key in ("schools", "accepted")},
        "explanation": {"method": {key: method[key] for key in ("title", "places", "items")}},
    }
    whole, other = tmp_path / "out.json", tmp_path / "other.json"
    other.write_text(json.dumps(read), encoding="utf-8")
    assert result_from_file(other).amounts == result_from_file(whole).amounts
    told = accepted = 0
    for damaged in _damaged(read):
        other.write_text(json.dumps(damaged), encoding="utf-8")
        _problem(previous_run, other)
        if _problem(result_from_file, other) is None:
            accepted += 1
            _problem(lambda file: compare_results(whole, file), other, "S010")
        else:
            told += 1
    assert told > 400
    assert accepted > 50


@pytest.mark.parametrize(
    ("at", "other", "named"),
    [
        (("ledger",), [], "ledger"),
        (("ledger", "schools", 1, "students"), "5", "ledger.schools[2].students"),
        (("ledger", "schools", 1, "students"), 5.5, "ledger.schools[2].students"),
        (("ledger", "accepted", 0, "code"), "D999", "ledger.accepted[1].code"),
        (("schools", 0, "lines", 2, "amount"), "1.5", "schools.lines.amount"),
        (("schools", 0, "lines", 2, "amount"), 1, "schools[1].lines[3].amount"),
        (("explanation", "method", "places"), 10**9, "explanation.method.places"),
    ],
)
def test_what_is_wrong_with_a_result_is_named(
    document: dict[str, Any], tmp_path: Path, at: tuple[Any, ...], other: Any, named: str
) -> None:
    inner = document
    for part in at[:-1]:
        inner = inner[part]
    inner[at[-1]] = other
    file = tmp_path / "other.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    message = _problem(result_from_file, file)
    assert message is not None
    assert f"`{named}` is missing or has another form" in message


def test_a_fault_of_the_program_is_not_told_as_a_bad_file(
    document: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(text: str, places: int) -> int:
        raise ValueError(text, places)

    assert document
    monkeypatch.setattr("formula_funding.read.result_document.units_from_text", faulty)
    with pytest.raises(ValueError, match="2"):
        result_from_file(tmp_path / "out.json")


@pytest.mark.parametrize(
    ("units", "places"),
    [(0, 0), (-5, 2), (12345, 2), (-123, 0), (10**5_000, 3)],
    ids=["nothing", "below one", "hundredths", "whole", "very many"],
)
def test_units_are_read_as_they_were_written(units: int, places: int) -> None:
    assert units_from_text(units_text(units, places), places) == units


@pytest.mark.parametrize("text", ["", "1", "1.5", "1.500", "1/3", "+1.50", "1.5e", "١.٥٠", " 1.50"])
def test_an_amount_of_another_form_is_no_amount(text: str) -> None:
    with pytest.raises(NotANumberError):
        units_from_text(text, 2)
