"""Cliffs: where one more student takes money from a school. Found by paying schools exactly.

A line can only jump where a number of students meets a band, a condition or a rounding to whole
numbers. Where none does, nothing is searched. Else schools of 0, 1, 2… students are paid, all
students alike, in each kind of school and for each kind of student that the rules tell apart, and
whatever falls at an edge is reported; an amount that declines from student to student, as a taper
does, has none. A rulebook on figures per school is searched by each of its counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby, product
from math import prod

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.exact.number_text import fixed_text, number_to_text
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import (
    Aggregate,
    Call,
    Interval,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Tree,
    walk,
)
from formula_funding.model.counts import Counts, CountTable
from formula_funding.model.plan import (
    STUDENTS,
    Attribute,
    Banding,
    Line,
    Plan,
    Value,
    direct_reads,
    trees_of,
)
from formula_funding.model.register import Register
from formula_funding.tally.tally import cuts_of

_FEWEST, _MOST = 60, 5_000
_LONGEST_EDGE = 2
MOST_SCHOOLS = 60_000
"""No more schools are paid; where the rules tell more kinds apart, sizes near the edges only."""
_COMPARING = frozenset({"=", "!=", "<", "<=", ">", ">="})
_ROUNDING = frozenset({"round", "round_half_even", "round_up", "round_down"})


@dataclass(frozen=True)
class Cliff:
    """A school that gets less with one student more.

    `counted` is what grows from `before` to `before + 1`: `students`, or a count of the
    register. `loss` is what the school loses in all, `lines` the change of each line that
    changes, `regained_at` the first larger number with at least as much as before the edge.
    """

    counted: str
    before: int
    school: Mapping[str, Value]
    loss: Fraction
    lines: Mapping[str, Fraction]
    regained_at: int | None
    place: Place

    def loss_text(self, places: int) -> str:
        """The loss with grouped thousands: 70,194.90."""
        return money_text(self.loss, places)

    @property
    def conditions(self) -> str:
        """The kind of school and of student, as the rulebook names them."""
        return ", ".join(f"{name} {_shown(value)}" for name, value in self.school.items())


@dataclass(frozen=True)
class CliffSearch:
    """What was searched for cliffs, and what was found, the largest loss first.

    `counted` are the numbers through which some line can jump; `up_to` the largest number of
    each that was tried. `searched` are the lines that were looked at, `unsearched` those that
    other schools, tables or solving decide too. `is_complete` is false where there were too many
    kinds of schools to try each, or some could not be paid.
    """

    counted: tuple[str, ...]
    up_to: int
    cliffs: tuple[Cliff, ...]
    searched: tuple[str, ...]
    unsearched: tuple[str, ...]
    is_complete: bool


def search_cliffs(plan: Plan) -> CliffSearch:
    """Search all lines in force on the plan's date that depend on one school alone."""
    jumps = _Jumps(plan)
    unsearched = tuple(x.name for x in plan.lines_in_force if jumps.reads_more_than_students(x))
    lines = [x for x in plan.lines_in_force if x.name not in unsearched]
    counted = [name for name in jumps.counts if any(jumps.can_jump(x, name) for x in lines)]
    cliffs: list[Cliff] = []
    up_to, is_complete = 0, True
    for name in counted:
        search = _Search(plan, lines, name)
        up_to = max(up_to, search.up_to)
        cliffs += search.run()
        is_complete &= search.is_complete
    cliffs.sort(key=lambda cliff: (-cliff.loss, cliff.before, cliff.conditions))
    searched = tuple(line.name for line in lines)
    return CliffSearch(tuple(counted), up_to, tuple(cliffs), searched, unsearched, is_complete)


