"""Formula text to tree. A formula is one expression; it computes and does nothing else.

The grammar, where `*` repeats and `[ ]` may be left out::

    expression  = conjunction ("or" conjunction)*
    conjunction = negation ("and" negation)*
    negation    = "not"* comparison
    comparison  = sum [COMPARISON sum | ["not"] "in" members]
    sum         = product (("+" | "-") product)*
    product     = sign (("*" | "/") sign)*
    sign        = "-"* power
    power       = atom ["^" NUMBER]
    atom        = NUMBER | PERCENT | DATE | TEXT | "(" expression ")"
                | NAME ["[" values "]" | "(" call ")"]
    call        = values ["of" units] | units, with "where" or "by"
    units       = NAME ["where" expression] ["by" key ("," key)*]
    values      = expression ("," expression)*
    key         = NAME ["=" NAME]
    members     = interval | NAME | TEXT | "[" member ("," member)* "]"
    member      = interval | NAME | TEXT | NUMBER
    interval    = NUMBER ".." NUMBER

`tokens` says what NUMBER, NAME and the other tokens are. What binds more tightly stands lower.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import partial

from formula_funding.exact.number_text import NotANumberError, number_from_text
from formula_funding.formula.syntax_error import FormulaSyntaxError, unexpected
from formula_funding.formula.tokens import Kind, Token, tokens_of
from formula_funding.formula.tree import (
    COLLECTIONS,
    Aggregate,
    Call,
    Day,
    Interval,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Span,
    Text,
    Tree,
)

MAX_LENGTH = 2000
MAX_DEPTH = 60
_SAME = {"==": "=", "<>": "!="}
"""Comparisons that are written in two ways."""
_NOT, _COMPARISON = 3, 4
_BINDING = {
    "or": 1,
    "and": 2,
    "not": _COMPARISON,
    "in": _COMPARISON,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
}
"""How tightly an operator binds what stands beside it: `*` more tightly than `+`."""
_LOOSEST, _TIGHTEST = 1, 6


def parse_formula(text: str) -> Tree:
    """The tree of a formula.

    Raises FormulaSyntaxError, also for a formula longer than MAX_LENGTH characters or nested
    deeper than MAX_DEPTH.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaSyntaxError(
            f"the formula is longer than {MAX_LENGTH} characters",
            Span(0, 1),
            "split it into named steps",
        )
    tree = _Parser(text).whole()
    _refuse_too_deep(tree)
    return tree


def _refuse_too_deep(tree: Tree) -> None:
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise _too_deep(node.span)
        waiting.extend((part, depth + 1) for part in node.parts())


def _too_deep(span: Span) -> FormulaSyntaxError:
    return FormulaSyntaxError(
        f"the formula is nested deeper than {MAX_DEPTH} levels", span, "split it into named steps"
    )


def _number(token: Token) -> Fraction:
    try:
        return number_from_text(token.text.rstrip("%"))
    except NotANumberError as error:
        raise FormulaSyntaxError(
            f"`{token.text}` is not a number", token.span, error.hint
        ) from None


def _day(token: Token) -> Day:
    try:
        return Day(date.fromisoformat(token.text), span=token.span)
    except ValueError:
        raise FormulaSyntaxError(
            f"`{token.text}` is not a date of the calendar", token.span, "write 2025-01-31"
        ) from None


def _text(token: Token) -> Text:
    """A quoted text, or a bare word that stands for one."""
    quoted = token.kind is Kind.TEXT
    return Text(token.text[1:-1] if quoted else token.text, span=token.span)


