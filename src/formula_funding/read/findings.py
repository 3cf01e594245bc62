"""Problems of data rows: counted exactly, with the first few places; never with a value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code, Place, Problem
from formula_funding.read.value_from_text import BadValueError

SHOWN = 5
"""How many places of one problem are shown."""


@dataclass(frozen=True)
class Detail:
    """How much is kept of alike findings: so many places, and whether the cells' texts."""

    places: int = SHOWN
    texts: bool = False


BRIEF = Detail()


class _Alike:
    """Alike findings: how many, where, and what stood in the cells."""

    def __init__(self, expected: str | None) -> None:
        self.expected = expected
        self.count = 0
        self.places: list[Place] = []
        self.texts: Counter[str] = Counter()


class Findings:
    """Collects what is wrong with the rows of one file."""

    def __init__(self, file: str, detail: Detail = BRIEF) -> None:
        self._file = file
        self._detail = detail
        self._found: dict[tuple[Code, str, str | None], _Alike] = {}

    def add(
        self,
        code: Code,
        message: str,
        line: int,
        column: int = 0,
        hint: str | None = None,
        *,
        expected: str | None = None,
        text: str | None = None,
    ) -> None:
        """Note one occurrence; alike ones are counted together."""
        alike = self._found.setdefault((code, message, hint), _Alike(expected))
        alike.count += 1
        if len(alike.places) < self._detail.places:
            alike.places.append(Place(self._file, line, column))
        if text is not None and self._detail.texts:
            alike.texts[text] += 1

    def add_bad_value(
        self, name: str, error: BadValueError, line: int, column: int, text: str
    ) -> None:
        """Note a cell that is empty or holds no value of the attribute `name`."""
        if error.empty:
            self.add(
                codes.EMPTY_VALUE,
                f"`{name}` is empty",
                line,
                column,
                f"fill in {error.expected}; "
                "or say in the rulebook what an empty cell means, with `if_empty`",
                expected=error.expected,
            )
        else:
            self.add(
                codes.BAD_VALUE,
                f"`{name}` has a value that the rulebook does not declare",
                line,
                column,
                expected=error.expected,
                text=text,
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
            Problem(
                code,
                message,
                alike.places[0],
                hint,
                tuple(alike.places[1:]),
                alike.count,
                alike.expected,
                len(alike.texts),
                tuple(alike.texts.most_common(SHOWN)),
            )
            for (code, message, hint), alike in self._found.items()
        ]


_TOTALS = frozenset({"total", "totals", "grand total", "sum", "итого", "всего", "итог"})


def is_total(text: str) -> bool:
    """Whether an id or a name says that its row is one of totals."""
    return text.strip().rstrip(":").casefold() in _TOTALS