class _Jumps:
    """Which lines can jump as a number grows."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.counts = [
            STUDENTS,
            *(
                a.name
                for a in plan.attributes.values()
                if a.level is Level.SCHOOL and a.kind is Kind.COUNT
            ),
        ]

    def _trees(self, line: Line) -> Iterator[Tree]:
        """The formulas of a line and of all that it comes down to."""
        yield from line.trees
        for name in self._plan.reads(line.trees):
            item = self._plan.item(name)
            if item is not None:
                yield from trees_of(item)

    def reads_more_than_students(self, line: Line) -> bool:
        """Whether other schools, classes or a figure still to be solved for decide a line too."""
        solved = [n for n in self._plan.reads(line.trees) if self._is_solved_for(n)]
        return bool(solved) or any(
            isinstance(node, Aggregate) and node.units != STUDENTS
            for tree in self._trees(line)
            for node in walk(tree)
        )

    def _is_solved_for(self, name: str) -> bool:
        parameter = self._plan.parameters.get(name)
        return parameter is not None and parameter.goal is not None

    def can_jump(self, line: Line, counted: str) -> bool:
        bandings = [self._plan.item(name) for name in self._plan.reads(line.trees)]
        return any(
            isinstance(item, Banding) and self._reads(Name(item.source), counted)
            for item in bandings
        ) or any(
            self._reads(part, counted)
            for tree in self._trees(line)
            for node in walk(tree)
            for part in self._edged(node)
        )

    def _edged(self, node: Tree) -> tuple[Tree, ...]:
        """The numbers that a part asks about, so that it can jump where they change."""
        match node:
            case Operation(operator, operands) if operator in _COMPARING:
                return operands
            case Membership(item, _):
                return (item,)
            case Lookup(_, keys):
                return keys
            case Call(function, (argument, digits)) if function in _ROUNDING:
                whole = isinstance(digits, Operation) or digits == Number(Fraction(0))
                return (argument,) if whole and not self._reads_money(argument) else ()
        return ()

    def _reads(self, tree: Tree, counted: str) -> bool:
        reached = [tree]
        reads = self._plan.reads([tree])
        for name in reads:
            item = self._plan.item(name)
            reached += trees_of(item) if item is not None else ()
        if counted != STUDENTS:
            return counted in reads
        return any(
            isinstance(node, Aggregate) and node.units == STUDENTS
            for part in reached
            for node in walk(part)
        )

    def _reads_money(self, tree: Tree) -> bool:
        for name in self._plan.reads([tree]):
            declared = self._plan.attributes.get(name) or self._plan.parameters.get(name)
            if isinstance(self._plan.item(name), Line) or (
                declared is not None and declared.kind is Kind.MONEY
            ):
                return True
        return False


class _Search:
    """Pays schools that differ in one number only."""

    def __init__(self, plan: Plan, lines: list[Line], counted: str) -> None:
        self._plan, self._lines, self._counted = plan, lines, counted
        self._read = set(plan.reads([tree for line in lines for tree in line.trees]))
        edges = sorted(self._edges())
        self.up_to = min(max(_FEWEST, 2 * int(max(edges, default=Fraction(0))) + 2), _MOST)
        self.is_complete = True
        self._first = 0
        limit = plan.attributes.get(counted)
        if limit is not None:
            self._first = int(limit.low or 0)
            self.up_to = min(self.up_to, int(limit.high) if limit.high is not None else _MOST)
        self._sizes = range(self._first, self.up_to + 1)

    def _edges(self) -> Iterator[Fraction]:
        """Numbers that the rules compare something with; money is none."""
        for name in self._read:
            item = self._plan.item(name)
            if isinstance(item, Banding):
                yield from (end for b in item.bands for end in (b.low, b.high) if end is not None)
            parameter = self._plan.parameters.get(name)
            if parameter is not None and not parameter.keys and parameter.kind is not Kind.MONEY:
                yield from parameter.values.values()
        trees = [tree for line in self._lines for tree in line.trees]
        for name in self._plan.reads(trees):
            item = self._plan.item(name)
            trees += trees_of(item) if item is not None else ()
        for tree in trees:
            for node in walk(tree):
                if isinstance(node, Number):
                    yield node.value
                elif isinstance(node, Membership):
                    yield from (m.last for m in node.members if isinstance(m, Interval))

    def run(self) -> Iterator[Cliff]:
        kinds = list(self._kinds())
        per_kind = MOST_SCHOOLS // max(len(kinds), 1)
        if len(self._sizes) > per_kind:
            self._sizes = range(self._first, self._first + max(per_kind, 2))
            self.up_to = self._sizes[-1]
            self.is_complete = False
        for kind in kinds:
            yield from self._of_kind(kind)

    def _kinds(self) -> Iterator[dict[str, Value]]:
        """Each combination of what the lines read of a school and, where they grow, of a student.

        Other numbers of the register stand at their least, and at 100.
        """
        read = [a for a in self._plan.attributes.values() if a.name in self._read]
        if self._counted != STUDENTS:
            read = [a for a in read if a.level is Level.SCHOOL and a.name != self._counted]
        choices = [(a.name, self._choices(a)) for a in read]
        while prod(len(values) for _, values in choices) > MOST_SCHOOLS // _FEWEST:
            name, values = max(choices, key=lambda choice: len(choice[1]))
            choices[choices.index((name, values))] = (name, values[: len(values) // 2])
            self.is_complete = False
        for combination in product(*(values for _, values in choices)):
            yield dict(zip((name for name, _ in choices), combination, strict=True))

    def _choices(self, attribute: Attribute) -> list[Value]:
        match attribute.kind:
            case Kind.CATEGORY:
                return self._representatives(attribute)
            case Kind.TRUTH:
                return [False, True]
            case Kind.DATE:
                return [self._plan.as_of or date(2025, 1, 1)]
            case Kind.TEXT:
                return ["x"]
        low = attribute.low if attribute.low is not None else Fraction(0)
        high = attribute.high if attribute.high is not None else Fraction(100)
        low = min(low, high)
        return [low] if low == high else [low, high]

    def _representatives(self, attribute: Attribute) -> list[Value]:
        """One value of each band where only bands tell them apart, else all values."""
        readers = [
            item
            for item in self._plan.items
            if item.name in self._read | {x.name for x in self._lines}
            and attribute.name in direct_reads(item)
        ]
        tables = [p for p in self._plan.parameters.values() if attribute.name in p.keys]
        bandings = [item for item in readers if isinstance(item, Banding)]
        if tables or len(bandings) < len(readers):
            return list(attribute.values)
        owners: dict[tuple[str, ...], str] = {}
        for value in attribute.values:
            owner = tuple(b.name for item in bandings for b in item.bands if b.value == value)
            owners.setdefault(owner, value)
        return list(owners.values())

    # paying

    def _of_kind(self, kind: Mapping[str, Value]) -> Iterator[Cliff]:
        sizes, evaluation, of_line = self._paid(kind)
        totals = [sum(amounts, Fraction(0)) for amounts in zip(*of_line.values(), strict=True)]
        for i in _edges_down(totals):
            later = range(i + 2, len(totals))
            regained = next((j for j in later if totals[j] >= totals[i]), None)
            changes = {name: found[i + 1] - found[i] for name, found in of_line.items()}
            yield Cliff(
                self._counted,
                sizes[i],
                kind,
                totals[i] - totals[i + 1],
                {name: change for name, change in changes.items() if change},
                None if regained is None else sizes[regained],
                self._place(evaluation, i, changes),
            )

    def _paid(
        self, kind: Mapping[str, Value]
    ) -> tuple[range, Evaluation, dict[str, list[Fraction]]]:
        """The sizes, and the amount of each line for each; none where a line divides by zero."""
        for sizes in (self._sizes, self._sizes[1:]):
            problems = Problems()
            evaluation = self._evaluated(kind, sizes, problems)
            columns = {line.name: evaluation.line(line.name) for line in self._lines}
            if not problems.has_errors:
                return (
                    sizes,
                    evaluation,
                    {
                        name: [column.value(i) or Fraction(0) for i in range(len(sizes))]
                        for name, column in columns.items()
                    },
                )
        self.is_complete = False
        return range(0), evaluation, {}

    def _place(self, evaluation: Evaluation, i: int, changes: Mapping[str, Fraction]) -> Place:
        """The band that changes at an edge, else the line that loses most."""
        for item in self._plan.items:
            if isinstance(item, Banding) and item.level is Level.SCHOOL and item.name in self._read:
                bands = evaluation.schools.read(item.name)
                if isinstance(bands, list) and bands[i] != bands[i + 1]:
                    return item.place
        worst = min(self._lines, key=lambda line: changes[line.name])
        return worst.place

    def _evaluated(self, kind: Mapping[str, Value], sizes: range, problems: Problems) -> Evaluation:
        ids = tuple(str(size) for size in sizes)
        columns: dict[str, tuple[Value, ...]] = {
            a.name: (kind.get(a.name, _any_value(a)),) * len(sizes)
            for a in self._plan.attributes.values()
            if a.level is Level.SCHOOL
        }
        if self._counted != STUDENTS:
            columns[self._counted] = tuple(Fraction(size) for size in sizes)
        register = Register(ids, ids, columns, is_given=True)
        tables = {
            cut: CountTable(
                cut,
                (tuple(kind.get(n, _any_value(self._plan.attributes[n])) for n in cut),),
                tuple(range(len(sizes))),
                (0,) * len(sizes),
                tuple(sizes) if self._counted == STUDENTS else (0,) * len(sizes),
            )
            for cut in cuts_of(self._plan)
        }
        return Evaluation(self._plan, Counts(tables), register, problems)


def _edges_down(totals: list[Fraction]) -> Iterator[int]:
    """Where the next total is less, but not where it declines over more than two steps."""
    falls = [i for i in range(len(totals) - 1) if totals[i + 1] < totals[i]]
    for _, run in groupby(enumerate(falls), key=lambda pair: pair[1] - pair[0]):
        edges = [i for _, i in run]
        if len(edges) <= _LONGEST_EDGE:
            yield from edges


def _any_value(attribute: Attribute) -> Value:
    """Some value of an attribute that no searched line reads."""
    match attribute.kind:
        case Kind.CATEGORY:
            return next(iter(attribute.values))
        case Kind.TRUTH:
            return False
        case Kind.DATE:
            return date(2025, 1, 1)
        case Kind.TEXT:
            return "x"
    return attribute.low if attribute.low is not None else Fraction(0)


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_to_text(value) if isinstance(value, Fraction) else str(value)


def money_text(amount: Fraction, places: int) -> str:
    """An amount that fits the currency's places, with grouped thousands and a plain minus."""
    whole, _, decimals = fixed_text(abs(amount), places).partition(".")
    grouped = f"{int(whole):,}" + (f".{decimals}" if decimals else "")
    return f"-{grouped}" if amount < 0 else grouped


def without_repetitions(cliffs: Iterable[Cliff]) -> list[Cliff]:
    """Of cliffs that are alike but for the kind of school or student, the first."""
    found: dict[tuple[object, ...], Cliff] = {}
    for cliff in cliffs:
        key = (cliff.counted, cliff.before, cliff.loss, tuple(cliff.lines.items()))
        found.setdefault(key, cliff)
    return list(found.values())
