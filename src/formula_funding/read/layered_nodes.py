"""A rulebook's file with all that it is based on, as one tree.

`based_on: ../2010/rulebook.yaml` makes a file a set of changes to another rulebook; `without`
names what is removed from it. See `merged_nodes` for how the two become one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems, stop
from formula_funding.read.merged_nodes import Block, Nodes, merged, path_from_text
from formula_funding.read.nodes_from_yaml import Data, Path_, Places, nodes_from_yaml

BASED_ON, WITHOUT = "based_on", "without"
IDENTITY = frozenset({"rulebook", "title", "version", BASED_ON, WITHOUT})
"""What tells one rulebook from another and changes no amount."""
OF_ITS_OWN = ("rulebook", "title")
MAX_BASES = 8
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|file:", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:|[\\/]")


@dataclass(frozen=True)
class LayeredNodes:
    """A tree and the files that it was read from: the one asked for first, its bases after it."""

    data: Data
    places: Places
    files: tuple[Path, ...]


def layered_nodes(file: Path, problems: Problems) -> LayeredNodes:
    """Read a rulebook's file and what it is based on.

    Slips in names go to `problems`. Raises ProblemsFoundError where a base can't be had.
    """
    return _layered(file, (), problems)


def _layered(file: Path, above: tuple[Path, ...], problems: Problems) -> LayeredNodes:
    """`above` are the files that are based on this one, the one asked for first."""
    data, places = nodes_from_yaml(file, problems)
    if not isinstance(data, dict) or (BASED_ON not in data and WITHOUT not in data):
        return LayeredNodes(data, places, (file,))
    changes = Nodes(data, places)
    below = _layered(_base_file(changes, file, above), (*above, file), problems)
    if not isinstance(below.data, dict):
        stop(
            codes.EMPTY_FILE,
            "a rulebook is needed here: a block of `key: value`",
            Place(below.places.file),
            f"`{places.file}` is based on it",
        )
    base = Nodes(below.data, below.places)
    _check_own_name(changes, problems)
    whole = _laid_over(base, changes, problems)
    if _content(whole.data) == _content(base.data) and not problems.has_errors:
        _note_nothing_changed("this rulebook", below, places.key((BASED_ON,)), problems)
    told = {"file": str(changes.data[BASED_ON]), "title": base.data.get("title")}
    return LayeredNodes(whole.data | {BASED_ON: told}, whole.places, (file, *below.files))


def with_changes(layered: LayeredNodes, changes: Nodes, problems: Problems) -> LayeredNodes:
    """A rulebook's tree with `changes` of a scenario, which name it no rulebook of their own."""
    assert isinstance(layered.data, dict)
    whole = _laid_over(Nodes(layered.data, layered.places), changes, problems)
    if _content(whole.data) == _content(layered.data) and not problems.has_errors:
        _note_nothing_changed("this", layered, changes.places.key(()), problems)
    return LayeredNodes(whole.data, whole.places, layered.files)


def _laid_over(base: Nodes, changes: Nodes, problems: Problems) -> Nodes:
    removed = _removed(changes, base.data, problems)
    own = {key: value for key, value in base.data.items() if key not in (BASED_ON, WITHOUT)}
    return merged(Nodes(own, base.places), changes, removed, problems)


def _note_nothing_changed(what: str, base: LayeredNodes, place: Place, problems: Problems) -> None:
    problems.add(
        codes.NOTHING_CHANGED,
        f"{what} changes nothing in `{base.places.file}`",
        place,
        "write what differs, in the sections of a rulebook, or use that rulebook itself",
    )


def _base_file(changes: Nodes, file: Path, above: tuple[Path, ...]) -> Path:
    """The file that `based_on` names, beside the file in which it stands."""
    place = changes.places.value((BASED_ON,))
    text = changes.data.get(BASED_ON)
    if BASED_ON not in changes.data:
        stop(
            codes.BAD_BASE,
            "`without` removes from another rulebook, but `based_on` names none",
            changes.places.key((WITHOUT,)),
            "add `based_on: ../2010/rulebook.yaml`, or leave the entries out",
        )
    how = "write the way to it from this file: ../2010/rulebook.yaml"
    if not isinstance(text, str) or not text.strip():
        stop(codes.BAD_BASE, "`based_on` needs the name of a file", place, how)
    if _URL.match(text):
        stop(codes.BAD_BASE, "`based_on` can't name an address", place, f"save the file; {how}")
    if _DRIVE.match(text):
        stop(codes.BAD_BASE, "`based_on` can't name a file by its whole path", place, how)
    if "\\" in text:
        stop(codes.BAD_BASE, "folders are separated by /", place, text.replace("\\", "/"))
    if PurePosixPath(text).suffix.lower() not in {".yaml", ".yml"}:
        stop(codes.BAD_BASE, f"`{text}` is not named like a rulebook", place, f"{how} (.yaml)")
    base = beside(file, text)
    if base in (*above, file):
        circle = " is based on ".join(f"`{p.as_posix()}`" for p in (*above, file, base))
        stop(codes.BAD_BASE, f"a circle: {circle}", place, "one of them must stand by itself")
    if len(above) >= MAX_BASES:
        stop(
            codes.BAD_BASE,
            f"more than {MAX_BASES} rulebooks are based on each other",
            place,
            "write one of them out whole",
        )
    if not base.is_file():
        stop(codes.FILE_NOT_FOUND, f"there is no file `{base.as_posix()}`", place, how)
    return base


def beside(file: Path, text: str) -> Path:
    """`../a/b.yaml` from the folder of `file`, without needless steps up and down."""
    parts: list[str] = []
    for part in (*file.parent.parts, *PurePosixPath(text).parts):
        if part == ".." and parts and parts[-1] not in ("..", file.anchor):
            parts.pop()
        else:
            parts.append(part)
    return Path(*parts)


def _removed(changes: Nodes, base: Data, problems: Problems) -> list[Path_]:
    """The paths in the base that `without` names."""
    given = changes.data.get(WITHOUT, [])
    place = changes.places.value((WITHOUT,))
    if not isinstance(given, list):
        problems.add(
            codes.WRONG_VALUE, "a list is needed here", place, "write [lines.base, parameters.old]"
        )
        return []
    found: list[Path_] = []
    for number, text in enumerate(given):
        at = changes.places.value((WITHOUT, number))
        if not isinstance(text, str):
            problems.add(
                codes.WRONG_VALUE, "a name is needed here", at, "write lines.base or parameters.old"
            )
        elif (path := path_from_text(text, base, at, problems)) is not None:
            found.append(path)
    return found


def _check_own_name(changes: Nodes, problems: Problems) -> None:
    """A rulebook with changes is another one: nobody must take it for its base."""
    for field in OF_ITS_OWN:
        if field not in changes.data:
            problems.add(
                codes.MISSING_FIELD,
                f"the field `{field}` is missing",
                changes.places.key((BASED_ON,)),
                f"a rulebook with changes is another one and needs a `{field}` of its own",
            )


def _content(data: Block) -> Block:
    return {key: value for key, value in data.items() if key not in IDENTITY}
