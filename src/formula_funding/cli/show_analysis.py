"""The analysis of a rulebook on the terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from formula_funding.analysis.cliffs import CliffSearch, money_text, without_repetitions
from formula_funding.analysis.exceptions import Sort, ToldApart
from formula_funding.diagnostics.wording import counted

if TYPE_CHECKING:
    from formula_funding.analysis.analysis import Analysis
    from formula_funding.diagnostics.problem import Place
    from formula_funding.model.plan import Plan

_OF_RULE = 2
_LIST = 6


def show_analysis(analysis: Analysis, console: Console) -> None:
    """Print cliffs, and what belongs to one school or one kind of school, with its source."""
    if analysis.plan is None or analysis.cliffs is None:
        console.print("Cliffs: not searched; not all figures are in force. Give --as-of DATE.")
        return
    for line in (
        *_cliffs(analysis.cliffs, analysis.plan),
        *_exceptions(analysis.exceptions, analysis.plan),
    ):
        console.print(Text(line), soft_wrap=True)


def _cliffs(search: CliffSearch, plan: Plan) -> list[str]:
    cliffs = without_repetitions(search.cliffs)
    lines = [_verdict(search, len(cliffs))]
    of_rule = Counter((cliff.place, cliff.counted) for cliff in cliffs)
    told: Counter[tuple[Place, str]] = Counter()
    for cliff in cliffs:
        rule = (cliff.place, cliff.counted)
        told[rule] += 1
        if told[rule] > _OF_RULE:
            continue
        changes = ", ".join(
            f"{name} {'+' if change > 0 else ''}{money_text(change, plan.places)}"
            for name, change in cliff.lines.items()
        )
        conditions = f"{cliff.conditions}; " if cliff.conditions else ""
        lines.append(
            f"  {cliff.before} → {cliff.before + 1} {cliff.counted}: "
            f"-{cliff.loss_text(plan.places)} ({changes}); {conditions}{cliff.place}"
        )
        if told[rule] == _OF_RULE < of_rule[rule]:
            lines.append(f"    … and {of_rule[rule] - _OF_RULE} more of the same rule")
    if search.unsearched and search.searched:
        lines.append(
            f"  Not searched, as more than the school's own students decide: "
            f"{_listed(search.unsearched)}."
        )
    return lines


def _verdict(search: CliffSearch, found: int) -> str:
    if search.unsearched and not search.searched:
        return (
            "Cliffs: not searched; every line is decided by more than the school's own students: "
            f"{_listed(search.unsearched)}."
        )
    if not search.counted:
        lines = (
            f"of the lines searched ({_listed(search.searched)}) none"
            if search.unsearched
            else "no line"
        )
        return (
            f"Cliffs: none; {lines} asks how large a school is, by a band, a condition or "
            "rounding to whole numbers."
        )
    tried = f"{_listed(search.counted)} up to {search.up_to}, all else alike"
    if not search.is_complete:
        tried += ", not all kinds of schools"
    if not found:
        return f"Cliffs: none found (tried {tried})."
    return f"Cliffs: {found} (tried {tried}). One more, and the school gets less:"


def _exceptions(exceptions: tuple[ToldApart, ...], plan: Plan) -> list[str]:
    if not exceptions:
        return []
    lines = [f"Belonging to one school or one kind of school: {len(exceptions)}"]
    for exception in exceptions:
        sources = [plan.sources[source].title.in_language("en") for source in exception.sources]
        lines.append(
            f"  {_what(exception)}; {'; '.join(sources) or 'no source stated'}; {exception.place}"
        )
    return lines


def _what(exception: ToldApart) -> str:
    by = ", ".join(exception.by)
    match exception.sort:
        case Sort.RATES:
            return f"{exception.name}: {counted(len(exception.values), 'figure')} by {by}"
        case Sort.FIGURE:
            return f"{exception.name}: each school's own figure, read by " + _listed(
                exception.read_by
            )
        case Sort.CONDITION:
            return f"{exception.name}: depends on {by}"


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_LIST])
    return shown if len(names) <= _LIST else f"{shown} and {len(names) - _LIST} more"
