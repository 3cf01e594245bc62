"""Which column of a file is which name of the rulebook, by its name and by what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from formula_funding.draft.known_names import BARE_IDS
from formula_funding.draft.names import likeness, names_of
from formula_funding.draft.values import Column, suggestion, weight
from formula_funding.model.plan import Attribute
from formula_funding.read.cell_reader import count_from_text

ENOUGH = 3
"""The least weight of name and texts together for a guess."""
_CERTAIN = 100
_HALF = 50


@dataclass(frozen=True)
class Wanted:
    """What a table has to give: names with their attributes, or None for ids and names of schools.

    Those of `optional` may be missing. A column called like `units` may say for how many of them
    a row stands; else each row may be a person. `codes` are those of the register, if it is known.
    """

    attributes: Mapping[str, Attribute | None]
    optional: frozenset[str] = frozenset()
    units: str | None = None
    codes: frozenset[str] = frozenset()

    def called(self, name: str) -> frozenset[str]:
        """All that a name may be called in a file."""
        attribute = self.attributes.get(name)
        title = attribute.title if attribute else None
        bare = BARE_IDS if name == "school_id" and "name" in self.attributes else ()
        return names_of(name, (title.en, title.ru) if title else bare)

    def without(self, name: str) -> Wanted:
        """The same without one name."""
        return replace(self, attributes={n: a for n, a in self.attributes.items() if n != name})

    @property
    def all_called(self) -> list[frozenset[str]]:
        """The same of every name that is wanted."""
        return [self.called(name) for name in (*self.attributes, *filter(None, [self.units]))]


@dataclass(frozen=True)
class Match:
    """The column for a name, what speaks for it, and other columns that might be meant."""

    column: Column
    is_certain: bool
    why: str
    others: tuple[str, ...]


def matches(columns: Sequence[Column], wanted: Wanted) -> dict[str, Match]:
    """For each name its best column, if one is good enough; no column is taken twice."""
    weights = {
        (name, column.name): found
        for name in wanted.attributes
        for column in columns
        if (found := _weight(name, column, wanted)) is not None and sum(found) >= ENOUGH
    }
    by_name = {column.name: column for column in columns}
    order = {name: place for place, name in enumerate(wanted.attributes)}
    ranked = sorted(weights, key=lambda pair: (-sum(weights[pair]), order[pair[0]]))
    taken: dict[str, str] = {}
    for name, column in ranked:
        if name not in taken and column not in taken.values():
            taken[name] = column
    free = by_name.keys() - taken.values()
    return {
        name: _match(
            by_name[taken[name]],
            weights[name, taken[name]],
            tuple(column for other, column in ranked if other == name and column in free),
        )
        for name in wanted.attributes
        if name in taken
    }


def _match(column: Column, weights: tuple[int, int], others: tuple[str, ...]) -> Match:
    says = [what for what, n in zip(("name", "values"), weights, strict=True) if n > 0]
    return Match(column, weights[0] == _CERTAIN, "by its " + " and ".join(says), others)


def _weight(name: str, column: Column, wanted: Wanted) -> tuple[int, int] | None:
    """What name and texts say for a column; None if something speaks against it."""
    if column.name == name:
        return _CERTAIN, 0
    by_name = likeness(column.name, wanted.called(name))
    attribute = wanted.attributes[name]
    if attribute is not None:
        by_texts = weight(attribute, column)
        return None if by_texts is None else (by_name, by_texts)
    if name == "school_id" and wanted.codes and column.texts:
        known = sum(text in wanted.codes for text in column.texts)
        return by_name, 5 if 100 * known >= _HALF * len(column.texts) else 0
    if name == "student_id" and column.repeats:
        return by_name - 2, 0
    return by_name, 0


def counting_column(columns: Iterable[Column], wanted: Wanted) -> Match | None:
    """The column that may say for how many units a row stands."""
    if wanted.units is None:
        return None
    called = names_of(wanted.units)
    found = [
        (likeness(column.name, called), column)
        for column in columns
        if column.texts and all(map(_is_count, column.texts))
    ]
    good = [(n, column) for n, column in found if n >= ENOUGH]
    if not good:
        return None
    best = max(n for n, _ in good)
    first, *others = [column for n, column in good if n == best]
    certain = first.name == wanted.units
    return Match(first, certain, "by its name", tuple(column.name for column in others))


def wide_columns(columns: Sequence[Column], wanted: Wanted) -> tuple[str, dict[str, str]]:
    """An attribute for whose values there are columns of counts, and the value of each.

    An empty name, if there is none.
    """
    counts = [column for column in columns if column.texts and all(map(_is_count, column.texts))]
    names = {column.name for column in columns}
    for name, attribute in wanted.attributes.items():
        if attribute is None or name in names or wanted.units is None:
            continue
        meant = {column.name: suggestion(attribute, column.name) for column in counts}
        found = {column: value for column, value in meant.items() if value is not None}
        if len(set(found.values())) > 1:
            return name, found
    return "", {}


def _is_count(text: str) -> bool:
    return count_from_text(text, " ") is not None
