"""Rulebook to checked rulebook: every name, kind, level, key and band, before any data is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from formula_funding.compile.attributes import attribute_of, check_attribute, symbol_of
from formula_funding.compile.constants import check_derived, check_printed, derived_figures
from formula_funding.compile.counting import counting_of, warn_of_dates_unread
from formula_funding.compile.dated_bands import DatedBanding, dated_banding, days_of_bands
from formula_funding.compile.formula_report import FormulaReport
from formula_funding.compile.formulas import formulas_of
from formula_funding.compile.goals import check_goals
from formula_funding.compile.line_kind import check_kind_of_line
from formula_funding.compile.monotone import check_monotone
from formula_funding.compile.names import AS_OF, can_be_said, check_names, names_by_section
from formula_funding.compile.neutrality import check_neutrality
from formula_funding.compile.order import order_of_computing
from formula_funding.compile.parameters import DatedParameter, dated_parameter, goal_name, goal_of
from formula_funding.compile.requirement import requirement
from formula_funding.compile.sources import check_sources, source_on
from formula_funding.compile.total import PATH, TOTAL, with_total
from formula_funding.compile.unit_tables import unit_tables
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.rounding import Rounding
from formula_funding.formula.check import check_formula
from formula_funding.formula.checking import Checked
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.parse import FormulaSyntaxError, parse_formula
from formula_funding.formula.scope import Scope, Symbol, units_of
from formula_funding.formula.tree import (
    COLLECTIONS,
    Number,
    Tree,
    names,
    names_read,
)
from formula_funding.formula.weight import MAX_WEIGHT, weight_of
from formula_funding.model.counting import Counting
from formula_funding.model.plan import (
    STUDENTS,
    Attribute,
    Banding,
    Calculation,
    Line,
    Role,
    UnitTable,
)
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.read.rulebook_from_yaml import PlacedRulebook
from formula_funding.rules import rulebook as written
from formula_funding.rules.rulebook import Rulebook


@dataclass(frozen=True)
class CheckedRulebook:
    """A rulebook in which every formula is known to be sound, for all its dates."""

    rulebook: Rulebook
    attributes: Mapping[str, Attribute]
    tables: Mapping[str, UnitTable]
    derived: Mapping[str, Tree]
    """By what arithmetic a figure comes from others, where the rulebook says so."""
    parameters: Mapping[str, DatedParameter]
    bandings: Mapping[str, DatedBanding]
    items: tuple[Banding | Calculation | Line, ...]
    """In the order of computing; a banding has the bands of all dates."""
    places: Places
    counting: Counting
    files: tuple[Path, ...]
    """All that were read: the rulebook's own first, then those that it is based on."""


def check_rulebook(placed: PlacedRulebook, problems: Problems) -> CheckedRulebook:
    """Check a whole rulebook.

    Raises ProblemsFoundError with all problems; warnings (a legacy scheme, a parameter that
    nothing reads) stay in `problems`.
    """
    return _RulebookChecker(placed, problems).check()


