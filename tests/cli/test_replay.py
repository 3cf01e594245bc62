"""`funding replay`: a document that was changed anywhere is found out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from formula_funding import compute
from formula_funding.diagnostics.problem import Problems
from formula_funding.explain.document import fingerprint
from formula_funding.explain.replay import replay
from tests.conftest import Funding

RULEBOOK = """\
rulebook: city
title: City 2025
currency: RUB
students: {grade: 1..11, fte: {range: 0..1}}
schools: {area: number, opened: date}
define:
  stage: {from: grade, bands: {primary: 1..4, upper: 5..11}}
parameters:
  norm: {kind: money, by: stage, values: {2025-01-01: {primary: 100.10, upper: 200}}}
  per_metre: {kind: money, value: 3}
  factor: {kind: ratio, value: 11/13}
  pot: {kind: money, value: 1000}
steps:
  older: count(students where grade >= 5)
  all_area: sum(area of schools)
  part: round(area / all_area, 4)
lines:
  base: {title: Base, for: each student, amount: "norm[stage] * fte"}
  upper_only: {title: Upper, for: each student, when: grade > 4, amount: per_metre * factor}
  building: {title: Building, for: each school, amount: area * per_metre * older, rounding: 10}
  shared: {title: Shared, for: each school, when: opened < 2020-01-01, amount: pot * part}
payment: {instalments: 12, remainder: cumulative}
"""
Document = dict[str, Any]
Place = tuple[str | int, ...]
COMPUTED = {
    *("amount", "total", "unrounded", "rate", "value"),
    *("students_read", "students_funded", "students_excluded"),
    *("rows_read", "rows_counted", "excluded"),
}
"""What the calculation gives, as the keys of the document call it."""


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("document")
    (folder / "rulebook.yaml").write_text(RULEBOOK)
    (folder / "roster.csv").write_text("school_id,grade,fte\n001,1,0.5\n001,5,1\n002,6,1\n")
    schools = "school_id,name,area,opened\n001,One,120,2001-02-03\n002,Two,80.5,2010-01-01\n"
    (folder / "schools.csv").write_text(schools)
    result = compute(
        folder / "rulebook.yaml", folder / "roster.csv", schools=folder / "schools.csv"
    )
    return json.dumps(result.document)


def agrees(document: Any) -> bool:
    problems = Problems()
    replay(document, "document.json", problems)
    return not problems.has_errors


def values_in(node: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every single value of a document and where it stands."""
    if isinstance(node, dict | list):
        parts = node.items() if isinstance(node, dict) else enumerate(node)
        for key, part in parts:
            yield from values_in(part, (*place, key))
    elif not isinstance(node, bool):
        yield place, node


def with_another_digit(value: Any) -> Iterator[Any]:
    """The value with one of its digits one higher, for each of its digits."""
    text = str(value)
    for i, digit in enumerate(text):
        if digit.isdecimal():
            changed = text[:i] + str((int(digit) + 1) % 10) + text[i + 1 :]
            yield int(changed) if isinstance(value, int) else changed


def put(document: Document, place: Place, value: Any) -> None:
    node: Any = document
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value


def test_the_document_itself_agrees(text: str) -> None:
    """Untouched, every amount comes out as the document states it."""
    assert agrees(json.loads(text))


def test_any_digit_that_was_changed_is_found_out(text: str) -> None:
    """One digit changed anywhere, in a figure, a date, a name or the fingerprint, is an error."""
    document = json.loads(text)
    tried = 0
    for place, value in list(values_in(document)):
        for changed in with_another_digit(value):
            put(document, place, changed)
            assert not agrees(document), place
            tried += 1
        put(document, place, value)
    assert tried > 300


def test_a_forged_fingerprint_does_not_hide_a_changed_figure(text: str) -> None:
    """Whoever also makes the fingerprint anew is found out by the arithmetic."""
    document = json.loads(text)
    tried = 0
    for place, value in list(values_in(document)):
        if place[-1] not in COMPUTED:
            continue
        for changed in with_another_digit(value):
            put(document, place, changed)
            forged = document | {"fingerprint": new_fingerprint(document)}
            assert not agrees(forged), place
            tried += 1
        put(document, place, value)
    assert tried > 100


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("explanation", "schools", 0, "lines", 0, "groups", 0, "students"), 2),
        (("explanation", "schools", 0, "lines", 0, "groups", 0, "values", "fte"), "0.6"),
        (("explanation", "schools", 1, "facts", "area"), "81.5"),
        (("explanation", "method", "parameters", 0, "values", 0, "value"), "100.2"),
        (("explanation", "method", "items", -3, "rounding", "mode"), "down"),
        (("explanation", "method", "items", -1, "rounding", "to"), "1000"),
        (("explanation", "method", "items", -1, "in_force_until"), "2024-01-01"),
        (("ledger", "schools", 0, "students"), 3),
        (("ledger", "schools", 0, "id"), "003"),
        (("schools", 0, "id"), "003"),
        (("explanation", "method", "places"), 3),
    ],
)
def test_a_forged_document_with_another_input_is_found_out(
    text: str, place: Place, value: Any
) -> None:
    """A changed count, fact, rate or rule gives other amounts than those stated."""
    document = json.loads(text)
    put(document, place, value)
    assert not agrees(document | {"fingerprint": new_fingerprint(document)})


