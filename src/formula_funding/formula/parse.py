"""Formula text to tree, by the grammar beside this file."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, cast

from lark import Lark, Token, UnexpectedInput, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from formula_funding.exact.number_text import NotANumberError, number_from_text
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


class FormulaSyntaxError(ValueError):
    """The text is no formula; says where and what to do."""

    def __init__(self, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint


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
    try:
        tree = cast(Tree, _TreeBuilder().transform(_parser().parse(text)))
    except UnexpectedInput as error:
        raise _syntax_error(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, FormulaSyntaxError):
            raise error.orig_exc from None
        raise
    _refuse_too_deep(tree)
    return tree


@cache
def _parser() -> Lark:
    grammar = files("formula_funding.formula").joinpath("grammar.lark").read_text("utf-8")
    return Lark(
        grammar,
        parser="lalr",
        propagate_positions=True,
        maybe_placeholders=True,
    )


def _refuse_too_deep(tree: Tree) -> None:
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise FormulaSyntaxError(
                f"the formula is nested deeper than {MAX_DEPTH} levels",
                node.span,
                "split it into named steps",
            )
        waiting.extend((part, depth + 1) for part in node.parts())


def _span(meta: Meta) -> Span:
    return Span(meta.start_pos, meta.end_pos)


def _token_span(token: Token) -> Span:
    start = token.start_pos or 0
    return Span(start, start + len(token))


def _number(token: Token) -> Fraction:
    try:
        return number_from_text(str(token).rstrip("%"))
    except NotANumberError as error:
        raise FormulaSyntaxError(
            f"`{token}` is not a number", _token_span(token), error.hint
        ) from None


Keys = tuple[tuple[str, str], ...]
"""After `by`: what others are grouped by, and what of the asking school is compared with it."""


def _aggregate(
    meta: Meta,
    function: Token,
    units: Token,
    arguments: tuple[Tree, ...],
    where: Tree | None,
    keys: Keys | None,
) -> Aggregate:
    by, own = tuple(of for of, _ in keys or ()), tuple(own for _, own in keys or ())
    return Aggregate(
        str(function),
        str(units),
        arguments,
        where,
        by,
        own if own != by else (),
        span=_span(meta),
    )


def _operator(operator: str) -> Any:
    def build(_self: object, meta: Meta, *operands: Tree) -> Operation:
        return Operation(operator, operands, span=_span(meta))

    return v_args(meta=True, inline=True)(build)


@v_args(meta=True, inline=True)
class _TreeBuilder(Transformer_NonRecursive[Token, Any]):
    """One method per alternative of the grammar."""

    op_or = _operator("or")
    op_and = _operator("and")
    op_not = _operator("not")
    op_add = _operator("+")
    op_subtract = _operator("-")
    op_multiply = _operator("*")
    op_divide = _operator("/")
    op_negative = _operator("negative")

    def compare(self, meta: Meta, left: Tree, sign: Token, right: Tree) -> Operation:
        operator = {"==": "=", "<>": "!="}.get(str(sign), str(sign))
        return Operation(operator, (left, right), span=_span(meta))

    def power(self, meta: Meta, base: Tree, exponent: Token) -> Operation:
        number = Number(_number(exponent), span=_token_span(exponent))
        if number.value.denominator != 1 or not 1 <= number.value <= 9:
            raise FormulaSyntaxError(
                "a power needs a whole exponent from 1 to 9", number.span, "for example x^2"
            )
        return Operation("^", (base, number), span=_span(meta))

    def number(self, meta: Meta, token: Token) -> Number:
        return Number(_number(token), span=_span(meta))

    def percent(self, meta: Meta, token: Token) -> Number:
        return Number(_number(token) / 100, percent=True, span=_span(meta))

    def date(self, meta: Meta, token: Token) -> Day:
        try:
            return Day(date.fromisoformat(str(token)), span=_span(meta))
        except ValueError:
            raise FormulaSyntaxError(
                f"`{token}` is not a date of the calendar", _span(meta), "write 2025-01-31"
            ) from None

    def text(self, meta: Meta, token: Token) -> Text:
        return Text(str(token)[1:-1], span=_span(meta))

    def name(self, meta: Meta, token: Token) -> Name:
        return Name(str(token), span=_span(meta))

    def lookup(self, meta: Meta, table: Token, *keys: Tree) -> Lookup:
        return Lookup(str(table), keys, span=_span(meta))

    def arguments(self, _meta: Meta, *arguments: Tree) -> tuple[Tree, ...]:
        return arguments

    def by(self, _meta: Meta, *keys: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        return keys

    def key(
        self, _meta: Meta, of_others: Token, sign: Token | None, own: Token | None
    ) -> tuple[str, str]:
        if sign is not None and sign not in {"=", "=="}:
            raise FormulaSyntaxError(
                f"`{sign}` is not expected here",
                _token_span(sign),
                "groups are read by what is equal: by district = located_in",
            )
        return str(of_others), str(of_others if own is None else own)

    def call(self, meta: Meta, function: Token, arguments: tuple[Tree, ...]) -> Tree:
        only = arguments[0] if len(arguments) == 1 else None
        if isinstance(only, Name) and only.name in COLLECTIONS:
            return Aggregate(str(function), only.name, span=_span(meta))
        return Call(str(function), arguments, span=_span(meta))

    def aggregate_units(
        self, meta: Meta, function: Token, units: Token, where: Tree, by: Keys | None
    ) -> Aggregate:
        return _aggregate(meta, function, units, (), where, by)

    def aggregate_grouped(self, meta: Meta, function: Token, units: Token, by: Keys) -> Aggregate:
        return _aggregate(meta, function, units, (), None, by)

    def aggregate_values(
        self,
        meta: Meta,
        function: Token,
        arguments: tuple[Tree, ...],
        units: Token,
        where: Tree | None,
        by: Keys | None,
    ) -> Aggregate:
        return _aggregate(meta, function, units, arguments, where, by)

    def member(self, meta: Meta, item: Tree, members: tuple[Any, ...]) -> Membership:
        return Membership(item, members, span=_span(meta))

    def not_member(self, meta: Meta, item: Tree, members: tuple[Any, ...]) -> Operation:
        membership = Membership(item, members, span=_span(meta))
        return Operation("not", (membership,), span=_span(meta))

    def span(self, meta: Meta, first: Token, last: Token) -> Interval:
        return Interval(_number(first), _number(last), span=_span(meta))

    def members(self, _meta: Meta, only: Interval) -> tuple[Interval]:
        return (only,)

    def member_list(self, _meta: Meta, *members: Text | Number | Interval) -> tuple[Any, ...]:
        return members

    def member_name(self, meta: Meta, token: Token) -> Text:
        return Text(str(token), span=_span(meta))

    def member_text(self, meta: Meta, token: Token) -> Text:
        return Text(str(token)[1:-1], span=_span(meta))

    def member_number(self, meta: Meta, token: Token) -> Number:
        return Number(_number(token), span=_span(meta))

    def one_name(self, meta: Meta, token: Token) -> tuple[Text]:
        return (self.member_name(meta, token),)

    def one_text(self, meta: Meta, token: Token) -> tuple[Text]:
        return (self.member_text(meta, token),)


def _syntax_error(error: UnexpectedInput, text: str) -> FormulaSyntaxError:
    if isinstance(error, UnexpectedCharacters):
        at = cast(int, error.pos_in_stream)
        return FormulaSyntaxError(
            f"`{text[at]}` has no meaning in a formula", Span(at, at + 1), _character_hint(text, at)
        )
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        span = _token_span(error.token)
        return FormulaSyntaxError(
            f"`{error.token}` is not expected here", span, _token_hint(error, text)
        )
    unclosed = isinstance(error, UnexpectedToken) and {"RPAR", "RSQB"} & set(error.expected)
    return FormulaSyntaxError(
        "the formula ends too early",
        Span(max(len(text) - 1, 0), max(len(text), 1)),
        "a closing `)` or `]` is missing"
        if unclosed
        else "a number, a name or `(` is missing at the end",
    )


def _character_hint(text: str, at: int) -> str:
    hints = {
        ";": "separate arguments with a comma",
        "&": "write `and`",
        "|": "write `or`",
        "!": "write `not`, or `!=` for “is not”",
        "$": "write amounts as plain numbers; the currency is declared at the top",
        "×": "write `*`",
        "÷": "write `/`",
        "−": "write the minus sign of the keyboard: `-`",
        "–": "write the minus sign of the keyboard: `-`",
        "{": "use round brackets",
        ":": "write a range with two points: 1..4",
        "%": "write a percentage without a space: 5%",
        "\u00a0": "this is a non-breaking space: type a plain one, or 1_000 for thousands",
        "\u202f": "this is a non-breaking space: type a plain one, or 1_000 for thousands",
        **dict.fromkeys("“”„«»‘’", "write straight quotes, 'like these'"),
    }
    return hints.get(text[at], "a formula has numbers, names, + - * / ( ) and functions")


def _token_hint(error: UnexpectedToken, text: str) -> str:
    before = text[: error.token.start_pos or 0].rstrip()
    if error.token.type == "NUMBER" and before.endswith(","):
        return "write the decimal with a point: 12.5"
    if error.token == "*" and before.endswith("*"):
        return "write a power as x^2"
    if error.token.type == "NUMBER" and re.search(r"\b[0-9]{1,3}$", before):
        return "write thousands as 1_000"
    if str(error.token) in {"x", "X", "х", "Х"}:
        return "multiply with `*`"
    if re.search(r"\bif$", before):
        return "write if(condition, value if it holds, value if not)"
    if error.token.type in {"NUMBER", "NAME", "LPAR"} and before[-1:].isalnum():
        return "an operator is missing before it, such as + - * /"
    if error.token.type == "COMMA":
        decimal = re.search(r"[0-9]+,[0-9]+", text)
        example = decimal.group().replace(",", ".") if decimal else "12.5"
        return f"a comma separates arguments; write decimals with a point: {example}"
    if error.token.type in {"RPAR", "RSQB"}:
        return "a value is missing before it, or there is one bracket too many"
    if error.token.type == "COMPARISON" and not before:
        return "leave it out: a formula begins with a value"
    if error.token.type == "COMPARISON":
        return "one comparison at a time: join two with `and`"
    return "a number, a name or `(` was expected"


__all__ = ["FormulaSyntaxError", "parse_formula"]
