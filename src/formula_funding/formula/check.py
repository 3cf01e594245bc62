"""Checks a formula before any data is read: names, kinds, levels, the keys of rate tables.

Returns the tree with bare words turned into category values, its kind and its level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code
from formula_funding.diagnostics.wording import counted, did_you_mean
from formula_funding.formula.aggregates import AGGREGATES, WRITTEN, AggregateFunction, level_of
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS, MAX_ROUNDING_DIGITS
from formula_funding.formula.kinds import (
    Kind,
    KindError,
    Level,
    product_kind,
    quotient_kind,
    sum_kind,
)
from formula_funding.formula.narrow import decided, narrowed
from formula_funding.formula.scope import Scope, Table
from formula_funding.formula.tree import (
    COLLECTIONS,
    Aggregate,
    Call,
    Day,
    Interval,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Span,
    Text,
    Tree,
    names,
)

Report = Callable[[Code, str, Span, str | None], None]


@dataclass(frozen=True)
class Checked:
    """A checked formula; `values` is set for a category."""

    tree: Tree
    kind: Kind
    level: Level
    values: tuple[str, ...] = ()
    whole: bool = False


def check_formula(
    tree: Tree, scope: Scope, report: Report, condition: Tree | None = None
) -> Checked:
    """Check `tree` against `scope`; every problem goes to `report`.

    With a checked `condition`, the formula is only computed where it holds.
    A part with a problem has the kind UNKNOWN and raises no further ones.
    """
    checker = _Checker(scope, report)
    return (checker if condition is None else checker.within(condition)).check(tree)


class _Checker:
    """Checks by `scope`, which conditions narrow; `declared` is the scope without conditions."""

    def __init__(self, scope: Scope, report: Report, declared: Scope | None = None) -> None:
        self._scope = scope
        self._report = report
        self._declared = declared or scope

    def check(self, tree: Tree) -> Checked:
        match tree:
            case Number():
                kind = Kind.RATIO if tree.percent else Kind.LITERAL
                return Checked(tree, kind, Level.SYSTEM, whole=tree.value.denominator == 1)
            case Day():
                return Checked(tree, Kind.DATE, Level.SYSTEM)
            case Text():
                return Checked(tree, Kind.CATEGORY, Level.SYSTEM, (tree.value,))
            case Name():
                return self._name(tree)
            case Lookup():
                return self._lookup(tree)
            case Call():
                return self._call(tree)
            case Operation():
                return self._operation(tree)
            case Membership():
                return self._membership(tree)
            case Aggregate():
                return self._aggregate(tree)

    def within(self, condition: Tree) -> _Checker:
        """A checker for what is only computed where a condition holds."""
        return _Checker(narrowed(self._scope, condition), self._report, self._declared)

    def _of_others(self, inner: Level) -> _Checker:
        """A checker for an aggregate: what holds for one student or school says nothing of others.

        Conditions on what they all share, such as the school of a school's students, stay.
        """
        symbols = {
            name: self._declared.symbols[name] if symbol.level >= inner else symbol
            for name, symbol in self._scope.symbols.items()
        }
        conditions = tuple(
            condition
            for condition in self._scope.conditions
            if all(symbols[name].level < inner for name in names(condition) if name in symbols)
        )
        scope = Scope(symbols, self._scope.tables, conditions)
        return _Checker(scope, self._report, self._declared)

    def _wrong(self, code: Code, message: str, tree: Tree, hint: str | None = None) -> Checked:
        self._report(code, message, tree.span, hint)
        return Checked(tree, Kind.UNKNOWN, Level.SYSTEM)

    # names and tables

    def _name(self, tree: Name) -> Checked:
        symbol = self._scope.symbols.get(tree.name)
        if symbol is not None:
            return Checked(tree, symbol.kind, symbol.level, symbol.values, symbol.whole)
        table = self._scope.tables.get(tree.name)
        if table is not None:
            return self._wrong(
                codes.TABLE_WITHOUT_KEY,
                f"`{tree.name}` has a value for each {' and '.join(table.keys)}",
                tree,
                f"write `{tree.name}[{', '.join(table.keys)}]`",
            )
        if tree.name in COLLECTIONS:
            return self._wrong(
                codes.UNKNOWN_NAME,
                f"`{tree.name}` is no value by itself",
                tree,
                f"write count({tree.name}) or sum(… of {tree.name})",
            )
        return self._wrong(
            codes.UNKNOWN_NAME,
            f"unknown name `{tree.name}`",
            tree,
            did_you_mean(tree.name, self._scope.names),
        )

    def _lookup(self, tree: Lookup) -> Checked:
        table = self._scope.tables.get(tree.table)
        if table is None:
            symbol = self._scope.symbols.get(tree.table)
            if symbol is not None and symbol.kind is Kind.UNKNOWN:
                return Checked(tree, Kind.UNKNOWN, Level.SYSTEM)
            if symbol is not None:
                return self._wrong(
                    codes.NO_TABLE,
                    f"`{tree.table}` has one value, not a table of them",
                    tree,
                    f"write `{tree.table}` alone",
                )
            return self._wrong(
                codes.UNKNOWN_NAME,
                f"unknown rate table `{tree.table}`",
                tree,
                did_you_mean(tree.table, self._scope.tables),
            )
        if len(tree.keys) != len(table.keys):
            return self._wrong(
                codes.TABLE_WITHOUT_KEY,
                f"`{table.name}` is looked up by {' and '.join(table.keys)}: "
                f"{len(table.keys)} expected, {len(tree.keys)} given",
                tree,
            )
        keys = [self._key(key, table, position) for position, key in enumerate(tree.keys)]
        if not any(key.kind is Kind.UNKNOWN for key in keys):
            self._check_all_rates_exist(tree, table, [key.values for key in keys])
        level = max(key.level for key in keys)
        return Checked(replace(tree, keys=tuple(key.tree for key in keys)), table.kind, level)

    def _key(self, key: Tree, table: Table, position: int) -> Checked:
        known = table.key_values[position]
        checked = self._as_value_of(key, known) or self.check(key)
        if not known:
            return replace(checked, kind=Kind.UNKNOWN)
        if isinstance(key, Name) and checked.kind.is_numeric:
            values = self._scope.symbols[key.name].key_values
            if values:
                return replace(checked, kind=Kind.CATEGORY, values=values)
        if checked.kind not in (Kind.CATEGORY, Kind.UNKNOWN):
            return self._wrong(
                codes.WRONG_KIND,
                f"`{table.name}` is looked up by the category `{table.keys[position]}`, "
                f"not by {checked.kind.in_words}",
                key,
            )
        return checked

    def _check_all_rates_exist(
        self, tree: Lookup, table: Table, values: list[tuple[str, ...]]
    ) -> None:
        """Report the keys that can be looked up and have no rate."""
        lacking = [
            entry
            for entry in _combinations(values)
            if entry not in table.entries and self._is_possible(tree, entry)
        ]
        if not lacking:
            return
        for position, known in enumerate(table.key_values):
            unknown = [v for v in dict.fromkeys(e[position] for e in lacking) if v not in known]
            if unknown:
                self._wrong(
                    codes.MISSING_RATE,
                    f"`{table.name}` has no value for {_listed(unknown)} "
                    f"of `{table.keys[position]}`",
                    tree,
                    did_you_mean(unknown[0], known),
                )
                return
        self._wrong(
            codes.MISSING_RATE,
            f"`{table.name}` has no value for {_listed(['` and `'.join(e) for e in lacking])}",
            tree,
            "add it at every date of the table (0 where nothing is paid), "
            "or leave it out of the formula by a condition",
        )

    def _is_possible(self, tree: Lookup, entry: tuple[str, ...]) -> bool:
        """Whether the conditions let a key be looked up."""
        known = {
            key.name: value
            for key, value in zip(tree.keys, entry, strict=True)
            if isinstance(key, Name)
        }
        return not any(decided(c, known) is False for c in self._scope.conditions)

    def _as_value_of(self, tree: Tree, values: tuple[str, ...]) -> Checked | None:
        """`tree` as a bare or quoted value of a category, if it is one."""
        if isinstance(tree, Name):
            if tree.name not in values or tree.name in self._scope.symbols:
                return None
            word = tree.name
        elif isinstance(tree, Number) and tree.value.denominator == 1 and not tree.percent:
            word = str(tree.value.numerator)
        elif isinstance(tree, Text):
            word = tree.value
        else:
            return None
        if word not in values:
            return self._wrong(
                codes.UNKNOWN_VALUE,
                f"`{word}` is none of the values {_listed(values)}",
                tree,
                did_you_mean(word, values),
            )
        return Checked(Text(word, span=tree.span), Kind.CATEGORY, Level.SYSTEM, (word,))

    # operators

    def _operation(self, tree: Operation) -> Checked:
        operator = tree.operator
        if operator in {"and", "or", "not"}:
            return self._logic(tree)
        if operator in {"=", "!=", "<", "<=", ">", ">="}:
            return self._comparison(tree)
        operands = [self.check(operand) for operand in tree.operands]
        level = max(operand.level for operand in operands)
        rebuilt = replace(tree, operands=tuple(operand.tree for operand in operands))
        for operand, part in zip(operands, tree.operands, strict=True):
            if not operand.kind.is_numeric:
                return self._wrong(
                    codes.WRONG_KIND,
                    f"a number is needed here, not {operand.kind.in_words}",
                    part,
                    "use if(condition, a, b) to choose between numbers"
                    if operand.kind is Kind.TRUTH
                    else None,
                )
        whole = all(operand.whole for operand in operands) and operator != "/"
        try:
            kind = self._arithmetic_kind(operator, [operand.kind for operand in operands])
        except KindError as error:
            return self._wrong(codes.WRONG_KIND, error.message, tree, error.hint)
        return Checked(rebuilt, kind, level, whole=whole)

    @staticmethod
    def _arithmetic_kind(operator: str, kinds: list[Kind]) -> Kind:
        if operator == "negative":
            return kinds[0]
        if operator == "*":
            return product_kind(*kinds)
        if operator == "/":
            return quotient_kind(*kinds)
        if operator == "^":
            if kinds[0] is Kind.MONEY:
                raise KindError("money can't be raised to a power")
            return Kind.NUMBER if kinds[0] is Kind.COUNT else kinds[0]
        return sum_kind(
            kinds[0], kinds[1], verb="added to" if operator == "+" else "subtracted from or by"
        )

    def _logic(self, tree: Operation) -> Checked:
        operands = [self._condition(operand) for operand in tree.operands]
        level = max(operand.level for operand in operands)
        rebuilt = replace(tree, operands=tuple(operand.tree for operand in operands))
        return Checked(rebuilt, Kind.TRUTH, level)

    def _condition(self, tree: Tree) -> Checked:
        checked = self.check(tree)
        if checked.kind not in (Kind.TRUTH, Kind.UNKNOWN):
            return self._wrong(
                codes.WRONG_KIND,
                f"a condition is needed here, not {checked.kind.in_words}",
                tree,
                "compare it with something: =, !=, <, <=, >, >= or in",
            )
        return checked

    def _comparison(self, tree: Operation) -> Checked:
        left, right = self._sides(*tree.operands)
        level = max(left.level, right.level)
        rebuilt = replace(tree, operands=(left.tree, right.tree))
        texts = [side.kind is Kind.TEXT or isinstance(side.tree, Text) for side in (left, right)]
        if all(texts) and Kind.TEXT in (left.kind, right.kind) and tree.operator in {"=", "!="}:
            return Checked(rebuilt, Kind.TRUTH, level)
        try:
            kind = sum_kind(left.kind, right.kind, verb="compared with")
        except KindError as error:
            return self._wrong(codes.WRONG_KIND, error.message, tree, error.hint)
        if kind in (Kind.CATEGORY, Kind.TRUTH) and tree.operator not in {"=", "!="}:
            return self._wrong(
                codes.WRONG_KIND,
                f"values of a {kind.value} have no order",
                tree,
                "list the values: in [a, b], or in 1..4",
            )
        if kind is Kind.CATEGORY and not set(left.values) & set(right.values):
            return self._wrong(codes.UNKNOWN_VALUE, "the two sides have no value in common", tree)
        return Checked(rebuilt, Kind.TRUTH, level)

    def _sides(self, left: Tree, right: Tree) -> tuple[Checked, Checked]:
        """Both sides of a comparison; a word beside a category is one of its values."""
        for first, second, turned in ((left, right, False), (right, left, True)):
            category = self._category(first)
            if category is not None and category.kind is Kind.UNKNOWN:
                return category, category
            if category is not None:
                other = self._value_beside(second, category)
                return (other, category) if turned else (category, other)
        return self.check(left), self.check(right)

    def _value_beside(self, tree: Tree, category: Checked) -> Checked:
        if isinstance(tree, Name) and tree.name in category.values:
            return Checked(
                Text(tree.name, span=tree.span), Kind.CATEGORY, Level.SYSTEM, (tree.name,)
            )
        value = self._as_value_of(tree, category.values)
        if value is not None:
            return value
        if isinstance(tree, Name) and tree.name not in self._scope.names:
            return self._wrong(
                codes.UNKNOWN_VALUE,
                f"`{tree.name}` is none of the values {_listed(category.values)}",
                tree,
                did_you_mean(tree.name, category.values),
            )
        return self._compared(tree)

    def _compared(self, tree: Tree) -> Checked:
        """As `check`; a condition may ask for a value that a condition around it leaves out."""
        if isinstance(tree, Name):
            return _Checker(self._declared, self._report).check(tree)
        return self.check(tree)

    def _category(self, tree: Tree) -> Checked | None:
        if isinstance(tree, Name):
            symbol = self._scope.symbols.get(tree.name)
            if symbol is not None and symbol.kind in (Kind.CATEGORY, Kind.UNKNOWN):
                return self._compared(tree)
        return None

    def _membership(self, tree: Membership) -> Checked:
        item = self._compared(tree.item)
        if item.kind is Kind.UNKNOWN:
            return Checked(tree, Kind.TRUTH, Level.SYSTEM)
        if item.kind is Kind.CATEGORY:
            members = self._category_members(tree, item.values)
        elif item.kind.is_numeric:
            for member in tree.members:
                if isinstance(member, Text):
                    self._wrong(codes.WRONG_KIND, f"`{member.value}` is not a number", member)
            members = tree.members
        else:
            return self._wrong(
                codes.WRONG_KIND,
                f"`in` asks a category or a number, not {item.kind.in_words}",
                tree,
            )
        for member in tree.members:
            if isinstance(member, Interval) and member.first > member.last:
                self._wrong(
                    codes.EMPTY_RANGE,
                    f"the range {member.first}..{member.last} is empty",
                    tree,
                    "write the smaller end first",
                )
        return Checked(replace(tree, item=item.tree, members=members), Kind.TRUTH, item.level)

    def _category_members(
        self, tree: Membership, values: tuple[str, ...]
    ) -> tuple[Text | Number | Interval, ...]:
        words: list[Text] = []
        for member in tree.members:
            for word in words_of(member):
                if word not in values:
                    self._report(
                        codes.UNKNOWN_VALUE,
                        f"`{word}` is none of the values {_listed(values)}",
                        member.span,
                        did_you_mean(word, values),
                    )
                words.append(Text(word, span=member.span))
        return tuple(words)

    # functions and aggregates

    def _call(self, tree: Call) -> Checked:
        if tree.function == CONDITIONAL:
            return self._conditional(tree)
        if tree.function in AGGREGATES and tree.function not in FUNCTIONS:
            return self._wrong(
                codes.WRONG_ARGUMENTS,
                f"`{tree.function}` is made over students or schools",
                tree,
                f"write {AGGREGATES[tree.function].signature}"
                + ("; add numbers with +" if tree.function == "sum" else ""),
            )
        function = FUNCTIONS.get(tree.function)
        if function is None and tree.function in self._scope.tables:
            return self._wrong(
                codes.UNKNOWN_FUNCTION,
                f"`{tree.function}` is a table of rates, not a function",
                tree,
                f"a rate is read with square brackets: {tree.function}[…]",
            )
        if function is None:
            return self._wrong(
                codes.UNKNOWN_FUNCTION,
                f"unknown function `{tree.function}`",
                tree,
                _function_meant(tree.function, [*FUNCTIONS, *AGGREGATES, CONDITIONAL]),
            )
        given, most = len(tree.arguments), function.most_arguments
        if given < function.least_arguments or (most is not None and given > most):
            return self._wrong(
                codes.WRONG_ARGUMENTS,
                f"`{function.name}` has {counted(given, 'argument')}",
                tree,
                f"write {function.signature}",
            )
        arguments = [self.check(argument) for argument in tree.arguments]
        values = arguments[: given - function.written]
        for part in tree.arguments[len(values) :]:
            if not _is_written_whole(part):
                return self._wrong(
                    codes.WRONG_ARGUMENTS,
                    "a whole number must be written here, "
                    f"from -{MAX_ROUNDING_DIGITS} to {MAX_ROUNDING_DIGITS}",
                    part,
                    f"for example {function.example}",
                )
        kind = values[0].kind
        for value, part in zip(values, tree.arguments, strict=False):
            if not value.kind.is_numeric:
                return self._wrong(
                    codes.WRONG_KIND, f"a number is needed here, not {value.kind.in_words}", part
                )
            try:
                kind = sum_kind(kind, value.kind, verb="used beside")
            except KindError as error:
                return self._wrong(codes.WRONG_KIND, error.message, part, error.hint)
        whole = all(value.whole for value in values) or (
            function.written == 1 and _written(tree.arguments[-1]) <= 0
        )
        if function.kind is not None and kind is not Kind.UNKNOWN:
            kind, whole = function.kind, False
        level = max(argument.level for argument in arguments)
        rebuilt = replace(tree, arguments=tuple(argument.tree for argument in arguments))
        return Checked(rebuilt, kind, level, whole=whole)

    def _conditional(self, tree: Call) -> Checked:
        if len(tree.arguments) != 3:
            return self._wrong(
                codes.WRONG_ARGUMENTS,
                f"`if` has {counted(len(tree.arguments), 'argument')}",
                tree,
                "write if(condition, value if it holds, value if not)",
            )
        condition = self._condition(tree.arguments[0])
        yes = self.within(condition.tree).check(tree.arguments[1])
        otherwise = Operation("not", (condition.tree,))
        no = self.within(otherwise).check(tree.arguments[2])
        for branch, part in ((yes, tree.arguments[1]), (no, tree.arguments[2])):
            if not branch.kind.is_numeric:
                return self._wrong(
                    codes.WRONG_KIND,
                    f"`if` chooses between numbers, not {branch.kind.in_words}",
                    part,
                    "define categories with bands",
                )
        try:
            kind = sum_kind(yes.kind, no.kind, verb="an alternative to")
        except KindError as error:
            return self._wrong(codes.WRONG_KIND, error.message, tree, error.hint)
        level = max(condition.level, yes.level, no.level)
        rebuilt = replace(tree, arguments=(condition.tree, yes.tree, no.tree))
        return Checked(rebuilt, kind, level, whole=yes.whole and no.whole)

    def _aggregate(self, tree: Aggregate) -> Checked:
        function = AGGREGATES.get(tree.function)
        if function is None:
            return self._wrong(
                codes.UNKNOWN_FUNCTION,
                f"unknown aggregate `{tree.function}`",
                tree,
                _function_meant(tree.function, list(AGGREGATES)),
            )
        if tree.units not in COLLECTIONS:
            return self._wrong(
                codes.UNKNOWN_NAME,
                f"`{tree.units}` is nothing to {tree.function}",
                tree,
                did_you_mean(tree.units, COLLECTIONS),
            )
        if len(tree.arguments) != len(function.arguments) or (
            function.for_each and tree.units == "students"
        ):
            return self._wrong(
                codes.WRONG_ARGUMENTS,
                f"`{tree.function}` is written otherwise",
                tree,
                f"write {function.signature}",
            )
        inner = Level.STUDENT if tree.units == "students" else Level.SCHOOL
        by = self._grouping(tree, inner)
        outer = Level(inner - 1) if tree.units == "students" or not by else Level.SCHOOL
        inside = self._of_others(inner)
        where = inside._condition(tree.where) if tree.where is not None else None
        if where is not None:
            inside = inside.within(where.tree)
        first_read = len(function.given)
        given = [self.check(part) for part in tree.arguments[:first_read]]
        read = [inside.check(part) for part in tree.arguments[first_read:]]
        sound = self._check_given(tree, function, given, outer)
        for part in (*read, *([where] if where else [])):
            if part.level > inner:
                return self._wrong(
                    codes.WRONG_LEVEL,
                    "a student's attribute can't be read for a school",
                    part.tree,
                    "make an aggregate over students a step first, then use the step here",
                )
        for part in (*given, *read):
            if not part.kind.is_numeric:
                return self._wrong(
                    codes.WRONG_KIND,
                    f"`{tree.function}` needs a number, not {part.kind.in_words}",
                    part.tree,
                )
        kinds = [part.kind for part in (*given, *read)]
        rebuilt = replace(
            tree,
            arguments=tuple(part.tree for part in (*given, *read)),
            where=where.tree if where else None,
        )
        level = level_of(tree)
        if not sound or Kind.UNKNOWN in kinds:
            return Checked(rebuilt, Kind.UNKNOWN, level)
        try:
            kind = function.kind(kinds)
        except KindError as error:
            return self._wrong(codes.WRONG_KIND, error.message, tree, error.hint)
        whole = tree.function in {"count", "rank"} or (
            tree.function != "mean" and bool(read) and all(part.whole for part in read)
        )
        return Checked(rebuilt, kind, level, whole=whole and not given)

    def _grouping(self, tree: Aggregate, inner: Level) -> tuple[str, ...]:
        """The names after `by`, which must be categories or texts of schools."""
        for name in tree.by:
            symbol = self._scope.symbols.get(name)
            if symbol is None:
                self._wrong(
                    codes.UNKNOWN_NAME,
                    f"unknown name `{name}`",
                    tree,
                    did_you_mean(name, self._scope.symbols),
                )
            elif inner is Level.STUDENT:
                self._wrong(
                    codes.WRONG_ARGUMENTS,
                    "`by` groups schools, not students",
                    tree,
                    "an aggregate over students is each school's own",
                )
            elif symbol.level is not Level.SCHOOL or symbol.kind not in _GROUPING:
                self._wrong(
                    codes.WRONG_KIND,
                    f"schools can't be grouped by `{name}`",
                    tree,
                    "group by an attribute of schools that is a category or a text",
                )
        return tree.by

    def _check_given(
        self, tree: Aggregate, function: AggregateFunction, given: list[Checked], outer: Level
    ) -> bool:
        """Whether what is given to an aggregate as a whole belongs to the whole."""
        for name, part, checked in zip(function.given, tree.arguments, given, strict=False):
            if name in WRITTEN and not _is_written_whole(part):
                self._wrong(
                    codes.WRONG_ARGUMENTS,
                    f"`{name}` must be a whole number written in the formula",
                    part,
                    f"write {function.signature}",
                )
                return False
            if checked.level > outer:
                self._wrong(
                    codes.WRONG_LEVEL,
                    f"`{name}` differs from school to school, but belongs to all of them",
                    part,
                    "make it one figure: a parameter, or sum(… of schools)",
                )
                return False
        return True


_GROUPING = frozenset({Kind.CATEGORY, Kind.TEXT, Kind.TRUTH, Kind.UNKNOWN})


def words_of(member: Text | Number | Interval) -> list[str]:
    """The category values that one member of a list stands for: `1..3` is 1, 2 and 3."""
    match member:
        case Text():
            return [member.value]
        case Number():
            return [str(member.value)]
        case Interval():
            first, last = int(member.first), int(member.last)
            return [str(n) for n in range(first, min(last, first + 999) + 1)]


_SPREADSHEET = {
    "average": "mean",
    "averageif": "mean",
    "countif": "count",
    "countifs": "count",
    "sumif": "sum",
    "sumifs": "sum",
    "если": "if",
    "макс": "max",
    "мин": "min",
    "модуль": "abs",
    "округл": "round",
    "округлвверх": "round_up",
    "округлвниз": "round_down",
    "срзнач": "mean",
    "сумм": "sum",
    "суммесли": "sum",
    "счётесли": "count",
}
"""What spreadsheets call the functions of this language."""


def _function_meant(word: str, known: list[str]) -> str | None:
    meant = _SPREADSHEET.get(word.lower(), word)
    return did_you_mean(meant if meant in known else word, known)


def _is_written_whole(tree: Tree) -> bool:
    if isinstance(tree, Operation) and tree.operator == "negative":
        tree = tree.operands[0]
    return (
        isinstance(tree, Number)
        and tree.value.denominator == 1
        and not tree.percent
        and tree.value <= MAX_ROUNDING_DIGITS
    )


def _written(tree: Tree) -> Fraction:
    if isinstance(tree, Operation):
        return -_written(tree.operands[0])
    assert isinstance(tree, Number)
    return tree.value


def _combinations(values: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for choices in values:
        found = [(*entry, choice) for entry in found for choice in choices]
    return found


def _listed(values: tuple[str, ...] | list[str]) -> str:
    shown = ", ".join(f"`{value}`" for value in values[:6])
    return shown if len(values) <= 6 else f"{shown} and {len(values) - 6} more"
