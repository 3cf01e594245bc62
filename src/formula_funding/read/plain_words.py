"""Words that stand in tables beside the data: totals, and signs for nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_TOTAL = re.compile(
    r"(grand |sub-?)?totals?( (for|of|by|in)\b.*)?|sum|(итого|всего|итог|подытог|razem|ogółem)\b.*"
    r"|(усього|всього)\b.*|разом|барлығы|жиыны|total g[eé]n[eé]ral"
    r"|suma|celkem|összesen|summe|insgesamt|gesamt|totale?s?|iš viso|kopā|kokku",
    re.IGNORECASE,
)
_SIGNS_OF_A_TOTAL = (
    *("total", "sum", "итог", "ытог", "всего", "razem", "ogółem", "celkem", "összesen", "gesamt"),
    *("iš viso", "kopā", "kokku", "сього", "разом", "барлығы", "жиыны"),
)
_NOTHING = re.compile(
    r"[-\u2010-\u2015\u2212.…]+|x|х|#?n/?a|nan|null|none|nil|н/д|нет", re.IGNORECASE
)


def is_total(text: str) -> bool:
    """Whether an id or a name says that its row is one of totals."""
    return _TOTAL.fullmatch(text.strip().rstrip(":")) is not None


def totals_among(texts: Collection[str]) -> set[str]:
    """Those of many texts that say that their row is one of totals."""
    told = "\n".join(texts).casefold()
    if not any(sign in told for sign in _SIGNS_OF_A_TOTAL):
        return set()
    return {text for text in set(texts) if is_total(text)}


def total_at(cells: Sequence[str], ids: Sequence[int], names: Sequence[int] = ()) -> int | None:
    """Which of a row's trimmed cells says that it is one of totals; None if none does.

    In a row without an id any cell may say so.
    """
    told = (*ids, *names) if any(cells[i] for i in ids) else range(len(cells))
    return next((position for position in told if is_total(cells[position])), None)


def is_sign_for_nothing(text: str) -> bool:
    """Whether a cell holds a dash, `NA`, `None` or the like, by which people mean that it is empty.

    Nobody may take it for empty unless a layout says so.
    """
    return _NOTHING.fullmatch(text) is not None
