"""What was meant by an unknown function: a misspelt one, or the word of a spreadsheet."""

from __future__ import annotations

from formula_funding.diagnostics.wording import did_you_mean

_SPREADSHEET = {
    "average": "mean",
    "averageif": "mean",
    "countif": "count",
    "countifs": "count",
    "sumif": "sum",
    "sumifs": "sum",
    "если": "if",
    "макс": "max",
    "мин": "min",
    "модуль": "abs",
    "округл": "round",
    "округлвверх": "round_up",
    "округлвниз": "round_down",
    "срзнач": "mean",
    "сумм": "sum",
    "суммесли": "sum",
    "счётесли": "count",
}
"""What spreadsheets call the functions of this language."""


def function_meant(word: str, known: list[str]) -> str | None:
    """A hint naming the function that `word` seems to mean."""
    meant = _SPREADSHEET.get(word.lower(), word)
    return did_you_mean(meant if meant in known else word, known)
