"""Bands own every value exactly once, or the rulebook does not pass."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from formula_funding.compile.bands import bands_of
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.scope import Symbol

LOW, HIGH = 1, 11
ENDS = st.integers(LOW, HIGH)


@st.composite
def ranges(draw: st.DrawFn) -> str:
    """A range as a rulebook writes it, mostly one that fits among others."""
    low, high = sorted((draw(ENDS), draw(ENDS)))
    return draw(
        st.sampled_from([f"{low}..{high}", f"{low}..<{high}", f"..{high}", f"{low}..", f"{low}"])
    )


@st.composite
def cut_into_bands(draw: st.DrawFn) -> list[str]:
    """The whole numbers cut into ranges that touch."""
    cuts = sorted(draw(st.sets(st.integers(LOW + 1, HIGH), max_size=5)))
    edges = [LOW, *cuts, HIGH + 1]
    return [f"{low}..{high - 1}" for low, high in pairwise(edges)]


def problems_of(written: list[str], *, whole: bool) -> tuple[list[str], list[list[str]]]:
    """What is reported of bands, and for each quarter from LOW to HIGH the bands that hold it."""
    found: list[str] = []
    symbol = Symbol(
        "x", Kind.NUMBER, Level.STUDENT, whole=whole, low=Fraction(LOW), high=Fraction(HIGH)
    )
    bands = bands_of(
        {f"band_{i}": [text] for i, text in enumerate(written)},
        symbol,
        lambda code, _message, _band, _hint: found.append(code.id),
    )
    step = 1 if whole else Fraction(1, 4)
    numbers = [LOW + i * Fraction(step) for i in range(int((HIGH - LOW) / step) + 1)]
    return found, [[band.name for band in bands if band.holds(number)] for number in numbers]


@given(st.lists(ranges(), min_size=1, max_size=4), st.booleans())
def test_bands_that_pass_own_every_number_once(written: list[str], whole: bool) -> None:
    """If nothing is reported, every number that can occur lies in exactly one band."""
    found, owners = problems_of(written, whole=whole)
    assert found or all(len(bands) == 1 for bands in owners)


@given(cut_into_bands())
def test_bands_that_touch_pass(written: list[str]) -> None:
    """Whole numbers cut into ranges are never reported."""
    assert problems_of(written, whole=True)[0] == []


@given(cut_into_bands(), st.data())
def test_a_band_that_is_taken_out_leaves_a_hole(written: list[str], data: st.DataObject) -> None:
    """Any band that is left out is missed, and any that is doubled overlaps."""
    i = data.draw(st.integers(0, len(written) - 1))
    without = written[:i] + written[i + 1 :]
    if without:
        assert problems_of(without, whole=True)[0] == ["R009"]
    assert "R010" in problems_of([*written, written[i]], whole=True)[0]
