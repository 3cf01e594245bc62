"""What the proof of `monotone: true` says of formulas is so for each pair of states tried."""

from __future__ import annotations

from fractions import Fraction

import pytest

from formula_funding.compile.directions import Direction, Trend
from formula_funding.compile.trends import Trends
from formula_funding.exact.extent import Extent
from formula_funding.formula.parse import parse_formula
from formula_funding.formula.tree import Aggregate, Tree
from formula_funding.judge.evaluate import NoSuchNumberError, Value, number

_RISING = Trend(Extent(Fraction(0), None), Direction.RISES)
_NAMES = {"n": _RISING, "m": _RISING, "x": Trend(Extent(Fraction(-3), Fraction(3)))}
_ATOMS = ["n", "m", "x", "2", "n - 3", "4 - m", "max(0, x)"]
_SHAPES = [
    *("{a} + {b}", "{a} - {b}", "({a}) * ({b})", "({a}) / ({b})", "({a}) ^ 2", "-({a})"),
    *("min({a}, {b})", "max({a}, {b})", "abs({a})", "clamp({a}, 1, 3)", "ramp({a}, 1, 3)"),
    *(
        "round({a} / 3, 0)",
        "round({a} * 60, -2)",
        "round_up({a} / 3, 0)",
        "round_half_even({a} / 2, 0)",
    ),
    *("if({a} >= 2, {b}, 1)", "if({a} < 2, 2, {b})", "if({a} = 0, 0, {b})"),
    *("if({a} >= 2 and {b} > 1, 3, 1)", "if(not {a} > 2, {b}, n + 2)", "if({a} != 0, 5, {b})"),
    *("if({a} > 2 or {b} > 2, max({a}, 2), min({a}, 2))", "ramp(2, {a}, {b})"),
]
_STATES = [(n, m) for n in range(5) for m in range(5)]


class _State:
    """Two counts, and a number that stays."""

    def __init__(self, **values: int) -> None:
        self._values = {name: Fraction(value) for name, value in values.items()}

    def name(self, name: str) -> Value:
        return self._values[name]

    def rate(self, table: str, keys: tuple[str, ...]) -> Fraction:
        raise AssertionError(table, keys)

    def aggregate(self, tree: Aggregate) -> Fraction:
        raise AssertionError(tree)


def _value(formula: Tree, n: int, m: int, x: int) -> Fraction | None:
    try:
        return number(formula, _State(n=n, m=m, x=x))
    except NoSuchNumberError:
        return None


def _moves(formula: Tree) -> set[int]:
    """1 where the formula rises with one more in `n` or in `m`, -1 where it falls."""
    found = set()
    for x in (-3, 2):
        values = {(n, m): _value(formula, n, m, x) for n, m in _STATES}
        for (n, m), before in values.items():
            for after in (values.get((n + 1, m)), values.get((n, m + 1))):
                if before is not None and after is not None and before != after:
                    found.add(1 if after > before else -1)
    return found


@pytest.mark.parametrize("shape", _SHAPES)
def test_no_formula_moves_otherwise_than_proved(shape: str) -> None:
    """All values of small counts lie within the bounds, and go the way that the trend says."""
    allowed = {
        Direction.CONSTANT: set[int](),
        Direction.RISES: {1},
        Direction.FALLS: {-1},
        Direction.UNKNOWN: {1, -1},
    }
    for text in {shape.format(a=a, b=b) for a in _ATOMS for b in _ATOMS}:
        formula = parse_formula(text)
        trend = Trends(_NAMES, {}, ()).of(formula)
        assert _moves(formula) <= allowed[trend.direction], (text, trend)
        for n, m in _STATES:
            value = _value(formula, n, m, 2)
            if value is not None:
                low, high = trend.bounds.low, trend.bounds.high
                assert low is None or low <= value, (text, trend)
                assert high is None or value <= high, (text, trend)


def test_what_rises_is_seen_to_rise() -> None:
    """The proof is no mere refusal: much of what rises by hand rises by it."""
    for formula in (
        "n + m * 2",
        "max(0, n - 3) * 2 + min(n, 3)",
        "if(n >= 10, 2 * n, n)",
        "if(n <= 850, 2, n / 425)",
        "if(n = 0, 0, 5 + m)",
        "100 - 60 / (n + 1)",
        "n * (1 + ramp(m, 2, 5))",
        "round(n * 2 / 3, 2)",
    ):
        assert Trends(_NAMES, {}, ()).of(parse_formula(formula)).direction is Direction.RISES
