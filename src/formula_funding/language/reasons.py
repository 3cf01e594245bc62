"""Why a school gets more or less, in words."""

from __future__ import annotations

from collections.abc import Sequence

from formula_funding.exact.number_text import units_text
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import localised
from formula_funding.language.words import Words
from formula_funding.model.plan import Plan
from formula_funding.scenario.difference import Difference

_IN_WORDS = {
    "rules": "changed_rules",
    "merger": "merged_schools",
    "students": "changed_students",
    "budget": "fixed_budget",
}


def cause_text(cause: str, plans: Sequence[Plan], language: str) -> str:
    """A cause as readers see it: `Norm per student, grades 1 to 4: +5%`.

    `plans` are those of the base and the scenario; the first that has the figure names it.
    """
    if cause in _IN_WORDS:
        return Words(language)(_IN_WORDS[cause])
    target, _, figure = cause.rpartition(" ") if " " in cause else (cause, "", "")
    name, _, inside = target.removesuffix("]").partition("[")
    keys = tuple(key.strip() for key in inside.split(",")) if inside else ()
    for plan in plans:
        parameter = plan.parameters.get(name)
        if parameter is not None and (not keys or keys in parameter.values):
            break
    else:
        return cause
    labels = Labels(plan, language)
    named = [labels.category(by, key) for by, key in zip(parameter.keys, keys, strict=False)]
    return ", ".join([labels.of_name(name), *named]) + (f": {figure}" if figure else "")


def letter(difference: Difference, plans: Sequence[Plan], places: int, language: str) -> str:
    """“You receive 10.00 more: 8.00 because …, 2.00 because ….” for one school."""
    words = Words(language)

    def money(units: int) -> str:
        return localised(units_text(units, places), language)

    if difference.change == 0 and not any(difference.causes.values()):
        return words("letter_same")
    head = words("letter_more" if difference.change >= 0 else "letter_less")
    reasons = [
        words("letter_reason").format(
            amount=money(amount), cause=cause_text(cause, plans, language)
        )
        for cause, amount in difference.causes.items()
        if amount
    ]
    if difference.together:
        reasons.append(words("letter_together").format(amount=money(difference.together)))
    return f"{head.format(amount=money(abs(difference.change)))}: {', '.join(reasons)}."