def new_fingerprint(document: Document) -> str:
    return fingerprint({k: v for k, v in document.items() if k != "fingerprint"})


def test_a_document_without_any_of_its_parts_is_refused(text: str) -> None:
    """Whatever is taken out of a document, replaying it ends in a problem and not in a crash."""
    for place, _ in list(values_in(json.loads(text))):
        for depth in range(1, len(place) + 1):
            document = json.loads(text)
            remove(document, place[:depth])
            assert not agrees(document), place[:depth]


def remove(document: Document, place: Place) -> None:
    node: Any = document
    for key in place[:-1]:
        node = node[key]
    del node[place[-1]]


@pytest.mark.parametrize("junk", [None, "text", [], {"a": []}])
def test_a_document_with_junk_in_it_is_refused(text: str, junk: Any) -> None:
    """Whatever stands in the place of a part, replaying it ends in a problem and not in a crash."""
    for place, value in list(values_in(json.loads(text))):
        for depth in range(1, len(place) + 1):
            document = json.loads(text)
            put(document, place[:depth], junk)
            forged = document | {"fingerprint": new_fingerprint(document)}
            assert not agrees(document) or value == junk, place[:depth]
            agrees(forged)


@pytest.mark.parametrize(
    ("content", "code", "exit_code"),
    [
        ("", "X001", 1),
        ("not JSON", "X001", 1),
        ('{"a": 1}', "X001", 1),
        ("[]", "X001", 1),
        ("null", "X001", 1),
        ("NaN", "X001", 1),
        ('{"a": ' + "9" * 5000 + "}", "X001", 1),
        ("[" * 100_000 + "]" * 100_000, "X001", 1),
        ('{"explanation": ' * 900 + "1" + "}" * 900, "X001", 1),
    ],
    ids=[
        "empty",
        "text",
        "other",
        "list",
        "null",
        "nan",
        "long number",
        "deep list",
        "deep object",
    ],
)
def test_what_is_no_explanation_is_refused(
    funding: Funding, tmp_path: Path, content: str, code: str, exit_code: int
) -> None:
    """A file that is no document of this program is told so, however strange it is."""
    (tmp_path / "document.json").write_text(content)
    finished = funding("replay", "document.json")
    assert (finished.exit_code, [p.code for p in finished.problems]) == (exit_code, [code])
    assert "Traceback" not in finished.stderr


def test_a_deeply_nested_formula_is_refused(text: str) -> None:
    """A formula in the document that is nested without end can't exhaust the program."""
    document = json.loads(text)
    tree: Document = {"number": "1"}
    for _ in range(100_000):
        tree = {"operator": "negative", "on": [tree]}
    document["explanation"]["method"]["items"][-1]["amount_tree"] = tree
    assert not agrees(document)


@pytest.mark.parametrize("exponent", ["1000000000", "0", "-1", "1/2"])
def test_a_document_can_compute_no_endless_number(text: str, exponent: str) -> None:
    """A power that no rulebook could hold is no formula."""
    document = json.loads(text)
    tree = {"operator": "^", "on": [{"number": "9"}, {"number": exponent}]}
    document["explanation"]["method"]["items"][-1]["amount_tree"] = tree
    assert not agrees(document)


def test_powers_of_powers_in_a_document_are_refused(text: str) -> None:
    """Nor can powers of powers keep the program busy."""
    document = json.loads(text)
    tree: Document = {"number": "9"}
    for _ in range(20):
        tree = {"operator": "^", "on": [tree, {"number": "9"}]}
    document["explanation"]["method"]["items"][-1]["amount_tree"] = tree
    assert not agrees(document)


def test_a_missing_document_can_not_be_read(funding: Funding) -> None:
    """A document that is not there is exit code 3."""
    finished = funding("replay", "nothing.json")
    assert (finished.exit_code, [p.code for p in finished.problems]) == (3, ["Y001"])


def test_one_school_is_no_schools(funding: Funding, tmp_path: Path) -> None:
    """What was computed again is counted in words that fit the number."""
    (tmp_path / "rulebook.yaml").write_text(
        "rulebook: one\ntitle: One\ncurrency: EUR\nstudents: {}\n"
        "parameters: {norm: {kind: money, value: 12.50}}\n"
        "lines: {base: {title: Base, for: each student, amount: norm}}\n"
    )
    (tmp_path / "roster.csv").write_text("school_id\n001\n")
    funding("compute", "rulebook.yaml", "roster.csv", "-o", "one.json")
    shown = funding("replay", "one.json").stdout
    assert shown.startswith("1 school, "), shown
    assert shown.endswith("all agree. Total 12.50 EUR.\n")
