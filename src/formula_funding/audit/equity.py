"""How evenly money per student is spread: the equity statistics of school finance, exactly.

Every figure is told with its formula, because several bear one name with different formulas.
p are the students of a school, x its money per student, w its need weight, z its wealth; N is
the sum of p, μ the mean of x by students, M the median by students. Definitions: Berne and
Stiefel; Odden and Picus; the federal range ratio as in 34 CFR 222.162 and its appendix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import accumulate

from formula_funding.exact.roots import natural_logarithm, root
from formula_funding.exact.rounding import Rounding, round_fraction

FEWEST_SCHOOLS = 5
"""Of fewer schools no figure is told: it would say more of each school than of the spread."""
DIGITS = 10
"""Decimals of a figure that is no fraction; it is computed to _GUARD more."""
_GUARD = 20
DISPERSION = (
    *("mean", "median", "range", "restricted_range", "federal_range_ratio", "variance"),
    *("coefficient_of_variation", "mcloone", "mcloone_strict", "verstegen", "gini", "theil"),
    *("mean_log_deviation", "relative_mean_deviation"),
)
"""The names of the figures of dispersion, in the order in which they are told."""


@dataclass(frozen=True)
class SchoolFigures:
    """A school: its students (above 0), its money per student, its need weight and wealth."""

    students: Fraction
    amount: Fraction
    weight: Fraction = Fraction(1)
    wealth: Fraction | None = None

    @property
    def need_weighted(self) -> SchoolFigures:
        """The school in weighted students, and money for each of them."""
        students, amount = self.students * self.weight, self.amount / self.weight
        return SchoolFigures(students, amount, Fraction(1), self.wealth)


@dataclass(frozen=True)
class Figure:
    """A statistic with its formula. `value` is None where it does not exist: a division by 0, or a
    share of money that is below 0.

    `exact` is false where the value was rounded half up to DIGITS decimals.
    """

    name: str
    formula: str
    value: Fraction | None
    exact: bool = True


class TooFewSchoolsError(ValueError):
    """Fewer than FEWEST_SCHOOLS have students."""


def equity_of(schools: Sequence[SchoolFigures]) -> list[Figure]:
    """All figures of dispersion by students. Raises TooFewSchoolsError below five schools."""
    return _Spread(_counted(schools)).figures()


def figure_of(name: str, schools: Sequence[SchoolFigures]) -> Figure:
    """One figure of `equity_of` by its name.

    Raises KeyError for another name, and TooFewSchoolsError below five schools.
    """
    return _Spread(_counted(schools)).makers()[name]()


def wealth_neutrality_of(schools: Sequence[SchoolFigures]) -> list[Figure]:
    """How money per student goes with wealth; every school must have one."""
    counted = _counted(schools)
    x = [school.amount for school in counted]
    z = [school.wealth for school in counted if school.wealth is not None]
    if len(z) < len(x):
        raise ValueError("a school has no wealth")
    p = [school.students for school in counted]
    together = _covariance(p, x, z)
    var_x, var_z = _covariance(p, x, x), _covariance(p, z, z)
    slope = _quotient(together, var_z)
    elasticity = None if slope is None else _quotient(slope * _mean(p, z), _mean(p, x))
    square = _quotient(together**2, var_x * var_z)
    size = None if square is None else root(square, 2, DIGITS)
    correlation = None if size is None else (-size if together < 0 else size)
    return [
        Figure("correlation", "r = cov(x, z) ÷ (σx · σz), by students", correlation, exact=False),
        Figure("slope", "b = cov(x, z) ÷ σz², by students", slope),
        Figure("elasticity", "b · mean(z) ÷ μ", elasticity),
    ]


def _counted(schools: Sequence[SchoolFigures]) -> list[SchoolFigures]:
    counted = sorted((s for s in schools if s.students > 0), key=lambda school: school.amount)
    if len(counted) < FEWEST_SCHOOLS:
        raise TooFewSchoolsError
    return counted


class _Spread:
    """Schools in ascending order of money per student."""

    def __init__(self, schools: list[SchoolFigures]) -> None:
        self._p = [school.students for school in schools]
        self._x = [school.amount for school in schools]
        self._n = sum(self._p, Fraction(0))
        self._mean = _mean(self._p, self._x)
        self._median = self._at_half()

    def figures(self) -> list[Figure]:
        return [make() for make in self.makers().values()]

    def makers(self) -> dict[str, Callable[[], Figure]]:
        """How each figure is made, by its name."""
        p5, p95, median = self._percentile(5), self._percentile(95), self._median
        exact: dict[str, tuple[str, Callable[[], Fraction | None]]] = {
            "mean": ("μ = Σpx ÷ N", lambda: self._mean),
            "median": ("M = least x with Σp ≥ N ÷ 2 (at N ÷ 2: mean of two)", lambda: median),
            "range": ("max x − min x", lambda: self._x[-1] - self._x[0]),
            "restricted_range": ("P95 − P5, by students", lambda: p95 - p5),
            "federal_range_ratio": (
                "(P95 − P5) ÷ P5, by students (34 CFR 222.162)",
                lambda: (p95 - p5) / p5 if p5 > 0 else None,
            ),
            "variance": ("σ² = Σp(x − μ)² ÷ N", self._variance),
            "coefficient_of_variation": ("σ ÷ μ", lambda: _root_of(self._variance(), self._mean)),
            "mcloone": (
                "Σpx ÷ (M · Σp) over x ≤ M (inclusive)",
                lambda: self._against_median(lambda value: value <= median),
            ),
            "mcloone_strict": (
                "Σpx ÷ (M · Σp) over x < M (strict)",
                lambda: self._against_median(lambda value: value < median),
            ),
            "verstegen": (
                "Σpx ÷ (M · Σp) over x ≥ M (inclusive)",
                lambda: self._against_median(lambda value: value >= median),
            ),
            "gini": ("ΣΣ pᵢpⱼ|xᵢ − xⱼ| ÷ (2N²μ)", self._gini),
            "theil": ("Σ (p ÷ N)(x ÷ μ) ln(x ÷ μ)", self._theil),
            "mean_log_deviation": ("Σ (p ÷ N) ln(μ ÷ x)", self._log_deviation),
            "relative_mean_deviation": ("Σp|x − μ| ÷ (Nμ)", self._relative_mean_deviation),
        }
        return {
            name: partial(_figure, name, formula, value) for name, (formula, value) in exact.items()
        }

    def _variance(self) -> Fraction:
        return _covariance(self._p, self._x, self._x)

    def _relative_mean_deviation(self) -> Fraction | None:
        if self._x[0] < 0:
            return None
        deviations = [abs(value - self._mean) for value in self._x]
        return _quotient(_mean(self._p, deviations), self._mean)

    def _at_half(self) -> Fraction:
        for i, students in enumerate(accumulate(self._p)):
            if 2 * students == self._n:
                return (self._x[i] + self._x[i + 1]) / 2
            if 2 * students > self._n:
                return self._x[i]
        raise ValueError("no students")

    def _percentile(self, percent: int) -> Fraction:
        """The least x at or below which `percent` % of the students are."""
        reached = zip(accumulate(self._p), self._x, strict=True)
        return next(x for students, x in reached if 100 * students >= percent * self._n)

    def _against_median(self, chosen: Callable[[Fraction], bool]) -> Fraction | None:
        if self._x[0] < 0:
            return None
        pairs = [(p, x) for p, x in zip(self._p, self._x, strict=True) if chosen(x)]
        students = sum((p for p, _ in pairs), Fraction(0))
        return _quotient(sum((p * x for p, x in pairs), Fraction(0)), self._median * students)

    def _gini(self) -> Fraction | None:
        """Each school against those before it, which have less: |xᵢ − xⱼ| without a second loop."""
        students = money = twice = Fraction(0)
        for p, x in zip(self._p, self._x, strict=True):
            twice += 2 * p * (x * students - money)
            students += p
            money += p * x
        return None if self._x[0] < 0 else _quotient(twice, 2 * self._n**2 * self._mean)

    def _theil(self) -> Fraction | None:
        """A school without money adds nothing; below 0 there is no logarithm."""
        if self._x[0] < 0 or self._mean <= 0:
            return None
        shares = [x / self._mean for x in self._x]
        return _mean(self._p, [s * _ln(s) if s else Fraction(0) for s in shares])

    def _log_deviation(self) -> Fraction | None:
        if self._x[0] <= 0:
            return None
        return _mean(self._p, [_ln(self._mean / x) for x in self._x])


def _ln(value: Fraction) -> Fraction:
    return natural_logarithm(value, DIGITS + _GUARD)


def _mean(p: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    """The mean by students."""
    weighted = sum((n * v for n, v in zip(p, values, strict=True)), Fraction(0))
    return weighted / sum(p, Fraction(0))


def _covariance(p: Sequence[Fraction], a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    mean_a, mean_b = _mean(p, a), _mean(p, b)
    return _mean(p, [(x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True)])


def _quotient(numerator: Fraction, denominator: Fraction) -> Fraction | None:
    return numerator / denominator if denominator else None


def _root_of(variance: Fraction, mean: Fraction) -> Fraction | None:
    """σ ÷ μ, as the root of σ² ÷ μ²."""
    return root(variance / mean**2, 2, DIGITS) if mean > 0 else None


ROUNDED = frozenset({"coefficient_of_variation", "theil", "mean_log_deviation"})
"""The figures that are no fractions."""


def _figure(name: str, formula: str, value: Callable[[], Fraction | None]) -> Figure:
    found, unit = value(), Rounding(Fraction(1, 10**DIGITS))
    if name not in ROUNDED:
        return Figure(name, formula, found)
    rounded = None if found is None else round_fraction(found, unit)
    return Figure(name, formula, rounded, exact=False)
