"""The statement: one school, chosen from a list, in the form of an official notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from formula_funding.export.allocation_workbook.cells import (
    FIRST_ROW,
    Cell,
    Figure,
    Form,
    Formula,
    Look,
    Placed,
    Row,
    shown,
)
from formula_funding.export.allocation_workbook.explanation import rows_of_school
from formula_funding.export.allocation_workbook.instalments import FIRST_COLUMN
from formula_funding.export.allocation_workbook.notes import notes
from formula_funding.export.allocation_workbook.styles import number_format_of
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.formula.tree import Name
from formula_funding.language.numbers import number_text
from formula_funding.workbook.school_table import letters_of

NUMBER, TEXT, HOW, VALUE, STUDENTS, RATE, AMOUNT = range(7)
"""The columns."""
_WIDTHS = (6, 42, 46, 20, 12, 18, 22)
MOST_ROWS = 150
"""A longer calculation goes on in the sheet of the explanation."""
_CHOSEN_ROW = 3
_CHOSEN, _PLACE = "$C$4", "$C$5"


def statement(workings: Workings, last_explained: int) -> Form:
    """The form, with the first school chosen. `last_explained`: the last row of the explanation."""
    return _Statement(workings, last_explained).form()


def statement_of(workings: Workings, index: int, totals: Sequence[int]) -> Form:
    """The form of one school for a workbook of its own, whose explanation holds only its rows.

    `totals` are the rows of the explanation in which its lines are added up.
    """
    return _StatementOfOne(workings, index, totals).form()


class _Statement:
    def __init__(self, workings: Workings, last_explained: int, index: int = 0) -> None:
        self._workings = workings
        self._index = index
        self._words = workings.words
        self._allocation = workings.allocation
        self._last_explained = last_explained
        self._cells: list[Placed] = []
        self._row = 0
        amounts = number_format_of(self._allocation.places)
        self._formats = {
            VALUE: "General",
            STUDENTS: number_format_of(0),
            RATE: f"{amounts}########" if self._allocation.places else "General",
            AMOUNT: amounts,
        }

    def form(self) -> Form:
        self._heading()
        self._lines()
        self._instalments()
        self._to_sign()
        return self._finished()

    def _finished(self) -> Form:
        """The form with the calculation on a page of its own."""
        break_ = self._row
        first = self._calculation()
        return Form(
            self._words("statement_sheet"),
            _WIDTHS,
            self._cells,
            lists={_CHOSEN: self._workings.school_cells("summary", "A")},
            page_breaks=[break_],
            where={
                f"A{first}:G{self._row}": {
                    Look.TOTAL: f'EXACT($C{first},"{self._words("total")}")',
                    Look.IN_TABLE: f'$A{first}<>""',
                }
            },
        )

    def _put(self, *cells: tuple[int, Cell, Look]) -> None:
        """Fill the next row."""
        self._cells += [Placed(self._row, *cell) for cell in cells]
        self._row += 1

    def _of_chosen(self, sheet: str, column: str, value: Cell) -> Cell:
        """The cell of the chosen school in a table with one row per school."""
        found = shown(value)
        assert not isinstance(found, date)
        return Formula(f"INDEX({self._workings.school_cells(sheet, column)},{_PLACE})", found)

    def _amount(self, line: int) -> Cell:
        """What the school gets by line number `line`."""
        workings = self._workings
        units = list(self._allocation.lines.values())[line][self._index]
        letters = letters_of(workings.first_line + line)
        return self._of_chosen("summary", letters, workings.money(units))

    def _total(self, _first_row: int) -> Cell:
        """What the school gets together; the amounts begin in row `_first_row` of the form."""
        workings = self._workings
        total = workings.money(self._allocation.school_totals[self._index])
        return self._of_chosen("summary", workings.total_column, total)

    # the parts from top to bottom

    def _heading(self) -> None:
        labels, words, register = self._workings.labels, self._words, self._allocation.register
        title = f"{labels.plan.title.in_language(labels.language)}"
        about = ", ".join(part for part in (title, labels.when, labels.measure) if part)
        self._put((NUMBER, words("statement"), Look.TITLE))
        self._put((NUMBER, about, Look.SUBTITLE))
        told = notes(self._allocation, labels)
        if told:
            self._put((NUMBER, told, Look.SUBTITLE))
        self._row = _CHOSEN_ROW
        self._choice()
        self._fact("name", self._of_chosen("summary", "B", register.names[self._index]))
        if self._allocation.ledger.students:
            students = self._allocation.ledger.students[self._index]
            self._fact("students", self._of_chosen("summary", "C", students))
        for attribute, values in register.attributes.items():
            value = values[self._index]
            if isinstance(value, str | bool | Fraction):
                letters = self._workings.table.letters[Name(attribute)]
                found = self._of_chosen("schools", letters, self._workings.fact(value))
                if isinstance(value, bool):
                    found = self._yes_or_no(found, value)
                self._put((TEXT, labels.of_name(attribute), Look.LABEL), (HOW, found, Look.PLAIN))
        self._row += 1

    def _choice(self) -> None:
        """The cell in which a school is chosen, and the place of that school in the list."""
        words = self._words
        self._put(
            (TEXT, words("school_id"), Look.LABEL),
            (HOW, Figure(self._allocation.register.ids[self._index]), Look.INPUT),
            (VALUE, words("choose_school"), Look.SMALL),
        )
        ids = self._workings.school_cells("summary", "A")
        place = Formula(f"MATCH(TRUE,EXACT({ids},{_CHOSEN}),0)", self._index + 1, is_array=True)
        self._fact("place_in_list", place)

    def _yes_or_no(self, cell: Cell, value: bool) -> Cell:
        yes, no = self._words("yes"), self._words("no")
        told = yes if value else no
        if isinstance(cell, Formula):
            return Formula(f'IF({cell.text},"{yes}","{no}")', told)
        return told

    def _fact(self, key: str, cell: Cell) -> None:
        self._put((TEXT, self._words(key), Look.LABEL), (HOW, cell, Look.PLAIN))

    def _header(self, columns: Sequence[tuple[int, str]]) -> None:
        titles = dict(columns)
        last = max(titles)
        looks = [Look.HEADER if k < VALUE else Look.HEADER_OF_NUMBERS for k in range(last + 1)]
        self._put(*((k, titles.get(k, ""), look) for k, look in enumerate(looks)))

    def _lines(self) -> None:
        workings, words = self._workings, self._words
        plan = self._allocation.plan
        has_codes = any(line.codes for line in plan.lines)
        columns = [(NUMBER, "number"), (TEXT, "line"), (HOW, "how"), (VALUE, "amount")]
        self._header([(k, words(key)) for k, key in columns + [(STUDENTS, "codes")] * has_codes])
        first = self._row + 1
        for k, line in enumerate(plan.lines):
            formula = workings.labels.formula(line.amount)
            how = words("sum_of_products", formula=formula) if line.per_student else formula
            self._put(
                (NUMBER, k + 1, Look.IN_TABLE),
                (TEXT, workings.titles[line.name], Look.IN_TABLE),
                (HOW, how, Look.IN_TABLE),
                (VALUE, self._amount(k), Look.IN_TABLE),
                *([(STUDENTS, workings.labels.codes(line), Look.SMALL)] if has_codes else []),
            )
        self._put(
            (NUMBER, len(plan.lines) + 1, Look.TOTAL),
            (TEXT, words("total"), Look.TOTAL),
            (HOW, _sum_of_numbers(len(plan.lines)), Look.TOTAL),
            (VALUE, self._total(first), Look.TOTAL),
        )
        self._row += 1

    def _instalments(self) -> None:
        payment, words = self._allocation.plan.payment, self._words
        if payment is None:
            return
        places = self._allocation.places
        paid = payment.of(Fraction(self._allocation.school_totals[self._index], 10**places))
        self._header(
            [
                (NUMBER, words("number")),
                (TEXT, words("instalment")),
                (HOW, words("share")),
                (VALUE, words("amount")),
            ]
        )
        for k, (name, amount) in enumerate(paid.items()):
            found = self._workings.number(amount)
            letters = letters_of(FIRST_COLUMN + k)
            share = number_text(payment.shares[name], self._workings.labels.language)
            self._put(
                (NUMBER, k + 1, Look.IN_TABLE),
                (TEXT, name, Look.IN_TABLE),
                (HOW, share, Look.IN_TABLE),
                (VALUE, self._of_chosen("payments", letters, found), Look.IN_TABLE),
            )
        self._put((NUMBER, self._workings.labels.payment(payment), Look.SMALL))
        self._row += 1

    def _to_sign(self) -> None:
        words = self._words
        for who in ("head", "accountant", "received"):
            self._put(
                (TEXT, words(who), Look.PLAIN),
                (HOW, "", Look.TO_SIGN),
                (VALUE, "", Look.TO_SIGN),
                (RATE, "", Look.TO_SIGN),
            )
            self._put(
                (HOW, words("signature"), Look.SMALL),
                (VALUE, words("full_name"), Look.SMALL),
                (RATE, words("signed_on"), Look.SMALL),
            )

    def _calculation(self) -> int:
        """The school's rows of the explanation; returns the number of the first."""
        words, workings = self._words, self._workings
        own, _ = rows_of_school(workings, 0, FIRST_ROW)
        longest = self._longest()
        self._put((NUMBER, words("calculation"), Look.SUBTITLE))
        labels = [f"{words('students')}\na", f"{words('rate')}\nb", f"{words('amount')}\nc = a × b"]
        titles = [words(key) for key in ("number", "line", "who", "value")]
        self._header(list(enumerate([*titles, *labels])))
        first = self._row + 1
        for k in range(min(longest, MOST_ROWS)):
            self._calculation_row(k, own[k] if k < len(own) else None)
        if longest > MOST_ROWS:
            more = words("calculation_more", sheet=words("explanation"))
            self._put((NUMBER, more, Look.SMALL))
        return first

    def _longest(self) -> int:
        """The most rows of the explanation that any school has."""
        starts = [*self._workings.first_rows, self._last_explained + 1]
        return max(after - start for start, after in pairwise(starts))

    def _calculation_row(self, k: int, known: Row | None) -> None:
        letters = letters_of(self._workings.first_line + len(self._allocation.lines) + 1)
        start = f"INDEX({self._workings.school_cells('summary', letters)},{_PLACE})"
        at = f"{start}+{k - FIRST_ROW + 1}"
        ids = self._explained("A")
        is_own = f"IFERROR(EXACT(INDEX({ids},{at}),{_CHOSEN}),FALSE)"
        number = self._row + 1
        counted = Formula(f'IF({is_own},{k + 1},"")', k + 1 if known else "")
        cells = [Placed(self._row, NUMBER, counted, Look.FOLLOWING, "0")]
        for column, letters in zip(range(TEXT, AMOUNT + 1), "CDEFGH", strict=True):
            found = f"INDEX({self._explained(letters)},{at})"
            value = shown(known[column + 1]) if known else ""
            assert isinstance(value, str | int | Decimal)
            text = Formula(f'IF($A{number}="","",IF({found}="","",{found}))', value)
            numbers = self._formats.get(column, "")
            cells.append(Placed(self._row, column, text, Look.FOLLOWING, numbers))
        self._cells += cells
        self._row += 1

    def _explained(self, letters: str) -> str:
        sheet = self._workings.reference("explanation")
        return f"{sheet}!${letters}${FIRST_ROW}:${letters}${self._last_explained}"


