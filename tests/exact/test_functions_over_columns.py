"""Every function of the language gives over columns what it gives on single fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact import column
from formula_funding.formula.functions import FUNCTIONS
from tests.exact.test_column import Number, several, values_of


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_a_function_over_columns_is_the_function_of_each_unit(
    name: str, data: st.DataObject
) -> None:
    function = FUNCTIONS[name]
    most = function.most_arguments or 4
    values = data.draw(st.integers(function.least_arguments, most)) - function.written
    arguments = data.draw(several(values))
    length = len(arguments[0][1])
    written = [data.draw(st.integers(2, 4)) for _ in range(function.written)]
    expected: list[Number] = []
    for numbers in zip(*(numbers for _, numbers in arguments), strict=True):
        existing = [number for number in numbers if number is not None]
        if len(existing) < len(numbers):
            expected.append(None)
            continue
        try:
            expected.append(function.on_fractions([*existing, *map(Fraction, written)]))
        except (ValueError, ZeroDivisionError):
            expected.append(None)
    constants = [column.constant(Fraction(number), length) for number in written]
    found = function.on_columns([*(numbers for numbers, _ in arguments), *constants])
    assert values_of(found) == expected


@pytest.mark.parametrize(
    ("x", "start", "end", "expected"),
    [
        ("0", "0.2", "0.6", "0"),
        ("0.2", "0.2", "0.6", "0"),
        ("0.3", "0.2", "0.6", "0.25"),
        ("0.6", "0.2", "0.6", "1"),
        ("9", "0.2", "0.6", "1"),
        ("0.1", "0.2", "0.2", "0"),
        ("0.2", "0.2", "0.2", "1"),
        ("-5", "1", "-2", "0"),
        ("0", "1", "-2", "1"),
    ],
)
def test_a_ramp_is_0_up_to_its_start_and_1_from_its_end_on(
    x: str, start: str, end: str, expected: str
) -> None:
    arguments = [Fraction(text) for text in (x, start, end)]
    assert FUNCTIONS["ramp"].on_fractions(arguments) == Fraction(expected)
