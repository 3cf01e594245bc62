"""What a condition rules out: a rate that `when` keeps from being looked up need not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from formula_funding.formula.scope import Scope
from formula_funding.formula.tree import Membership, Name, Operation, Text, Tree


def narrowed(scope: Scope, condition: Tree) -> Scope:
    """`scope` where a checked condition holds.

    Categories are cut down to the values that comparisons and lists, joined by `and`, let
    through; the condition itself stays, for combinations of several categories.
    """
    symbols = dict(scope.symbols)
    for name, allowed, keep in _restrictions(condition):
        symbol = symbols.get(name)
        if symbol is not None:
            values = tuple(value for value in symbol.values if (value in allowed) == keep)
            symbols[name] = replace(symbol, values=values)
    return replace(scope, symbols=symbols, conditions=(*scope.conditions, condition))


def _restrictions(condition: Tree) -> list[tuple[str, frozenset[str], bool]]:
    """(category, values, whether these are the ones left) of each conjunct."""
    match condition:
        case Operation("and", operands):
            return [found for operand in operands for found in _restrictions(operand)]
        case Operation("not", (Operation("and"),)):
            return []  # one of them does not hold, but which?
        case Operation("not", (Operation("or", operands),)):
            neither = [Operation("not", (operand,)) for operand in operands]
            return [found for operand in neither for found in _restrictions(operand)]
        case Operation("not", (Operation("not", (operand,)),)):
            return _restrictions(operand)
        case Operation("not", (operand,)):
            return [(name, values, not keep) for name, values, keep in _restrictions(operand)]
        case Operation("=" | "!=", (Name(name), Text(value)) | (Text(value), Name(name))):
            return [(name, frozenset({value}), condition.operator == "=")]
        case Membership(Name(name), members):
            words = frozenset(m.value for m in members if isinstance(m, Text))
            return [(name, words, True)] if len(words) == len(members) else []
    return []


def decided(condition: Tree, known: Mapping[str, str]) -> bool | None:
    """Whether a condition holds where some categories are known; None if that is not enough."""
    match condition:
        case Operation("not", (operand,)):
            inner = decided(operand, known)
            return None if inner is None else not inner
        case Operation("and" | "or", operands):
            decisive = condition.operator == "or"
            found = [decided(operand, known) for operand in operands]
            if decisive in found:
                return decisive
            return None if None in found else not decisive
        case Operation("=" | "!=", (Name(name), Text(value)) | (Text(value), Name(name))):
            if name not in known:
                return None
            return (known[name] == value) == (condition.operator == "=")
        case Membership(Name(name), members) if name in known:
            words = {m.value for m in members if isinstance(m, Text)}
            return known[name] in words if len(words) == len(members) else None
    return None
