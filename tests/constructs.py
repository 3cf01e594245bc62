"""What the language is made of, told by the program: fields, their words, functions, aggregates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.formula.aggregates import AGGREGATES
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.formula.tree import SCHOOLS, Aggregate, Call, Operation, walk
from formula_funding.model.plan import trees_of

Construct = tuple[str, ...]


def fields_of(model: type[BaseModel], seen: set[type]) -> Iterator[Construct]:
    """Every field of a form and of the forms inside it, and every word that a field may have."""
    if model in seen:
        return
    seen.add(model)
    for name, info in model.model_fields.items():
        yield model.__name__, name
        for part in _parts(info.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from fields_of(part, seen)
            elif isinstance(part, type) and issubclass(part, Enum):
                yield from ((model.__name__, name, member.value) for member in part)
            elif get_origin(part) is Literal:
                yield from ((model.__name__, name, word) for word in get_args(part))


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not Literal:
        for inner in get_args(annotation):
            yield from _parts(inner)


def fields_written(value: Any) -> Iterator[Construct]:
    """The fields that a rulebook states, with their words."""
    if isinstance(value, BaseModel):
        form = type(value).__name__
        for name in value.model_fields_set:
            inner = getattr(value, name)
            yield form, name
            if isinstance(inner, str | Enum):
                yield form, name, inner.value if isinstance(inner, Enum) else inner
            yield from fields_written(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from fields_written(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from fields_written(inner)


def used_in_formulas(checked: CheckedRulebook) -> Iterator[Construct]:
    """Functions, operators, and aggregates with what they run over."""
    for node in (node for item in checked.items for tree in trees_of(item) for node in walk(tree)):
        yield "node", type(node).__name__
        match node:
            case Call():
                yield "function", node.function
            case Operation():
                yield "operator", node.operator
            case Aggregate():
                yield "aggregate", node.function, "of", node.units
                yield from (
                    (node.function, part) for part in ("where", "by") if getattr(node, part)
                )


def formulas_of(units: Sequence[str]) -> Iterator[Construct]:
    """All functions and operators, and the aggregates over schools and over `units`."""
    yield from (("function", name) for name in (*FUNCTIONS, CONDITIONAL))
    yield from (("operator", name) for name in Operation.OPERATORS)
    for name, function in AGGREGATES.items():
        of_schools = function.for_each or function.of_schools
        kinds = (SCHOOLS,) if of_schools else (SCHOOLS, *units)
        yield from (("aggregate", name, "of", units) for units in kinds)
        yield from ((name, part) for part in ("where", "by"))
