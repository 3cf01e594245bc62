"""Letters that look alike in the Latin and the Cyrillic alphabet, and codes that differ by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_LATIN = "ABCEHKMOPTXYaceopxyk"
_CYRILLIC = "АВСЕНКМОРТХУасеорхук"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)


def skeleton(text: str) -> str:
    """What the eye sees of a text."""
    return text.translate(_TO_LATIN)


def skeletons(known: Iterable[str]) -> dict[str, str]:
    """Each known text by what the eye sees of it."""
    return {skeleton(text): text for text in known}


def lookalike(text: str, known: Mapping[str, str]) -> str | None:
    """The known text that looks the same and is written in other letters; `known` by skeleton."""
    found = known.get(skeleton(text))
    return found if found != text else None
