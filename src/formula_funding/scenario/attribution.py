"""Why the amounts of schools differ: named causes that add up to the coin.

Each cause is tried alone: the base with nothing but this one change. So no order of the causes
decides anything, and what they make only with each other is told as such. While a cause is tried,
floors, caps and figures that are solved for are held as they were in the base; what their own
change makes is a cause by itself, and so is rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.model.allocation import Allocation
from formula_funding.model.plan import Parameter, Plan
from formula_funding.read.scenario_from_yaml import PlacedScenario
from formula_funding.scenario.changed_figures import with_figure
from formula_funding.scenario.changed_roster import ALL, MERGING
from formula_funding.scenario.difference import TOGETHER, Amounts
from formula_funding.scenario.held_limits import HeldLimits
from formula_funding.scenario.side import NOTHING, ExactAmounts, Side

LINE = "line:"
"""Before the name of a line: the cause that its rule is another one."""
MERGER = "merger"
NETWORK = "network"
"""A school is opened or closed."""
NUMBER = "number"
"""Other students in number, of the kinds that the school had."""
MIX = "mix"
"""Other kinds of students, in the same number."""
LIMITS = "limits"
"""A floor or cap begins or ceases to bind, or a figure that is solved for comes out otherwise."""
ROUNDING = "rounding"
NEW_TABLE = "{…}"
"""Stands in a cause for a table that is given anew."""

Effect = dict[str, dict[str, Fraction]]
"""School id -> line -> what a cause makes of it, in currency; only what is not nothing."""
Split = dict[str, dict[str, dict[str, int]]]
"""School id -> cause -> line -> coins."""


@dataclass(frozen=True)
class Question:
    """What is compared: the base, the rules of the scenario over the same roster, and all of it.

    `before` and `after` are the results of the base and of all of it, and `amounts` their coins
    by school, of which a unit of currency has 10^`places`.
    """

    base: Side
    under: Side
    whole: Side
    before: Allocation
    after: Allocation
    amounts: tuple[Amounts, Amounts]
    places: int
    placed: PlacedScenario

    @property
    def goes_to(self) -> Mapping[str, str]:
        return self.whole.enrolment.goes_to


def attributed(question: Question) -> Split:
    """What each cause makes of each line of each school; it adds up to the change."""
    everything, limits, measure = _ends(question)
    effects = {**dict(_effects(question, measure)), LIMITS: limits}
    effects[TOGETHER] = _difference(_sum(effects), everything)
    return _in_coins(effects, question)


def _ends(question: Question) -> tuple[Effect, Effect, _Measure]:
    """The whole change, what limits and solved figures make of it, and how causes are tried."""
    exact_before, exact_after = (
        _with_successors(side.exact_amounts(_figures_found(result.plan), None), question)
        for side, result in ((question.base, question.before), (question.whole, question.after))
    )
    measure = _Measure(question, holds=True)
    held_after = measure(question.whole)
    if held_after is None:
        # Held as they were, the limits leave an amount that does not exist: not told apart then.
        measure = _Measure(question, holds=False)
        held_after = exact_after
    everything = _difference(exact_before, exact_after)
    return everything, _difference(held_after, exact_after), measure


class _Measure:
    """The exact amounts of a side, with limits and solved figures held as in the base."""

    def __init__(self, question: Question, *, holds: bool) -> None:
        self._question = question
        self._limits = HeldLimits() if holds else None
        self._found = _figures_found(question.before.plan) if holds else {}
        if self._limits is not None:
            question.base.exact_amounts(self._found, self._limits)
            self._limits.is_recording = False
        self._was: Side | None = None
        self._before: ExactAmounts | None = None

    def __call__(self, side: Side) -> ExactAmounts | None:
        """None where the side can't stand by itself."""
        try:
            return _with_successors(side.exact_amounts(self._found, self._limits), self._question)
        except ProblemsFoundError:
            return None

    def effect(self, was: Side, now: Side) -> Effect | None:
        """What changes from one side to the other; most causes are tried on the same side."""
        if self._was is not was:
            self._was, self._before = was, self(was)
        before, after = self._before, self(now)
        return None if before is None or after is None else _difference(before, after)


def _effects(question: Question, measure: _Measure) -> Iterator[tuple[str, Effect]]:
    for cause, was, now in _changes_of_figures(question):
        effect = measure.effect(was, now)
        if effect is not None:
            yield cause, effect
    if question.under is not question.base:
        yield from _effects_of_lines(question, measure)
    if question.placed.scenario.changes_schools:
        yield from _effects_of_schools(question, measure)


def _changes_of_figures(question: Question) -> Iterator[tuple[str, Side, Side]]:
    """Each figure that another rulebook or date has otherwise, and each that is set.

    A figure that only the scenario's rulebook has is tried on that rulebook. One that it alone
    solves for is tried as it was found: what it is solved by may not exist in the base.
    """
    base, under = question.base, question.under
    for name, figure in _shared_figures(base.plan, under.plan).items():
        theirs = under.plan.parameters[name]
        if theirs.values != figure.values:
            theirs = _as_found(theirs, question.after)
            plan = replace(base.plan, parameters={**base.plan.parameters, name: theirs})
            yield name, base, replace(base, plan=plan)
    for target, new in question.placed.scenario.set.items():
        text = new if isinstance(new, str) else NEW_TABLE
        place = question.placed.places.key(("set", target))
        for side in (base, under):
            problems = Problems()
            plan = with_figure(side.plan, target, new, place, problems)
            if not problems.has_errors:
                yield f"{target} {text}", side, replace(side, plan=plan)
                break


