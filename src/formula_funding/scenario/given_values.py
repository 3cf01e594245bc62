"""Where a worked example starts: steps and figures whose values it gives, as a print may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.number_text import NotANumberError, number_from_text
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import SCHOOLS, Name
from formula_funding.model.plan import Attribute, Banding, Calculation, Line, Parameter, Plan
from formula_funding.scenario.changed_figures import name_and_key, with_figure

Report = Callable[[str, str | None], None]
"""Takes what is wrong, and a hint."""


@dataclass(frozen=True)
class Given:
    """What an example gives, as text: of each school by name, and of all of them together."""

    of_schools: Mapping[str, Mapping[str, str]]
    of_all: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        """The names of the steps of schools that are given for some school."""
        return list(dict.fromkeys(name for given in self.of_schools.values() for name in given))


def plan_starting_from(
    plan: Plan, given: Given, results: Iterable[str], place: Place, report: Report
) -> Plan:
    """The plan that starts from the values given and computes what `results` come down to.

    A step of schools becomes an attribute that the register gives, a step of all schools a
    figure. What can't be given goes to `report`.
    """
    reached = {*plan.reads([Name(name) for name in results])}
    for name in given.names:
        item = plan.item(name)
        if item is None or plan.level_of(name) is not Level.SCHOOL:
            _note_misplaced(plan, name, report)
            continue
        lacking = [school for school, facts in given.of_schools.items() if name not in facts]
        if lacking:
            hint = "give it of each school, or of none"
            report(f"`given` states `{name}`, but not of `{lacking[0]}`", hint)
        plan = _starting_from_step(plan, item)
        _note_unread(name, reached, report)
    for target, text in given.of_all.items():
        figure, _ = name_and_key(target)
        item = plan.item(target)
        if isinstance(item, Calculation) and item.level is Level.SYSTEM:
            plan = _with_step_of_all(plan, item, text, report)
        elif figure in plan.parameters:
            plan = _with_figure(plan, target, text, place, report)
        else:
            _note_misplaced(plan, target, report)
            continue
        _note_unread(figure, reached, report)
    return _leading_to(plan, results)


def _note_misplaced(plan: Plan, name: str, report: Report) -> None:
    """Report a name whose value can't be given, or not here."""
    known = [*(item.name for item in plan.items), *plan.parameters]
    hint = did_you_mean(name, known)
    if name in plan.attributes:
        hint = "a fact stands under `school` or `students`"
    elif name in known and plan.level_of(name) is Level.STUDENT:
        hint = "it is computed of each student: state under `students` what it is made of"
    elif name in known and plan.level_of(name) is Level.SCHOOL:
        hint = "say of which school: given: {school: {…}}"
    elif name in known:
        hint = "it is the same for all schools: state it beside them"
    report(f"`given` can't state `{name}` here", hint)


def _note_unread(name: str, reached: set[str], report: Report) -> None:
    if name not in reached:
        report(f"`given` states `{name}`, but nothing in `gives` comes down to it", None)


def _starting_from_step(plan: Plan, item: Banding | Calculation | Line) -> Plan:
    kind = plan.line_kind if isinstance(item, Line) else Kind.CATEGORY
    attribute = Attribute(
        item.name,
        Level.SCHOOL,
        SCHOOLS,
        item.kind if isinstance(item, Calculation) else kind,
        item.title,
        {} if isinstance(item, Line) else dict.fromkeys(item.values),
        low=None,
        high=None,
        whole=False,
        protected=False,
        if_empty=None,
    )
    return replace(_without(plan, item.name), attributes={**plan.attributes, item.name: attribute})


def _with_step_of_all(plan: Plan, step: Calculation, text: str, report: Report) -> Plan:
    try:
        value = number_from_text(text)
    except NotANumberError as error:
        report(f"`given` states `{text}` for `{step.name}`: a number is needed", error.hint)
        return plan
    figure = Parameter(
        step.name, step.kind, step.title, None, (), {(): value}, None, step.source, step.place
    )
    return replace(_without(plan, step.name), parameters={**plan.parameters, step.name: figure})


def _with_figure(plan: Plan, target: str, text: str, place: Place, report: Report) -> Plan:
    figure = plan.parameters.get(target)
    if figure is not None and figure.goal is not None:
        known = replace(figure, goal=None, values={(): Fraction(0)})
        plan = replace(plan, parameters={**plan.parameters, target: known})
    problems = Problems()
    plan = with_figure(plan, target, text, place, problems)
    for problem in problems:
        if problem.is_error:
            report(f"`given` states `{target}`: {problem.message}", problem.hint)
    return plan


def _leading_to(plan: Plan, names: Iterable[str]) -> Plan:
    read = set(plan.reads([Name(name) for name in names]))
    return replace(
        plan,
        items=tuple(item for item in plan.items if item.name in read),
        line_names=tuple(name for name in plan.line_names if name in read),
    )


def _without(plan: Plan, name: str) -> Plan:
    return replace(
        plan,
        items=tuple(item for item in plan.items if item.name != name),
        line_names=tuple(line for line in plan.line_names if line != name),
    )
