"""Ids made of several columns: `12` and `034` are the school `12-034`."""

from __future__ import annotations

from collections.abc import Sequence

from formula_funding.diagnostics import codes
from formula_funding.read.findings import Findings


def school_of_parts(parts: Sequence[str]) -> str:
    """The id of a school of several trimmed texts; empty if any of them is."""
    return "-".join(parts) if all(parts) else ""


def student_of_parts(parts: Sequence[str]) -> str:
    """A text for the student whom several trimmed texts name; empty if any of them is.

    No register holds and no reader sees it, so it begins with the lengths of the parts: no other
    parts give the same text.
    """
    if len(parts) == 1:
        return parts[0]
    lengths = (str(len(part)) for part in parts[:-1])
    return "-".join([*lengths, *parts]) if all(parts) else ""


class PartsMet:
    """Of which parts each id of a school was joined: `1-2` and `3` are not `1` and `2-3`."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[str, ...]] = {}

    def has_others(self, school: str, parts: Sequence[str]) -> bool:
        """Whether other parts gave the same id before."""
        if not any("-" in part for part in parts) or len(parts) == 1:
            return False
        return self._parts.setdefault(school, tuple(parts)) != tuple(parts)


def add_joined_alike(findings: Findings, school: str, line: int, column: int) -> None:
    """Note a row whose parts give an id that other parts gave before."""
    findings.add(
        codes.JOINED_ALIKE,
        f"other texts than in an earlier row are joined into the school id `{school}`",
        line,
        column,
        "two schools would be taken for one: correct the row, or name in the layout columns whose "
        "texts have no hyphen",
    )
