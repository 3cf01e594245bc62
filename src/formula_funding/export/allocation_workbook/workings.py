"""What the sheets of one workbook share: titles, names of rates, where things stand, amounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.units import value_at
from formula_funding.exact.number_text import units_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.export.allocation_workbook.cells import (
    FIRST_ROW,
    Cell,
    Figure,
    Formula,
    Held,
    cached,
    figure,
    sheet_reference,
)
from formula_funding.export.allocation_workbook.told import Told
from formula_funding.formula.tree import Name, Tree
from formula_funding.language.labels import Labels
from formula_funding.model.allocation import Allocation
from formula_funding.model.plan import Value
from formula_funding.model.progress import Progress, no_progress
from formula_funding.workbook.formula_from_tree import EXACT_DIGITS
from formula_funding.workbook.rates import rate_names
from formula_funding.workbook.school_table import (
    ROW,
    SchoolTable,
    SchoolTableBuilder,
    letters_of,
)
from formula_funding.workbook.written_out import is_written_out

_MOST_UNITS = 10**EXACT_DIGITS


class Workings:
    """One allocation on its way into a workbook, in one language.

    `first_rows` and `total_rows` say where in the explanation a school begins, and in which row
    each of its lines is added up; they are known once the explanation's rows have been made.
    `held` counts the cells that hold values, by sheet, column and reason. `progress` is told how
    many schools are explained.
    """

    def __init__(
        self,
        allocation: Allocation,
        evaluation: Evaluation,
        labels: Labels,
        progress: Progress = no_progress,
    ) -> None:
        self.allocation = allocation
        self.evaluation = evaluation
        self.labels = labels
        self.words = labels.words
        self.progress = progress
        self.explainer = Explainer(
            allocation, evaluation, lambda name: is_written_out(name, allocation.plan)
        )
        self.titles = _titles(allocation, labels)
        self.names = rate_names(allocation.plan)
        self.rates = {
            key: name
            for key, name in self.names.items()
            if not isinstance(figure(allocation.plan.parameters[key[0]].values[key[1]]), str)
        }
        """The rates whose digits a spreadsheet keeps; no formula reads another."""
        self.first_rows: list[int] = []
        self.total_rows: list[list[int]] = []
        self.held: Counter[tuple[str, str, str]] = Counter()
        self.table = self._school_table()
        self.told = Told(labels, self.rates, self.table, allocation.places)

    # where things stand

    @property
    def first_line(self) -> int:
        """The column of the summary in which the lines begin."""
        return 3 if self.allocation.ledger.students else 2

    @property
    def total_column(self) -> str:
        """The letters of the summary's column of totals."""
        return letters_of(self.first_line + len(self.allocation.lines))

    @property
    def last_school_row(self) -> int:
        """The row of the last school in the tables with one row per school."""
        return FIRST_ROW + max(len(self.allocation.register.ids), 1) - 1

    @property
    def total_row(self) -> int:
        """The row of the totals below the schools."""
        return FIRST_ROW + len(self.allocation.register.ids)

    def reference(self, sheet: str) -> str:
        """A sheet, by its key in the words, as formulas write it."""
        return sheet_reference(self.words(sheet))

    def school_cells(self, sheet: str, column: str) -> str:
        """The cells of all schools in a column of a table with one row per school."""
        return f"{self.reference(sheet)}!${column}${FIRST_ROW}:${column}${self.last_school_row}"

    def line_cells(self, column: str) -> str:
        """The cells of all schools and lines in a column of the lines."""
        last = FIRST_ROW + len(self.allocation.register.ids) * len(self.allocation.lines) - 1
        return f"{self.reference('lines')}!${column}${FIRST_ROW}:${column}${last}"

    def line_row(self, school: int, line: int) -> int:
        """The row of a school's line in the lines."""
        return FIRST_ROW + school * len(self.allocation.lines) + line

    def _school_table(self) -> SchoolTable:
        plan, register = self.allocation.plan, self.allocation.register
        return SchoolTableBuilder(
            plan,
            self.rates,
            self.words("schools"),
            (FIRST_ROW, self.last_school_row),
            {
                name: f"{self.words('summary')}!{letters_of(self.first_line + position)}{ROW}"
                for position, name in enumerate(self.allocation.lines)
            },
            list(register.attributes),
            self._fits,
        ).build()

    def _fits(self, tree: Tree, is_of_system: bool) -> bool:
        """Whether a spreadsheet keeps the digits that matter of all values of a tree."""
        is_fact = isinstance(tree, Name) and tree.name in self.allocation.register.attributes
        return all(
            not isinstance(value, Fraction)
            or (abs(value) < self._most and not (is_fact and isinstance(figure(value), str)))
            for value in self.values_of(tree, is_of_system)
        )

    @property
    def _most(self) -> int:
        """Numbers below it keep their coins, and a digit beyond them, in a spreadsheet."""
        return int(10 ** (EXACT_DIGITS - self.allocation.places - 1))

    def formulas(self) -> Iterator[str]:
        """The formulas over rates and schools, once the explanation's rows have been made."""
        entries = (*self.table.columns, *self.table.system)
        yield from (entry.formula for entry in entries if entry.formula is not None)
        yield from self.told.formulas_of_rates()

    # values

    def values_of(self, tree: Tree, is_of_system: bool) -> list[Value | None]:
        """The engine's values of a formula, one per school or one for the system."""
        units = self.evaluation.system if is_of_system else self.evaluation.schools
        values = units.keep(tree)
        return [value_at(values, i) for i in range(units.length)]

    def hold(self, sheet: str, title: str, reason: str, value: str | Decimal) -> Held:
        """A cell that holds a value, noted with its sheet, column and reason."""
        self.held[self.words(sheet), title, self.words(reason)] += 1
        return Held(value)

    def formula_of_money(self, text: str, units: Sequence[int]) -> Formula | str:
        """A formula for the first of some amounts, which reads the others.

        Where one of them has more digits than a spreadsheet keeps, the exact amount instead.
        """
        if all(-_MOST_UNITS < amount < _MOST_UNITS for amount in units):
            return Formula(text, Decimal(units[0]).scaleb(-self.allocation.places))
        return str(self.money(units[0]))

    def money(self, units: int) -> str | Decimal:
        """An amount as a number; as text if a spreadsheet would lose its digits."""
        if -_MOST_UNITS < units < _MOST_UNITS:
            return Decimal(units).scaleb(-self.allocation.places)
        return units_text(units, self.allocation.places)

    def number(self, value: Fraction) -> str | Decimal:
        """A number with at least the currency's decimals; text, such as 11/15, if endless."""
        units = value * 10**self.allocation.places
        if units.denominator == 1 and -_MOST_UNITS < units.numerator < _MOST_UNITS:
            return Decimal(units.numerator).scaleb(-self.allocation.places)
        return self.told.number(value)

    def near(self, value: Fraction) -> str | Decimal:
        """As `number`; one of too many decimals to as many digits as a spreadsheet keeps."""
        found = self.number(value)
        if isinstance(found, str) and abs(value) < self._most:
            near = cached(value)
            assert isinstance(near, Decimal)
            return near
        return found

    def plain(self, value: Value | None) -> str | Decimal:
        """A value as a number, to as many digits as a spreadsheet keeps, or as text."""
        if isinstance(value, Fraction):
            number = self.number(value)
            found = cached(value) if decimal_places(value) is None else number
            return found if isinstance(found, Decimal) else number
        return self.words("does_not_exist") if value is None else str(value)

    def fact(self, value: Value | None) -> Cell:
        """A value of a school that is known and not computed."""
        if isinstance(value, Fraction):
            return figure(value)
        return Figure("" if value is None else value)


def _titles(allocation: Allocation, labels: Labels) -> dict[str, str]:
    """The title of each line; with its name where two are called alike."""
    plain = {line.name: line.title.in_language(labels.language) for line in allocation.plan.lines}
    often = Counter(title.lower() for title in plain.values())
    taken = {title for title, times in often.items() if times == 1}
    found: dict[str, str] = {}
    for name, title in plain.items():
        found[name] = title
        if often[title.lower()] > 1:
            while found[name].lower() in {title.lower(), *taken}:
                found[name] += f" ({name})"
            taken.add(found[name].lower())
    return found
