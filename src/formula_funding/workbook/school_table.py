"""One row per school, one column per fact, step and line of schools: formulas over each other.

What belongs to the whole system (its steps, its sums over schools) has a named cell instead.
A column that can't be a formula holds the engine's values and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import partial

from formula_funding.formula.aggregates import AGGREGATES, level_of
from formula_funding.formula.functions import CONDITIONAL
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import (
    SCHOOL_ID,
    SCHOOLS,
    Aggregate,
    Call,
    Lookup,
    Name,
    Number,
    Operation,
    Tree,
    aggregates,
)
from formula_funding.model.plan import Attribute, Banding, Calculation, Line, Plan
from formula_funding.workbook.aggregate_formulas import FORMULAS, Among, reason_to_hold
from formula_funding.workbook.formula_from_tree import (
    LONGEST_FORMULA,
    CantBeAFormulaError,
    formula_from_tree,
    number_literal,
    rounded_formula,
    text_literal,
)
from formula_funding.workbook.names import CellNames
from formula_funding.workbook.rates import MOST_KEYS, RateKey, is_number, rate_looked_up
from formula_funding.workbook.written_out import written_out

ROW = "\0" * 6
"""Stands for the number of the school's row in the formulas of a column."""
EVERYONE = Operation("=", (Number(Fraction(0)), Number(Fraction(0))))
"""The condition of an aggregate that has none."""


class Part(Enum):
    """What the cells of a column hold."""

    FACT = "fact"
    COMPUTED = "computed"
    CHOSEN = "chosen"
    """1 for the schools for which `tree` holds, else 0."""
    READ = "read"
    """What an aggregate reads of each school."""


@dataclass(frozen=True)
class Entry:
    """A column of the table, or a named cell of the system; `tree` gives the engine's values.

    `formula` has ROW in it; without one the cells hold values, as `held` says (a key of
    `language/words`; None for what is known and not computed).
    """

    tree: Tree
    part: Part
    formula: str | None
    held: str | None = None
    is_array: bool = False
    name: str = ""


@dataclass(frozen=True)
class SchoolTable:
    """The columns in their order, and the named cells of the system."""

    sheet: str
    columns: tuple[Entry, ...]
    system: tuple[Entry, ...]
    letters: Mapping[Tree, str]
    named: Mapping[Tree, str]

    def cell(self, tree: Tree, row: int | str) -> str | None:
        """The address, from another sheet, of what a school's row (or the system) holds.

        `row` may be ROW, to be replaced by the number of the row.
        """
        if tree in self.named:
            return self.named[tree]
        return f"{self.sheet}!{self.letters[tree]}{row}" if tree in self.letters else None


