"""Names of cells as spreadsheets allow them."""

from __future__ import annotations

import re

_NOT_IN_A_NAME = re.compile(r"[^\w.]|\.{2,}")
"""Two dots mean a range to LibreOffice."""
_LONGEST = 120
"""Excel keeps 255 units of two bytes, of which a letter may take two."""


class CellNames:
    """Gives names of which no two differ by case alone.

    A plan for a period has steps such as `share@2024-09..2024-12`; `@` stands in no name.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, wanted: str) -> str:
        """The wanted name, or the nearest that is allowed and not taken."""
        plain = name = _NOT_IN_A_NAME.sub("_", wanted)[:_LONGEST]
        number = 2
        while name.lower() in self._taken:
            name, number = f"{plain}_{number}", number + 1
        self._taken.add(name.lower())
        return name
