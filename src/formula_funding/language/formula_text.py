"""A formula in words: names by their titles, or with the numbers put in."""

from __future__ import annotations

from collections.abc import Callable

from formula_funding.formula.tree import (
    Aggregate,
    Call,
    Day,
    Interval,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Text,
    Tree,
)
from formula_funding.language.numbers import date_text, number_text
from formula_funding.language.words import Words

Show = Callable[[Name | Lookup | Aggregate | Text], str]
"""How a name, a rate, an aggregate or a value of a category is to be shown."""

_PRECEDENCE = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "negative": 7, "^": 8}
_COMPARING = 4
_SIGNS = {"*": "×", "/": "÷", "-": "−", "!=": "≠", "<=": "≤", ">=": "≥"}


ShowText = Callable[[str, str], str]
"""How a value is to be shown that is compared with what bears a name: (name, value)."""


def formula_text(tree: Tree, show: Show, show_text: ShowText, words: Words) -> str:
    """The formula as a reader writes it: × and ÷, no more brackets than needed."""
    return _Writer(show, show_text, words).write(tree)


class _Writer:
    def __init__(self, show: Show, show_text: ShowText, words: Words) -> None:
        self._show = show
        self._show_text = show_text
        self._words = words
        self._comma = "; " if words.language == "ru" else ", "

    def write(self, tree: Tree) -> str:
        match tree:
            case Number():
                if tree.percent:
                    return number_text(tree.value * 100, self._words.language) + "%"
                return number_text(tree.value, self._words.language)
            case Day():
                return date_text(tree.value, self._words.language)
            case Call():
                return self._call(tree.function, tree.arguments)
            case Operation():
                return self._operation(tree)
            case Membership():
                members = self._comma.join(self._member(m, tree.item) for m in tree.members)
                if len(tree.members) > 1:
                    members = f"({members})"
                return f"{self._inner(tree.item, _COMPARING)} {self._word('in')} {members}"
            case _:
                return self._show(tree)

    def _word(self, word: str) -> str:
        return self._words.of_formula(word)

    def _call(self, function: str, arguments: tuple[Tree, ...]) -> str:
        inside = self._comma.join(self.write(argument) for argument in arguments)
        return f"{self._word(function)}({inside})"

    def _operation(self, tree: Operation) -> str:
        rank = _PRECEDENCE.get(tree.operator, _COMPARING)
        if tree.operator == "negative":
            return "−" + self._inner(tree.operands[0], rank)
        if tree.operator == "not":
            return f"{self._word('not')} {self._inner(tree.operands[0], rank)}"
        first, second = tree.operands
        left = self._beside(second, first) or self._inner(first, rank)
        right = self._beside(first, second) or self._inner(
            second, rank + (tree.operator in {"-", "/"})
        )
        if tree.operator == "^":
            return f"{self._inner(tree.operands[0], rank + 1)}^{right}"
        sign = _SIGNS.get(tree.operator, tree.operator)
        return f"{left} {self._word(sign)} {right}"

    def _inner(self, tree: Tree, rank: int) -> str:
        """A part, in brackets if it binds more loosely than what stands around it."""
        text = self.write(tree)
        own = _COMPARING if isinstance(tree, Membership) else 9
        if isinstance(tree, Operation):
            own = _PRECEDENCE.get(tree.operator, _COMPARING)
        return f"({text})" if own < rank else text

    def _member(self, member: Text | Number | Interval, item: Tree) -> str:
        if isinstance(member, Interval):
            language = self._words.language
            return f"{number_text(member.first, language)}–{number_text(member.last, language)}"
        return self._beside(item, member) or self.write(member)

    def _beside(self, named: Tree, value: Tree) -> str | None:
        """A value of a category beside its name, as another may have a value of the same word."""
        if isinstance(named, Name) and isinstance(value, Text):
            return self._show_text(named.name, value.value)
        return None
