"""A text is replaced only by one that the reader takes for a number of the same band."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given

from formula_funding.exact.pieces import Edge, Pieces, pieces_between
from formula_funding.model.plan import Value
from formula_funding.read.cell_reader import CellReader
from formula_funding.read.text_in_bands import TextInBands, text_in_bands
from formula_funding.read.value_from_text import BadValueError
from tests.properties.bands import attribute, rules_and_texts
from tests.properties.budget import worlds_tried


def _read(reader: CellReader, text: str) -> Value | None:
    try:
        return reader.value(text.strip())
    except BadValueError:
        return None


@worlds_tried(150)
@given(rules_and_texts())
def test_what_is_read_of_a_replaced_text_lies_in_the_same_bands(
    rules: tuple[CellReader, Pieces, list[str]],
) -> None:
    reader, pieces, texts = rules
    bands = text_in_bands(reader, pieces)
    for text in texts if bands is not None else ():
        assert bands is not None
        before, after = _read(reader, text), _read(reader, bands.replaced(text))
        if isinstance(before, Fraction):
            assert isinstance(after, Fraction)
            assert pieces.alike(before) == pieces.alike(after)
        else:
            assert bands.replaced(text) == text


DISTANCE = pieces_between([Edge(Fraction(3), begins=True), Edge(Fraction(15, 2), begins=True)])


def _bands(reader: CellReader, pieces: Pieces = DISTANCE) -> TextInBands:
    bands = text_in_bands(reader, pieces)
    assert bands is not None
    return bands


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        *(("2.999999", "2"), ("3", "3"), ("3.0", "3"), ("7.4999", "3"), ("7.5", "7.5")),
        *(("1" * 18, "7.5"), ("-0.0", "2"), ("007", "3"), ("-12", "2")),
        *(("+5", "+5"), ("5,0", "5,0"), ("", ""), (" 5", " 5"), ("1e1", "1e1"), ("5.", "5.")),
    ],
)
def test_plain_numbers_are_counted_as_one_of_their_band_and_other_texts_as_they_stand(
    text: str, counted: str
) -> None:
    assert _bands(CellReader(attribute())).replaced(text) == counted


def test_a_word_of_the_layout_stays_though_it_looks_like_a_number() -> None:
    bands = _bands(CellReader(attribute(), {"99": "0"}, frozenset({"8"})))
    assert [bands.replaced(text) for text in ("98", "99", "8", "9")] == ["7.5", "99", "8", "7.5"]


def test_a_number_outside_the_limits_stays_to_be_reported() -> None:
    limits = [Edge(Fraction(0), begins=True), Edge(Fraction(30), begins=False)]
    reader = CellReader(attribute(Fraction(0), Fraction(30)))
    bands = _bands(reader, pieces_between([*DISTANCE.edges, *limits]))
    assert [bands.replaced(text) for text in ("-0.1", "0", "30", "30.1")] == [
        *("-0.1", "0", "7.5", "30.1")
    ]


def test_decimals_of_a_whole_number_stay_to_be_reported() -> None:
    pieces = pieces_between(DISTANCE.edges, whole=True)
    bands = _bands(CellReader(attribute(whole=True)), pieces)
    assert [bands.replaced(text) for text in ("2", "7", "9", "7.5")] == ["2", "3", "8", "7.5"]


def test_texts_are_replaced_in_the_form_and_the_units_of_the_file() -> None:
    """Metres with a decimal comma, where the rulebook reads kilometres."""
    bands = _bands(CellReader(attribute(), decimal=",", scale=Fraction(1, 1000)))
    assert bands.replaced("2999,9") == "2000"
    assert bands.replaced("3000,0") == "3000"
    assert bands.replaced("7.5") == "7.5"


def test_nothing_is_replaced_where_engines_could_not_compare_exactly() -> None:
    assert text_in_bands(CellReader(attribute(), scale=Fraction(7)), DISTANCE) is None
    tiny = pieces_between([Edge(Fraction(1, 10**21), begins=True)])
    assert text_in_bands(CellReader(attribute()), tiny) is None
