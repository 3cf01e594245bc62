"""One row per school as CSV: id, name, students, a column for each line, total."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from formula_funding.diagnostics.problem import Accepted
from formula_funding.exact.number_text import units_text
from formula_funding.model.allocation import Allocation

TEXT_COLUMNS = ("school_id", "name", "scheme", "accepted")
"""The columns that hold texts and no numbers."""
LEGACY = "legacy, for comparison only"
"""What the last column says of every school under a rulebook marked `legacy`."""
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(allocation: Allocation) -> str:
    """The table as CSV (RFC 4180, decimal point). Text can't become a spreadsheet's formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    names = header(allocation)
    writer.writerow(names)
    texts = {i for i, name in enumerate(names) if name in TEXT_COLUMNS}
    for row in rows(allocation):
        writer.writerow([harmless(cell) if i in texts else cell for i, cell in enumerate(row)])
    return buffer.getvalue()


def write_csv(allocation: Allocation, path: Path) -> None:
    """Write the table, UTF-8."""
    path.write_text(csv_text(allocation), encoding="utf-8", newline="")


def header(allocation: Allocation) -> list[str]:
    """The names of the columns of `rows`."""
    students = ["students"] if allocation.ledger.students else []
    scheme = ["scheme"] if allocation.plan.legacy else []
    accepted = ["accepted"] if allocation.ledger.accepted else []
    return ["school_id", "name", *students, *allocation.lines, "total", *scheme, *accepted]


def rows(allocation: Allocation) -> Iterator[list[str]]:
    """id, name, students if any are counted, the amount of each line and the total, as text."""
    totals = allocation.school_totals
    for i, school in enumerate(allocation.register.ids):
        amounts = [*(amounts[i] for amounts in allocation.lines.values()), totals[i]]
        yield [
            school,
            allocation.register.names[i],
            *(str(students) for students in allocation.ledger.students[i : i + 1]),
            *(units_text(amount, allocation.places) for amount in amounts),
            *([LEGACY] if allocation.plan.legacy else []),
            *([accepted_text(allocation.ledger.accepted)] if allocation.ledger.accepted else []),
        ]


def accepted_text(accepted: Iterable[Accepted]) -> str:
    """The findings that an officer overruled, with their reasons."""
    return "; ".join(f"{one.problem.code.id}: {one.reason}" for one in accepted)


def accepted_column(accepted: Sequence[Accepted]) -> list[str]:
    """The head and the cells of a column that tells them; empty where nothing was accepted."""
    return ["accepted", harmless(accepted_text(accepted))] if accepted else []


def harmless(text: str) -> str:
    """Text that a spreadsheet would run as a formula, marked as text by an apostrophe."""
    return "'" + text if text.startswith(_STARTS_A_FORMULA) else text
