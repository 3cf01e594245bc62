"""What is wrong with a text that is no formula, and what to write instead."""

from __future__ import annotations

import re

from formula_funding.formula.tokens import WORDS, Kind, Token
from formula_funding.formula.tree import Span


class FormulaSyntaxError(ValueError):
    """The text is no formula; says where and what to do."""

    def __init__(self, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint


def unexpected(token: Token, text: str, *, is_unclosed: bool) -> FormulaSyntaxError:
    """The error of a token that can't follow what stands before it in the formula `text`.

    `is_unclosed` says that a closing bracket was expected.
    """
    if token.kind is Kind.MEANINGLESS:
        return FormulaSyntaxError(
            f"`{token.text}` has no meaning in a formula", token.span, _character_hint(token.text)
        )
    if token.kind is Kind.END:
        return FormulaSyntaxError(
            "the formula ends too early",
            Span(max(len(text) - 1, 0), max(len(text), 1)),
            "a closing `)` or `]` is missing"
            if is_unclosed
            else "a number, a name or `(` is missing at the end",
        )
    return FormulaSyntaxError(
        f"`{token.text}` is not expected here", token.span, _token_hint(token, text)
    )


def _character_hint(character: str) -> str:
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
        "'": "close the text with `'` on the same line",
        '"': 'close the text with `"` on the same line',
        **dict.fromkeys("“”„«»‘’", "write straight quotes, 'like these'"),
    }
    return hints.get(character, "a formula has numbers, names, + - * / ( ) and functions")


def _token_hint(token: Token, text: str) -> str:
    before = text[: token.start].rstrip()
    if token.kind is Kind.NUMBER and before.endswith(","):
        return "write the decimal with a point: 12.5"
    if token.text == "*" and before.endswith("*"):
        return "write a power as x^2"
    if re.search(r"\bif$", before):
        return "write if(condition, value if it holds, value if not)"
    if re.match(r"[0-9]{3}(?![0-9_])", token.text) and re.search(r"\b[0-9]{1,3}$", before):
        return "write thousands as 1_000"
    if token.text in {"x", "X", "х", "Х"}:
        return "multiply with `*`"
    if _begins_a_value(token) and before[-1:].isalnum():
        return "an operator is missing before it, such as + - * /"
    if token.text == ",":
        decimal = re.search(r"[0-9]+,[0-9]+", text)
        example = decimal.group().replace(",", ".") if decimal else "12.5"
        return f"a comma separates arguments; write decimals with a point: {example}"
    if token.text in {")", "]"}:
        return "a value is missing before it, or there is one bracket too many"
    if token.kind is Kind.COMPARISON and not before:
        return "leave it out: a formula begins with a value"
    if token.kind is Kind.COMPARISON:
        return "one comparison at a time: join two with `and`"
    return "a number, a name or `(` was expected"


def _begins_a_value(token: Token) -> bool:
    is_name = token.kind is Kind.NAME and token.text not in WORDS
    return is_name or token.kind is Kind.NUMBER or token.text == "("