def _effects_of_lines(question: Question, measure: _Measure) -> Iterator[tuple[str, Effect]]:
    """What the rules of the scenario make of each line, with the figures of the base."""
    base, under = question.base, question.under
    shared = {
        name: _as_found(figure, question.before)
        for name, figure in _shared_figures(base.plan, under.plan).items()
    }
    plan = replace(under.plan, parameters={**under.plan.parameters, **shared})
    effect = measure.effect(base, replace(under, plan=plan))
    if effect is None:
        return
    for line in dict.fromkeys(line.name for line in (*plan.lines, *base.plan.lines)):
        of_line = {school: {line: of[line]} for school, of in effect.items() if line in of}
        if of_line:
            yield LINE + line, of_line


def _shared_figures(base: Plan, under: Plan) -> dict[str, Parameter]:
    """The figures of the base that the other plan has too, by the same keys."""
    return {
        name: figure
        for name, figure in base.parameters.items()
        if name in under.parameters and under.parameters[name].keys == figure.keys
    }


def _effects_of_schools(question: Question, measure: _Measure) -> Iterator[tuple[str, Effect]]:
    """Mergers by themselves; then what else becomes of schools and students, after them."""
    side = question.base if question.base.changes is not None else question.under
    merged: Side | None = side
    if question.placed.scenario.merge:
        merged = side.changed_if_possible(("merge",)) or side.changed_if_possible(MERGING)
        effect = measure.effect(side, merged) if merged is not None else None
        if effect is not None:
            yield MERGER, effect
    before, now = merged or side, side.changed_if_possible(ALL)
    if now is None or now.enrolment == before.enrolment:
        return
    whole = measure.effect(before, now)
    if whole is None:
        return
    stay = set(before.enrolment.register.ids) & set(now.enrolment.register.ids)
    yield NETWORK, {school: of for school, of in whole.items() if school not in stay}
    middle = now.with_mix_of(before)
    by_number = measure.effect(before, middle) if middle is not None else None
    number = {school: (by_number or whole)[school] for school in whole if school in stay}
    yield NUMBER, number
    yield MIX, _difference(number, {school: of for school, of in whole.items() if school in stay})


# amounts


def _figures_found(plan: Plan) -> dict[str, Fraction]:
    """The figures of a finished run that were solved for."""
    return {name: p.values[()] for name, p in plan.parameters.items() if p.found is not None}


def _as_found(figure: Parameter, result: Allocation) -> Parameter:
    """A figure that is solved for with what a finished run found; any other as it is."""
    if figure.goal is None:
        return figure
    return replace(figure, values=result.plan.parameters[figure.name].values, goal=None)


def _with_successors(amounts: ExactAmounts, question: Question) -> ExactAmounts:
    """What ceases by a merger counts for its successor."""
    if not question.goes_to:
        return amounts
    found: Effect = {}
    for school, lines in amounts.items():
        _add(found.setdefault(question.goes_to.get(school, school), {}), lines)
    return found


def _add(to: dict[str, Fraction], lines: Mapping[str, Fraction]) -> None:
    for line, amount in lines.items():
        known = to.get(line)
        if known is None:
            to[line] = amount
        elif amount:
            to[line] = known + amount


def _difference(before: ExactAmounts, after: ExactAmounts) -> Effect:
    """What is more afterwards; most lines of most schools are the same, which costs no sum."""
    found: Effect = {}
    for school in dict.fromkeys([*after, *before]):
        was, now = before.get(school, {}), after.get(school, {})
        found[school] = {
            line: amount - known
            for line, amount in now.items()
            if amount != (known := was.get(line, NOTHING))
        }
        found[school] |= {line: -known for line, known in was.items() if known and line not in now}
    return found


def _sum(effects: Mapping[str, Effect]) -> Effect:
    found: Effect = {}
    for effect in effects.values():
        for school, lines in effect.items():
            _add(found.setdefault(school, {}), lines)
    return found


def _in_coins(effects: Mapping[str, Effect], question: Question) -> Split:
    """Each effect in whole coins, rounded half up; what is left of the change is rounding."""
    before, after = question.amounts
    coin = Rounding(Fraction(1))
    found: Split = {}
    for school in sorted({*before, *after}):
        was, now = before.get(school, {}), after.get(school, {})
        split = {
            cause: {
                line: int(round_fraction(amount * 10**question.places, coin))
                for line, amount in effect.get(school, {}).items()
            }
            for cause, effect in effects.items()
        }
        split[ROUNDING] = {
            line: now.get(line, 0)
            - was.get(line, 0)
            - sum(lines.get(line, 0) for lines in split.values())
            for line in dict.fromkeys([*was, *now])
        }
        found[school] = split
    return found
