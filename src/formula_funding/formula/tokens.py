"""A formula's text as tokens: numbers, names, texts and signs, each with its place."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from formula_funding.formula.tree import Span


class Kind(Enum):
    """What a token is; the values are patterns, the first that fits decides."""

    DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    PERCENT = r"[0-9][0-9_]*(?:\.[0-9]+)?%"
    NUMBER = r"[0-9][0-9_]*(?:\.[0-9]+)?"
    TEXT = r"\"[^\"\n]*\"|'[^'\n]*'"
    NAME = r"[^\W\d]\w*"
    COMPARISON = r"==|!=|<>|<=|>=|[=<>]"
    SIGN = r"\.\.|[-+*/^(),\[\]]"
    MEANINGLESS = r"."
    END = r"\Z"


WORDS = frozenset({"and", "or", "not", "in", "of", "by", "where"})
"""Names with a meaning of their own where an operator can stand."""
_SPACE = r"[ \t\f\r\n]*"
_TOKEN = re.compile(
    _SPACE + "(?:" + "|".join(f"(?P<{kind.name}>{kind.value})" for kind in Kind) + ")", re.DOTALL
)


class Token(NamedTuple):
    """Some characters of a formula from `start` on; no character at its end."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position after the last character."""
        return self.start + len(self.text)

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return Span(self.start, self.end)


def tokens_of(text: str) -> list[Token]:
    """The tokens of a formula; the last one is its end."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        name = match.lastgroup
        assert name is not None
        found.append(Token(Kind[name], match[name], match.start(name)))
    return found
