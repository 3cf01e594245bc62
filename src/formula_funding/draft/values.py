"""What the texts of a column say about it: which attribute it may be, and what they may mean."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import get_args

from formula_funding.draft.names import plain_words
from formula_funding.formula.kinds import Kind
from formula_funding.model.plan import Attribute
from formula_funding.read.cell_reader import cell_readers
from formula_funding.read.value_from_text import BadValueError
from formula_funding.rules.layout import DateForm, NumberForm, TableLayout
from formula_funding.sources.unreadable import unreadable

MOST_TEXTS = 1_000
"""So many different texts of a column are kept."""
MOST_LISTED = 40
"""A column with more unknown texts is no list of categories, and its texts may be private."""
NUMBERS = frozenset({Kind.COUNT, Kind.RATIO, Kind.NUMBER, Kind.MONEY})
_SHORTEST_SPELT = 4
_FEW_ROWS = 12
_MOST, _HALF = 80, 50
_TRUTHS = {
    **dict.fromkeys(("+", "v", "есть", "имеется", "так", "є", "иә", "бар"), "yes"),
    **dict.fromkeys(("-", "ні", "немає", "жоқ", "nie", "nein", "non"), "no"),
    **dict.fromkeys(("tak", "ja", "oui", "sí", "si"), "yes"),
}


@dataclass
class Column:
    """A column with its name and its different texts; `rows` are those with a text."""

    name: str
    rows: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    has_more: bool = False

    def add(self, text: str) -> None:
        """Note the text of one more row, unless its cell can't be read: a word is none of its."""
        if not text or unreadable(text) is not None:
            return
        self.rows += 1
        if text in self.texts or len(self.texts) < MOST_TEXTS:
            self.texts[text] += 1
        else:
            self.has_more = True

    @property
    def repeats(self) -> bool:
        """Whether most texts stand in several rows, so that they are no ids."""
        return not self.has_more and 2 * len(self.texts) < self.rows

    @property
    def may_be_private(self) -> bool:
        """Whether each row has a text of its own, as in a column of names."""
        return self.has_more or (len(self.texts) == self.rows > _FEW_ROWS)


def forms(attribute: Attribute) -> list[TableLayout]:
    """The forms in which the attribute may be written, the usual one first."""
    if attribute.kind in NUMBERS:
        return all_forms("numbers")
    return all_forms("dates") if attribute.kind is Kind.DATE else [TableLayout()]


def all_forms(field: str) -> list[TableLayout]:
    """All ways of writing `numbers` or `dates`, the usual one first."""
    shown = get_args({"numbers": NumberForm, "dates": DateForm}[field])
    return [TableLayout.model_validate({field: form}) for form in shown]


def reads(attribute: Attribute, text: str, form: TableLayout) -> bool:
    """Whether a text is a value of the attribute, written in a form."""
    try:
        cell_readers(form, [attribute])[attribute.name].value(text)
    except BadValueError:
        return False
    return True


def readable(attribute: Attribute, text: str) -> bool:
    """Whether a text is a value of the attribute in some form."""
    return any(reads(attribute, text, form) for form in forms(attribute))


def suggestion(attribute: Attribute, text: str) -> str | None:
    """The value of the attribute that a text may mean; None if nothing suggests one."""
    numbers = re.findall("[0-9]+", text)
    number = str(int(numbers[0])) if len(numbers) == 1 else None
    match attribute.kind:
        case Kind.CATEGORY:
            return _category(attribute, text, number)
        case Kind.TRUTH:
            return _TRUTHS.get(text.casefold())
        case _ if attribute.whole and number and reads(attribute, number, TableLayout()):
            return number
    return None


def _category(attribute: Attribute, text: str, number: str | None) -> str | None:
    called: dict[str, str] = {}
    for value, title in attribute.values.items():
        for name in (value, *((title.en, title.ru) if title else ())):
            called.setdefault(plain_words(name), value)
    called.pop("", None)
    plain = plain_words(text)
    if plain in called:
        return called[plain]
    if number is not None:
        return number if number in attribute.values else None
    close = difflib.get_close_matches(plain, called, n=1) if len(plain) >= _SHORTEST_SPELT else []
    return called[close[0]] if close else None


def unknown_texts(attribute: Attribute, column: Column) -> list[str]:
    """The texts that are no value of the attribute in any form, in the order of first sight."""
    return [text for text in column.texts if not readable(attribute, text)]


def weight(attribute: Attribute, column: Column) -> int | None:
    """How much the texts of a column speak for the attribute; None if they speak against it."""
    if not column.texts:
        return 0
    unknown = unknown_texts(attribute, column)
    good = len(column.texts) - len(unknown)
    near = sum(suggestion(attribute, text) is not None for text in unknown)
    share = 100 * (good + near) // len(column.texts)
    if attribute.kind is Kind.TEXT:
        return 0
    if not share and (len(unknown) > MOST_LISTED or attribute.kind in (*NUMBERS, Kind.DATE)):
        return None
    if attribute.kind is Kind.CATEGORY and share >= _MOST:
        return 4
    if attribute.kind in (Kind.DATE, Kind.TRUTH) and share >= _MOST:
        return 0 if set(column.texts) <= {"0", "1"} else 3
    return 1 if share >= _HALF else 0
