"""Problems of data rows: counted exactly, with the first few places; never with a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import SHOWN, Code, Place, Problem
from formula_funding.read.cell_reader import LookalikeError, UnreadableCellError
from formula_funding.read.value_from_text import BadValueError
from formula_funding.sources.table import Table
from formula_funding.sources.unreadable import Trouble, Unreadable


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
    """Collects what is wrong with the rows of one table."""

    def __init__(self, table: Table, detail: Detail = BRIEF) -> None:
        self._table = table
        self._detail = detail
        self._found: dict[tuple[Code, str, str | None], _Alike] = {}

    def place(self, line: int, column: int) -> Place:
        """A place in the table."""
        return self._table.place(line, column)

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
        earlier: Callable[[], Place] | None = None,
    ) -> None:
        """Note one occurrence; alike ones are counted together.

        `earlier` says where the row stands that this one repeats; few places are asked for it.
        """
        alike = self._found.setdefault((code, message, hint), _Alike(expected))
        alike.count += 1
        if len(alike.places) < self._detail.places:
            place = self.place(line, column)
            alike.places.append(replace(place, earlier=earlier()) if earlier else place)
        if text is not None and self._detail.texts:
            alike.texts[text] += 1

    def add_bad_value(
        self, name: str, error: BadValueError, line: int, column: int, text: str
    ) -> None:
        """Note a cell that is empty or holds no value of the attribute `name`."""
        if isinstance(error, UnreadableCellError):
            self.add_unreadable(name, error.why, line, column)
        elif isinstance(error, LookalikeError):
            self.add_lookalike(f"`{name}`", error.alike, line, column)
        elif error.empty:
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

    def add_unreadable(self, name: str, why: Unreadable, line: int, column: int) -> None:
        """Note a cell that can't be taken at its word."""
        code, message, hint = _TROUBLES[why.trouble]
        self.add(code, f"`{name}`: {message}", line, column, hint)

    def add_lookalike(self, what: str, alike: str, line: int, column: int) -> None:
        """Note a cell that only the eye can take for `alike`."""
        self.add(
            codes.LOOKALIKE_LETTER,
            f"{what} looks like `{alike}`, but a letter is of another alphabet",
            line,
            column,
            "type it again in one alphabet",
        )

    def add_second_header(self, line: int, column: int) -> None:
        """Note a row that repeats the names of the columns."""
        self._add_stray(codes.SECOND_HEADER, "a row repeats the names of the columns", line, column)

    def add_total(self, line: int, column: int) -> None:
        """Note a row of totals, which would be paid like a school."""
        self._add_stray(
            codes.ROW_OF_TOTALS, "a row of totals stands among the schools", line, column
        )

    def _add_stray(self, code: Code, message: str, line: int, column: int) -> None:
        self.add(code, message, line, column, "delete the row, or `skip` it in a layout")

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


_TROUBLES: dict[Trouble, tuple[Code, str, str]] = {
    Trouble.NO_VALUE: (
        codes.CELL_WITHOUT_VALUE,
        "a formula without a value",
        "open the workbook in a spreadsheet program and save it",
    ),
    Trouble.ERROR: (
        codes.ERROR_CELL,
        "a cell shows an error",
        "correct the formula or the value",
    ),
    Trouble.MERGED: (
        codes.MERGED_CELLS,
        "a cell is merged with another one, which alone has the value",
        "unmerge the cells and fill in each",
    ),
    Trouble.TOO_LONG: (
        codes.DIGITS_LOST,
        "a number of more than 15 digits, of which a spreadsheet keeps 15",
        "export the column as text",
    ),
    Trouble.SHOWN_OTHERWISE: (
        codes.SHOWN_OTHERWISE,
        "a number is shown otherwise than it is stored, with zeros or an exponent",
        "format the column as text and type the codes as they should be",
    ),
    Trouble.EARLY_DATE: (
        codes.EARLY_DATE,
        "a date before March 1900 can be read in two ways",
        "write it as text: 1900-02-28",
    ),
    Trouble.WRITTEN_DIFFERENTLY: (
        codes.WRITTEN_DIFFERENTLY,
        "a value that programs write differently: a single-precision number, a time or several",
        "make the column decimals, whole numbers, dates or texts",
    ),
    Trouble.DATE: (
        codes.DATE_AS_CODE,
        "a date stands in place of a code",
        "format the column as text and type the code again",
    ),
}
