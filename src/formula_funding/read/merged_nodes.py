"""A YAML tree laid over another one, with the place of everything kept.

Blocks of `key: value` merge key by key; texts and lists are replaced; what is removed is gone,
and defining it anew replaces it whole, where it stood. Places stay those of the file in which a
thing is written, so that a problem is always shown where it can be mended.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.read.nodes_from_yaml import Data, Path_, Places

Block = dict[str, Data]
_LANGUAGES = {"en", "ru"}
_MIN_CHANGES = "write the entries that change below it, or name it in `without` to write it anew"


@dataclass(frozen=True)
class Nodes:
    """A block of YAML with the place of everything in it."""

    data: Block
    places: Places


def merged(base: Nodes, changes: Nodes, removed: Collection[Path_], problems: Problems) -> Nodes:
    """`base` without what is `removed`, with `changes` laid over it.

    A block that would be lost to a text or a list goes to `problems`: that is said by removing.
    """
    merge = _Merge(base.places, changes.places, frozenset(removed), problems)
    data = merge.block(base.data, changes.data, ())
    return Nodes(data, Places(changes.places.file, merge.values, merge.keys))


def path_from_text(text: str, data: Data, place: Place, problems: Problems) -> Path_ | None:
    """The path of `lines.base.when` in a tree; None, and a problem, if there is no such thing.

    A key may have points itself (`1..4`), so the longest key that fits is taken.
    """
    path: Path_ = ()
    rest = text
    while rest:
        keys = list(data) if isinstance(data, dict) else []
        fitting = [key for key in keys if rest == key or rest.startswith(f"{key}.")]
        if not fitting:
            _note_unknown(rest, path, keys, place, problems)
            return None
        key = max(fitting, key=len)
        assert isinstance(data, dict)
        path, data, rest = (*path, key), data[key], rest[len(key) + 1 :]
    return path


def _note_unknown(
    rest: str, path: Path_, keys: list[str], place: Place, problems: Problems
) -> None:
    within = ".".join(map(str, path))
    word = rest.split(".", maxsplit=1)[0]
    if keys or not within:
        hint = did_you_mean(word, keys)
    else:
        hint = f"`{within}` has no named entries: remove it whole, or write it anew"
    problems.add(
        codes.NOTHING_TO_REMOVE,
        f"`{within}` has no `{word}`" if within else f"there is no `{word}`",
        place,
        hint,
    )


class _Merge:
    def __init__(
        self, base: Places, changes: Places, removed: frozenset[Path_], problems: Problems
    ) -> None:
        self._changes = changes
        self._removed = removed
        self._problems = problems
        self.values = dict(base.values)
        self.keys = dict(base.keys)

    def block(self, base: Block, changes: Block, path: Path_) -> Block:
        """Two blocks as one: the base's order first, then what is new."""
        found: Block = {}
        for key in dict.fromkeys([*base, *changes]):
            at = (*path, key)
            if key in base and at not in self._removed:
                found[key] = self._kept(base[key], changes, key, at)
            else:
                self._forget(base.get(key), at)
                if key in changes:
                    found[key] = self._taken(changes[key], at)
        return found

    def _kept(self, old: Data, changes: Block, key: str, at: Path_) -> Data:
        """An entry of the base, with what changes in it."""
        if key not in changes:
            # Something in it may be removed.
            return self.block(old, {}, at) if isinstance(old, dict) else old
        new = changes[key]
        if isinstance(old, dict) and isinstance(new, dict):
            self._take_place(at)
            return self.block(old, new, at)
        if isinstance(old, dict) and not (isinstance(new, str) and set(old) <= _LANGUAGES):
            self._problems.add(
                codes.BLOCK_REPLACED,
                f"`{key}` is a block of `key: value` in what this is based on; "
                f"{'a list' if isinstance(new, list) else 'one value' if new else 'nothing'} "
                "would replace all of it",
                self._changes.key(at),
                f"its entries are {_listed(old)}: {_MIN_CHANGES}",
            )
            return old
        self._forget(old, at)
        return self._taken(new, at)

    def _taken(self, new: Data, at: Path_) -> Data:
        for path in _paths(new, at):
            self._take_place(path)
        return new

    def _take_place(self, path: Path_) -> None:
        if path in self._changes.values:
            self.values[path] = self._changes.values[path]
        if path in self._changes.keys:
            self.keys[path] = self._changes.keys[path]

    def _forget(self, old: Data, at: Path_) -> None:
        for path in _paths(old, at):
            self.values.pop(path, None)
            self.keys.pop(path, None)


def _paths(data: Data, at: Path_) -> Iterator[Path_]:
    """The path of a value and of everything in it."""
    yield at
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _paths(value, (*at, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _paths(value, (*at, number))


def _listed(block: Block) -> str:
    names = [f"`{key}`" for key in block]
    return ", ".join(names[:6]) + (" and others" if len(names) > 6 else "")
