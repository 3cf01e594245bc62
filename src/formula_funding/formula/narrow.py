"""What a condition rules out: a rate that `when` keeps from being looked up need not exist."""

from __future__ import annotations

from dataclasses import replace

from formula_funding.formula.scope import Scope
from formula_funding.formula.tree import Membership, Name, Operation, Text, Tree


def narrowed(scope: Scope, condition: Tree) -> Scope:
    """`scope` with the categories cut down to the values that a checked condition lets through.

    Understands comparisons and lists of a category, joined by `and`; anything else narrows
    nothing, which is safe.
    """
    symbols = dict(scope.symbols)
    for name, allowed, keep in _restrictions(condition):
        symbol = symbols.get(name)
        if symbol is not None:
            values = tuple(value for value in symbol.values if (value in allowed) == keep)
            symbols[name] = replace(symbol, values=values)
    return Scope(symbols, scope.tables)


def _restrictions(condition: Tree) -> list[tuple[str, frozenset[str], bool]]:
    """(category, values, whether these are the ones left) of each conjunct."""
    match condition:
        case Operation("and", operands):
            return [found for operand in operands for found in _restrictions(operand)]
        case Operation("not", (operand,)):
            inner = _restrictions(operand) if not isinstance(operand, Operation) else []
            return [(name, values, not keep) for name, values, keep in inner]
        case Operation("=" | "!=", (Name(name), Text(value)) | (Text(value), Name(name))):
            return [(name, frozenset({value}), condition.operator == "=")]
        case Membership(Name(name), members):
            words = frozenset(m.value for m in members if isinstance(m, Text))
            return [(name, words, True)] if len(words) == len(members) else []
    return []