class _RulebookChecker:
    def __init__(self, placed: PlacedRulebook, problems: Problems) -> None:
        self._rulebook = placed.rulebook
        self._places = placed.places
        self._files = placed.files
        self._problems = problems
        self._symbols: dict[str, Symbol] = {AS_OF: Symbol(AS_OF, Kind.DATE, Level.SYSTEM)}
        self._broken = placed.broken
        for name in placed.broken:
            self._symbols[name] = Symbol(name, Kind.UNKNOWN, Level.SYSTEM)
        self._attributes: dict[str, Attribute] = {}
        self._parameters: dict[str, DatedParameter] = {}
        self._bandings: dict[str, DatedBanding] = {}
        self._trees: dict[Path_, Tree] = {}
        self._items: list[Banding | Calculation | Line] = []
        self._weights: dict[str, int] = {}

    def check(self) -> CheckedRulebook:
        check_names(self._rulebook, self._places, self._problems)
        check_sources(self._rulebook, self._broken, self._places, self._problems)
        self._declare_attributes()
        self._parse_formulas()
        self._add_total()
        if not self._rulebook.lines and not self._broken:
            self._problems.add(
                codes.NOTHING_PAID, "the rulebook has no lines", self._places.key(("lines",))
            )
        if self._rulebook.payment is not None and self._rulebook.points is not None:
            self._problems.add(
                codes.WRONG_VALUE,
                "points are not paid in instalments",
                self._places.key(("payment",)),
                "leave `payment` out",
            )
        order = self._order()
        book = self._rulebook
        for name in (*book.define, *book.steps, *book.lines, *book.require):
            # Until it is checked; what reads it earlier stands in a circle, which is told already.
            self._symbols.setdefault(name, Symbol(name, Kind.UNKNOWN, Level.SYSTEM))
        for name in order:
            self._check_named(name)
        derived = derived_figures(
            self._rulebook, self._parameters, self._scope(), self._places, self._problems
        )
        checked = CheckedRulebook(
            self._rulebook,
            self._attributes,
            unit_tables(self._rulebook, self._symbols, self._places, self._problems),
            derived,
            self._parameters,
            self._bandings,
            tuple(self._items),
            self._places,
            counting_of(self._rulebook, self._attributes, self._places, self._problems),
            self._files,
        )
        check_goals(checked.parameters, checked.items, self._places, self._problems)
        goals = {name: p.goal for name, p in checked.parameters.items() if p.goal is not None}
        check_neutrality(checked.attributes, checked.items, goals, self._rulebook, self._problems)
        check_printed(checked.parameters, self._places, self._problems)
        self._problems.stop_if_errors()
        check_derived(derived, checked.parameters, self._places, self._problems)
        self._check_monotone(checked)
        self._problems.stop_if_errors()
        self._warn_of_unused_parameters({name for tree in derived.values() for name in names(tree)})
        warn_of_dates_unread(checked.counting, checked.items, self._places, self._problems)
        return checked

    def _check_monotone(self, checked: CheckedRulebook) -> None:
        """The proof for each time with bands of its own, up to the first that fails."""
        days = days_of_bands(checked.bandings.values())
        for since, until in zip(days, [*days[1:], None], strict=True):
            known = len(self._problems)
            check_monotone(
                self._rulebook,
                checked.attributes,
                {name: p.between(since, until) for name, p in checked.parameters.items()},
                tuple(
                    (checked.bandings[item.name].in_force(since) or item)
                    if isinstance(item, Banding)
                    else item
                    for item in checked.items
                ),
                self._places,
                self._problems,
            )
            if len(self._problems) > known:
                return

    # attributes

    def _declare_attributes(self) -> None:
        for section, level, declared in (
            (("students",), Level.STUDENT, self._rulebook.students),
            (("schools",), Level.SCHOOL, self._rulebook.schools),
            *(
                (("tables", table, "attributes"), Level.STUDENT, given.attributes)
                for table, given in self._rulebook.tables.items()
            ),
        ):
            units = section[1] if len(section) > 1 else section[0]
            for name, given in declared.items():
                attribute = attribute_of(name, level, units, given)
                check_attribute(attribute, given, (*section, name), self._places, self._problems)
                self._attributes.setdefault(name, attribute)
                self._symbols.setdefault(name, symbol_of(attribute))

    # order

    def _parse_formulas(self) -> None:
        for path, text in formulas_of(self._rulebook).items():
            try:
                self._trees[path] = parse_formula(text)
            except FormulaSyntaxError as error:
                self._at_formula(path)(codes.SYNTAX, error.message, error.span, error.hint)

    def _add_total(self) -> None:
        if any(TOTAL in names for names in names_by_section(self._rulebook).values()):
            return
        if not all(map(can_be_said, self._rulebook.lines)):
            # The names are told already; no formula can add up such lines.
            self._symbols[TOTAL] = Symbol(TOTAL, Kind.UNKNOWN, Level.SYSTEM)
            return
        self._rulebook, self._places = with_total(
            self._rulebook, self._trees, self._values_of(), self._places
        )
        if TOTAL in self._rulebook.steps:
            self._trees[PATH] = parse_formula(self._rulebook.steps[TOTAL].formula)

    def _order(self) -> list[str]:
        """Parameters, definitions, steps and lines so that each stands after what it reads."""
        book = self._rulebook
        reads: dict[str, list[str]] = {}
        places: dict[str, Place] = {}
        for name, parameter in book.parameters.items():
            reads[name] = list(parameter.by)
            places[name] = self._places.key(("parameters", name))
        for name, definition in book.define.items():
            reads[name] = [definition.from_] if definition.from_ else []
            places[name] = self._places.key(("define", name))
        for section, section_names in (
            ("steps", book.steps),
            ("lines", book.lines),
            ("require", book.require),
        ):
            for name in section_names:
                reads.setdefault(name, [])
                places[name] = self._places.key((section, name))
        for path, tree in self._trees.items():
            name = (
                goal_name(str(path[1]), str(path[3])) if path[0] == "parameters" else str(path[1])
            )
            reads.setdefault(name, []).extend(names_read(tree, self._values_of()))
            places.setdefault(name, self._places.value(path))
        return order_of_computing(reads, places, self._problems)

    def _values_of(self) -> dict[str, frozenset[str]]:
        """The values of each category, also of those that have not been checked yet."""
        values = {name: frozenset(a.values) for name, a in self._attributes.items() if a.values}
        bands = {name: frozenset(d.band_names) for name, d in self._rulebook.define.items()}
        return values | bands

    # one name at a time

    def _check_named(self, name: str) -> None:
        book = self._rulebook
        if name in book.parameters:
            self._check_parameter(name)
        elif name in book.define and book.define[name].from_ is not None:
            self._check_banding(name, book.define[name])
        elif name in book.define or name in book.steps:
            self._check_calculation(name)
        elif name in book.require:
            self._check_requirement(name)
        elif name in book.lines:
            self._check_line(name, book.lines[name])
        else:
            self._check_goal(*goal_of(name))

    def _scope(self) -> Scope:
        tables = {
            name: p.table(self._bandings) for name, p in self._parameters.items() if p.written.by
        }
        return Scope(self._symbols, tables, collections=(*COLLECTIONS, *self._rulebook.tables))

    def _check_parameter(self, name: str) -> None:
        known = len(self._problems)
        parameter = dated_parameter(
            name, self._rulebook, self._symbols, self._places, self._problems
        )
        if any(problem.is_error for problem in list(self._problems)[known:]):
            # What formulas make of it would only repeat the problem.
            self._symbols[name] = Symbol(name, Kind.UNKNOWN, Level.SYSTEM)
            return
        self._parameters[name] = parameter
        if not parameter.written.by:
            values = [v for version in parameter.versions for v in version.values.values()]
            whole = all(value.denominator == 1 for value in values)
            if parameter.goal is not None:
                whole = parameter.goal.unit.denominator == 1
            self._symbols[name] = Symbol(name, parameter.kind, Level.SYSTEM, whole=whole)

    def _check_banding(self, name: str, definition: written.Definition) -> None:
        path: Path_ = ("define", name)
        source = self._symbols.get(definition.from_ or "")
        unknown = Symbol(name, Kind.UNKNOWN, Level.SYSTEM)
        if source is None or source.kind is Kind.UNKNOWN:
            if source is None:
                self._problems.add(
                    codes.UNKNOWN_NAME,
                    f"`from` names `{definition.from_}`, which is no attribute or definition",
                    self._places.value((*path, "from")),
                    did_you_mean(definition.from_ or "", self._symbols),
                )
            self._symbols[name] = unknown
            return
        dated = dated_banding(name, definition, source, self._places, self._problems)
        values = dated.banding.values
        self._symbols[name] = Symbol(name, Kind.CATEGORY, source.level, source.units, values)
        self._bandings[name] = dated
        self._items.append(dated.banding)

    def _check_calculation(self, name: str) -> None:
        book = self._rulebook
        section = "define" if name in book.define else "steps"
        given = book.define[name] if section == "define" else book.steps[name]
        assert given.formula is not None
        path: Path_ = (section, name, "formula")
        checked = self._checked(path)
        units = units_of(checked.tree, self._symbols)
        self._symbols[name] = Symbol(
            name,
            checked.kind,
            checked.level,
            units[0] if units else "",
            checked.values,
            checked.whole,
        )
        self._items.append(
            Calculation(
                name,
                Role.DEFINITION if section == "define" else Role.STEP,
                checked.level,
                Kind.NUMBER if checked.kind is Kind.LITERAL else checked.kind,
                checked.tree,
                given.formula,
                given.title,
                source_on(given.source, None),
                self._places.key((section, name)),
                checked.values,
            )
        )

    def _check_goal(self, parameter: str, field: str) -> None:
        """One of the two sums by which a parameter is solved for."""
        solve = self._rulebook.parameters[parameter].solve
        assert solve is not None
        path: Path_ = ("parameters", parameter, "solve", field)
        checked = self._checked(path)
        if not checked.kind.is_numeric:
            self._problems.add(
                codes.WRONG_KIND,
                f"a sum is needed here, not {checked.kind.in_words}",
                self._places.value(path),
            )
        elif checked.level is not Level.SYSTEM:
            self._problems.add(
                codes.WRONG_LEVEL,
                "one sum of all schools is needed here, not a value of each",
                self._places.value(path),
                f"write sum({solve.so_that if field == 'so_that' else solve.target} of schools)",
            )
        self._items.append(
            Calculation(
                goal_name(parameter, field),
                Role.GOAL,
                Level.SYSTEM,
                checked.kind,
                checked.tree,
                solve.so_that if field == "so_that" else solve.target,
                None,
                None,
                self._places.value(path),
            )
        )

    def _check_requirement(self, name: str) -> None:
        checked = self._checked(("require", name, "that"))
        given = self._rulebook.require[name]
        self._symbols[name] = Symbol(name, Kind.TRUTH, checked.level)
        self._items.append(requirement(name, given, checked, self._places, self._problems))

    def _check_line(self, name: str, line: written.Line) -> None:
        path: Path_ = ("lines", name)
        per_student = line.for_ == "each student"
        level = Level.STUDENT if per_student else Level.SCHOOL
        when = self._checked((*path, "when")) if line.when is not None else None
        amount = self._checked((*path, "amount"), when.tree if when else None)
        if when is not None and when.kind not in (Kind.TRUTH, Kind.UNKNOWN):
            self._problems.add(
                codes.WRONG_KIND,
                f"`when` needs a condition, not {when.kind.in_words}",
                self._places.value((*path, "when")),
                "compare something: needs != none",
            )
        check_kind_of_line(name, amount, self._rulebook, self._places, self._problems)
        for part, field in ((when, "when"), (amount, "amount")):
            if part is not None and part.level > level:
                self._problems.add(
                    codes.WRONG_LEVEL,
                    f"`{name}` is for each school, but its `{field}` reads an attribute of a "
                    "student",
                    self._places.value((*path, field)),
                    "write `for: each student`, or count: count(students where …)",
                )
        if line.from_ and line.until and line.from_ >= line.until:
            self._problems.add(
                codes.BAD_DATES,
                "`until` is the first day without the line and must lie after `from`",
                self._places.value((*path, "until")),
            )
        kind = Kind.MONEY if self._rulebook.points is None else Kind.NUMBER
        self._symbols[name] = Symbol(name, kind, Level.SCHOOL)
        rule = line.rounding or self._rulebook.rounding
        self._items.append(
            Line(
                name,
                line.title,
                per_student,
                amount.tree,
                line.amount,
                when.tree if when else None,
                line.when,
                Rounding(rule.to, rule.mode),
                line.codes,
                source_on(line.source, None),
                line.from_,
                line.until,
                self._places.key(path),
            )
        )

    # formulas

    def _checked(self, path: Path_, condition: Tree | None = None) -> Checked:
        tree = self._trees.get(path)
        if tree is None:
            return Checked(Number(Fraction(0)), Kind.UNKNOWN, Level.SYSTEM)
        checked = check_formula(tree, self._scope(), self._at_formula(path), condition)
        units = units_of(checked.tree, self._symbols)
        if checked.kind is Kind.UNKNOWN:
            return checked
        if len(units) > 1 or (path[0] == "lines" and units not in ([], [STUDENTS])):
            self._problems.add(
                codes.WRONG_LEVEL,
                f"a formula can't read attributes of {' and of '.join(units)}"
                + ("" if len(units) > 1 else " by itself"),
                self._places.value(path),
                f"sum them up for the school: sum(… of {units[-1]})",
            )
            return replace(checked, kind=Kind.UNKNOWN, level=Level.SYSTEM)
        self._weigh(path, checked.tree)
        return checked

    def _weigh(self, path: Path_, tree: Tree) -> None:
        """Refuse numbers of endless length where they arise, not where they are read."""
        name = str(path[1])
        own = weight_of(tree, self._weights)
        arises = all(self._weights.get(read, 1) <= MAX_WEIGHT for read in names(tree))
        if own > MAX_WEIGHT and arises:
            self._problems.add(
                codes.TOO_HEAVY,
                "the numbers of this formula can grow to millions of digits",
                self._places.value(path),
                "leave out powers of powers, and steps that multiply each other",
            )
        self._weights[name] = max(own, self._weights.get(name, 1))

    def _at_formula(self, path: Path_) -> FormulaReport:
        return FormulaReport(self._places.value(path), self._problems)

    def _warn_of_unused_parameters(self, read_otherwise: set[str]) -> None:
        values_of = self._values_of()
        read = read_otherwise | {
            name for tree in self._trees.values() for name in names_read(tree, values_of)
        }
        for name in self._rulebook.parameters:
            if name not in read:
                self._problems.add(
                    codes.UNUSED_PARAMETER,
                    f"no formula reads the parameter `{name}`",
                    self._places.key(("parameters", name)),
                )