def letters_of(column: int) -> str:
    """The letters of a column counted from 0: A, B, …, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class SchoolTableBuilder:
    """Makes the columns in the order in which the plan computes.

    `first` and `last` are the rows of the schools; `line_cells` tells of each line for students
    where its amounts stand, with ROW in it; `fits` says whether a spreadsheet keeps all digits
    of the values of a tree, read of schools or (True) of the system.
    """

    def __init__(
        self,
        plan: Plan,
        rates: Mapping[RateKey, str],
        sheet: str,
        rows: tuple[int, int],
        line_cells: Mapping[str, str],
        facts: Sequence[str],
        fits: Callable[[Tree, bool], bool],
    ) -> None:
        self._plan = plan
        self._rates = rates
        self._sheet = sheet
        self._rows = rows
        self._line_cells = line_cells
        self._facts = facts
        self._fits = fits
        self._names = CellNames()
        self._columns: list[Entry] = []
        self._system: list[Entry] = []
        self._letters: dict[Tree, str] = {}
        self._named: dict[Tree, str] = {}
        self._chosen: dict[Tree, str] = {}
        self._read: dict[Tree, str] = {}

    def build(self) -> SchoolTable:
        """The table of the plan's facts, steps and lines of schools."""
        for name in self._facts:
            self._add(Entry(Name(name), Part.FACT, None))
        for item in self._plan.items:
            if isinstance(item, Line):
                self._line(item)
            elif isinstance(item, Banding) and item in self._plan.bands_of_schools:
                self._computed(Name(item.name), partial(self._bands, item))
            elif isinstance(item, Calculation) and item.level is not Level.STUDENT:
                self._calculation(item)
        return SchoolTable(
            self._sheet, tuple(self._columns), tuple(self._system), self._letters, self._named
        )

    # entries

    def _add(self, entry: Entry) -> None:
        letters = letters_of(2 + len(self._columns))
        self._columns.append(entry)
        known = {Part.CHOSEN: self._chosen, Part.READ: self._read}
        known.get(entry.part, self._letters)[entry.tree] = letters

    def _computed(
        self, tree: Tree, write: Callable[[], str], *, is_array: bool = False, name: str = ""
    ) -> None:
        """A column, or a named cell, with a formula if one can be written and all digits fit."""
        formula, held = None, None
        try:
            formula = write()
            if len(formula) > LONGEST_FORMULA:  # a rounding repeats what it rounds
                raise CantBeAFormulaError("held_too_long")
            if not self._fits(tree, bool(name)):
                raise CantBeAFormulaError("held_digits")
        except CantBeAFormulaError as error:
            formula, held = None, error.reason
        entry = Entry(tree, Part.COMPUTED, formula, held, is_array, name)
        if name:
            self._system.append(entry)
            self._named[tree] = name
        else:
            self._add(entry)

    def _calculation(self, item: Calculation) -> None:
        name = "" if item.level is Level.SCHOOL else self._names.new(f"step_{item.name}")
        self._computed(Name(item.name), lambda: formula_from_tree(item.tree, self), name=name)

    def _line(self, line: Line) -> None:
        if line.per_student:
            if line.in_force(self._plan.as_of):
                self._aggregates_of(line)
            self._computed(Name(line.name), lambda: self._line_cells[line.name])
            return
        self._computed(Name(line.name), lambda: self._line_formula(line))

    def _line_formula(self, line: Line) -> str:
        if not line.in_force(self._plan.as_of):
            return "0"
        amount = formula_from_tree(line.amount, self)
        if line.when is not None:
            amount = f"IF({formula_from_tree(line.when, self)},{amount},0)"
        return rounded_formula(amount, line.rounding)

    def _aggregates_of(self, line: Line) -> None:
        """Cells for the sums of a school that a line for students reads."""
        try:
            amount = written_out(line.amount, self._plan)
        except CantBeAFormulaError:
            return
        for part in aggregates(amount):
            self.aggregate(part)

    def _bands(self, item: Banding) -> str:
        source = self.name(item.source)
        formula = "NA()"
        for band in reversed(item.bands):
            if band.value is not None:
                condition = f"EXACT({source},{text_literal(band.value)})"
            else:
                above = [] if band.low is None else [f"{source}>={number_literal(band.low)}"]
                sign = "<" if band.without_high else "<="
                if band.high is not None:
                    above.append(f"{source}{sign}{number_literal(band.high)}")
                condition = f"AND({','.join(above)})" if above else f"ISNUMBER({source})"
            formula = f"IF({condition},{text_literal(band.name)},{formula})"
        if len(item.bands) > MOST_KEYS:
            raise CantBeAFormulaError("held_too_long")
        return formula

    # cells, as formulas of schools and of the system read them

    def name(self, name: str) -> str:
        """The cell of a name."""
        tree = Name(name)
        if tree in self._letters or tree in self._named:
            if not self._fits(tree, tree in self._named):
                raise CantBeAFormulaError("held_digits")
            return self._named.get(tree) or f"{self._letters[tree]}{ROW}"
        if (name, ()) in self._rates:
            return self._rates[name, ()]
        day = self._plan.as_of
        if name == "as_of" and day is not None:
            return f"DATE({day.year},{day.month},{day.day})"
        raise CantBeAFormulaError("held_function")

    def rate(self, lookup: Lookup) -> str:
        """The rate whose key the school's cells hold."""
        return rate_looked_up(lookup, self._plan, self._rates, self)

    def _is_truth(self, name: str) -> bool:
        """LibreOffice's EXACT tells a stored TRUE from a range of them."""
        known = self._plan.attributes.get(name) or self._plan.item(name)
        return isinstance(known, Attribute | Calculation) and known.kind is Kind.TRUTH

    def aggregate(self, tree: Aggregate) -> str:
        """The cell of an aggregate; its column, or its named cell, is made when first asked."""
        if tree in self._named:
            return self._named[tree]
        if tree not in self._letters:
            self._add_aggregate(tree)
        return self._named[tree] if tree in self._named else f"{self._letters[tree]}{ROW}"

    def _add_aggregate(self, tree: Aggregate) -> None:
        if tree.units != SCHOOLS:
            reads = self._plan.reads([tree])
            moved = any(
                name in self._plan.parameters or self._plan.level_of(name) is not Level.STUDENT
                for name in reads
            )
            self._add(Entry(tree, Part.FACT, None, "held_students" if moved else None))
            return
        name = ""
        if level_of(tree) is Level.SYSTEM:
            name = f"of_schools_{len(self._system) + 1}"
        is_array = tree.function in FORMULAS and FORMULAS[tree.function].is_array
        self._computed(tree, lambda: self._of_schools(tree), is_array=is_array, name=name)

    def _of_schools(self, tree: Aggregate) -> str:
        reason = reason_to_hold(tree.function)
        if tree.function == "rank" and len(tree.arguments) > 1:
            reason = "held_function"
        if reason is not None:
            raise CantBeAFormulaError(reason)
        return FORMULAS[tree.function].write(self._among(tree))

    def _among(self, tree: Aggregate) -> Among:
        split = len(AGGREGATES[tree.function].given)
        given = [formula_from_tree(part, self) for part in tree.arguments[:split]]
        chosen = self._chosen_column(tree.where or EVERYONE)
        values = [self._values_column(part, tree.where) for part in tree.arguments[split:]]
        column = values[0] if values else chosen
        alike = [self._alike(of, own) for of, own in zip(tree.by, tree.asked_by, strict=True)]
        return Among(
            chosen=self._range(chosen),
            values=self._range(column),
            alike="*".join(alike) or None,
            own=f"{column}{ROW}",
            own_chosen=f"{chosen}{ROW}",
            given=given[0] if given else "",
        )

    def _chosen_column(self, where: Tree) -> str:
        if where not in self._chosen:
            formula = f"IF({formula_from_tree(where, self)},1,0)"
            self._add(Entry(where, Part.CHOSEN, formula))
        return self._chosen[where]

    def _values_column(self, part: Tree, where: Tree | None) -> str:
        """A column with what is read of each school: as it is, or computed beside."""
        tree = part if where is None else Call(CONDITIONAL, (where, part, Number(Fraction(0))))
        if isinstance(tree, Name) and tree in self._letters:
            return self._letters[tree]
        if tree not in self._read:
            self._add(Entry(tree, Part.READ, formula_from_tree(tree, self)))
        return self._read[tree]

    def _alike(self, of_others: str, own: str) -> str:
        """Which schools have in one column what the asking school has in its own."""
        letters = {**self._letters, Name(SCHOOL_ID): letters_of(0)}
        column, asked = (letters.get(Name(name)) for name in (of_others, own))
        if column is None or asked is None:
            raise CantBeAFormulaError("held_function")
        if is_number(own, self._plan) or self._is_truth(own):
            return f"({self._range(column)}={asked}{ROW})"
        return f"EXACT({self._range(column)},{asked}{ROW})"

    def _range(self, column: str) -> str:
        first, last = self._rows
        return f"{self._sheet}!${column}${first}:${column}${last}"
