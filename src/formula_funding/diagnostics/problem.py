"""A problem in a user's file is a value: a code, a sentence, a place and a way out.

Every stage collects all its problems before it stops, so that an officer mends a file once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NoReturn

SHOWN = 5
"""How many places of one problem are kept."""


class Severity(Enum):
    """ERROR stops the run; WARNING is shown and kept in the result."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Code:
    """A stable kind of problem, as `funding explain-code` tells it."""

    id: str
    title: str
    explanation: str
    severity: Severity = Severity.ERROR
    unreadable: bool = False
    """True where a file can't be read at all or is unsafe, or an output can't be written (exit code
    3)."""
    accepting: str | None = None
    """What happens if an officer accepts such a finding; None where nobody can."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a problem is. Lines and columns count from 1; 0 means the file as a whole.

    In a workbook the line is the row of `sheet`, and the place is shown as a cell. `in_records`
    says that the file has no lines: the number is that of a record.

    `excerpt` is the guilty line of a rulebook or layout, shown under a caret. It is never set
    for rosters: a line of a roster is a student. `sheet` is a sheet of a workbook; its lines are
    rows. `earlier` is the place of a row that this one repeats.
    """

    file: str
    line: int = 0
    column: int = 0
    length: int = field(default=1, compare=False)
    excerpt: str | None = field(default=None, compare=False)
    sheet: str = ""
    in_records: bool = field(default=False, compare=False)
    earlier: Place | None = field(default=None, compare=False)

    @property
    def cell(self) -> str | None:
        """The cell as a spreadsheet calls it, such as `C17`."""
        known = self.column and self.line
        return f"{column_letters(self.column)}{self.line}" if known else None

    def __str__(self) -> str:
        if self.sheet:
            row = f"row {self.line}" if self.line else None
            within = (self.sheet, self.cell or row)
            return " › ".join(part for part in (self.file, *within) if part)
        if self.in_records and self.line:
            return f"{self.file}: {self.spot}"
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
        if self.column:
            parts.append(str(self.column))
        return ":".join(parts)

    @property
    def spot(self) -> str:
        """Where in the file or sheet: line and column, or a cell such as D17."""
        if not self.line:
            return ""
        if self.in_records:
            column = f", column {self.column}" if self.column else ""
            return f"record {self.line}{column}"
        if not self.sheet:
            return f"{self.line}:{self.column}" if self.column else str(self.line)
        return self.cell or f"row {self.line}"

    def is_beside(self, other: Place) -> bool:
        """Whether both are in the same file, and in the same sheet of a workbook."""
        return (self.file, self.sheet) == (other.file, other.sheet)


def column_letters(column: int) -> str:
    """The letters by which a spreadsheet calls a column, counted from 1: 28 is AB."""
    letters = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do."""

    code: Code
    message: str
    place: Place | None = None
    hint: str | None = None
    more_places: tuple[Place, ...] = ()
    """Further places of the same problem; only the first few."""
    count: int = 1
    """How often the problem occurs, exactly."""
    expected: str | None = None
    """What a cell may hold, in words."""
    different: int = 0
    """How many different texts were found instead; 0 where nobody looked."""
    texts: tuple[tuple[str, int], ...] = ()
    """The most frequent of them, each with how often; only where a person asked for them."""

    @property
    def is_error(self) -> bool:
        return self.code.severity is Severity.ERROR

    @property
    def further_places(self) -> str:
        """The first places after `place`: `3:2, 4:2 and 35 more`; empty if none is known.

        In the file or sheet of `place` only where in it, else the whole place.
        """
        further = self.more_places[: SHOWN - 1]
        if self.place is None or not further:
            return ""
        return ", ".join(map(self._where, further)) + _and_more(self.count - 1 - len(further))

    @property
    def earlier_places(self) -> str:
        """Where the rows stand that those of the first places repeat; empty if they repeat none.

        `4:1`, or of several `4:1 before 5:1, 2:1 before 8:1 and 35 more`.
        """
        places = [at for at in (self.place, *self.more_places)[:SHOWN] if at is not None]
        pairs = [(self._where(at.earlier), self._where(at)) for at in places if at.earlier]
        if self.count == 1 or not pairs:
            return "".join(earlier for earlier, _ in pairs)
        told = ", ".join(f"{earlier} before {place}" for earlier, place in pairs)
        return told + _and_more(self.count - len(pairs))

    def _where(self, at: Place) -> str:
        """A place as told beside that of the problem."""
        is_beside = self.place is not None and at.is_beside(self.place)
        return at.spot if at.line and is_beside else str(at)

    @property
    def way_out(self) -> str | None:
        """What to do; or what was expected."""
        return self.hint or (f"expected: {self.expected}" if self.expected else None)


def _and_more(number: int) -> str:
    return f" and {number:,} more" if number > 0 else ""


@dataclass(frozen=True)
class Accepted:
    """A finding that an officer overruled, with the reason given."""

    problem: Problem
    reason: str


class ProblemsFoundError(Exception):
    """A stage cannot go on; `problems` holds everything that it found, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.code.id}: {p.message}" for p in self.problems))


