"""A second opinion on formulas: the grammar beside this file, read by lark."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, UnexpectedInput, v_args
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from formula_funding.formula import tree as trees
from formula_funding.formula.tree import COLLECTIONS, Span, Tree

Keys = tuple[tuple[str, str], ...]


def parsed_by_lark(text: str) -> Tree | None:
    """The tree of a formula; None if its form is not that of the grammar.

    Raises VisitError for an exponent or a date that does not exist.
    """
    try:
        parsed = _lark().parse(text)
    except UnexpectedInput:
        return None
    tree: Tree = _Trees().transform(parsed)
    return tree


@cache
def _lark() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def _span(meta: Meta) -> Span:
    return Span(meta.start_pos, meta.end_pos)


def _exact(text: str) -> Fraction:
    return Fraction(text.replace("_", ""))


def _operator(operator: str) -> Any:
    def build(_self: object, meta: Meta, *operands: Tree) -> trees.Operation:
        return trees.Operation(operator, operands, span=_span(meta))

    return v_args(meta=True, inline=True)(build)


@v_args(meta=True, inline=True)
class _Trees(Transformer_NonRecursive[Token, Any]):
    """One method per alternative of the grammar."""

    op_or = _operator("or")
    op_and = _operator("and")
    op_not = _operator("not")
    op_add = _operator("+")
    op_subtract = _operator("-")
    op_multiply = _operator("*")
    op_divide = _operator("/")
    op_negative = _operator("negative")

    def compare(self, meta: Meta, left: Tree, sign: Token, right: Tree) -> Tree:
        operator = {"==": "=", "<>": "!="}.get(sign, str(sign))
        return trees.Operation(operator, (left, right), span=_span(meta))

    def power(self, meta: Meta, base: Tree, exponent: Token) -> Tree:
        start = exponent.start_pos or 0
        number = trees.Number(_exact(exponent), span=Span(start, start + len(exponent)))
        if number.value not in range(1, 10):
            raise ValueError("no exponent")
        return trees.Operation("^", (base, number), span=_span(meta))

    def number(self, meta: Meta, token: Token) -> trees.Number:
        return trees.Number(_exact(token), span=_span(meta))

    def percent(self, meta: Meta, token: Token) -> Tree:
        return trees.Number(_exact(token[:-1]) / 100, percent=True, span=_span(meta))

    def date(self, meta: Meta, token: Token) -> Tree:
        return trees.Day(date.fromisoformat(token), span=_span(meta))

    def text(self, meta: Meta, token: Token) -> trees.Text:
        return trees.Text(token[1:-1], span=_span(meta))

    def name(self, meta: Meta, token: Token) -> Tree:
        return trees.Name(str(token), span=_span(meta))

    def lookup(self, meta: Meta, table: Token, *keys: Tree) -> Tree:
        return trees.Lookup(str(table), keys, span=_span(meta))

    def arguments(self, _meta: Meta, *arguments: Tree) -> tuple[Tree, ...]:
        return arguments

    def by(self, _meta: Meta, *keys: tuple[str, str]) -> Keys:
        return keys

    def key(self, _meta: Meta, others: Token, _sign: Token, own: Token | None) -> tuple[str, str]:
        return str(others), str(own or others)

    def call(self, meta: Meta, function: Token, arguments: tuple[Tree, ...]) -> Tree:
        match arguments:
            case (trees.Name(name),) if name in COLLECTIONS:
                return trees.Aggregate(str(function), name, span=_span(meta))
        return trees.Call(str(function), arguments, span=_span(meta))

    def aggregate_values(
        self,
        meta: Meta,
        function: Token,
        arguments: tuple[Tree, ...],
        units: Token,
        where: Tree | None,
        keys: Keys | None,
    ) -> Tree:
        by, own = tuple(of for of, _ in keys or ()), tuple(own for _, own in keys or ())
        own = own if own != by else ()
        told = (str(function), str(units), arguments, where, by, own)
        return trees.Aggregate(*told, span=_span(meta))

    def aggregate_units(
        self, meta: Meta, function: Token, units: Token, where: Tree, by: Keys | None
    ) -> Tree:
        return self.aggregate_values(meta, function, (), units, where, by)

    def aggregate_grouped(self, meta: Meta, function: Token, units: Token, by: Keys) -> Tree:
        return self.aggregate_values(meta, function, (), units, None, by)

    def member(self, meta: Meta, item: Tree, members: tuple[Any, ...]) -> trees.Membership:
        return trees.Membership(item, members, span=_span(meta))

    def not_member(self, meta: Meta, item: Tree, members: tuple[Any, ...]) -> Tree:
        return trees.Operation("not", (self.member(meta, item, members),), span=_span(meta))

    def span(self, meta: Meta, first: Token, last: Token) -> trees.Interval:
        return trees.Interval(_exact(first), _exact(last), span=_span(meta))

    def members(self, _meta: Meta, only: trees.Interval) -> tuple[trees.Interval]:
        return (only,)

    def member_list(self, _meta: Meta, *members: Any) -> tuple[Any, ...]:
        return members

    def member_name(self, meta: Meta, token: Token) -> trees.Text:
        return trees.Text(str(token), span=_span(meta))

    member_text = text
    member_number = number

    def one_name(self, meta: Meta, token: Token) -> tuple[trees.Text]:
        return (self.member_name(meta, token),)

    def one_text(self, meta: Meta, token: Token) -> tuple[trees.Text]:
        return (self.text(meta, token),)
