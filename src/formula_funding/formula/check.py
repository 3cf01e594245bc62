"""Checks a formula before any data is read: names, kinds, levels, the keys of rate tables.

Returns the tree with bare words turned into category values, its kind and its level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code
from formula_funding.diagnostics.wording import counted, did_you_mean
from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.aggregates import AGGREGATES
from formula_funding.formula.check_aggregate import check_aggregate
from formula_funding.formula.check_lookup import check_lookup
from formula_funding.formula.checking import (
    Checked,
    is_choice,
    is_written_whole,
    listed,
    number_written,
    words_of,
    written,
)
from formula_funding.formula.function_names import function_meant
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS, MAX_ROUNDING_DIGITS, Function
from formula_funding.formula.kinds import (
    Kind,
    KindError,
    Level,
    product_kind,
    quotient_kind,
    sum_kind,
)
from formula_funding.formula.narrow import narrowed
from formula_funding.formula.scope import Scope
from formula_funding.formula.tree import (
    SCHOOL_ID,
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
        self.scope = scope
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
                return check_lookup(self, tree)
            case Call():
                return self._call(tree)
            case Operation():
                return self._operation(tree)
            case Membership():
                return self._membership(tree)
            case Aggregate():
                return check_aggregate(self, tree)

    def within(self, condition: Tree) -> _Checker:
        """A checker for what is only computed where a condition holds."""
        return _Checker(narrowed(self.scope, condition), self._report, self._declared)

    def of_others(self, inner: Level) -> _Checker:
        """A checker for an aggregate: what holds for one student or school says nothing of others.

        Conditions on what they all share, such as the school of a school's students, stay.
        """
        symbols = {
            name: self._declared.symbols[name] if symbol.level >= inner else symbol
            for name, symbol in self.scope.symbols.items()
        }
        conditions = tuple(
            condition
            for condition in self.scope.conditions
            if all(symbols[name].level < inner for name in names(condition) if name in symbols)
        )
        scope = replace(self.scope, symbols=symbols, conditions=conditions)
        return _Checker(scope, self._report, self._declared)

    def wrong(self, code: Code, message: str, tree: Tree, hint: str | None = None) -> Checked:
        self._report(code, message, tree.span, hint)
        return Checked(tree, Kind.UNKNOWN, Level.SYSTEM)

    # names and tables

    def _name(self, tree: Name) -> Checked:
        symbol = self.scope.symbols.get(tree.name)
        if symbol is not None:
            return Checked(tree, symbol.kind, symbol.level, symbol.values, symbol.whole)
        table = self.scope.tables.get(tree.name)
        if table is not None:
            return self.wrong(
                codes.TABLE_WITHOUT_KEY,
                f"`{tree.name}` has a value for each {' and '.join(table.keys)}",
                tree,
                f"write `{tree.name}[{', '.join(table.keys)}]`",
            )
        if tree.name in self.scope.collections:
            return self.wrong(
                codes.UNKNOWN_NAME,
                f"`{tree.name}` is no value by itself",
                tree,
                f"write count({tree.name}) or sum(… of {tree.name})",
            )
        return self.wrong(
            codes.UNKNOWN_NAME,
            f"unknown name `{tree.name}`",
            tree,
            "it stands after `by` alone: by school_id = located_in"
            if tree.name == SCHOOL_ID
            else did_you_mean(tree.name, self.scope.names),
        )

    def as_value_of(self, tree: Tree, values: tuple[str, ...]) -> Checked | None:
        """`tree` as a bare or quoted value of a category, if it is one, or as a choice of them."""
        if is_choice(tree):
            assert isinstance(tree, Call)
            return self._conditional(tree, values)
        if isinstance(tree, Name):
            if tree.name not in values or tree.name in self.scope.symbols:
                return None
            word = tree.name
        elif isinstance(tree, Number) and tree.value.denominator == 1 and not tree.percent:
            word = str(tree.value.numerator)
        elif isinstance(tree, Text):
            word = tree.value
        else:
            return None
        if word not in values:
            return self.wrong(
                codes.UNKNOWN_VALUE,
                f"`{word}` is none of the values {listed(values)}",
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
                return self.wrong(
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
            return self.wrong(codes.WRONG_KIND, error.message, tree, error.hint)
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
        operands = [self.condition(operand) for operand in tree.operands]
        level = max(operand.level for operand in operands)
        rebuilt = replace(tree, operands=tuple(operand.tree for operand in operands))
        return Checked(rebuilt, Kind.TRUTH, level)

    def condition(self, tree: Tree) -> Checked:
        checked = self.check(tree)
        if checked.kind not in (Kind.TRUTH, Kind.UNKNOWN):
            return self.wrong(
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
            return self.wrong(codes.WRONG_KIND, error.message, tree, error.hint)
        if kind in (Kind.CATEGORY, Kind.TRUTH) and tree.operator not in {"=", "!="}:
            return self.wrong(
                codes.WRONG_KIND,
                f"values of a {kind.value} have no order",
                tree,
                "list the values: in [a, b], or in 1..4",
            )
        if kind is Kind.CATEGORY and not set(left.values) & set(right.values):
            return self.wrong(codes.UNKNOWN_VALUE, "the two sides have no value in common", tree)
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

    def _value_beside(self, tree: Tree, category: Checked, *, may_be_new: bool = False) -> Checked:
        if isinstance(tree, Name) and tree.name in category.values:
            return Checked(
                Text(tree.name, span=tree.span), Kind.CATEGORY, Level.SYSTEM, (tree.name,)
            )
        value = self.as_value_of(tree, category.values)
        if value is not None:
            return value
        if isinstance(tree, Name) and tree.name not in self.scope.names:
            hint = did_you_mean(tree.name, category.values)
            quoted = f'a new text stands in quotation marks: "{tree.name}"' if may_be_new else None
            return self.wrong(
                codes.UNKNOWN_VALUE,
                f"`{tree.name}` is none of the values {listed(category.values)}",
                tree,
                "; ".join(filter(None, (hint, quoted))) or None,
            )
        return self._compared(tree)

    def _compared(self, tree: Tree) -> Checked:
        """As `check`; a condition may ask for a value that a condition around it leaves out."""
        if isinstance(tree, Name):
            return _Checker(self._declared, self._report).check(tree)
        return self.check(tree)

    def _category(self, tree: Tree) -> Checked | None:
        if is_choice(tree):
            chosen = self.check(tree)
            return chosen if chosen.kind in (Kind.CATEGORY, Kind.UNKNOWN) else None
        if isinstance(tree, Name):
            symbol = self.scope.symbols.get(tree.name)
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
                    self.wrong(codes.WRONG_KIND, f"`{member.value}` is not a number", member)
            members = tree.members
        else:
            return self.wrong(
                codes.WRONG_KIND,
                f"`in` asks a category or a number, not {item.kind.in_words}",
                tree,
                "declare its values to make it a category, or compare with = and `or`",
            )
        for member in tree.members:
            if isinstance(member, Interval) and member.first > member.last:
                self.wrong(
                    codes.EMPTY_RANGE,
                    f"the range {number_to_text(member.first)}..{number_to_text(member.last)} is "
                    "empty",
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
                        f"`{word}` is none of the values {listed(values)}",
                        member.span,
                        did_you_mean(word, values),
                    )
                words.append(Text(word, span=member.span))
        return tuple(words)

    # functions and aggregates

    def _call(self, tree: Call) -> Checked:
        if tree.function == CONDITIONAL:
            return self._conditional(tree)
        only = tree.arguments[0] if len(tree.arguments) == 1 else None
        if isinstance(only, Name) and only.name in self.scope.collections:
            return self.check(Aggregate(tree.function, only.name, span=tree.span))
        if tree.function in AGGREGATES and tree.function not in FUNCTIONS:
            return self.wrong(
                codes.WRONG_ARGUMENTS,
                f"`{tree.function}` is made over {', '.join(self.scope.collections[:-1])} or "
                f"{self.scope.collections[-1]}",
                tree,
                f"write {AGGREGATES[tree.function].signature}"
                + ("; add numbers with +" if tree.function == "sum" else ""),
            )
        function = FUNCTIONS.get(tree.function)
        if function is None and tree.function in self.scope.tables:
            return self.wrong(
                codes.UNKNOWN_FUNCTION,
                f"`{tree.function}` is a table of rates, not a function",
                tree,
                f"a rate is read with square brackets: {tree.function}[…]",
            )
        if function is None:
            return self.wrong(
                codes.UNKNOWN_FUNCTION,
                f"unknown function `{tree.function}`",
                tree,
                function_meant(tree.function, [*FUNCTIONS, *AGGREGATES, CONDITIONAL]),
            )
        given, most = len(tree.arguments), function.most_arguments
        if given < function.least_arguments or (most is not None and given > most):
            return self.wrong(
                codes.WRONG_ARGUMENTS,
                f"`{function.name}` has {counted(given, 'argument')}",
                tree,
                f"write {function.signature}",
            )
        arguments = [self.check(argument) for argument in tree.arguments]
        values = arguments[: given - function.written]
        misfit = self._misfit(function, tree)
        if misfit is not None:
            return misfit
        kind = values[0].kind
        for value, part in zip(values, tree.arguments, strict=False):
            if not value.kind.is_numeric:
                return self.wrong(
                    codes.WRONG_KIND, f"a number is needed here, not {value.kind.in_words}", part
                )
            try:
                kind = sum_kind(kind, value.kind, verb="used beside")
            except KindError as error:
                return self.wrong(codes.WRONG_KIND, error.message, part, error.hint)
        whole = all(value.whole for value in values) or (
            function.written == 1 and written(tree.arguments[-1]) <= 0
        )
        if function.kind is not None and kind is not Kind.UNKNOWN:
            kind, whole = function.kind, False
        level = max(argument.level for argument in arguments)
        rebuilt = replace(tree, arguments=tuple(argument.tree for argument in arguments))
        return Checked(rebuilt, kind, level, whole=whole)

    def _misfit(self, function: Function, tree: Call) -> Checked | None:
        """What is wrong with arguments that are written as numbers; None if nothing is."""
        for part in tree.arguments[len(tree.arguments) - function.written :]:
            if not is_written_whole(part):
                return self.wrong(
                    codes.WRONG_ARGUMENTS,
                    "a whole number must be written here, "
                    f"from -{MAX_ROUNDING_DIGITS} to {MAX_ROUNDING_DIGITS}",
                    part,
                    f"for example {function.example}",
                )
        nonsense = function.nonsense([number_written(part) for part in tree.arguments])
        if nonsense is None:
            return None
        return self.wrong(codes.WRONG_ARGUMENTS, nonsense, tree, f"write {function.signature}")

    def _conditional(self, tree: Call, values: tuple[str, ...] = ()) -> Checked:
        """`if`; with the `values` of a category beside it, words in it are of them."""
        if len(tree.arguments) != 3:
            return self.wrong(
                codes.WRONG_ARGUMENTS,
                f"`if` has {counted(len(tree.arguments), 'argument')}",
                tree,
                "write if(condition, value if it holds, value if not)",
            )
        condition = self.condition(tree.arguments[0])
        otherwise = Operation("not", (condition.tree,))
        checkers = self.within(condition.tree), self.within(otherwise)
        yes, no = self._branches(checkers, tree.arguments[1:], values)
        for branch, part in ((yes, tree.arguments[1]), (no, tree.arguments[2])):
            if branch.kind is Kind.TRUTH:
                return self.wrong(
                    codes.WRONG_KIND,
                    "`if` chooses between numbers, categories, texts or dates, not between truths",
                    part,
                    "join conditions with and, or, not",
                )
        try:
            kind = sum_kind(yes.kind, no.kind, verb="an alternative to")
        except KindError as error:
            return self.wrong(codes.WRONG_KIND, error.message, tree, error.hint)
        level = max(condition.level, yes.level, no.level)
        rebuilt = replace(tree, arguments=(condition.tree, yes.tree, no.tree))
        either = tuple(dict.fromkeys((*yes.values, *no.values)))
        return Checked(rebuilt, kind, level, either, yes.whole and no.whole)

    def _unknown_word(self, tree: Tree) -> Checked:
        assert isinstance(tree, Name)
        hint = did_you_mean(tree.name, self.scope.names)
        quoted = f'a value of a category that is made here stands in quotes: "{tree.name}"'
        message = f"unknown name `{tree.name}`"
        return self.wrong(
            codes.UNKNOWN_NAME, message, tree, f"{hint}; {quoted}" if hint else quoted
        )

    def _branches(
        self, checkers: tuple[_Checker, _Checker], parts: Sequence[Tree], values: tuple[str, ...]
    ) -> tuple[Checked, Checked]:
        """Both branches; a word beside a category in the other one is one of its values."""
        if values:
            first, second = (
                checker.as_value_of(part, values) or checker.check(part)
                for checker, part in zip(checkers, parts, strict=True)
            )
            return first, second
        words = [isinstance(part, Name) and part.name not in self.scope.names for part in parts]
        if all(words):
            first, second = (self._unknown_word(part) for part in parts)
            return first, second
        beside = self._category(parts[words.index(False)]) if words[0] != words[1] else None
        if beside is None or beside.kind is Kind.UNKNOWN:
            first, second = (c.check(part) for c, part in zip(checkers, parts, strict=True))
            return first, second
        first, second = (
            checker._value_beside(part, beside, may_be_new=True) if is_word else checker.check(part)
            for checker, part, is_word in zip(checkers, parts, words, strict=True)
        )
        return first, second
