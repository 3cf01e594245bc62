"""Evaluates one formula for one unit with exact fractions: slow, and right by inspection.

The judge of the fast evaluation over columns, and the arithmetic of the replayer. It shares
the tree with them and no arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Protocol

from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.formula.tree import (
    Aggregate,
    Call,
    Day,
    Interval,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Text,
    Tree,
)

Value = Fraction | bool | str | date


class NoSuchNumberError(ArithmeticError):
    """A formula divides something by zero."""


class OtherKindError(TypeError):
    """A formula is given a value of another kind than it asks; never if it was checked."""


class Reader(Protocol):
    """What a formula can read of its unit."""

    def name(self, name: str) -> Value:
        """The value of a name."""
        ...

    def rate(self, table: str, keys: tuple[str, ...]) -> Fraction:
        """The value of a keyed parameter."""
        ...

    def aggregate(self, tree: Aggregate) -> Fraction:
        """The value of an aggregate."""
        ...


def evaluate(tree: Tree, reader: Reader) -> Value:
    """The value of a checked formula.

    Raises NoSuchNumberError where it depends on a division by zero; 0 ÷ 0 is 0. A formula that
    was not checked can raise OtherKindError.
    """
    match tree:
        case Number() | Text() | Day():
            return tree.value
        case Name():
            return reader.name(tree.name)
        case Lookup():
            return reader.rate(tree.table, tuple(_key(evaluate(k, reader)) for k in tree.keys))
        case Call(function, arguments):
            if function == CONDITIONAL:
                chosen = arguments[1] if holds(arguments[0], reader) else arguments[2]
                return evaluate(chosen, reader)
            return _called(function, [number(a, reader) for a in arguments])
        case Operation():
            return _operated(tree, reader)
        case Membership():
            item = evaluate(tree.item, reader)
            return any(_is(item, member) for member in tree.members)
        case Aggregate():
            return reader.aggregate(tree)


def number(tree: Tree, reader: Reader) -> Fraction:
    """The value of a numeric formula. Raises as `evaluate`."""
    value = evaluate(tree, reader)
    if isinstance(value, bool) or not isinstance(value, Fraction):
        raise OtherKindError(f"`{value}` is no number")
    return value


def holds(tree: Tree, reader: Reader) -> bool:
    """The truth of a condition. Raises as `evaluate`."""
    value = evaluate(tree, reader)
    if not isinstance(value, bool):
        raise OtherKindError(f"`{value}` is no truth")
    return value


def _called(function: str, arguments: list[Fraction]) -> Fraction:
    try:
        return FUNCTIONS[function].on_fractions(arguments)
    except (ValueError, ZeroDivisionError):
        raise NoSuchNumberError from None


def _key(value: Value) -> str:
    return str(value)


def _is(item: Value, member: Text | Number | Interval) -> bool:
    if isinstance(member, Interval):
        return isinstance(item, Fraction) and member.first <= item <= member.last
    return item == member.value


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


def _operated(tree: Operation, reader: Reader) -> Value:
    operator, operands = tree.operator, tree.operands
    if operator == "not":
        return not holds(operands[0], reader)
    if operator in {"and", "or"}:
        return _joined(operator, operands, reader)
    if operator in _COMPARE:
        left, right = (evaluate(operand, reader) for operand in operands)
        if type(left) is not type(right):
            raise OtherKindError(f"`{left}` can't be compared with `{right}`")
        return _COMPARE[operator](left, right)
    numbers = [number(operand, reader) for operand in operands]
    match operator:
        case "+":
            return numbers[0] + numbers[1]
        case "-":
            return numbers[0] - numbers[1]
        case "*":
            return numbers[0] * numbers[1]
        case "/":
            return divided(numbers[0], numbers[1])
        case "^":
            return numbers[0] ** numbers[1].numerator
    return -numbers[0]


def divided(numerator: Fraction, denominator: Fraction) -> Fraction:
    """A quotient; nothing shared among nobody is nothing: 0 ÷ 0 = 0."""
    if denominator:
        return numerator / denominator
    if numerator:
        raise NoSuchNumberError
    return Fraction(0)


def _joined(operator: str, operands: tuple[Tree, ...], reader: Reader) -> bool:
    """`and` and `or`; one side may decide although the other does not exist."""
    decisive = operator == "or"
    lacking = False
    for operand in operands:
        try:
            if holds(operand, reader) is decisive:
                return decisive
        except NoSuchNumberError:
            lacking = True
    if lacking:
        raise NoSuchNumberError
    return not decisive
