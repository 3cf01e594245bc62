"""Problems of data rows: counted exactly, with the first few places; never with a value."""

from __future__ import annotations

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code, Place, Problem
from formula_funding.read.value_from_text import BadValueError

SHOWN = 5
"""How many places of one problem are kept."""


class Findings:
    """Collects what is wrong with the rows of one file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[tuple[Code, str, str | None], tuple[int, list[Place]]] = {}

    def add(
        self, code: Code, message: str, line: int, column: int = 0, hint: str | None = None
    ) -> None:
        """Note one occurrence; alike ones are counted together."""
        key = (code, message, hint)
        count, places = self._found.get(key, (0, []))
        if len(places) < SHOWN:
            places.append(Place(self._file, line, column))
        self._found[key] = (count + 1, places)

    def add_bad_value(self, name: str, error: BadValueError, line: int, column: int) -> None:
        """Note a cell that is empty or holds no value of the attribute `name`."""
        if error.empty:
            self.add(
                codes.EMPTY_VALUE,
                f"`{name}` is empty",
                line,
                column,
                f"fill in {error.expected}; "
                "or say in the rulebook what an empty cell means, with `if_empty`",
            )
        else:
            self.add(
                codes.BAD_VALUE,
                f"`{name}` has a value that the rulebook does not declare",
                line,
                column,
                f"expected: {error.expected}",
            )

    def add_total(self, line: int, column: int) -> None:
        """Note a row of totals, which would be paid like a school."""
        self.add(
            codes.ROW_OF_TOTALS,
            "a row of totals stands among the schools",
            line,
            column,
            "delete the row",
        )

    def problems(self) -> list[Problem]:
        """One problem for all alike occurrences."""
        return [
            Problem(code, message, places[0], hint, tuple(places[1:]), count)
            for (code, message, hint), (count, places) in self._found.items()
        ]


_TOTALS = frozenset({"total", "totals", "grand total", "sum", "итого", "всего", "итог"})


def is_total(text: str) -> bool:
    """Whether an id or a name says that its row is one of totals."""
    return text.strip().rstrip(":").casefold() in _TOTALS
