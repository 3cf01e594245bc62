"""A school year with two rates on the sample city: each part priced by itself, then joined."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

from formula_funding.model.inputs import Inputs
from formula_funding.pipeline import Run, run
from formula_funding.rules.period import Period, period_from_text

REPO = Path(__file__).parents[2]
CITY = REPO / "sample_data" / "city"


def _run(as_of: date | Period) -> Run:
    rulebook = REPO / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"
    return run(Inputs(rulebook, (CITY / "roster.csv",), CITY / "schools.csv", as_of=as_of))


def _exact(found: Run) -> dict[str, list[Fraction]]:
    evaluation = found.evaluation
    return {
        line.name: [
            evaluation.line_unrounded(line).value(i) or Fraction(0)
            for i in range(len(evaluation.register.ids))
        ]
        for line in evaluation.plan.lines
    }


def test_a_school_year_is_its_months_at_the_rates_of_each() -> None:
    """September to December at the norms of 2024, January to August at those of 2025."""
    autumn, spring = _exact(_run(date(2024, 9, 1))), _exact(_run(date(2025, 1, 1)))
    year = _exact(_run(Period(date(2024, 9, 1), 12)))
    assert autumn != spring
    assert year == {
        name: [(a * 4 + b * 8) / 12 for a, b in zip(autumn[name], spring[name], strict=True)]
        for name in autumn
    }


def test_a_period_without_a_change_is_priced_as_its_first_day() -> None:
    """Nothing changes within it: the amounts are those of its first day."""
    period = period_from_text("2024-09..2024-12")
    assert period is not None
    assert _exact(_run(period)) == _exact(_run(date(2024, 9, 1)))