class _Parser:
    """Reads the tokens from left to right, one token ahead, and never goes back."""

    def __init__(self, text: str) -> None:
        self._formula = text
        self._tokens = tokens_of(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Tree:
        """The tree of all tokens. Raises FormulaSyntaxError."""
        tree = self._expression()
        if self._next.kind is not Kind.END:
            raise self._unexpected()
        return tree

    # tokens

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _is(self, text: str) -> bool:
        return self._next.text == text

    def _took(self, text: str) -> bool:
        """Whether `text` comes next; if so, it is behind us."""
        if not self._is(text):
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._took(text):
            raise self._unexpected(is_unclosed=text in {")", "]"})

    def _expected(self, kind: Kind) -> Token:
        if self._next.kind is not kind:
            raise self._unexpected()
        return self._take()

    def _unexpected(self, *, is_unclosed: bool = False) -> FormulaSyntaxError:
        return unexpected(self._next, self._formula, is_unclosed=is_unclosed)

    def _since(self, start: int) -> Span:
        """From `start` to the end of what was taken last."""
        return Span(start, self._tokens[self._at - 1].end)

    # operators and what they work on

    def _expression(self, loosest: int = _LOOSEST) -> Tree:
        """Operands, and the operators between them that bind at least as tightly as `loosest`."""
        start = self._next.start
        tightest = _TIGHTEST
        if loosest <= _NOT and self._is("not"):
            tree = self._prefixed("not", "not", partial(self._expression, _COMPARISON))
            tightest = _NOT
        elif self._is("-"):
            tree = self._prefixed("-", "negative", self._power)
        else:
            tree = self._power()
        while loosest <= (binding := self._binding) <= tightest:
            if binding == _COMPARISON:
                tree, tightest = self._comparison(tree, start), _NOT
                continue
            operator, tightest = self._take().text, binding
            right = self._expression(binding + 1)
            tree = Operation(operator, (tree, right), span=self._since(start))
        return tree

    @property
    def _binding(self) -> int:
        """How tightly the next token binds as an operator; 0 if it is none."""
        token = self._next
        return _COMPARISON if token.kind is Kind.COMPARISON else _BINDING.get(token.text, 0)

    def _comparison(self, left: Tree, start: int) -> Operation | Membership:
        if self._next.kind is Kind.COMPARISON:
            sign = self._take().text
            right = self._expression(_COMPARISON + 1)
            return Operation(_SAME.get(sign, sign), (left, right), span=self._since(start))
        is_not = self._took("not")
        self._expect("in")
        found = Membership(left, self._members(), span=self._since(start))
        return Operation("not", (found,), span=found.span) if is_not else found

    def _prefixed(self, sign: str, operator: str, operand: Callable[[], Tree]) -> Tree:
        """An operand after one or several equal signs, of which the last is applied first."""
        starts: list[int] = []
        while self._is(sign):
            starts.append(self._take().start)
        tree = operand()
        for start in reversed(starts):
            tree = Operation(operator, (tree,), span=self._since(start))
        return tree

    def _power(self) -> Tree:
        start = self._next.start
        base = self._atom()
        if not self._took("^"):
            return base
        token = self._expected(Kind.NUMBER)
        exponent = Number(_number(token), span=token.span)
        if exponent.value.denominator != 1 or not 1 <= exponent.value <= 9:
            raise FormulaSyntaxError(
                "a power needs a whole exponent from 1 to 9", exponent.span, "for example x^2"
            )
        return Operation("^", (base, exponent), span=self._since(start))

    def _atom(self) -> Tree:
        token = self._next
        if self._took("("):
            inside = self._inside()
            self._expect(")")
            return inside
        if token.kind not in {Kind.NUMBER, Kind.PERCENT, Kind.DATE, Kind.TEXT, Kind.NAME}:
            raise self._unexpected()
        self._take()
        if token.kind is Kind.NUMBER:
            return Number(_number(token), span=token.span)
        if token.kind is Kind.PERCENT:
            return Number(_number(token) / 100, percent=True, span=token.span)
        if token.kind is Kind.DATE:
            return _day(token)
        return _text(token) if token.kind is Kind.TEXT else self._named(token)

    def _inside(self) -> Tree:
        """An expression within brackets."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep(self._next.span)
        tree = self._expression()
        self._depth -= 1
        return tree

    def _named(self, name: Token) -> Tree:
        if self._took("["):
            keys = self._values()
            self._expect("]")
            return Lookup(name.text, keys, span=self._since(name.start))
        return self._call(name) if self._took("(") else Name(name.text, span=name.span)

    def _call(self, function: Token) -> Tree:
        if self._next.kind is Kind.NAME and self._tokens[self._at + 1].text in {"where", "by"}:
            return self._aggregate(function, self._take(), ())
        arguments = self._values()
        if self._took("of"):
            return self._aggregate(function, self._expected(Kind.NAME), arguments)
        self._expect(")")
        span = self._since(function.start)
        only = arguments[0] if len(arguments) == 1 else None
        if isinstance(only, Name) and only.name in COLLECTIONS:
            return Aggregate(function.text, only.name, span=span)
        return Call(function.text, arguments, span=span)

    def _values(self) -> tuple[Tree, ...]:
        values = [self._inside()]
        while self._took(","):
            values.append(self._inside())
        return tuple(values)

    def _aggregate(self, function: Token, units: Token, arguments: tuple[Tree, ...]) -> Aggregate:
        where = self._inside() if self._took("where") else None
        keys = self._keys() if self._took("by") else []
        self._expect(")")
        by, own = tuple(of for of, _ in keys), tuple(own for _, own in keys)
        return Aggregate(
            function.text,
            units.text,
            arguments,
            where,
            by,
            own if own != by else (),
            span=self._since(function.start),
        )

    def _keys(self) -> list[tuple[str, str]]:
        """After `by`: what others are grouped by, and what of the asking school is compared."""
        keys = [self._key()]
        while self._took(","):
            keys.append(self._key())
        return keys

    def _key(self) -> tuple[str, str]:
        of_others = self._expected(Kind.NAME).text
        if self._next.kind is not Kind.COMPARISON:
            return of_others, of_others
        sign = self._take()
        if _SAME.get(sign.text, sign.text) != "=":
            raise FormulaSyntaxError(
                f"`{sign.text}` is not expected here",
                sign.span,
                "groups are read by what is equal: by district = located_in",
            )
        return of_others, self._expected(Kind.NAME).text

    def _members(self) -> tuple[Text | Number | Interval, ...]:
        if not self._took("["):
            member = self._member()
            return (self._interval(member) if isinstance(member, Number) else member,)
        members = [self._member_of_a_list()]
        while self._took(","):
            members.append(self._member_of_a_list())
        self._expect("]")
        return tuple(members)

    def _member_of_a_list(self) -> Text | Number | Interval:
        member = self._member()
        return self._interval(member) if isinstance(member, Number) and self._is("..") else member

    def _member(self) -> Text | Number:
        if self._next.kind in {Kind.NAME, Kind.TEXT}:
            return _text(self._take())
        token = self._expected(Kind.NUMBER)
        return Number(_number(token), span=token.span)

    def _interval(self, first: Number) -> Interval:
        self._expect("..")
        last = _number(self._expected(Kind.NUMBER))
        return Interval(first.value, last, span=self._since(first.span.start))


__all__ = ["FormulaSyntaxError", "parse_formula"]
