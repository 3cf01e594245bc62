"""A file that is given in the place of another is told as what it is, not field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem


@dataclass(frozen=True)
class _Sort:
    """A sort of files: the fields of which one group tells it from all others, and its use."""

    name: str
    signs: tuple[frozenset[str], ...]
    use: str


_RULEBOOK = _Sort(
    "a rulebook",
    (frozenset({"rulebook", "lines"}), frozenset({"rulebook", "based_on"})),
    "the rulebook comes first, then the roster; a scenario can name another one",
)
_RESULT = _Sort(
    "the result of a run",
    (frozenset({"ledger", "explanation", "fingerprint"}),),
    "a result is for `funding replay`, `funding compare` and --previous",
)
_OF_MODEL: Mapping[str, _Sort] = {
    "Scenario": _Sort(
        "a scenario",
        (frozenset({"scenario"}),),
        "a scenario is given to `funding compare` by --with",
    ),
    "Projection": _Sort(
        "a projection",
        (frozenset({"projection"}),),
        "a projection is given to `funding project` by --cohorts",
    ),
    "Layout": _Sort("a layout", (frozenset({"roster"}),), "a layout is given by --layout"),
    "Rulebook": _RULEBOOK,
}
"""By the name of the model that is to read a file: a run imports only those that it reads."""


def other_file(model: type[object], data: Mapping[str, object], file: str) -> Problem | None:
    """What to tell of a file with the fields of another sort than `model`; None if it has not."""
    wanted = _OF_MODEL.get(model.__name__)
    found = next((sort for sort in (_RESULT, *_OF_MODEL.values()) if _is(sort, data)), None)
    if wanted is None or found in (None, wanted) or _is(wanted, data):
        return None
    return Problem(
        codes.WRONG_VALUE,
        f"the file is {found.name}, not {wanted.name}",
        Place(file),
        found.use,
    )


def file_without_fields(model: type[object], *, is_table: bool) -> str:
    """What to do about a file that has no fields."""
    if model.__name__ != "Rulebook":
        return "a YAML file is needed here, not a table" if is_table else "write `field: value`"
    return (
        "the rulebook comes first, then the roster"
        if is_table
        else "see `funding init` for a small example"
    )


def _is(sort: _Sort, data: Mapping[str, object]) -> bool:
    return any(signs <= data.keys() for signs in sort.signs)
