"""Minnesota's compensatory revenue: all 2,296 sites to the cent, with every step on the way."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests.conftest import Funding
from tests.spark import OF_THIS_MACHINE

PROJECT = Path(__file__).parents[2]
RULEBOOK = PROJECT / "rules" / "minnesota-compensatory" / "2022" / "rulebook.yaml"
STEPS = {
    "D_adj_count": "adjusted",
    "E_ratio": "ratio",
    "F_factor": "factor",
    "G_comp_pupil_units": "units",
}


@pytest.mark.parametrize("engine", OF_THIS_MACHINE)
def test_every_site_its_four_steps_and_the_state_are_as_published(
    cases: Path, funding: Funding, engine: str
) -> None:
    table = cases / "minnesota-compensatory-fy2022.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        published = {
            f"{row['site_dist_no']}-{row['site_dist_type']}-{row['site_no']}": row
            for row in csv.DictReader(file)
        }
    finished = funding("compute", RULEBOOK, table, "--format", "json", "--engine", engine)
    assert finished.exit_code == 0
    found = json.loads(finished.stdout)
    assert found["total"] == "461850014.72"
    assert [school["id"] for school in found["schools"]] == sorted(published)
    assert len(published) == 2_296
    for school in found["explanation"]["schools"]:
        row = published[school["id"]]
        steps = {step["name"]: Fraction(step["value"]) for step in school["steps"]}
        for column, step in STEPS.items():
            assert steps[step] == Fraction(row[column]), (school["id"], column)
        assert Fraction(school["total"]) == Fraction(row["H_revenue"]), school["id"]
