"""Every construct of the language has a page in the reference, with an example that is executed."""

from __future__ import annotations

from pathlib import Path

from formula_funding.diagnostics.problem import Problems
from formula_funding.formula.aggregates import AGGREGATES
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.pipeline import checked_rulebook
from formula_funding.rules.rulebook import Rulebook
from tests.constructs import Construct, fields_of, fields_written, used_in_formulas

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_every_field_and_function_is_used_on_some_page_of_the_reference() -> None:
    seen: set[Construct] = set()
    for page in sorted(REFERENCE.glob("*.yaml")):
        checked = checked_rulebook(page, Problems())
        seen.update(fields_written(checked.rulebook))
        seen.update(used_in_formulas(checked))
    fields = {construct[:2] for construct in fields_of(Rulebook, set())}
    functions = [("function", name) for name in (*FUNCTIONS, CONDITIONAL)]
    aggregates = {(name[0], name[1]) for name in seen if name[0] == "aggregate"}
    assert sorted({*fields, *functions} - seen) == []
    assert sorted({("aggregate", name) for name in AGGREGATES} - aggregates) == []
