"""A rulebook's YAML file to a `Rulebook`, with every problem of its fields placed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.read.layered_nodes import LayeredNodes, layered_nodes, with_changes
from formula_funding.read.merged_nodes import Nodes
from formula_funding.read.nodes_from_yaml import Data, Path_, Places
from formula_funding.read.other_file import file_without_fields, other_file
from formula_funding.rules.rulebook import Rulebook

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class PlacedRulebook:
    """A rulebook and where each of its fields stands.

    `files` are all that were read: the rulebook's own first, then those that it is based on.
    `broken` names the entries that were left out because their fields have problems, so that
    the formulas of the others can still be checked.
    """

    rulebook: Rulebook
    places: Places
    files: tuple[Path, ...]
    broken: frozenset[str] = frozenset()


def rulebook_from_yaml(file: Path, problems: Problems) -> PlacedRulebook:
    """Read a rulebook; problems of single entries are noted and the entries left out.

    Raises ProblemsFoundError where nothing more can be checked.
    """
    return _rulebook_from_nodes(layered_nodes(file, problems), problems)


def rulebook_with_changes(file: Path, changes: Nodes, problems: Problems) -> PlacedRulebook:
    """As `rulebook_from_yaml`, with a scenario's changes laid over what the file holds."""
    layered = with_changes(layered_nodes(file, problems), changes, problems)
    return _rulebook_from_nodes(layered, problems)


def _rulebook_from_nodes(layered: LayeredNodes, problems: Problems) -> PlacedRulebook:
    data, places = layered.data, layered.places
    rulebook, faulty = model_from_data(Rulebook, data, places, problems)
    broken: set[str] = set()
    if rulebook is None and isinstance(data, dict):
        for section, name in {path[:2] for path in faulty if len(path) >= _ENTRY_DEPTH}:
            entries = data.get(str(section))
            if isinstance(entries, dict) and entries.pop(str(name), None) is not None:
                broken.add(str(name))
        rulebook, _ = model_from_data(Rulebook, data, places, Problems())
    if rulebook is None:
        problems.stop_if_errors()
    assert rulebook is not None
    return PlacedRulebook(rulebook, places, layered.files, frozenset(broken))


_ENTRY_DEPTH = 2
"""Sections hold named entries: `lines`, `base`."""


def model_from_data(
    model: type[Model], data: Data, places: Places, problems: Problems
) -> tuple[Model | None, list[Path_]]:
    """`data` as `model`; or None and the paths of the problems, which are noted."""
    if not isinstance(data, dict):
        problems.add(
            codes.EMPTY_FILE if data is None else codes.WRONG_VALUE,
            "the file is empty" if data is None else "the file must be a block of `key: value`",
            Place(places.file),
            file_without_fields(model, is_table=places.file.lower().endswith(".csv")),
        )
        return None, []
    other = other_file(model, data, places.file)
    if other is not None:
        problems.add_problem(other)
        return None, []
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    for detail in details:
        _note(detail, model, places, problems)
    return None, [tuple(detail["loc"]) for detail in details]


_CODES = {
    "extra_forbidden": codes.UNKNOWN_FIELD,
    "missing": codes.MISSING_FIELD,
    "not_a_number": codes.NOT_A_NUMBER,
}


def _of_comma(entry: str) -> str:
    """What to do where a comma inside { } has made `entry` of the rest of a number or a text."""
    if entry[:1].isdigit():
        return (
            "a comma separates entries inside { }: write a decimal with a point, and put a text "
            "or a formula with a comma in quotes"
        )
    return "a comma separates entries inside { }: put a text with a comma in quotes"


