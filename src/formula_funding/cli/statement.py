"""One school's statement on the terminal: what it gets and how every line came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rich.console import Console
from rich.table import Table
from rich.text import Text

from formula_funding.diagnostics.wording import printable
from formula_funding.formula.tree import Aggregate, Name, Tree, aggregates
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import amount_text, number_text
from formula_funding.model.explanation import (
    AmongSchools,
    ExplainedAggregate,
    ExplainedLine,
    ExplainedSchool,
    ExplainedStep,
    ZeroReason,
)
from formula_funding.model.plan import Payment, Plan, Role, Value

_GROUPS_SHOWN = 12
_INDENT = "    "


def show_statement(
    school: ExplainedSchool, plan: Plan, language: str, console: Console, line: str | None = None
) -> None:
    """Print the statement of a school, or of one of its lines."""
    _Statement(school, Labels(plan, language), console).show(line)


class _Statement:
    def __init__(self, school: ExplainedSchool, labels: Labels, console: Console) -> None:
        self._school = school
        self._labels = labels
        self._words = labels.words
        self._language = labels.language
        self._plan = labels.plan
        self._console = console
        self._values = school.values
        self._shown: set[str] = set()

    def show(self, only: str | None) -> None:
        self._heading()
        for number, explained in enumerate(self._school.lines, start=1):
            if only is None or explained.line.name == only:
                self._line(number, explained)
        if only is None:
            self._total()
            self._other_steps()
            self._requirements()

    def _heading(self) -> None:
        school, plan = self._school, self._plan
        self._console.print(Text(self._words("statement"), style="bold"))
        name = printable(f"{school.name} ({school.id})" if school.name else school.id)
        self._console.print(Text(f"{self._words('school')}: {name}", style="bold"))
        about = plan.title.in_language(self._language)
        if self._labels.when:
            about += f", {self._labels.when}"
        self._console.print(Text(f"{about}, {self._labels.measure}"))
        if plan.legacy:
            reason = plan.legacy.in_language(self._language)
            self._console.print(Text(f"{self._words('legacy')}: {reason}", style="bold red"))
        if school.students:
            students = number_text(Fraction(school.students), self._language)
            text = f"{self._words('students')}: {students}"
            if school.students_excluded:
                excluded = number_text(Fraction(school.students_excluded), self._language)
                text += f" ({self._words('students_excluded')}: {excluded})"
            self._console.print(Text(text))
        self._console.print()

    def _line(self, number: int, explained: ExplainedLine) -> None:
        line = explained.line
        title = Text(f"{number}. {line.title.in_language(self._language)}: ", style="bold")
        title.append(self._labels.amount(explained.amount), style="bold green")
        self._console.print(title)
        reason = explained.zero_reason
        if explained.groups:
            self._steps(line.trees)
            self._console.print(self._groups(explained))
        elif not line.per_student and reason is not ZeroReason.NOT_IN_FORCE:
            self._steps(line.trees)
            if reason is not ZeroReason.CONDITION:
                self._formula(explained)
        nothing_shared = self._words("nothing_shared") if explained.nothing_shared else None
        rounded = self._labels.rounding(explained)
        for note in (nothing_shared, self._labels.zero_reason(explained), rounded):
            if note is not None:
                self._note(note)
        if line.codes:
            self._note(f"{self._words('codes')}: {self._labels.codes(line)}")
        for source in self._labels.sources_of(line):
            self._note(f"{self._words('source')}: {self._labels.source(source)}")
            if (note := self._labels.note(source)) is not None:
                self._note(_INDENT + note)
        self._note(f"{self._words('rule')}: {line.place}")
        self._console.print()

    def _groups(self, explained: ExplainedLine) -> Table:
        """students × rate = amount, one row per group."""
        table = Table.grid(padding=(0, 1))
        table.add_column()
        for justify in ("right", "left", "right", "left", "right"):
            table.add_column(justify=justify, no_wrap=True)
        table.add_column()
        places = self._plan.places
        for group in explained.groups:
            rate = amount_text(group.rate, places, self._language)
            made_of = self._numbers(explained.line.amount, group.values)
            shown = "" if made_of == rate else f"({self._words('rate_is')} {made_of})"
            table.add_row(
                Text(_INDENT + self._labels.group(group.values)),
                number_text(Fraction(group.students), self._language),
                "×",
                rate,
                "=",
                amount_text(group.amount, places, self._language),
                Text(shown, style="dim"),
            )
        return table

    def _steps(self, trees: Sequence[Tree]) -> None:
        """The steps that formulas come down to, in the order of computing; each once."""
        read = set(self._plan.reads(trees)) - self._shown
        self._shown |= read
        for name, value in (*self._school.facts.items(), *self._school.bands.items()):
            if name in read:
                self._equation(self._labels.of_name(name), self._labels.value(name, value))
        in_formulas = [a for tree in trees for a in aggregates(tree)]
        steps = [*self._school.system, *self._school.steps]
        for step in steps:
            if step.calculation.name in read:
                in_formulas += aggregates(step.calculation.tree)
        for counted in self._school.aggregates:
            if counted.aggregate in in_formulas and counted.value is not None:
                value_text = self._labels.result(counted.aggregate, counted.value)
                self._equation(self._labels.formula(counted.aggregate), value_text)
                self._counted_groups(counted)
        for parameter in self._plan.solved:
            if parameter.name in read and parameter.goal and parameter.found:
                name = self._labels.of_name(parameter.name)
                value = self._labels.value(parameter.name, parameter.found.value)
                self._equation(name, f"{value}, {self._labels.goal(parameter.goal)}")
                self._note(_INDENT + self._labels.proof(parameter.goal, parameter.found))
        for step in steps:
            if step.calculation.name in read and step.calculation.role is not Role.GOAL:
                self._step(step)

    def _counted_groups(self, counted: ExplainedAggregate) -> None:
        """What an aggregate was made of: number × value of each group of alike units."""
        groups = [group for group in counted.groups if group.is_chosen and group.students]
        arguments = counted.aggregate.arguments
        if len(groups) <= 1 and not arguments:
            return
        for group in groups[:_GROUPS_SHOWN]:
            number = number_text(Fraction(group.students), self._language)
            value = f" × {self._numbers(arguments[-1], group.values)}" if arguments else ""
            self._note(f"{_INDENT}{self._labels.group(group.values)}: {number}{value}")
        more = len(groups) - _GROUPS_SHOWN
        if more > 0:
            self._note(f"{_INDENT}{self._words('more_groups', n=more)}")

    def _step(self, step: ExplainedStep) -> None:
        calculation = step.calculation
        self._equation(
            self._labels.of_name(calculation.name),
            self._labels.formula(calculation.tree),
            self._numbers(calculation.tree),
            self._labels.value(calculation.name, step.value),
        )
        if step.nothing_shared:
            self._note(f"{_INDENT}{self._words('nothing_shared')}")
        self._standings(step.among)

    def _formula(self, explained: ExplainedLine) -> None:
        tree = explained.line.amount
        self._equation(
            explained.line.title.in_language(self._language),
            self._labels.formula(tree),
            self._numbers(tree),
            amount_text(explained.unrounded, self._plan.places, self._language),
        )
        self._standings(explained.among)

    def _numbers(self, tree: Tree, group: Mapping[str, Value | None] | None = None) -> str:
        """A formula with the numbers of the school, and of a group of students, put in."""
        if isinstance(tree, Aggregate):
            return self._labels.formula(tree)  # its value follows
        values = {**self._values, **(group or {})}
        return self._labels.formula_with(tree, values, self._school.aggregated)

    def _standings(self, among: Sequence[AmongSchools]) -> None:
        """Where the school stands in what is shared or ranked among schools."""
        for standing in among:
            self._note(_INDENT + self._labels.among(standing))

    def _equation(self, *sides: str) -> None:
        """a = b = c, each side once."""
        self._console.print(Text(_INDENT + " = ".join(dict.fromkeys(sides))), soft_wrap=True)

    def _note(self, text: str) -> None:
        self._console.print(Text(_INDENT + text, style="dim"), soft_wrap=True)

    def _total(self) -> None:
        shown = [explained for explained in self._school.lines if explained.amount]
        parts = " + ".join(self._labels.amount(explained.amount) for explained in shown)
        total = self._labels.amount(self._school.total)
        text = Text(f"{self._words('total')}: ", style="bold")
        if len(shown) > 1:
            text.append(f"{parts} = ", style="not bold")
        text.append(f"{total} {self._labels.measure}", style="green")
        self._console.print(text)
        if self._plan.payment is not None:
            self._instalments(self._plan.payment)

    def _other_steps(self) -> None:
        """The steps that no line reads."""
        steps = (*self._school.system, *self._school.steps)
        others = [
            Name(step.calculation.name)
            for step in steps
            if step.calculation.role is Role.STEP and step.calculation.name not in self._shown
        ]
        if others:
            self._console.print()
            self._console.print(Text(f"{self._words('other_steps')}:"))
            self._steps(others)

    def _requirements(self) -> None:
        """What the rulebook presumes of the data, and whether it is so."""
        steps = (*self._school.system, *self._school.steps)
        required = [step for step in steps if step.calculation.is_requirement]
        if required:
            self._console.print()
            self._console.print(Text(f"{self._words('required')}:"))
        for step in required:
            self._step(step)

    def _instalments(self, payment: Payment) -> None:
        """name, share and amount of each instalment; together they are the total."""
        self._console.print()
        title = f"{self._words('instalments')}: {self._labels.payment(payment)}"
        self._console.print(Text(title), soft_wrap=True)
        table = Table.grid(padding=(0, 2))
        for justify in ("left", "right", "right"):
            table.add_column(justify=justify, no_wrap=True)
        places = self._plan.places
        total = Fraction(self._school.total, 10**places)
        for name, amount in payment.of(total).items():
            share = number_text(payment.shares[name], self._language)
            paid = amount_text(amount, places, self._language)
            table.add_row(Text(_INDENT + name), Text(share, style="dim"), paid)
        table.add_row(
            Text(_INDENT + self._words("total")), "", amount_text(total, places, self._language)
        )
        self._console.print(table)
