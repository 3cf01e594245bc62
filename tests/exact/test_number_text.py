"""Numbers go into text and come back the same, and no text is read as another number."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.exact.number_text import (
    NotANumberError,
    fixed_text,
    number_from_text,
    number_from_written,
    number_to_text,
    ratio_from_text,
    units_text,
    units_texts,
)
from formula_funding.exact.rounding import decimal_places

DECIMALS = st.builds(
    lambda units, places: Fraction(units, 10**places),
    st.integers(-(10**18), 10**18),
    st.integers(0, 18),
)


@given(DECIMALS)
def test_a_decimal_is_written_and_read_back_the_same(value: Fraction) -> None:
    assert number_from_text(number_to_text(value)) == value


@given(st.one_of(DECIMALS, st.fractions()))
def test_any_number_of_a_document_is_written_and_read_back_the_same(value: Fraction) -> None:
    assert number_from_written(number_to_text(value)) == value


@pytest.mark.parametrize("digits", [39, 41, 4000, 4299, 4301, 20_000])
def test_a_number_of_any_length_is_written_and_read_back_the_same(digits: int) -> None:
    for value in (
        Fraction(10**digits + 7),
        Fraction(-(10**digits) - 7, 10**digits),
        Fraction(10**digits + 1, 3 * 10**digits),
    ):
        assert number_from_written(number_to_text(value)) == value


@given(DECIMALS, st.integers(0, 10))
def test_a_decimal_with_more_places_than_it_needs_is_the_same_number(
    value: Fraction, more: int
) -> None:
    text = fixed_text(value, (decimal_places(value) or 0) + more)
    assert Fraction(text) == value


@given(st.fractions().filter(lambda value: decimal_places(value) is None), st.integers(0, 5))
def test_an_endless_fraction_is_never_cut_to_fit_decimal_places(
    value: Fraction, places: int
) -> None:
    with pytest.raises(ValueError, match="decimal places"):
        fixed_text(value, places)


@given(st.integers(), st.integers(0, 12))
def test_units_are_written_as_decimal_writes_them(units: int, places: int) -> None:
    with localcontext() as context:
        context.prec = 10_000
        assert units_text(units, places) == format(Decimal(units).scaleb(-places), "f")
        assert units_texts([units, 7, units], places) == [
            units_text(number, places) for number in (units, 7, units)
        ]


@given(st.text(alphabet="0123456789_.,+-eE/% \u00a0٣½∞nai'", max_size=12))
def test_a_text_is_read_as_decimal_reads_it_or_not_at_all(text: str) -> None:
    try:
        value = number_from_text(text)
    except NotANumberError:
        return
    assert re.fullmatch(r"[+-]?[0-9_]+(\.[0-9]+)?", text)
    assert value == Fraction(Decimal(text))


@given(st.text(alphabet="0123456789_.+-/% ", max_size=12))
def test_a_ratio_is_a_number_a_percentage_or_a_quotient_or_not_read_at_all(text: str) -> None:
    try:
        value = ratio_from_text(text)
    except NotANumberError:
        return
    if text.endswith("%"):
        assert value * 100 == Fraction(Decimal(text[:-1].strip()))
    elif "/" in text:
        numerator, _, denominator = text.partition("/")
        assert value * int(denominator) == int(numerator)
    else:
        assert value == Fraction(Decimal(text))


@pytest.mark.parametrize(
    "text", ["1/0", "1/00", "0/000", "1/-2", "1/2/3", "1 / 2", "/2", "%", "1%%"]
)
def test_what_is_no_quotient_and_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(NotANumberError):
        ratio_from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 000",
        "1,5",
        "1e3",
        "0x10",
        "nan",
        "inf",
        "½",
        "٣",
        "1__0",
        "_1",
        "1_",
        ".5",
        "5.",
        "--1",
    ],
)
def test_what_other_programs_may_take_for_a_number_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(NotANumberError) as raised:
        number_from_text(text)
    assert raised.value.hint
    with pytest.raises(NotANumberError):
        number_from_written(text)


def test_a_number_too_long_for_any_regulation_is_refused() -> None:
    assert number_from_text("9" * 40) == 10**40 - 1
    with pytest.raises(NotANumberError):
        number_from_text("9" * 41)
