"""How like the name of a column is to a name of the rulebook, in any language of `known_names`."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from formula_funding.draft.known_names import KNOWN_AS

EQUAL, WITHIN, CLOSE = 6, 4, 2
"""The weight of a name that is equal, that holds all words of the other, that is spelt alike."""
_STRAY_WORDS = 2
"""So many words more does a name have at most that holds another one."""

_STEM, _ENDING = 4, 2
"""The least letters of a stem, and the most of an ending."""
_OTHER_LETTERS = str.maketrans({"ł": "l", "ø": "o"})
"""Letters whose stroke is no accent of Unicode."""


def plain_words(text: str) -> str:
    """Lower-case words without accents and signs: `Numer szkoły (№)` is `numer szkoly`.

    `ё` is `е` then, `й` is `и` and `ß` is `ss`, on both sides of a comparison.
    """
    letters = unicodedata.normalize("NFD", text.casefold()).translate(_OTHER_LETTERS)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare))


def names_of(name: str, titles: Iterable[str] = ()) -> frozenset[str]:
    """Everything that an attribute may be called, as plain words."""
    known = (called for names in KNOWN_AS.get(name, {}).values() for called in names.split(", "))
    called = (name, *titles, *known)
    return frozenset(filter(None, map(plain_words, called)))


def likeness(column: str, called: frozenset[str]) -> int:
    """How like a column's name is to one of the names in plain words: 0, or a weight above."""
    plain = plain_words(column)
    if plain in called:
        return EQUAL
    words = plain.split()
    if any(_holds(words, name.split()) for name in called):
        return WITHIN
    return CLOSE if difflib.get_close_matches(plain, called, n=1) else 0


def _holds(words: list[str], wanted: list[str]) -> bool:
    """Whether all wanted words are there, in any case of theirs, among few others."""
    if len(words) > len(wanted) + _STRAY_WORDS:
        return False
    return all(any(_same(word, other) for other in words) for word in wanted)


def _same(one: str, other: str) -> bool:
    """Whether two words differ in their endings only, as `школа` and `школы` do."""
    if one == other:
        return True
    stem = max(len(one), len(other)) - _ENDING
    return stem >= _STEM and one[:stem] == other[:stem]
