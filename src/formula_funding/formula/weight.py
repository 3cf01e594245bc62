"""How much a formula's numbers can grow, so that no rulebook can keep a computer busy for ever."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from formula_funding.formula.tree import Name, Number, Operation, Tree

MAX_WEIGHT = 10_000
"""Real formulas stay below a few hundred. It also bounds how deep steps can read steps."""


def weight_of(tree: Tree, weights: Mapping[str, int]) -> int:
    """How many numbers may be multiplied into one; `weights` holds those of steps and lines."""
    match tree:
        case Name(name):
            return weights.get(name, 1)
        case Operation("^", (base, Number(exponent))):
            return min(weight_of(base, weights) * int(exponent), MAX_WEIGHT + 1)
    return min(1 + sum(weight_of(part, weights) for part in tree.parts()), MAX_WEIGHT + 1)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room for evaluating steps that read steps that read steps…, which calls itself as deep."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 6 * MAX_WEIGHT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
