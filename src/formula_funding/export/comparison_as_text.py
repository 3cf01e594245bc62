"""A comparison as JSON and CSV: decimal texts, every line of every school with its causes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from formula_funding.diagnostics.acceptance import accepted_as_json
from formula_funding.exact.number_text import fixed_text, units_text
from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.export.tables import accepted_text
from formula_funding.export.to_csv import harmless
from formula_funding.scenario.difference import METHOD, TOGETHER, Compared, Difference
from formula_funding.scenario.summary import (
    Outcome,
    histogram,
    outcome,
    outcomes_by_kind,
    totals_of_causes,
    totals_of_lines,
)

_CHANGED = ["before", "after", "change", "change_percent"]
_PER_STUDENT = ["per_student_before", "per_student_after", "per_student_change"]


def percent_text(before: int, change: int) -> str:
    """The change in per cent of the amount before, to two decimals, half up; `` of nothing."""
    if not before:
        return ""
    percent = Fraction(change * 100, abs(before))
    return fixed_text(round_fraction(percent, Rounding(Fraction(1, 100))), 2)


def per_student_texts(difference: Difference, places: int) -> list[str]:
    """Before, after and change of the money per student, to the coin; `` where there is none."""
    before, after = difference.per_student
    change = after - before if before is not None and after is not None else None
    coin = Rounding(Fraction(1))
    return [
        "" if value is None else units_text(int(round_fraction(value, coin)), places)
        for value in (before, after, change)
    ]


def json_from_comparison(compared: Compared) -> dict[str, Any]:
    """All that a comparison knows. `method` says how causes are found, if they are."""

    def money(units: int) -> str:
        return units_text(units, compared.places)

    def changed(before: int, after: int) -> dict[str, str]:
        figures = (money(before), money(after), money(after - before))
        return dict(zip(_CHANGED, (*figures, percent_text(before, after - before)), strict=True))

    def told(found: Outcome) -> dict[str, Any]:
        counted = {"gain": found.gain, "lose": found.lose, "unchanged": found.rest}
        return {**counted, **changed(found.before, found.after)}

    def school(d: Difference) -> dict[str, Any]:
        lines = [
            {
                "id": line,
                **changed(d.base.get(line, 0), d.scenario.get(line, 0)),
                "causes": {cause: money(of[line]) for cause, of in d.split.items() if of.get(line)},
            }
            for line in d.lines
        ]
        students = dict(zip(("students_before", "students_after"), d.students or (), strict=False))
        return {
            "id": d.school,
            "name": d.name,
            **({"kind": d.kind} if compared.by is not None else {}),
            **changed(d.before, d.after),
            **students,
            **dict(zip(_PER_STUDENT, per_student_texts(d, compared.places), strict=True)),
            "causes": {cause: money(amount) for cause, amount in d.causes.items()},
            "together": money(d.together),
            "lines": lines,
        }

    return {
        "scenario": compared.name,
        **compared.measure.as_json(),
        "method": METHOD if compared.is_explained else None,
        "accepted": accepted_as_json(compared.accepted),
        "total": told(outcome("", compared.differences)),
        "kinds": {found.kind: told(found) for found in outcomes_by_kind(compared)},
        "lines": {t.name: changed(t.before, t.after) for t in totals_of_lines(compared)},
        "causes": {t.name: money(t.change) for t in totals_of_causes(compared)},
        "histogram": [
            {"from_percent": low, "below_percent": high, "schools": count}
            for low, high, count in histogram(compared)
        ],
        "schools": [school(d) for d in compared.differences],
    }


def csv_from_comparisons(compared: Sequence[Compared]) -> str:
    """One row per scenario, school and line; a column for each cause of any scenario."""
    causes = list(dict.fromkeys(cause for one in compared for cause in (*one.causes, TOGETHER)))
    if not any(one.is_explained for one in compared):
        causes = []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    head = ["scenario", "school_id", "line", *_CHANGED, "change_per_student"]
    shows_accepted = any(one.accepted for one in compared)
    also = ["accepted"] if shows_accepted else []
    writer.writerow([*head, *(f"cause: {cause}" for cause in causes), *also])
    for one in compared:
        told = [harmless(accepted_text(one.accepted))] if shows_accepted else []
        for row in _rows(one, causes):
            writer.writerow([*row, *told])
    return text.getvalue()


def _rows(compared: Compared, causes: Sequence[str]) -> Iterator[list[str]]:
    places = compared.places
    for d in compared.differences:
        for line, change in d.lines.items():
            before = d.base.get(line, 0)
            figures = [units_text(n, places) for n in (before, before + change, change)]
            yield [
                harmless(compared.name),
                harmless(d.school),
                line,
                *figures,
                percent_text(before, change),
                _per_student(d, line, places),
                *(units_text(d.split.get(cause, {}).get(line, 0), places) for cause in causes),
            ]


def _per_student(difference: Difference, line: str, places: int) -> str:
    """By how much a line changes per student, to the coin."""
    before, after = difference.students or (0, 0)
    if not before or not after:
        return ""
    was = Fraction(difference.base.get(line, 0), before)
    now = Fraction(difference.scenario.get(line, 0), after)
    return units_text(int(round_fraction(now - was, Rounding(Fraction(1)))), places)
