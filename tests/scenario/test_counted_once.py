"""Several scenarios count a roster once, and each is told as if it were compared alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import event, given

from formula_funding import whatif
from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.export.comparison_as_text import json_from_comparison
from formula_funding.model.counts import Cut
from formula_funding.model.inputs import Inputs
from formula_funding.read.roster import Roster
from formula_funding.tally.plain_engine import PlainEngine
from formula_funding.tally.tally import Tally
from formula_funding.whatif import ComparedScenario, compare_each
from tests import spark
from tests.properties.bands import BandedWorld, banded_scenarios
from tests.properties.budget import worlds_tried


def _told(found: ComparedScenario) -> tuple[object, ...]:
    ledgers = [(side.ledger.files, side.ledger.schools) for side in (found.base, found.after)]
    return json_from_comparison(found), found.warnings, found.accepted, ledgers


def _outcomes(inputs: Inputs, files: Sequence[Path]) -> list[object]:
    """All that is told of scenarios that are compared together, or the problems."""
    try:
        return [_told(found) for found in compare_each(inputs, files)]
    except ProblemsFoundError as error:
        return [str(problem) for problem in error.problems]


def _outcomes_alone(inputs: Inputs, files: Sequence[Path]) -> list[object]:
    """The same where each scenario is compared alone, and each side counts for itself."""
    found: list[object] = []
    with mock.patch.object(whatif, "_counter", return_value=None):
        for file in files:
            try:
                [compared] = compare_each(inputs, [file])
            except ProblemsFoundError as error:
                return [str(problem) for problem in error.problems]
            found.append(_told(compared))
    return found


@worlds_tried(40)
@given(banded_scenarios())
def test_scenarios_compared_together_are_told_as_each_alone(world: BandedWorld) -> None:
    with world.files() as inputs:
        folder = inputs.rulebook.parent
        for name, changes in (
            ("figures", "set: {rate: +20%}"),
            ("growth", "grow: [{by: +50%, where: third}]"),
            ("both", "rulebook: other/rulebook.yaml\ngrow: [{by: +30%}]"),
        ):
            text = f"scenario: {name}\ntitle: One more\n{changes}\n"
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        files = [folder / f"{name}.yaml" for name in ("figures", "scenario", "growth", "both")]
        expected = _outcomes_alone(inputs, files)
        assert _outcomes(inputs, files) == expected
    event("compared" if isinstance(expected[0], tuple) else "problems")


RULEBOOK = """\
rulebook: needs
title: Needs
currency: EUR
students:
  grade: 1..11
  need: [none, some]
  home: [family, care]
parameters:
  norm: {kind: money, value: 100}
  extra: {kind: money, value: 7}
lines:
  base: {title: Base, for: each student, amount: "norm + if(grade > 4, extra, 0 * extra)"}
"""
ROSTER = "school_id,grade,need,home\nA,1,none,family\nA,5,some,family\nB,5,none,care\n"
FIGURES = "set: {norm: +5%}"
NEEDS = "rules: {lines: {more: {title: More, for: each student, when: need = some, amount: extra}}}"
HOMES = "rules: {lines: {more: {title: More, for: each student, when: home = care, amount: extra}}}"


class _Asked(PlainEngine):
    """An engine that notes by which cuts it is asked to count."""

    def __init__(self) -> None:
        super().__init__()
        self.cuts: list[set[Cut]] = []

    def tally(self, roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally:
        self.cuts.append(set(cuts))
        return super().tally(roster, cuts, ledger)


@pytest.fixture
def needs(tmp_path: Path) -> Inputs:
    for name, text in (
        ("rulebook.yaml", RULEBOOK),
        ("roster.csv", ROSTER),
        ("schools.csv", "school_id\nA\nB\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Inputs(tmp_path / "rulebook.yaml", (tmp_path / "roster.csv",), tmp_path / "schools.csv")


def _scenarios(inputs: Inputs, *changes: str) -> list[Path]:
    files = [inputs.rulebook.parent / f"scenario{number}.yaml" for number in range(len(changes))]
    for file, text in zip(files, changes, strict=True):
        file.write_text(f"scenario: one\ntitle: One\n{text}\n", encoding="utf-8")
    return files


@pytest.fixture
def asked() -> _Asked:
    return _Asked()


def _compared(inputs: Inputs, files: Sequence[Path], asked: _Asked) -> list[object]:
    """What is told where an engine of the test counts for several sides."""
    with mock.patch.object(whatif, "engine", return_value=asked):
        return _outcomes(inputs, files)


def test_scenarios_that_read_the_files_alike_count_them_once(needs: Inputs, asked: _Asked) -> None:
    files = _scenarios(needs, FIGURES, NEEDS, "set: {norm: 90}", HOMES)
    assert _compared(needs, files, asked) == _outcomes_alone(needs, files)
    assert asked.cuts == [{("grade",), ("need",), ("home",), ()}]


def test_both_sides_of_one_scenario_are_counted_once(needs: Inputs, asked: _Asked) -> None:
    files = _scenarios(needs, NEEDS)
    assert _compared(needs, files, asked) == _outcomes_alone(needs, files)
    assert asked.cuts == [{("grade",), ("need",), ()}]


def test_a_layout_that_reads_other_words_is_counted_for_itself(
    needs: Inputs, asked: _Asked
) -> None:
    folder = needs.rulebook.parent / "other"
    folder.mkdir()
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (folder / "layout.yaml").write_text("roster: {scale: {grade: 2}}\n", encoding="utf-8")
    files = _scenarios(needs, FIGURES, "rulebook: other/rulebook.yaml", FIGURES)
    assert _compared(needs, files, asked) == _outcomes_alone(needs, files)
    assert asked.cuts == [{("grade",), ()}, {("grade",), ()}]


@pytest.mark.parametrize(
    "roster",
    [
        ROSTER.replace("care", "cars"),
        ROSTER.replace(",home\n", ",house\n"),
        ROSTER.replace("A,1", "A,12"),
        ROSTER.replace("B,5", "C,5"),
        ROSTER + "B,5,none\n",
    ],
)
def test_problems_are_told_by_the_scenario_that_meets_them_first(
    needs: Inputs, asked: _Asked, roster: str
) -> None:
    (needs.rulebook.parent / "roster.csv").write_text(roster, encoding="utf-8")
    for changes in ((FIGURES, NEEDS, HOMES), (FIGURES, "set: {norms: 5}", HOMES), (NEEDS, "]")):
        files = _scenarios(needs, *changes)
        assert _compared(needs, files, asked) == _outcomes_alone(needs, files)


@pytest.mark.parametrize("engine", spark.ENGINES)
def test_every_engine_counts_for_several_scenarios(needs: Inputs, engine: str) -> None:
    files = _scenarios(needs, FIGURES, NEEDS, HOMES)
    of_engine = replace(needs, engine=engine, master=spark.master_of(engine))
    assert _outcomes(of_engine, files) == _outcomes_alone(needs, files)
