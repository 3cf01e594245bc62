"""The allocation on the terminal: a row per school, or per line where a file holds the schools."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from textwrap import fill

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from formula_funding.cli.show_accepted import show_accepted
from formula_funding.diagnostics.wording import printable
from formula_funding.exact.number_text import fixed_text
from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import localised
from formula_funding.model.allocation import Allocation

SHOWN_ON_A_TERMINAL = 80
"""Rows that a person scrolls through; a file holds the rest."""
SHOWN_BESIDE_A_FILE = 100
"""Schools that are shown although a file holds them too; of more, the totals are."""
_LEAST_NAME_WIDTH, _HEADER_WIDTH = 24, 16
_NAME = 1
"""The column of the school's name; it stands after the id and before the students."""
_GAP = "  "
_PRINTED_AT_ONCE = 1_000


@dataclass(frozen=True)
class _Column:
    """Texts of the schools shown, between a head and a foot; `width` is that of the widest.

    Cells are made when they are shown.
    """

    head: str
    foot: str
    cells: Callable[[], list[str]]
    width: int
    has_content: bool = True


def show_allocation(
    allocation: Allocation, language: str, console: Console, written: Path | None = None
) -> None:
    """Print the table; the totals alone where `written` holds so many schools that nobody reads.

    On a terminal that is too narrow, the columns of lines are left out.
    """
    _Shown(allocation, Labels(allocation.plan, language), console).show(written)


