"""The tree as JSON and back, for the explanation document that anyone can replay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from formula_funding.exact.number_text import (
    NotANumberError,
    number_from_written,
    number_to_text,
)
from formula_funding.formula.aggregates import AGGREGATES, WRITTEN
from formula_funding.formula.checking import is_written_whole, number_written, written
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.formula.parse import MAX_DEPTH
from formula_funding.formula.tree import (
    SCHOOLS,
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

Json = dict[str, Any]
_EXPONENTS = [(Number(Fraction(n)),) for n in range(1, 10)]


def json_from_tree(tree: Tree) -> Json:
    """A tree as nested objects; each has one key that names its kind."""
    match tree:
        case Number():
            return {"number": number_to_text(tree.value)}
        case Day():
            return {"date": tree.value.isoformat()}
        case Text():
            return {"text": tree.value}
        case Name():
            return {"name": tree.name}
        case Lookup():
            return {"lookup": tree.table, "by": _all(tree.keys)}
        case Call():
            return {"call": tree.function, "with": _all(tree.arguments)}
        case Operation():
            return {"operator": tree.operator, "on": _all(tree.operands)}
        case Membership():
            return {
                "is": json_from_tree(tree.item),
                "one_of": [_json_from_member(member) for member in tree.members],
            }
        case Aggregate():
            return _json_from_aggregate(tree)


def _json_from_aggregate(tree: Aggregate) -> Json:
    found: Json = {"aggregate": tree.function, "over": tree.units}
    if tree.arguments:
        found["of"] = _all(tree.arguments)
    if tree.where is not None:
        found["where"] = json_from_tree(tree.where)
    if tree.by:
        found["by"] = list(tree.by)
    if tree.own:
        found["own"] = list(tree.own)
    return found


def _all(trees: Sequence[Tree]) -> list[Json]:
    return [json_from_tree(tree) for tree in trees]


def _json_from_member(member: Text | Number | Interval) -> Json:
    if isinstance(member, Interval):
        return {"from": number_to_text(member.first), "to": number_to_text(member.last)}
    return json_from_tree(member)


class NoFormulaError(ValueError):
    """The JSON is no tree that `json_from_tree` can have written."""


def tree_from_json(data: Any, depth: int = 1) -> Tree:
    """The tree of `json_from_tree`. Raises NoFormulaError for anything else.

    Functions, operators and aggregates have as many arguments as they take; whether the names
    exist and are of the kinds that are asked is not known here.
    """
    if not isinstance(data, dict) or depth > MAX_DEPTH + 1:
        raise NoFormulaError("no formula, or one that is nested too deeply")
    read = next((reader for key, reader in _READERS.items() if key in data), _aggregate)
    return read(data, depth + 1)


def _lookup(data: Json, depth: int) -> Tree:
    return Lookup(_text(data["lookup"]), _trees(data, "by", depth))


def _call(data: Json, depth: int) -> Tree:
    name, arguments = _text(data["call"]), _trees(data, "with", depth)
    if name == CONDITIONAL:
        _check(len(arguments) == 3)
        return Call(name, arguments)
    function = FUNCTIONS.get(name)
    if function is None:
        raise NoFormulaError("no function")
    _check(function.least_arguments <= len(arguments))
    _check(function.most_arguments is None or len(arguments) <= function.most_arguments)
    values = len(arguments) - function.written
    shape = arguments[values:]
    _check(all(map(is_written_whole, shape)))
    _check(function.nonsense([*[None] * values, *map(number_written, shape)]) is None)
    return Call(name, arguments)


def _operation(data: Json, depth: int) -> Tree:
    operator, operands = _text(data["operator"]), _trees(data, "on", depth)
    _check(operator in Operation.OPERATORS)
    _check(len(operands) == (1 if operator in {"not", "negative"} else 2))
    _check(operator != "^" or operands[1:] in _EXPONENTS)
    return Operation(operator, operands)


def _membership(data: Json, depth: int) -> Tree:
    members = tuple(_member(member, depth) for member in _list(data, "one_of"))
    return Membership(tree_from_json(data["is"], depth), members)


def _aggregate(data: Json, depth: int) -> Tree:
    function = AGGREGATES.get(_text(data.get("aggregate")))
    if function is None:
        raise NoFormulaError("no aggregate")
    units, arguments = _text(data.get("over")), _trees(data, "of", depth) if "of" in data else ()
    by, own = (tuple(map(_text, _list(data, key))) if key in data else () for key in ("by", "own"))
    where = data.get("where")
    of_schools = function.for_each or function.of_schools or bool(by)
    _check(units == SCHOOLS or not of_schools)
    _check(len(arguments) >= len(function.arguments))
    _check(len(arguments) == len(function.arguments) or function.repeats)
    _check(not own or (len(own) == len(by) and not function.for_each))
    for name, argument in zip(function.given, arguments, strict=False):
        _check(name not in WRITTEN or is_written_whole(argument))
        _check(name != "position" or written(argument) >= 1)
    condition = None if where is None else tree_from_json(where, depth)
    return Aggregate(function.name, units, arguments, condition, by, own)


_READERS: dict[str, Callable[[Json, int], Tree]] = {
    "number": lambda data, _depth: Number(_number(data["number"])),
    "date": lambda data, _depth: Day(_day(data["date"])),
    "text": lambda data, _depth: Text(_text(data["text"])),
    "name": lambda data, _depth: Name(_text(data["name"])),
    "lookup": _lookup,
    "call": _call,
    "operator": _operation,
    "is": _membership,
}
"""By the key that names the kind of a tree; an aggregate is known by lacking all of these."""


def _trees(data: Json, key: str, depth: int) -> tuple[Tree, ...]:
    return tuple(tree_from_json(part, depth) for part in _list(data, key))


def _member(data: Any, depth: int) -> Text | Number | Interval:
    if isinstance(data, dict) and "from" in data:
        return Interval(_number(data["from"]), _number(data.get("to")))
    member = tree_from_json(data, depth)
    if not isinstance(member, Text | Number):
        raise NoFormulaError("no member of a list")
    return member


def _list(data: Json, key: str) -> list[Any]:
    found = data.get(key)
    if not isinstance(found, list):
        raise NoFormulaError("no list")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NoFormulaError("no text")
    return value


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(_text(text))
    except ValueError:
        raise NoFormulaError("no date") from None


def _number(text: Any) -> Fraction:
    try:
        return number_from_written(_text(text))
    except NotANumberError:
        raise NoFormulaError("no number") from None


def _check(sound: bool) -> None:
    if not sound:
        raise NoFormulaError("no formula that a rulebook can have")
