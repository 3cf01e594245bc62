"""The reference of layouts: no field without an example that is read as it says."""

from __future__ import annotations

import pytest
from tools.layout_page import Example, examples

from formula_funding.rules.layout import Layout, RosterLayout, SchoolsLayout

EXAMPLES = examples()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.path.stem)
def test_an_example_is_read_as_it_was_by_hand(example: Example) -> None:
    assert example.read() == example.expected


def test_every_field_of_layouts_stands_in_one_example() -> None:
    shown = [field for example in EXAMPLES for field in example.fields]
    known = {*Layout.model_fields, *RosterLayout.model_fields, *SchoolsLayout.model_fields}
    assert sorted(shown) == sorted(known)