class _Shown:
    def __init__(self, allocation: Allocation, labels: Labels, console: Console) -> None:
        self._allocation = allocation
        self._labels = labels
        self._words = labels.words
        self._console = console

    def show(self, written: Path | None) -> None:
        self._heading()
        if written is not None and len(self._allocation.register.ids) > SHOWN_BESIDE_A_FILE:
            self._totals(written)
        else:
            self._schools()
        self._below()

    def _schools(self) -> None:
        schools = len(self._allocation.register.ids)
        hidden = max(schools - SHOWN_ON_A_TERMINAL, 0) if self._console.is_terminal else 0
        found = self._columns(slice(schools - hidden))
        columns = {place: column for place, column in enumerate(found) if column.has_content}
        widths = self._widths(columns, range(_NAME + 2, len(found) - 2))
        shown = [columns[place] for place in widths]
        height = max(column.head.count("\n") for column in shown) + 1
        heads = [("\n" * height + column.head).split("\n")[-height:] for column in shown]
        self._print(heads, widths, "bold")
        self._print([column.cells() for column in shown], widths)
        self._print([[column.foot] for column in shown], widths, "bold")
        if len(shown) < len(columns):
            self._console.print(Text(self._words("hidden_lines"), style="dim"))
        if hidden:
            self._console.print(Text(self._words("more_schools", n=hidden), style="dim"))

    def _totals(self, written: Path) -> None:
        """A row for each line and one for all, and where the schools are."""
        allocation, words, labels = self._allocation, self._words, self._labels
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(words("line"), vertical="bottom")
        table.add_column(words("schools_with_amount"), justify="right", max_width=_HEADER_WIDTH)
        table.add_column(words("amount"), justify="right", vertical="bottom", no_wrap=True)

        def add(title: str, amount: str, paid: str = "", style: str = "") -> None:
            table.add_row(Text(title), Text(paid), Text(amount), style=style)

        for line in allocation.plan.lines:
            title = line.title.in_language(labels.language)
            total = labels.amount(allocation.line_totals[line.name])
            add(title, total, self._paid(allocation.lines[line.name]))
        paid = self._paid(allocation.school_totals)
        add(words("total"), labels.amount(allocation.total), paid, "bold")
        if each := self._per_student(allocation.total, allocation.ledger.students_read):
            add(words("per_student"), each)
        self._console.print(table)
        schools = self._number(len(allocation.register.ids))
        told = words("schools_in_file", n=schools, file=written.as_posix())
        self._console.print(Text(told), soft_wrap=True)

    def _paid(self, units: Sequence[int]) -> str:
        """How many schools have an amount."""
        return self._number(len(units) - units.count(0))

    def _below(self) -> None:
        """What was solved for, what became of the students, what an officer overruled."""
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

    def _columns(self, shown: slice) -> list[_Column]:
        """Id, name, students, each line, total, rate per student, of the schools shown."""
        allocation, words, number = self._allocation, self._words, self._number
        register, ledger = allocation.register, allocation.ledger
        schools, students = number(len(register.ids)), ledger.students_read
        totals = allocation.school_totals[shown]
        each = list(map(self._per_student, totals, ledger.students[shown]))
        each_of_all = self._per_student(allocation.total, students)
        ids = list(map(printable, register.ids[shown]))
        names = list(register.names[shown])
        counted = [number(students) for students in ledger.students[shown]]
        return [
            self._column(words("school_id"), words("total"), ids),
            self._column(words("name"), words("schools_total", n=schools), names),
            self._column(words("students"), number(students) if counted else "", counted),
            *(
                self._amounts(
                    line.title.in_language(self._labels.language),
                    allocation.line_totals[line.name],
                    allocation.lines[line.name][shown],
                )
                for line in allocation.plan.lines
            ),
            self._amounts(words("total"), allocation.total, totals),
            self._column(words("per_student"), each_of_all, each),
        ]

    @staticmethod
    def _column(title: str, foot: str, cells: list[str]) -> _Column:
        head = fill(title, _HEADER_WIDTH)
        width = max(map(cell_len, [*head.split("\n"), foot, *cells]))
        return _Column(head, foot, lambda: cells, width, bool(foot or any(cells)))

    def _amounts(self, title: str, total: int, units: Sequence[int]) -> _Column:
        """A column of amounts; the longest is the largest or the smallest of them."""
        amount = self._labels.amount
        extremes = {min(units), max(units)} if units else ()
        widest = self._column(title, amount(total), [amount(number) for number in extremes])
        return replace(widest, cells=lambda: [amount(number) for number in units])

    def _per_student(self, units: int, students: int) -> str:
        """Rounded for reading only; no amount is made of it."""
        if not students:
            return ""
        cents = round_fraction(Fraction(units, students), Rounding(Fraction(1)))
        amount = fixed_text(cents / 10**self._allocation.places, self._allocation.places)
        return localised(amount, self._labels.language)

    def _widths(self, columns: Mapping[int, _Column], lines: range) -> dict[int, int]:
        """The width of each column that is shown, by its place; `lines` are those of lines.

        The name gives way first, then the columns of the lines are left out.
        """
        widths = {place: column.width for place, column in columns.items()}
        without_lines = {place: width for place, width in widths.items() if place not in lines}
        widest_name = widths.get(_NAME, 0)
        for shown in (widths, without_lines):
            others = sum(width for place, width in shown.items() if place != _NAME)
            left = self._console.width - others - len(_GAP) * (len(shown) - 1)
            if left >= min(widest_name, _LEAST_NAME_WIDTH):
                break
        return shown | ({_NAME: min(widest_name, max(left, 1))} if widest_name else {})

    def _print(
        self, cells: Sequence[Sequence[str]], widths: Mapping[int, int], style: str = ""
    ) -> None:
        """Print columns of cells; where the terminal is too narrow, it breaks the lines."""
        fitted = [
            [_fitted(text, width, to_the_right=place > _NAME) for text in texts]
            for texts, (place, width) in zip(cells, widths.items(), strict=True)
        ]
        lines = map(_GAP.join, zip(*fitted, strict=True))
        while some := list(islice(lines, _PRINTED_AT_ONCE)):
            self._console.print(Text("\n".join(some), style), soft_wrap=True)

    def _ledger(self) -> list[str]:
        """What became of the rows and of the students, a line each."""
        ledger = self._allocation.ledger
        if not ledger.students:
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


def _fitted(text: str, width: int, *, to_the_right: bool) -> str:
    """A text that fills a width exactly."""
    free = width - cell_len(text)
    if free < 0:
        return set_cell_size(text, width - 1) + "…"
    return " " * free + text if to_the_right else text + " " * free
