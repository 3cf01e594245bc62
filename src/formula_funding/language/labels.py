"""What things are called for a reader: lines, steps, values of categories, groups of students."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from formula_funding.exact.number_text import number_to_text, units_text
from formula_funding.exact.solving import Found, Goal
from formula_funding.formula.aggregates import SHARES
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import Aggregate, Lookup, Name, Number, Text, Tree
from formula_funding.language.formula_text import formula_text
from formula_funding.language.numbers import (
    amount_text,
    date_text,
    localised,
    number_text,
    period_text,
)
from formula_funding.language.words import Words
from formula_funding.model.plan import Banding, Calculation, Line, Parameter, Payment, Plan, Value
from formula_funding.rules.fields import Title

if TYPE_CHECKING:
    from formula_funding.model.explanation import AmongSchools, ExplainedLine

_ALIKE = frozenset({"sum", "mean", "min", "max", "median", "kth_largest", "only"})
"""Aggregates whose result is money where what they read is."""


class Labels:
    """Titles and formulas of one plan in one language."""

    def __init__(self, plan: Plan, language: str) -> None:
        self.plan = plan
        self.words = Words(language, in_points=plan.points is not None)
        self.language = language

    @property
    def when(self) -> str:
        """`as of 1 January 2025`, or the period for which the plan is; empty without a date."""
        if self.plan.period is not None:
            return f"{self.words('for_period')} {period_text(self.plan.period, self.language)}"
        day = self.plan.as_of
        return "" if day is None else f"{self.words('as_of')} {date_text(day, self.language)}"

    def title(self, title: Title | None, otherwise: str) -> str:
        """A title in the reader's language, or the plain name where there is none."""
        return otherwise if title is None else title.in_language(self.language)

    def of_name(self, name: str) -> str:
        """What an attribute, definition, parameter, step or line is called."""
        item = self.plan.item(name)
        if item is not None:
            return self.title(item.title, name)
        if name in self.plan.attributes:
            return self.title(self.plan.attributes[name].title, name)
        if name in self.plan.parameters:
            return self.title(self.plan.parameters[name].title, name)
        return self.words.of_formula(name)

    @property
    def measure(self) -> str:
        """The currency, or what the points are called."""
        return self.plan.measure(self.language)

    def amount(self, units: int) -> str:
        """An amount in whole units of the smallest coin or part of a point."""
        return localised(units_text(units, self.plan.places), self.language)

    def value(self, name: str, value: Value | None) -> str:
        """A value of the name, as a reader sees it."""
        if value is None:
            return self.words("does_not_exist")
        if isinstance(value, bool):
            return self.words("yes" if value else "no")
        if isinstance(value, date):
            return date_text(value, self.language)
        if isinstance(value, Fraction):
            is_amount = self._kind(name) is Kind.MONEY or isinstance(self.plan.item(name), Line)
            places = self.plan.places if is_amount else 0
            return amount_text(value, places, self.language)
        return self.category(name, value)

    def category(self, name: str, value: str) -> str:
        """The title of a category's value or of a band."""
        item = self.plan.item(name)
        if isinstance(item, Banding):
            return self.title(item.titles.get(value), value)
        if isinstance(item, Calculation):
            return self._text(value)
        attribute = self.plan.attributes.get(name)
        return self.title(attribute.values.get(value) if attribute else None, value)

    def _kind(self, name: str) -> Kind:
        item = self.plan.item(name)
        if isinstance(item, Calculation):
            return item.kind
        if isinstance(item, Line):
            return self.plan.line_kind
        if name in self.plan.parameters:
            return self.plan.parameters[name].kind
        return self.plan.attributes[name].kind if name in self.plan.attributes else Kind.NUMBER

    def group(self, values: Mapping[str, Value | None]) -> str:
        """A group of students: the values by which it is told apart."""
        if not values:
            return self.words("all_students")
        return ", ".join(
            self.value(name, value)
            if isinstance(value, str) and self._has_title(name, value)
            else f"{self.of_name(name)}: {self.value(name, value)}"
            for name, value in values.items()
        )

    def _has_title(self, name: str, value: str) -> bool:
        item = self.plan.item(name)
        if isinstance(item, Banding):
            return value in item.titles
        if isinstance(item, Calculation):
            return self._text(value) != value
        attribute = self.plan.attributes.get(name)
        return attribute is not None and attribute.values.get(value) is not None

    # formulas

    def formula(self, tree: Tree) -> str:
        """A formula with names in words."""
        return formula_text(tree, self._in_words, self._text_of, self.words)

    def formula_with(
        self,
        tree: Tree,
        values: Mapping[str, Value | None],
        aggregated: Mapping[Aggregate, Fraction | None] | None = None,
    ) -> str:
        """A formula with the numbers of one unit put in, those of its aggregates too."""

        def show(node: Name | Lookup | Aggregate | Text) -> str:
            if isinstance(node, Name) and node.name in values:
                return self.value(node.name, values[node.name])
            if isinstance(node, Name) and node.name in self.plan.parameters:
                return self.value(node.name, self.plan.parameters[node.name].values[()])
            if isinstance(node, Lookup):
                return self._rate(node, values)
            number = aggregated.get(node) if aggregated and isinstance(node, Aggregate) else None
            return self._in_words(node) if number is None else self.result(node, number)

        return formula_text(tree, show, self._text_of, self.words)

    def _rate(self, node: Lookup, values: Mapping[str, Value | None]) -> str:
        parameter = self.plan.parameters[node.table]
        keys = tuple(
            key.value
            if isinstance(key, Text)
            else _key_text(values.get(key.name))
            if isinstance(key, Name)
            else ""
            for key in node.keys
        )
        rate = parameter.values.get(keys)
        return self._in_words(node) if rate is None else self._rate_text(parameter, rate)

    def _rate_text(self, parameter: Parameter, rate: Fraction) -> str:
        places = self.plan.places if parameter.kind is Kind.MONEY else 0
        return amount_text(rate, places, self.language)

    def _in_words(self, node: Name | Lookup | Aggregate | Text) -> str:
        match node:
            case Name():
                return self.of_name(node.name)
            case Text():
                return self._text(node.value)
            case Lookup():
                table = self.plan.parameters.get(node.table)  # none before its first date
                kept_by = table.keys if table is not None else [""] * len(node.keys)
                keys = ", ".join(
                    self._text_of(name, key.value) if isinstance(key, Text) else self.formula(key)
                    for name, key in zip(kept_by, node.keys, strict=True)
                )
                return f"{self.of_name(node.table)} [{keys}]"
            case Aggregate():
                return self._aggregate(node)

    def _text_of(self, name: str, value: str) -> str:
        """A value of the category with which it is compared, or by which rates are looked up."""
        title = self.category(name, value)
        return self._text(value) if title == value else title

    def _text(self, value: str) -> str:
        """A value of some category, by the first title that any category gives it."""
        for attribute in self.plan.attributes.values():
            title = attribute.values.get(value)
            if title is not None:
                return title.in_language(self.language)
        for item in self.plan.items:
            if isinstance(item, Banding) and value in item.titles:
                return item.titles[value].in_language(self.language)
        return value

    def _aggregate(self, node: Aggregate) -> str:
        word = self.words.of_formula
        table = self.plan.tables.get(node.units)
        title = None if table is None else self.title(table.title, table.name)
        if node.arguments:
            comma = "; " if self.language == "ru" else ", "
            arguments = comma.join(self.formula(argument) for argument in node.arguments)
            of = word(f"of {node.units}") if title is None else self.words("of_table", table=title)
            inside = f"{arguments} {of}"
        else:
            inside = word(node.units) if title is None else self.words("rows_of_table", table=title)
        if node.where is not None:
            inside += self.words("where", condition=self.formula(node.where))
        if node.by:
            keys = [
                self.of_name(of) if of == own else f"{self.of_name(of)} = {self.of_name(own)}"
                for of, own in zip(node.by, node.asked_by, strict=True)
            ]
            inside += f" {word('by')} {', '.join(keys)}"
        return f"{word(node.function)}({inside})"

    # what is solved for

    def goal(self, goal: Goal, formula: Callable[[Tree], str] | None = None) -> str:
        """What a figure is solved for by, in words."""
        show = formula or self.formula
        total, target = (show(self._goal_tree(name)) for name in (goal.total, goal.target))
        return self.words(f"found_{goal.direction.value}", total=total, target=target)

    def _goal_tree(self, name: str) -> Tree:
        item = self.plan.item(name)
        assert isinstance(item, Calculation)
        return item.tree

    def proof(self, goal: Goal, found: Found) -> str:
        """The sum at the figure that was found, what remains, the sum one unit on, and how it is
        known that there is no other such place.
        """
        total, at = self.value(goal.total, found.total), self._plain(found.value)
        told = self.words("sum_at", value=at, total=total)
        if found.remainder:
            word = "remains" if found.remainder > 0 else "exceeds"
            rest = self.value(goal.total, abs(found.remainder))
            told += f" ({self.words(word, n=rest)})"
        if found.beyond is not None:
            at, total = self._plain(found.beyond), self.value(goal.total, found.total_beyond)
            told += f"; {self.words('sum_at', value=at, total=total)}"
        if goal.goes_one_way:
            return f"{told}; {self.words('goes_one_way')}"
        return f"{told}; {self.words('tried_at', n=str(found.tried))}"

    # lines

    def source(self, source: str | None) -> str:
        """A source with its date and page."""
        if source is None or source not in self.plan.sources:
            return ""
        found = self.plan.sources[source]
        parts = [found.title.in_language(self.language)]
        if found.published:
            parts.append(date_text(found.published, self.language))
        return ", ".join([*parts, *([found.page] if found.page else [])])

    def sources_of(self, line: Line) -> list[str]:
        """The sources of a line and of the figures that it reads, each once; none out of force."""
        if not line.in_force(self.plan.as_of):
            return []
        ids = [line.source]
        for name in sorted(self.plan.reads(line.trees)):
            if name in self.plan.parameters:
                ids += self.plan.parameters[name].cited
            item = self.plan.item(name)
            if isinstance(item, Calculation):
                ids.append(item.source)
            elif isinstance(item, Banding):
                ids.append(item.cited)
        return [source for source in dict.fromkeys(ids) if source and source in self.plan.sources]

    def note(self, source: str) -> str | None:
        """What the rulebook remarks on a source."""
        note = self.plan.sources[source].note
        return None if note is None else note.in_language(self.language)

    def among(self, standing: AmongSchools) -> str:
        """Where a school stands in an aggregate over schools: its part of the whole."""
        aggregate = standing.aggregate
        name = self.words.of_formula(aggregate.function)
        parts = [
            f"{self.formula(argument)} = {self.result(argument, value)}"
            for argument, value in zip(aggregate.arguments, standing.given, strict=False)
            if not isinstance(argument, Number)
        ]
        if not standing.own or aggregate.own:  # of others: the school is not among them
            parts.append(self.words("among", n=standing.schools))
        else:
            parts_read = aggregate.arguments[len(standing.given) :]
            for part, *both in zip(parts_read, standing.own, standing.together, strict=True):
                shown, of_all = (self.result(part, value) for value in both)
                told = self.words("of_together", own=shown, together=of_all, n=standing.schools)
                parts.append(told)
        if aggregate.function in SHARES and standing.given[0] is not None:
            weight, weights = standing.own[0], standing.together[0]
            if weight is not None and weights:
                share = standing.given[0] * weight / weights
                exact = self.result(aggregate.arguments[0], share)
                parts.append(self.words("exact_share", share=exact))
        return f"{name}: {'; '.join(parts)}"

    def result(self, tree: Tree, value: Fraction | None) -> str:
        """What a formula comes to: as money if it is a name, a rate or an aggregate of money."""
        match tree:
            case Name():
                return self.value(tree.name, value)
            case Lookup() if value is not None:
                return self._rate_text(self.plan.parameters[tree.table], value)
            case Aggregate(function) if function in SHARES:
                return self.result(tree.arguments[0], value)
            case Aggregate(function) if function in _ALIKE:
                return self.result(tree.arguments[-1], value)
        return self._plain(value)

    def _plain(self, value: Fraction | None) -> str:
        return self.words("does_not_exist") if value is None else number_text(value, self.language)

    def rounding(self, explained: ExplainedLine) -> str | None:
        """How the exact sum was rounded; None if nothing was."""
        line = explained.line
        if explained.unrounded * 10**self.plan.places == explained.amount:
            return None
        exact = amount_text(explained.unrounded, self.plan.places, self.language)
        unit = number_text(line.rounding.unit, self.language)
        mode = self.words(line.rounding.mode.value)
        return f"{exact}, {self.words('rounded')} {self.words('to')} {unit} ({mode})"

    def codes(self, line: Line) -> str:
        """`kosgu 211, cost_type labour`; empty without codes."""
        return ", ".join(f"{name} {code}" for name, code in line.codes.items())

    def payment(self, payment: Payment) -> str:
        """How instalments are rounded and where the remainder goes."""
        unit = number_text(payment.rounding.unit, self.language)
        mode = self.words(payment.rounding.mode.value)
        rounded = f"{self.words('rounded')} {self.words('to')} {unit} ({mode})"
        return f"{rounded}; {self.words(f'remainder_{payment.remainder.value}')}"

    def zero_reason(self, explained: ExplainedLine) -> str | None:
        """Why a line is zero."""
        from formula_funding.model.explanation import ZeroReason

        reason = explained.zero_reason
        if reason is None:
            return None
        return self.words("rate_zero" if reason is ZeroReason.RATE else reason.value)


def _key_text(value: Value | None) -> str:
    """A value as the key of a table of rates."""
    return number_to_text(value) if isinstance(value, Fraction) else str(value)
