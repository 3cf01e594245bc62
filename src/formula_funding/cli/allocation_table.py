"""The allocation as a table on the terminal: one row per school, the total at the end."""

from __future__ import annotations

from fractions import Fraction
from textwrap import fill

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from formula_funding.cli.show_accepted import show_accepted
from formula_funding.exact.number_text import fixed_text
from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import localised
from formula_funding.model.allocation import Allocation

SHOWN_ON_A_TERMINAL = 80
"""Rows that a person scrolls through; a file holds the rest."""
_LEAST_NAME_WIDTH, _HEADER_WIDTH = 24, 16
_NAME = 1
"""The column of the school's name; it stands after the id and before the students."""
_GAP = 2


def show_allocation(allocation: Allocation, language: str, console: Console) -> None:
    """Print the table. On a terminal that is too narrow, the columns of lines are left out."""
    _Table(allocation, Labels(allocation.plan, language), console).show()


class _Table:
    def __init__(self, allocation: Allocation, labels: Labels, console: Console) -> None:
        self._allocation = allocation
        self._labels = labels
        self._words = labels.words
        self._console = console

    def show(self) -> None:
        self._heading()
        rows = [self._school(i) for i in range(len(self._allocation.register.ids))]
        hidden = 0
        if self._console.is_terminal and len(rows) > SHOWN_ON_A_TERMINAL:
            hidden = len(rows) - SHOWN_ON_A_TERMINAL
            rows = rows[:SHOWN_ON_A_TERMINAL]
        total = self._total()
        header = [fill(title, _HEADER_WIDTH) for title in self._header()]
        widths = self._widths([header, *rows, total])
        table = Table(box=None, pad_edge=False, header_style="bold", show_footer=True)
        for column, width in widths.items():
            table.add_column(
                Text(header[column]),
                Text(total[column]),
                justify="left" if column <= _NAME else "right",
                vertical="bottom",
                footer_style="bold",
                no_wrap=True,
                overflow="ellipsis",
                width=width,
            )
        for row in rows:
            table.add_row(*(Text(row[column]) for column in widths))
        self._console.print(table)
        if len(widths) < len(self._with_content([header, *rows, total])):
            self._console.print(Text(self._words("hidden_lines"), style="dim"))
        if hidden:
            self._console.print(Text(self._words("more_schools", n=hidden), style="dim"))
        for parameter in self._allocation.plan.solved:
            if parameter.goal is not None and parameter.found is not None:
                name = self._labels.of_name(parameter.name)
                value = self._labels.value(parameter.name, parameter.found.value)
                told = f"{name} = {value}: {self._labels.proof(parameter.goal, parameter.found)}"
                self._console.print(Text(told, style="dim"), soft_wrap=True)
        for line in self._ledger():
            self._console.print(Text(line, style="dim"))
        show_accepted(self._allocation.ledger.accepted, self._words, self._console)

    def _heading(self) -> None:
        plan = self._allocation.plan
        heading = Text(plan.title.in_language(self._labels.language), style="bold")
        if self._labels.when:
            heading.append(f", {self._labels.when}", style="not bold")
        heading.append(f", {self._labels.measure}", style="not bold")
        self._console.print(heading)
        if plan.legacy:
            reason = plan.legacy.in_language(self._labels.language)
            self._console.print(Text(f"{self._words('legacy')}: {reason}", style="bold red"))
        self._console.print()

    def _header(self) -> list[str]:
        words = self._words
        titles = [
            line.title.in_language(self._labels.language) for line in self._allocation.plan.lines
        ]
        first = [words("school_id"), words("name"), words("students")]
        return [*first, *titles, words("total"), words("per_student")]

    def _school(self, i: int) -> list[str]:
        allocation = self._allocation
        students = sum(allocation.ledger.students[i : i + 1])
        total = allocation.school_totals[i]
        return [
            allocation.register.ids[i],
            allocation.register.names[i],
            self._count(students),
            *(self._labels.amount(amounts[i]) for amounts in allocation.lines.values()),
            self._labels.amount(total),
            self._per_student(total, students),
        ]

    def _total(self) -> list[str]:
        allocation = self._allocation
        students = allocation.ledger.students_read
        schools = self._number(len(allocation.register.ids))
        return [
            self._words("total"),
            self._words("schools_total", n=schools),
            self._count(students),
            *(self._labels.amount(total) for total in allocation.line_totals.values()),
            self._labels.amount(allocation.total),
            self._per_student(allocation.total, students),
        ]

    def _count(self, students: int) -> str:
        return self._number(students) if self._counts_students() else ""

    def _counts_students(self) -> bool:
        return bool(self._allocation.ledger.students)

    def _per_student(self, units: int, students: int) -> str:
        """Rounded for reading only; no amount is made of it."""
        if not students:
            return ""
        cents = round_fraction(Fraction(units, students), Rounding(Fraction(1)))
        amount = fixed_text(cents / 10**self._allocation.places, self._allocation.places)
        return localised(amount, self._labels.language)

    def _widths(self, rows: list[list[str]]) -> dict[int, int]:
        """The width of each column that is shown: those with something in them.

        The name gives way first, then the columns of the lines are left out.
        """
        widths = {
            column: max(cell_len(part) for row in rows for part in row[column].split("\n"))
            for column in self._with_content(rows)
        }
        widest_name = widths.get(_NAME, 0)
        for shown in (widths, self._without_lines(widths, len(rows[0]))):
            others = sum(w for column, w in shown.items() if column != _NAME)
            left = self._console.width - others - _GAP * (len(shown) - 1)
            if left >= min(widest_name, _LEAST_NAME_WIDTH):
                break
        return shown | ({_NAME: min(widest_name, max(left, 1))} if widest_name else {})

    @staticmethod
    def _with_content(rows: list[list[str]]) -> list[int]:
        return [column for column in range(len(rows[0])) if any(row[column] for row in rows[1:])]

    @staticmethod
    def _without_lines(widths: dict[int, int], columns: int) -> dict[int, int]:
        lines = range(_NAME + 2, columns - 2)
        return {column: width for column, width in widths.items() if column not in lines}

    def _ledger(self) -> list[str]:
        """What became of the rows and of the students, a line each."""
        ledger = self._allocation.ledger
        if not self._counts_students():
            return [self._words("rows_read", rows=self._number(ledger.rows))]
        students = self._words(
            "ledger",
            read=self._number(ledger.students_read),
            funded=self._number(ledger.students_funded),
            excluded=self._number(ledger.students_excluded),
        )
        total = ledger.total
        if not total.left_out:
            return [students]
        rows = self._words(
            "ledger_rows",
            read=self._number(total.rows),
            counted=self._number(total.rows_counted),
        )
        reasons = (
            f"{self._words(reason.value)}: {self._number(rows)}"
            for reason, rows in total.left_out.items()
        )
        return [" + ".join([rows, *reasons]), students]

    def _number(self, count: int) -> str:
        return localised(str(count), self._labels.language)