class InvariantBrokenError(Exception):
    """The program contradicts itself. Never the user's fault (exit code 4)."""


class Problems:
    """Collects the problems of a run.

    `reasons` are given for the codes that an officer accepts: such a problem stops nothing.
    """

    def __init__(self, reasons: Mapping[str, str] | None = None) -> None:
        self._found: list[Problem] = []
        self._reasons = dict(reasons or {})

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(
        self,
        code: Code,
        message: str,
        place: Place | None = None,
        hint: str | None = None,
    ) -> None:
        """Note a problem. The same problem at the same place is kept once."""
        self.add_once([Problem(code, message, place, hint)])

    def add_once(self, problems: Iterable[Problem]) -> None:
        """Note problems that are made already, but not those that are known."""
        for problem in problems:
            if problem not in self._found:
                self._found.append(problem)

    def add_problem(self, problem: Problem) -> None:
        """Note a problem that is made already."""
        self._found.append(problem)

    def add_alike(self, problem: Problem) -> None:
        """Note a problem; where it is known of other places, it is counted with them."""
        for i, known in enumerate(self._found):
            if (known.code, known.message, known.hint) == (
                problem.code,
                problem.message,
                problem.hint,
            ):
                places = (problem.place, *problem.more_places) if problem.place else ()
                more = (*known.more_places, *places)[: max(SHOWN - 1, len(known.more_places))]
                count = known.count + problem.count
                self._found[i] = replace(known, more_places=more, count=count)
                return
        self._found.append(problem)

    @property
    def has_errors(self) -> bool:
        return any(p.is_error and not self.accepts(p.code) for p in self._found)

    def accepts(self, code: Code) -> bool:
        """Whether an officer accepts findings of this code."""
        return code.id in self._reasons

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """The findings that were overruled."""
        return tuple(
            Accepted(problem, self._reasons[problem.code.id])
            for problem in in_order(self._found)
            if self.accepts(problem.code)
        )

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(p for p in self._found if not p.is_error and not self.accepts(p.code))

    def stop_if_errors(self) -> None:
        """Raise ProblemsFoundError, with warnings too, when any error was collected."""
        if self.has_errors:
            raise ProblemsFoundError(
                in_order(problem for problem in self._found if not self.accepts(problem.code))
            )


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sort by file, line and column; problems without a place come last."""
    return sorted(problems, key=lambda p: (p.place is None, p.place or Place(""), p.code.id))


def stopped(
    code: Code, message: str, place: Place | None = None, hint: str | None = None
) -> ProblemsFoundError:
    """The error of one problem that makes going on senseless."""
    return ProblemsFoundError([Problem(code, message, place, hint)])


def stop(code: Code, message: str, place: Place | None = None, hint: str | None = None) -> NoReturn:
    """Raise the error of one problem that makes going on senseless."""
    raise stopped(code, message, place, hint)
