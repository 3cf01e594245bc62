"""The tree as JSON and back, for the explanation document that anyone can replay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from formula_funding.exact.number_text import number_from_written, number_to_text
from formula_funding.formula.parse import MAX_DEPTH
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


def tree_from_json(data: Any, depth: int = 1) -> Tree:
    """The tree of `json_from_tree`. Raises ValueError for anything else."""
    if not isinstance(data, dict) or depth > MAX_DEPTH + 1:
        raise ValueError("no formula")
    try:
        return _tree(data, depth + 1)
    except (KeyError, TypeError) as error:
        raise ValueError("no formula") from error


def _tree(data: Json, depth: int) -> Tree:
    def trees(key: str) -> tuple[Tree, ...]:
        return tuple(tree_from_json(part, depth) for part in data[key])

    if "number" in data:
        return Number(_number(data["number"]))
    if "date" in data:
        return Day(date.fromisoformat(data["date"]))
    if "text" in data:
        return Text(str(data["text"]))
    if "name" in data:
        return Name(str(data["name"]))
    if "lookup" in data:
        return Lookup(str(data["lookup"]), trees("by"))
    if "call" in data:
        return Call(str(data["call"]), trees("with"))
    if "operator" in data:
        if data["operator"] not in Operation.OPERATORS:
            raise ValueError("no operator")
        operands = trees("on")
        if data["operator"] == "^" and operands[1:] not in _EXPONENTS:
            raise ValueError("no exponent")
        return Operation(data["operator"], operands)
    if "is" in data:
        members = tuple(_member(member, depth) for member in data["one_of"])
        return Membership(tree_from_json(data["is"], depth), members)
    where = data.get("where")
    return Aggregate(
        str(data["aggregate"]),
        str(data["over"]),
        trees("of") if "of" in data else (),
        tree_from_json(where, depth) if where is not None else None,
        tuple(str(name) for name in data.get("by", ())),
        tuple(str(name) for name in data.get("own", ())),
    )


def _member(data: Json, depth: int) -> Text | Number | Interval:
    if "from" in data:
        return Interval(_number(data["from"]), _number(data["to"]))
    member = tree_from_json(data, depth)
    if not isinstance(member, Text | Number):
        raise TypeError("no member of a list")
    return member


def _number(text: Any) -> Fraction:
    if not isinstance(text, str):
        raise TypeError("numbers are texts")
    return number_from_written(text)