def _note(detail: ErrorDetails, model: type[BaseModel], places: Places, problems: Problems) -> None:
    path: Path_ = tuple(part for part in detail["loc"] if part != "[key]")
    code = _CODES.get(detail["type"], codes.WRONG_VALUE)
    context: dict[str, Any] = detail.get("ctx", {})
    hint = context.get("hint")
    message = detail["msg"]
    place = places.value(path)
    if code is codes.UNKNOWN_FIELD:
        message = f"unknown field `{path[-1]}`"
        hint = did_you_mean(str(path[-1]), _fields_at(model, path[:-1]))
        if detail["input"] is None:
            hint = _of_comma(str(path[-1]))
        place = places.key(path)
    elif code is codes.MISSING_FIELD:
        message = f"the field `{path[-1]}` is missing"
        place = places.key(path[:-1])
    elif detail["input"] is None:
        message = f"`{path[-1]}` has no value"
        of_comma = _of_comma(str(path[-1])) if str(path[-1])[:1].isdigit() else None
        hint = hint or of_comma or "write one, or delete the entry"
        place = places.key(path)
    elif detail["type"] in {"literal_error", "enum"}:
        message = f"`{detail['input']}` is not one of {context['expected']}"
        words = re.findall("'([^']+)'", context["expected"])
        meant = _MEANT.get(str(detail["input"]).lower())
        hint = f"write `{meant}`" if meant in words else did_you_mean(str(detail["input"]), words)
    elif detail["type"] == "string_too_short":
        message = f"`{path[-1]}` has no text"
    elif detail["type"] in _FORMS:
        message = f"{_FORMS[detail['type']]} is needed here"
    problems.add(code, message, place, hint)


_MEANT = {
    **dict.fromkeys(("integer", "int", "whole"), "count"),
    **dict.fromkeys(("decimal", "float", "numeric"), "number"),
    **dict.fromkeys(("boolean", "bool", "flag", "yes/no"), "truth"),
    **dict.fromkeys(("string", "str", "word"), "text"),
    **dict.fromkeys(("percent", "percentage", "share", "coefficient"), "ratio"),
    **dict.fromkeys(("amount", "currency", "rub", "usd"), "money"),
    **dict.fromkeys(("enum", "list", "choice"), "category"),
    **{f"windows-{page}": f"cp{page}" for page in (1250, 1251, 1252, 1257)},
    **dict.fromkeys(("latin1", "latin-1"), "iso-8859-1"),
    **dict.fromkeys(("latin2", "latin-2"), "iso-8859-2"),
    **dict.fromkeys(("nearest", "round", "normal", "half_up"), "half up"),
    **dict.fromkeys(("bankers", "half_even"), "half even"),
    **dict.fromkeys(("ceil", "ceiling"), "up"),
    **dict.fromkeys(("floor", "truncate"), "down"),
    **dict.fromkeys(
        ("student", "students", "every student", "pupil", "each pupil"), "each student"
    ),
    **dict.fromkeys(("school", "schools", "every school"), "each school"),
    **dict.fromkeys(("error", "fail"), "stop"),
    **dict.fromkeys(("warning", "ignore"), "warn"),
}
"""What other languages, or the reader's own, call a word of the rulebook."""
_FORMS = {
    "dict_type": "a block of `key: value`",
    "model_type": "a block of `key: value`",
    "list_type": "a list such as [a, b]",
    "tuple_type": "a list such as [a, b]",
    "string_type": "a text",
}


def _fields_at(model: type[BaseModel], path: Path_) -> list[str]:
    """The field names of the model that stands at `path` inside `model`."""
    here, parts = model, list(path)
    while parts:
        fields = {f.alias or name: f.annotation for name, f in here.model_fields.items()}
        annotation = fields.get(str(parts.pop(0)))
        inner = _model_within(annotation)
        if inner is None:
            return []
        if annotation is not inner and get_origin(annotation) in {dict, list} and parts:
            parts.pop(0)
        here = inner
    return [field.alias or name for name, field in here.model_fields.items()]


def _model_within(annotation: Any) -> type[BaseModel] | None:
    """The model inside `dict[str, Model]`, `Model | None` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _model_within(argument)
        if found is not None:
            return found
    return None
