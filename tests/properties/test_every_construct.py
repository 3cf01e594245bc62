"""Random worlds use the whole language: a new field or function must occur in some of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from hypothesis import given
from pydantic import BaseModel

from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.formula.aggregates import AGGREGATES
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.formula.tree import SCHOOLS, Aggregate, Call, Operation, walk
from formula_funding.model.plan import STUDENTS, trees_of
from formula_funding.rules.rulebook import Rulebook
from formula_funding.rules.worked_examples import Example
from tests.properties.budget import worlds_tried
from tests.properties.retold import TOLD
from tests.properties.running import files_of
from tests.properties.worlds import World

Construct = tuple[str, ...]
ELSEWHERE = {
    # `with_example` in test_retold.py writes examples of these forms, of many schools.
    *((Example.__name__, name) for name in Example.model_fields),
    ("Rulebook", "examples"),
    # test_monotone.py: what the proof accepts never falls.
    *(("Rulebook", "monotone"), ("Line", "may_lower")),
}
"""What worlds of other tests use."""
CLASSES = "classes"
TRIED = (120, 5, 5, 2, 2, 2)
"""How many worlds of each kind are looked through."""


def _fields(model: type[BaseModel], seen: set[type]) -> Iterator[Construct]:
    """Every field of a form and of the forms inside it, and every word that a field may have."""
    if model in seen:
        return
    seen.add(model)
    for name, info in model.model_fields.items():
        yield model.__name__, name
        for part in _parts(info.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _fields(part, seen)
            elif isinstance(part, type) and issubclass(part, Enum):
                yield from ((model.__name__, name, member.value) for member in part)
            elif get_origin(part) is Literal:
                yield from ((model.__name__, name, word) for word in get_args(part))


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not Literal:
        for inner in get_args(annotation):
            yield from _parts(inner)


def _written(value: Any) -> Iterator[Construct]:
    """The fields that a rulebook states, with their words."""
    if isinstance(value, BaseModel):
        form = type(value).__name__
        for name in value.model_fields_set:
            inner = getattr(value, name)
            yield form, name
            if isinstance(inner, str | Enum):
                yield form, name, inner.value if isinstance(inner, Enum) else inner
            yield from _written(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _written(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _written(inner)


def _in_formulas(checked: CheckedRulebook) -> Iterator[Construct]:
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


def _formulas() -> Iterator[Construct]:
    yield from (("function", name) for name in (*FUNCTIONS, CONDITIONAL))
    yield from (("operator", name) for name in Operation.OPERATORS)
    for name, function in AGGREGATES.items():
        kinds = (SCHOOLS,) if function.for_each else (SCHOOLS, STUDENTS, CLASSES)
        yield from (("aggregate", name, "of", units) for units in kinds)
        yield from ((name, part) for part in ("where", "by"))


def test_every_field_and_function_of_the_language_occurs_in_some_random_world() -> None:
    seen: set[Construct] = set()

    def look(world: World) -> None:
        with files_of(world) as files:
            checked = files.checked()
        seen.update(_written(checked.rulebook))
        seen.update(_in_formulas(checked))

    for told, number in zip(TOLD, TRIED, strict=True):
        worlds_tried(number)(given(told)(look))()
    forms = set(_fields(Rulebook, {Example}))
    assert sorted({*forms, *_formulas()} - seen - ELSEWHERE) == []
