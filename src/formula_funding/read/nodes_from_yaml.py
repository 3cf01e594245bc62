"""YAML 1.2 text to plain maps, lists and texts, with the place of everything.

All scalars stay text: what `no`, `012` or `5%` means is decided by the field, not by YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code, Place, Problems, stop
from formula_funding.exact.number_text import parted_by_a_comma
from formula_funding.read.text_file import read_text

Data = dict[str, "Data"] | list["Data"] | str | None
Path_ = tuple[str | int, ...]
MAX_DEPTH = 20


@dataclass(frozen=True)
class Mark:
    """What a tag such as `!guess` before a value says about it."""

    code: Code
    message: str
    hint: str


@dataclass(frozen=True)
class Places:
    """Where each value and key of a YAML file stands, by its path from the top."""

    file: str
    values: dict[Path_, Place]
    keys: dict[Path_, Place]

    def value(self, path: Path_) -> Place:
        """The place of the value at `path`, or of the nearest thing around it."""
        return self._nearest(self.values, path)

    def key(self, path: Path_) -> Place:
        """The place of the key at `path`, or of the nearest thing around it."""
        return self.keys.get(path) or self._nearest(self.values, path)

    def _nearest(self, places: dict[Path_, Place], path: Path_) -> Place:
        while path and path not in places:
            path = path[:-1]
        return places.get(path, Place(self.file))


def nodes_from_yaml(
    file: Path, problems: Problems, marks: Mapping[str, Mark] | None = None
) -> tuple[Data, Places]:
    """Read a YAML file. Duplicate keys go to `problems`; what can't be read at all stops.

    A value may carry one of the tags in `marks`, which is noted as the problem that it stands for.
    """
    return nodes_from_yaml_text(read_text(file), file.as_posix(), problems, marks)


def nodes_from_yaml_text(
    text: str, name: str, problems: Problems, marks: Mapping[str, Mark] | None = None
) -> tuple[Data, Places]:
    """As `nodes_from_yaml`, for text that is already read."""
    builder = _Builder(text, name, problems, marks or {})
    try:
        data = builder.document()
    except ReaderError as error:
        before = text[: error.position].splitlines() or [""]
        stop(
            codes.NOT_YAML,
            f"the character number {ord(text[error.position])} belongs to no text",
            Place(name, len(before), len(before[-1]) + 1),
            "remove it; it is invisible in most editors",
        )
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = builder.place(mark.line, mark.column) if mark else Place(name)
        message = error.problem or "the file can't be read as YAML"
        hint = _QUOTED if message.endswith("but got '['") else _YAML_HINT
        stop(codes.NOT_YAML, _IN_PLAIN_WORDS.get(message, message), place, hint)
    return data, builder.places


_YAML_HINT = "check the indentation (spaces, no tabs), colons and quotation marks before it"
_QUOTED = (
    "within { } a name with square brackets stands in quotation marks, or on a line of its own"
)
_IN_PLAIN_WORDS = {
    "found character '\\t' that cannot start any token": "a tab stands where spaces belong",
    "mapping values are not allowed here": "a colon is not expected here: put a text that "
    "contains a colon in quotes",
    "could not find expected ':'": "the line before has no colon after its first word",
}
"""What the YAML library says of the commonest slips, as a budget officer would say it."""


class _Builder:
    """Builds data from YAML events; events rather than nodes, so that aliases can be refused."""

    def __init__(self, text: str, name: str, problems: Problems, marks: Mapping[str, Mark]) -> None:
        self._marks = marks
        self._lines = text.splitlines()
        self._name = name
        self._problems = problems
        self._events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
        self.places = Places(name, {}, {})

    def place(self, line: int, column: int, length: int = 1) -> Place:
        excerpt = self._lines[line] if line < len(self._lines) else ""
        return Place(self._name, line + 1, column + 1, max(length, 1), excerpt)

    def document(self) -> Data:
        documents = 0
        data: Data = None
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second document (---) in one file")
                data = self._value(next(self._events), ())
        return data

    def _value(self, event: Event, path: Path_) -> Data:
        if isinstance(event, AliasEvent):
            self._refuse(event, "an alias (*)")
        if getattr(event, "anchor", None) is not None:
            self._refuse(event, "an anchor (&)")
        tag = str(getattr(event, "tag", None) or "!")
        if tag in self._marks:
            mark = self._marks[tag]
            self._problems.add(mark.code, mark.message, self._place_of(event), mark.hint)
        elif tag not in {"!", "None"}:
            self._refuse(event, "a tag (!)")
        if len(path) > MAX_DEPTH:
            stop(codes.TOO_LARGE, "nested too deep", self._place_of(event))
        self.places.values[path] = self._place_of(event)
        if isinstance(event, ScalarEvent):
            return None if event.value == "" and event.style is None else str(event.value)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, MappingStartEvent)
        return self._mapping(path)

    def _sequence(self, path: Path_) -> list[Data]:
        items: list[Data] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path_) -> dict[str, Data]:
        entries: dict[str, Data] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            place = self._place_of(event)
            if not isinstance(event, ScalarEvent):
                stop(codes.NOT_YAML, "a key must be a plain word", place)
            key = str(event.value)
            if key == "<<":
                self._refuse(event, "a merge key (<<)")
            first = self.places.keys[(*path, key)] if key in entries else None
            before = next(reversed(entries.values()), None)
            self.places.keys[(*path, key)] = place
            value = self._value(next(self._events), (*path, key))
            if first is not None:
                thousands = parted_by_a_comma(before, key, value)
                self._problems.add(
                    codes.DUPLICATE_KEY,
                    f"the key `{key}` stands twice",
                    place,
                    f"a comma ends an entry: write {thousands} for thousands"
                    if thousands
                    else f"it stands in line {first.line} already: remove or rename one of them",
                )
            entries[key] = value
        return entries

    def _place_of(self, event: Event) -> Place:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return self.place(start.line, start.column, length)

    def _refuse(self, event: Event, what: str) -> NoReturn:
        stop(
            codes.UNSAFE_YAML,
            f"{what} is not allowed",
            self._place_of(event),
            "write the values out where they belong",
        )
