"""Scenarios from Python: DataFrames of exact amounts that add up."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import formula_funding
from tests.scenario.test_compare import MOSCOW, SAMPLE, _scenario


def test_a_comparison_has_frames_of_schools_and_lines(tmp_path: Path) -> None:
    scenario = _scenario(tmp_path, "set: {'norm[primary]': +5%}\ngrow: [{by: +100%}]\n")
    found = formula_funding.compare(
        MOSCOW, SAMPLE / "roster.csv", scenario, schools=SAMPLE / "schools.csv", by="status"
    )
    schools, lines = found.schools.set_index("school_id"), found.lines
    gymnasium = schools.loc["0415"]
    assert gymnasium["change"] == Decimal("1091060.00")
    causes = ["norm[primary] +5%", "number", "together"]
    assert sum(gymnasium[cause] for cause in causes) == gymnasium["change"]
    own = lines[lines["school_id"] == "0415"]
    assert sum(own["change"]) == gymnasium["change"]
    assert found.document["kinds"]["gymnasium"]["gain"] == 1
    assert [problem.code.id for problem in found.warnings] == []


def test_what_an_officer_overrules_is_overruled_in_a_comparison_too(tmp_path: Path) -> None:
    register = tmp_path / "schools.csv"
    register.write_text("school_id,name\n0131,Hill\n", encoding="utf-8")
    scenario = _scenario(tmp_path, "set: {'norm[primary]': +5%}\n")
    found = formula_funding.compare(
        MOSCOW,
        SAMPLE / "roster.csv",
        scenario,
        schools=register,
        accept={"D009": "the gymnasium is private"},
    )
    assert list(found.schools["school_id"]) == ["0131"]
    assert [one.reason for one in found.compared.accepted] == ["the gymnasium is private"]
