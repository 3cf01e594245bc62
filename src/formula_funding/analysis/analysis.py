"""The whole analysis of a checked rulebook: what is idle, cliffs, who is told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from formula_funding.analysis.cliffs import CliffSearch, search_cliffs, without_repetitions
from formula_funding.analysis.conditions import idle_conditions
from formula_funding.analysis.exceptions import ToldApart, exceptions_of
from formula_funding.analysis.idle import (
    unreachable_bands,
    unused_attributes,
    unused_definitions,
)
from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.compile.formula_report import FormulaReport
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem, Problems, ProblemsFoundError
from formula_funding.formula.kinds import Level
from formula_funding.model.plan import STUDENTS, Plan
from formula_funding.rules.period import Period


@dataclass(frozen=True)
class Analysis:
    """What was found. `plan`, `cliffs` and `exceptions` need figures in force on the date."""

    warnings: tuple[Problem, ...]
    plan: Plan | None
    cliffs: CliffSearch | None
    exceptions: tuple[ToldApart, ...]


def analyse(checked: CheckedRulebook, as_of: date | Period | None, problems: Problems) -> Analysis:
    """Analyse a sound rulebook, for the date of a run. No data is read.

    What the date or period asked for, or the rulebook's own `as_of`, lacks is added to `problems`.
    """
    warnings = Problems()
    _warn_of_unused(checked, warnings)
    _warn_of_conditions(checked, warnings)
    try:
        plan = plan_from_rulebook(checked, as_of, Problems())
    except ProblemsFoundError as error:
        if as_of or checked.rulebook.as_of:
            problems.add_once(error.problems)
        return Analysis(warnings.warnings, None, None, ())
    search = search_cliffs(plan)
    _warn_of_cliffs(plan, search, warnings)
    return Analysis(warnings.warnings, plan, search, tuple(exceptions_of(plan)))


def _warn_of_unused(checked: CheckedRulebook, problems: Problems) -> None:
    for name in unused_attributes(checked):
        problems.add(
            codes.UNUSED_ATTRIBUTE,
            f"nothing reads the attribute `{name}`",
            _declared_at(name, checked),
        )
    for name in unused_definitions(checked):
        problems.add(
            codes.UNUSED_DEFINITION,
            f"nothing reads the definition `{name}`",
            checked.places.key(("define", name)),
        )
    for banding, band in unreachable_bands(checked):
        problems.add(
            codes.UNREACHABLE_BAND,
            f"no value of `{banding.source}` falls into the band `{band}`",
            _band_at(banding.name, band, checked),
            "look at its edges, or leave it out",
        )


def _band_at(name: str, band: str, checked: CheckedRulebook) -> Place:
    """Where a band stands, under its first date where it has dates."""
    by_day = checked.rulebook.define[name].bands_by_day
    days = [day for day, bands in by_day.items() if band in bands]
    return checked.places.key(("define", name, "bands", *days[:1], band))


def _declared_at(name: str, checked: CheckedRulebook) -> Place:
    attribute = checked.attributes[name]
    if attribute.level is not Level.STUDENT:
        return checked.places.key(("schools", name))
    if attribute.units == STUDENTS:
        return checked.places.key(("students", name))
    return checked.places.key(("tables", attribute.units, "attributes", name))


def _warn_of_conditions(checked: CheckedRulebook, problems: Problems) -> None:
    for idle in idle_conditions(checked):
        report = FormulaReport(checked.places.value(idle.path), problems)
        if idle.holds:
            report(
                codes.ALWAYS_HOLDS,
                f"the condition after `{idle.word}` of `{idle.name}` always holds",
                idle.span,
                "leave it out, or look for a mistyped value",
            )
        else:
            report(
                codes.NEVER_HOLDS,
                f"the condition after `{idle.word}` of `{idle.name}` can never hold",
                idle.span,
                "look for a mistyped value, or for `and` where `or` is meant",
            )


def _warn_of_cliffs(plan: Plan, search: CliffSearch, problems: Problems) -> None:
    """One warning for each edge: its worst cliff, and how many kinds of schools meet it."""
    told: set[tuple[object, ...]] = set()
    for cliff in without_repetitions(search.cliffs):
        if (cliff.place, cliff.counted) in told:
            continue
        told.add((cliff.place, cliff.counted))
        loss = f"{cliff.loss_text(plan.places)} {plan.measure('en')}"
        whose = f" ({cliff.conditions})" if cliff.conditions else ""
        regained = f"; only with {cliff.regained_at} is it made up" if cliff.regained_at else ""
        problems.add(
            codes.CLIFF,
            f"one more of `{cliff.counted}`, from {cliff.before} to {cliff.before + 1}, takes "
            f"{loss} from a school{whose}{regained}",
            cliff.place,
            "let the amount taper with ramp(…), or let the lower rate hold for the part above "
            "the edge only",
        )
