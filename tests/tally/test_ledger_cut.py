"""The ledger tells students apart by what decides whether they are paid for, and no further."""

from __future__ import annotations

from pathlib import Path

import pytest

from formula_funding.diagnostics.problem import Problems
from formula_funding.pipeline import Inputs, planned
from formula_funding.tally.tally import ledger_cut

RULES = """\
rulebook: small
title: Small
currency: EUR
students: {{grade: 1..11, boarding: truth}}
parameters: {{rate: {{kind: money, value: 10}}}}
lines:
  books: {{title: Books, for: each student, when: grade > 4, amount: rate}}
  beds: {{title: Beds, for: each student{condition}, amount: rate}}
"""


@pytest.mark.parametrize(
    ("condition", "cut"), [(", when: boarding", ("grade", "boarding")), ("", ())]
)
def test_conditions_decide_only_while_no_line_applies_to_everybody(
    tmp_path: Path, condition: str, cut: tuple[str, ...]
) -> None:
    path = tmp_path / "rulebook.yaml"
    path.write_text(RULES.format(condition=condition), encoding="utf-8")
    _, plan, _ = planned(Inputs(path, ()), Problems())
    assert ledger_cut(plan) == cut
