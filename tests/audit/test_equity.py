"""Equity figures of a vector that was computed independently, and of bent ones."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formula_funding.audit.equity import (
    SchoolFigures,
    TooFewSchoolsError,
    equity_of,
    wealth_neutrality_of,
)

VECTOR = [
    SchoolFigures(Fraction(p), Fraction(x), Fraction(w), Fraction(z))
    for p, x, w, z in (
        (50, 820, "1.00", 90),
        (400, 850, "1.05", 100),
        (300, 900, "1.10", 120),
        (200, 960, "1.20", 150),
        (50, 1000, "1.35", 200),
    )
]
EXPECTED = {
    "mean": "893",
    "median": "900",
    "range": "180",
    "restricted_range": "140",
    "federal_range_ratio": "7/41",
    "variance": "2491",
    "coefficient_of_variation": "0.0558901667",
    "mcloone": "217/225",
    "mcloone_strict": "127/135",
    "verstegen": "512/495",
    "gini": "539/17860",
    "theil": "0.0015471005",
    # 0.00153397423106…, to 60 digits; the list it was taken from prints …743, a slip.
    "mean_log_deviation": "0.0015339742",
    "relative_mean_deviation": "417/8930",
}


def test_the_reference_vector_comes_out_to_the_last_digit() -> None:
    found = {figure.name: figure.value for figure in equity_of(VECTOR)}
    assert found == {name: Fraction(value) for name, value in EXPECTED.items()}


def test_need_weighted_the_coefficient_of_variation_is_smaller() -> None:
    found = {f.name: f.value for f in equity_of([school.need_weighted for school in VECTOR])}
    assert found["coefficient_of_variation"] == Fraction("0.0223593528")


def test_wealth_neutrality_of_the_reference_vector() -> None:
    found = {figure.name: figure.value for figure in wealth_neutrality_of(VECTOR)}
    assert found == {
        "correlation": Fraction("0.9687048341"),
        "slope": Fraction(5134, 2819),
        "elasticity": Fraction(618647, 2517367),
    }


def test_the_official_example_of_the_federal_range_ratio_gives_22_per_cent() -> None:
    """34 CFR 222.162, appendix: P5 is 820 dollars, P95 is 1,000 dollars, 180 ÷ 820 = 22 %."""
    schools = [SchoolFigures(Fraction(20), Fraction(x)) for x in (820, 850, 900, 960, 1000)]
    found = {figure.name: figure.value for figure in equity_of(schools)}
    assert found["federal_range_ratio"] == Fraction(180, 820)


def test_of_fewer_than_five_schools_nothing_is_told() -> None:
    with pytest.raises(TooFewSchoolsError):
        equity_of([*VECTOR[:4], SchoolFigures(Fraction(0), Fraction(1000))])


def test_every_figure_has_its_formula() -> None:
    assert all(f.formula for f in [*equity_of(VECTOR), *wealth_neutrality_of(VECTOR)])


def test_the_order_of_schools_changes_nothing() -> None:
    assert all(equity_of(order) == equity_of(VECTOR) for order in permutations(VECTOR))


_SCHOOLS = st.lists(
    st.builds(
        SchoolFigures,
        st.integers(1, 50).map(Fraction),
        st.integers(1, 30).map(Fraction),
    ),
    min_size=5,
    max_size=8,
)


@given(_SCHOOLS)
def test_gini_is_the_mean_difference_of_all_pairs(schools: list[SchoolFigures]) -> None:
    found = {figure.name: figure.value for figure in equity_of(schools)}
    n = sum(s.students for s in schools)
    mean = sum(s.students * s.amount for s in schools) / n
    pairs = sum(
        a.students * b.students * abs(a.amount - b.amount) for a in schools for b in schools
    )
    assert found["gini"] == pairs / (2 * n**2 * mean)


@given(_SCHOOLS, st.integers(2, 9).map(Fraction))
def test_relative_figures_do_not_depend_on_the_currency(
    schools: list[SchoolFigures], factor: Fraction
) -> None:
    changed = [SchoolFigures(s.students, s.amount * factor) for s in schools]
    relative = set(EXPECTED) - {"mean", "median", "range", "restricted_range", "variance"}
    before = {f.name: f.value for f in equity_of(schools) if f.name in relative}
    assert {f.name: f.value for f in equity_of(changed) if f.name in relative} == before


def test_of_money_below_0_no_share_is_told() -> None:
    """−5, twice −3, 0, 4 and 10: μ is 1/2, and the Gini index would be above 1, McLoone 22/9."""
    amounts = ((1, -5), (2, -3), (1, 0), (1, 4), (1, 10))
    schools = [SchoolFigures(Fraction(p), Fraction(x)) for p, x in amounts]
    found = {figure.name: figure.value for figure in equity_of(schools)}
    assert {name for name, value in found.items() if value is None} == {
        *("federal_range_ratio", "mcloone", "mcloone_strict", "verstegen", "gini", "theil"),
        *("mean_log_deviation", "relative_mean_deviation"),
    }
    assert found["variance"] == Fraction(105, 4)
    assert found["median"] == Fraction(-3, 2)
