"""The names of a rulebook: each a word that formulas can say, and each given once."""

from __future__ import annotations

import re

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.formula.functions import CONDITIONAL
from formula_funding.formula.tree import COLLECTIONS
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules.instalments import COLUMN
from formula_funding.rules.rulebook import Rulebook

RESERVED = frozenset({"and", "or", "not", "in", "of", "where", "by", CONDITIONAL, *COLLECTIONS})
AS_OF = "as_of"
COLUMNS = frozenset({"school_id", "name", "total", "scheme", "accepted"})
"""Columns of every table of results, beside one for each line."""
_NAME = re.compile(r"[^\W\d]\w*")


def names_by_section(book: Rulebook) -> dict[str, list[str]]:
    """All names that a rulebook gives, by the section in which they stand."""
    return {
        "students": list(book.students),
        "schools": list(book.schools),
        "tables": list(book.tables),
        **{
            f"tables.{table}.attributes": list(given.attributes)
            for table, given in book.tables.items()
        },
        "define": list(book.define),
        "parameters": list(book.parameters),
        "steps": list(book.steps),
        "lines": list(book.lines),
        "require": list(book.require),
    }


def check_names(book: Rulebook, places: Places, problems: Problems) -> None:
    """Report names that formulas can't say, and names that mean two things.

    Raises ProblemsFoundError in the second case: no formula can be read then.
    """
    seen: dict[str, Path_] = {}
    taken = False
    for section, names in names_by_section(book).items():
        for name in names:
            path = (*section.split("."), name)
            place = places.key(path)
            _check_word(name, section, place, problems)
            if name in seen:
                taken = True
                first = places.key(seen[name])
                problems.add(
                    codes.NAME_TAKEN,
                    f"the name `{name}` is taken by {seen[name][0]} in {_line_of(first, place)}",
                    place,
                    "rename one of them",
                )
            seen.setdefault(name, path)
    if taken:
        problems.stop_if_errors()


def _check_word(name: str, section: str, place: Place, problems: Problems) -> None:
    if section == "lines" and (name in COLUMNS or name.startswith(COLUMN)):
        problems.add(
            codes.BAD_NAME,
            f"`{name}` can't be a line's name because the outputs have a column of it",
            place,
            "choose another word",
        )
    elif not can_be_said(name) or name == AS_OF:
        problems.add(
            codes.BAD_NAME,
            f"`{name}` can't be a name"
            + (" because formulas use the word" if name in RESERVED else ""),
            place,
            "choose another word"
            if name in RESERVED or name == AS_OF
            else "use letters, digits and underscores, and begin with a letter",
        )


def can_be_said(name: str) -> bool:
    """Whether a formula can read the name: it is one word, and none of the language's own."""
    return _NAME.fullmatch(name) is not None and name not in RESERVED


def _line_of(first: Place, place: Place) -> str:
    return f"line {first.line}" if first.file == place.file else str(first)