class _StatementOfOne(_Statement):
    """The form of one school alone: what the school is stands there as it is."""

    def __init__(self, workings: Workings, index: int, totals: Sequence[int]) -> None:
        super().__init__(workings, 0, index)
        self._totals = totals

    def _finished(self) -> Form:
        return Form(self._words("statement_sheet"), _WIDTHS, self._cells)

    def _of_chosen(self, sheet: str, column: str, value: Cell) -> Cell:
        return shown(value)  # type: ignore[return-value]  # no dates are shown here

    def _amount(self, line: int) -> Cell:
        units = list(self._allocation.lines.values())[line][self._index]
        address = f"{self._workings.reference('explanation')}!H{self._totals[line]}"
        return self._workings.formula_of_money(address, [units])

    def _total(self, first_row: int) -> Cell:
        allocation = self._allocation
        own = [amounts[self._index] for amounts in allocation.lines.values()]
        total = allocation.school_totals[self._index]
        return self._workings.formula_of_money(f"SUM(D{first_row}:D{self._row})", [total, *own])

    def _choice(self) -> None:
        self._fact("school_id", self._allocation.register.ids[self._index])


def _sum_of_numbers(count: int) -> str:
    """`3 = 1 + 2`, shortened in the middle where there are many."""
    parts: Iterator[str] = map(str, range(1, count + 1))
    found = list(parts)
    if len(found) > 4:
        found = [found[0], "…", found[-1]]
    return f"{count + 1} = {' + '.join(found)}"
