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
LEVELS = range(1, 20)
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


def put(document: Document, place: Place, value: Any) -> Any:
    """Put a value in the place of another, which is returned."""
    node: Any = document
    for key in place[:-1]:
        node = node[key]
    before, node[place[-1]] = node[place[-1]], value
    return before


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
            assert not agrees(forged(document)), place
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
    assert not agrees(forged(document))


def forged(document: Document) -> Document:
    """The document under a fingerprint of what it says now, if it can have one."""
    try:
        new = fingerprint({k: v for k, v in document.items() if k != "fingerprint"})
    except UnicodeEncodeError:
        return document
    return document | {"fingerprint": new}


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


@pytest.mark.parametrize(
    "junk",
    [
        *(None, True, -1, 10**30, float("nan"), "", "text", "0", "9" * 5_000),
        *("2025-02-30", "\ud800", [], [[]], {"a": []}),
    ],
)
def test_a_document_with_junk_in_it_is_refused(text: str, junk: Any) -> None:
    """Whatever stands in the place of a part, replaying it ends in a problem and not in a crash."""
    document = json.loads(text)
    for place in {place[:depth]: None for place, _ in values_in(document) for depth in LEVELS}:
        before = put(document, place, junk)
        assert not agrees(document) or before == junk, place
        agrees(forged(document))
        put(document, place, before)


@pytest.mark.parametrize(
    ("content", "code", "exit_code"),
    [
        (b"\xff\xfe" + '{"a": 1}'.encode("utf-16-le"), "Y002", 3),
        (bytes(range(256)), "Y002", 3),
        ("\ufeff{}", "X001", 1),
        ('{"explanation": {"format": 1', "X001", 1),
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
        "UTF-16",
        "binary",
        "a mark and nothing",
        "truncated",
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
    funding: Funding, tmp_path: Path, content: str | bytes, code: str, exit_code: int
) -> None:
    """A file that is no document of this program is told so, however strange it is."""
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "document.json").write_bytes(data)
    finished = funding("replay", "document.json")
    assert (finished.exit_code, [p.code for p in finished.problems]) == (exit_code, [code])
    assert "Traceback" not in finished.stderr


ONE: Document = {"number": "1"}


@pytest.mark.parametrize(
    "tree",
    [
        *({"name": name} for name in ("stage", "opened", "norm", "fte", "base", "nowhere")),
        {"text": "x"},
        {"lookup": "norm", "by": []},
        {"lookup": "norm", "by": [{"name": "opened"}]},
        {"lookup": "area", "by": [ONE]},
        {"call": "nothing", "with": []},
        {"call": "min", "with": []},
        {"call": "if", "with": [ONE, ONE, ONE]},
        {"call": "round", "with": [ONE, {"number": "-1000000000"}]},
        {"call": "round", "with": [ONE, {"name": "area"}]},
        {"call": "root", "with": [ONE, {"number": "-2"}, {"number": "2"}]},
        {"operator": "not", "on": []},
        {"operator": "/", "on": [ONE, {"number": "0"}]},
        {"operator": "+", "on": [ONE, {"text": "x"}]},
        {"operator": "<", "on": [ONE, {"date": "2025-01-01"}]},
        {"is": ONE, "one_of": [{"from": "1"}]},
        {"is": {"name": "opened"}, "one_of": [{"from": "1", "to": "2"}, ONE]},
        {"aggregate": "sum", "over": "students"},
        {"aggregate": "count", "over": "teachers"},
        {"aggregate": "rank", "over": "students", "of": [ONE]},
        {"aggregate": "count", "over": "schools", "by": ["fte"]},
        {"aggregate": "count", "over": "schools", "by": ["opened"], "own": ["opened", "area"]},
        {"aggregate": "sum", "over": "schools", "of": [{"name": "fte"}]},
        {"aggregate": "kth_largest", "over": "schools", "of": [{"number": "0"}, ONE]},
        {"aggregate": "sainte_lague", "over": "schools", "of": [ONE, {"name": "area"}, ONE]},
    ],
)
def test_a_formula_that_no_rulebook_could_have_is_refused(text: str, tree: Document) -> None:
    """Wherever it stands, a formula that can't be computed ends in a problem, not in a crash."""
    items = json.loads(text)["explanation"]["method"]["items"]
    for number, item in enumerate(items):
        for key in [key for key in ("tree", "amount_tree", "when_tree") if item.get(key)]:
            document = json.loads(text)
            document["explanation"]["method"]["items"][number][key] = tree
            assert not agrees(forged(document)), (number, key)


def test_a_step_that_reads_itself_is_refused(text: str) -> None:
    """Nor one that is computed later: there is no circle that could go on without end."""
    document = json.loads(text)
    items = document["explanation"]["method"]["items"]
    steps = {item["name"]: item for item in items if "tree" in item}
    steps["part"]["tree"] = {"name": "part"}
    assert "`part` reads `part`" in complaint(document)
    steps["part"]["tree"], steps["all_area"]["tree"] = ONE, {"name": "part"}
    assert "`all_area` reads `part`, which is not computed before it" in complaint(document)
    items += [steps["all_area"], steps["part"]]
    items.remove(steps["all_area"])
    assert "`part` stands there twice" in complaint(document)


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        (("total",), 5, "`total`"),
        (("ledger", "schools", 1, "rows"), -1, "`ledger.schools[2].rows`"),
        (("explanation", "format"), 2, "`explanation.format`"),
        (
            ("explanation", "method", "parameters", 0, "values", 1, "value"),
            "1e9",
            "values[2].value`",
        ),
        (("explanation", "schools", 0, "lines", 0, "groups", 0, "students"), "2", "students`"),
        (("explanation", "schools", 0, "facts", "area"), "wide", "a value of `area` is no number"),
        (("explanation", "schools", 0, "facts"), {"a": "3"}, "nothing says what `a` is"),
        (("explanation", "schools", 0, "id"), "9", "the schools listed are not those explained"),
    ],
)
def test_what_is_wrong_with_a_document_is_named(
    text: str, place: Place, value: Any, named: str
) -> None:
    document = json.loads(text)
    put(document, place, value)
    assert named in complaint(document)


def complaint(document: Document) -> str:
    """What is told of a document that has not the form of an explanation."""
    problems = Problems()
    assert replay(document, "document.json", problems) is None
    return next(problem.message for problem in problems if problem.code.id == "X001")


@pytest.mark.parametrize("error", [KeyError, ValueError, TypeError, AttributeError, AssertionError])
def test_a_fault_of_the_program_is_not_told_as_a_bad_document(
    text: str, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def faulty(*_: object) -> None:
        raise error("ours")

    for name in ("fingerprint", "check_ledger", "number_to_text"):
        with monkeypatch.context() as patched:
            patched.setattr(f"formula_funding.explain.replay.{name}", faulty)
            with pytest.raises(error, match="ours"):
                replay(json.loads(text), "document.json", Problems())


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
