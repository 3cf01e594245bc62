"""Every formula has one tree: the one that its grammar gives it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies
from lark.exceptions import VisitError

from formula_funding.formula.parse import MAX_DEPTH, FormulaSyntaxError, parse_formula
from formula_funding.formula.tree import Membership, Span, Tree, walk
from tests.formula.by_lark import parsed_by_lark
from tests.properties.budget import worlds_tried

ATOMS = ("area", "grade", "2", "12.5", "1_000", "5%", "2025-01-31", "'city'", "norm[grade, 'b']")
MEMBERS = ("1..4", "city", "'a'", "[1..4, 9]", "[a, 'b', 2]")
SIGNS = ("+", "-", "*", "/", "and", "or", "=", "==", "!=", "<>", "<", "<=", ">", ">=")
CALLS = (
    *("({0})", "-{0}", "not {0}", "{0}^2", "({0})^3", "{0} in {2}", "{0} not in {2}", "norm[{0}]"),
    *("min({0}, {1})", "if({0},{1},2)", "count(students where {0})", "sum({0} of schools)"),
    *("sum({0} of schools where {1} by kind, place = lies_in)", "count(schools by kind)"),
    *("sum(students)", "rank({0}, {1} of schools by kind)"),
)
TOKENS = (
    *ATOMS,
    *SIGNS,
    *("^", "(", ")", "[", "]", ",", "..", "not", "in", "of", "by", "where", "min", "%", ";"),
)


def _larger(parts: strategies.SearchStrategy[str]) -> strategies.SearchStrategy[str]:
    chain = strategies.tuples(parts, strategies.sampled_from(SIGNS), parts).map(" ".join)
    filled = strategies.builds(
        str.format,
        strategies.sampled_from(CALLS),
        *(parts, parts, strategies.sampled_from(MEMBERS)),
    )
    return chain | filled


FORMULAS = strategies.recursive(strategies.sampled_from(ATOMS), _larger, max_leaves=8)


def outcome(text: str) -> Any:
    """The tree with the places of all its parts; None if the text is refused."""
    try:
        return placed(parse_formula(text))
    except FormulaSyntaxError:
        return None


def expected(text: str) -> Any:
    """The same by lark."""
    try:
        tree = parsed_by_lark(text)
    except VisitError:
        return None
    return tree and placed(tree)


def placed(tree: Tree) -> tuple[Tree, list[Span]]:
    parts = list(walk(tree))
    members = [member for part in parts if isinstance(part, Membership) for member in part.members]
    return tree, [part.span for part in (*parts, *members)]


@worlds_tried(400)
@given(text=FORMULAS)
def test_a_formula_has_the_tree_of_its_grammar(text: str) -> None:
    """However operators, calls and aggregates stand in each other, both parsers agree."""
    assert outcome(text) == expected(text)


@worlds_tried(400)
@given(
    text=FORMULAS,
    at=strategies.integers(0, 30),
    put=strategies.lists(strategies.sampled_from(TOKENS), max_size=2),
    without=strategies.integers(0, 2),
)
def test_a_damaged_formula_is_refused_or_has_a_tree_by_both(
    text: str, at: int, put: list[str], without: int
) -> None:
    """With words left out and others put in, both parsers accept the same texts."""
    words = text.split(" ")
    words[at : at + without] = put
    damaged = " ".join(words)
    assert outcome(damaged) == expected(damaged)


@worlds_tried(400)
@given(words=strategies.lists(strategies.sampled_from(TOKENS), min_size=1, max_size=7))
def test_any_words_are_refused_or_have_a_tree_by_both(words: list[str]) -> None:
    """Whatever stands side by side, both parsers accept the same texts."""
    text = " ".join(words)
    assert outcome(text) == expected(text)


@pytest.mark.parametrize("text", ["1 orb", "a and1", "a in1..4", "sum(a ofschools)", "a not1 [2]"])
def test_words_are_not_cut_in_two(text: str) -> None:
    """`orb` is a name and not `or b`: a slip is not read as something else."""
    with pytest.raises(FormulaSyntaxError, match="is not expected here"):
        parse_formula(text)


@pytest.mark.parametrize("opening", ["(", "f(", "t[", "1 or 1 = (1 + 2 * -("])
def test_brackets_are_nested_no_deeper_than_the_tree_may_be(opening: str) -> None:
    """The parser calls itself for each bracket, so it stops long before Python would."""
    with pytest.raises(FormulaSyntaxError, match="nested deeper"):
        parse_formula(opening * (MAX_DEPTH + 1))
    with pytest.raises(FormulaSyntaxError, match="ends too early"):
        parse_formula("(" * MAX_DEPTH)
