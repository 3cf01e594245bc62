"""What a comparison tells beside its figures: readings of a scenario that could be other ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from formula_funding.model.inputs import Inputs
from formula_funding.whatif import ComparedScenario, compare

_RULEBOOK = """\
rulebook: town
title: Town
currency: RUB
students: {grade: 1..11}
schools: {area: number}
parameters:
  norm: {kind: money, value: 100}
  metre: {kind: money, value: 2}
  shift: {kind: money, value: -7}
  rate: {kind: money, by: grade_name, values: {low: 1, high: 2}}
define:
  grade_name: {from: grade, bands: {low: 1..4, high: 5..11}}
lines:
  base: {title: Base, for: each student, amount: 'norm + rate[grade_name]'}
"""
_AREA = "  care: {title: Care, for: each school, amount: area * metre + shift}\n"
_MEAN = """\
  gap:
    title: Gap
    for: each school
    amount: max(0, mean(here of schools) - here) * metre + shift
steps: {here: count(students)}
"""
_SCHOOLS = "school_id,name,area\n01,A,500\n02,B,300\n03,C,0\n"
_ROSTER = "student_id,school_id,grade\n1,01,1\n2,01,5\n3,02,2\n"
_CLOSED = "close: [{school: '02', to: '01'}]\n"
_EMPTY = "close: [{school: '03'}]\n"


def _compared(folder: Path, lines: str, changes: str) -> ComparedScenario:
    files = {
        "rulebook.yaml": _RULEBOOK + lines,
        "schools.csv": _SCHOOLS,
        "roster.csv": _ROSTER,
        "scenario.yaml": f"scenario: s\ntitle: S\n{changes}",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    rulebook, schools, roster, scenario = (folder / name for name in files)
    return compare(Inputs(rulebook, (roster,), schools), scenario)


@pytest.mark.parametrize(
    ("lines", "changes", "told", "hint"),
    [
        (
            _AREA,
            _CLOSED,
            "`02` is closed: no other school takes over its `area`",
            "if another school takes them over, write merge: [{schools: ['01', '02'], "
            "into: '01', with: {area: …}}]",
        ),
        (
            _MEAN,
            _CLOSED,
            "`02` is closed: sums, averages and places among schools are without it",
            None,
        ),
        (
            _AREA + _MEAN,
            _CLOSED.replace("'01'", "{'01': 100%}"),
            "`02` is closed: no other school takes over its `area`, and sums, averages and places "
            "among schools are without it",
            "if another school takes them over, write merge: [{schools: ['01', '02'], "
            "into: '01', with: {area: …}}]",
        ),
    ],
)
def test_a_closure_tells_which_facts_nobody_takes_over(
    lines: str, changes: str, told: str, hint: str | None, tmp_path: Path
) -> None:
    (note,) = (w for w in _compared(tmp_path, lines, changes).warnings if w.code.id == "S033")
    assert (note.message, note.hint) == (told, hint)
    assert note.place is not None
    assert note.place.line == 3


@pytest.mark.parametrize(("lines", "changes"), [("", _CLOSED), (_AREA, _EMPTY)])
def test_a_closure_that_takes_nothing_along_is_told_without_a_note(
    lines: str, changes: str, tmp_path: Path
) -> None:
    warnings = _compared(tmp_path, lines, changes).warnings
    assert "S033" not in {w.code.id for w in warnings}


@pytest.mark.parametrize(
    ("target", "new", "told", "hint"),
    [
        ("norm", "-30", "`norm` is set to -30: this is the new figure, no change", "norm: 70"),
        ("rate[high]", "-0.5", "`rate[high]` is set to -0.5", "rate[high]: 1.5"),
        ("rate", "{low: 1, high: -3}", "`rate[high]` is set to -3", "rate[high]: -1"),
    ],
)
def test_a_figure_below_0_is_said_to_be_the_figure_and_not_a_change(
    target: str, new: str, told: str, hint: str, tmp_path: Path
) -> None:
    found = _compared(tmp_path, _AREA, f'set: {{"{target}": {new}}}\n')
    (note,) = (w for w in found.warnings if w.code.id == "S034")
    assert note.message.startswith(told)
    assert (note.hint or "").endswith(hint)


@pytest.mark.parametrize("new", ["shift: -9", "norm: -30%", "norm: 0"])
def test_a_figure_that_may_be_negative_needs_no_note(new: str, tmp_path: Path) -> None:
    found = _compared(tmp_path, _AREA, f"set: {{{new}}}\n")
    assert "S034" not in {w.code.id for w in found.warnings}
