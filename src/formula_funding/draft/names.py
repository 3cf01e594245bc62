"""How like the name of a column is to a name of the rulebook, in English or Russian."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

EQUAL, WITHIN, CLOSE = 6, 4, 2
"""The weight of a name that is equal, that holds all words of the other, that is spelt alike."""
_STRAY_WORDS = 2
"""So many words more does a name have at most that holds another one."""

_STEM, _ENDING = 4, 2
"""The least letters of a stem, and the most of an ending."""
BARE_IDS = ("id", "code", "number", "no", "код", "ид", "номер")
"""What the id of a school is called where every row is a school."""

_KNOWN_AS = {
    "school_id": (
        *("school", "school id", "school code", "school number", "school no", "urn", "org id"),
        *("код школы", "номер школы", "школа", "код оо", "код оу", "код организации"),
        *("код учреждения", "ид школы", "id школы", "образовательная организация"),
    ),
    "student_id": (
        *("student id", "pupil id", "student number", "pupil number", "student code", "upn"),
        *("код учащегося", "код ученика", "код обучающегося", "номер учащегося", "ид ученика"),
        *("id ученика", "личный номер", "номер личного дела", "снилс"),
    ),
    "name": (
        *("school name", "name of school", "название", "наименование", "название школы"),
        *("наименование школы", "наименование организации", "краткое наименование", "школа"),
    ),
    "students": (
        *("pupils", "number of students", "number of pupils", "enrolment", "headcount"),
        *("число учащихся", "количество учащихся", "учащихся", "обучающихся", "контингент"),
        *("число обучающихся", "количество обучающихся", "численность", "количество", "кол-во"),
    ),
    "grade": ("class", "year", "year group", "класс", "параллель", "год обучения"),
    "needs": (
        *("special needs", "sen", "овз", "потребности", "особые потребности"),
        "особые образовательные потребности",
    ),
    "fte": ("full time equivalent", "ставка", "доля ставки"),
    "status": ("статус", "вид школы", "тип школы"),
    "district": ("район", "округ"),
    "ownership": ("форма собственности",),
}
"""What exports call the usual attributes of students and schools."""


def plain_words(text: str) -> str:
    """Lower-case words without signs between them: `Код школы (№)` is `код школы`."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold().replace("ё", "е")))


def names_of(name: str, titles: Iterable[str] = ()) -> frozenset[str]:
    """Everything that an attribute may be called, as plain words."""
    called = (name, *titles, *_KNOWN_AS.get(name, ()))
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
