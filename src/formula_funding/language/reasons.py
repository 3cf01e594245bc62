"""Why a school gets more or less, in words."""

from __future__ import annotations

import re

from formula_funding.exact.number_text import units_text
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import localised, written_text
from formula_funding.language.words import Words
from formula_funding.model.plan import Parameter
from formula_funding.scenario.attribution import LINE, NUMBER
from formula_funding.scenario.difference import TOGETHER, Compared, Difference

_FIGURE = re.compile(r"([^\[\] ]+) ?(?:\[(.*?)\])?(?: (.*))?")
"""A figure that is a cause: its name, the keys of a rate, and to what it is set."""
_IN_WORDS = {
    "merger": "merged_schools",
    "network": "cause_network",
    "number": "cause_number",
    "mix": "cause_mix",
    "limits": "cause_limits",
    "rounding": "cause_rounding",
    "budget": "fixed_budget",
    TOGETHER: "only_together",
}


def line_text(compared: Compared, line: str, language: str) -> str:
    """What a line is called."""
    title = compared.lines.get(line)
    return title.in_language(language) if title else line


def cause_text(cause: str, compared: Compared, language: str) -> str:
    """A cause as readers see it: `Norm per student, grades 1 to 4: +5%`."""
    words = Words(language)
    if cause in _IN_WORDS:
        return words(_IN_WORDS[cause])
    if cause.startswith(LINE):
        line = cause.removeprefix(LINE)
        is_in = [any(line == item.name for item in plan.lines_in_force) for plan in compared.plans]
        key = {(True, False): "removed_line", (False, True): "new_line"}
        told = key.get((is_in[0], is_in[-1]), "changed_line")
        return words(told, line=line_text(compared, line, language))
    return _figure_text(cause, compared, language)


def _figure_text(cause: str, compared: Compared, language: str) -> str:
    match = _FIGURE.fullmatch(cause)
    if match is None:
        return cause
    name, inside, figure = match[1], match[2], match[3]
    keys = tuple(key.strip() for key in inside.split(",")) if inside else ()
    for plan in compared.plans:
        parameter = next((p for p in plan.parameters.values() if _is_called(p, name)), None)
        if parameter is not None and (not keys or keys in parameter.values):
            break
    else:
        return cause
    labels = Labels(plan, language)
    named = [labels.category(by, key) for by, key in zip(parameter.keys, keys, strict=False)]
    part = parameter.name.removeprefix(name).removeprefix("@")
    title = labels.of_name(parameter.name).removesuffix(f" ({part})")
    return ", ".join([title, *named]) + (f": {written_text(figure, language)}" if figure else "")


def _is_called(parameter: Parameter, name: str) -> bool:
    """Whether this is the figure, or what it is in a part of a period."""
    return parameter.name == name or parameter.name.startswith(f"{name}@")


def letter(difference: Difference, compared: Compared, language: str) -> str:
    """“You receive 10.00 RUB more: 8.00 because …; 2.00 because ….” for one school.

    Where nobody knows why, the lines that change are told instead.
    """
    words = Words(language)

    def money(units: int) -> str:
        return localised(units_text(units, compared.places), language)

    def reason(cause: str, amount: int) -> str:
        before, after = difference.students or (0, 0)
        more = after - before
        key = "letter_reason"
        if cause == NUMBER and more:
            one = {1: "letter_one_more_student", -1: "letter_one_fewer_student"}
            key = one.get(more, "letter_more_students" if more > 0 else "letter_fewer_students")
        told = cause_text(cause, compared, language)
        return words(key, amount=money(amount), cause=told, n=abs(more))

    if difference.change == 0 and not any(difference.lines.values()) and not difference.causes:
        return words("letter_same")
    amount = f"{money(abs(difference.change))} {compared.measure.in_language(language)}".strip()
    key = "letter_more" if difference.change > 0 else "letter_less"
    head = words(key if difference.change else "letter_as_much", amount=amount)
    reasons = [reason(cause, amount) for cause, amount in difference.causes.items() if amount]
    if difference.together:
        reasons.append(words("letter_together", amount=money(difference.together)))
    if not compared.is_explained:
        reasons = [
            f"{line_text(compared, line, language)}: {money(change)}"
            for line, change in difference.lines.items()
            if change
        ]
    return f"{head}: {'; '.join(reasons)}."


def by_text(compared: Compared, language: str) -> str:
    """What the fact is called by which schools are told apart."""
    by = compared.by or ""
    for plan in compared.plans:
        if by in plan.attributes:
            return Labels(plan, language).of_name(by)
    return by


def kind_text(kind: str, compared: Compared, language: str) -> str:
    """A kind of school as readers see it."""
    for plan in compared.plans:
        if compared.by is not None and compared.by in plan.attributes:
            return Labels(plan, language).category(compared.by, kind)
    return kind


def step_text(low: int | None, high: int | None, language: str) -> str:
    """A step of the histogram: `below −10 %`, `0 to 5 %`, `10 % and more`."""
    key = "step_below" if low is None else "step_from" if high is None else "step_between"
    bounds = {
        name: localised(str(bound), language)
        for name, bound in (("low", low), ("high", high))
        if bound is not None
    }
    return Words(language)(key, **bounds)
