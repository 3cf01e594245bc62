"""Tally to counts: the distinct texts read as values, the schools matched to the register.

Only distinct texts are looked at here, so that this costs nothing for many students. If one of
them is wrong, the caller reads the roster row by row to find out where.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from formula_funding.model.counts import Counts, CountTable, Cut
from formula_funding.model.plan import Plan, Value
from formula_funding.model.register import Register
from formula_funding.read.findings import is_total
from formula_funding.read.value_from_text import BadValueError, value_from_text
from formula_funding.tally.tally import Tally, TallyRow


def counts_from_tally(tally: Tally, plan: Plan, register: Register) -> Counts | None:
    """The counts; None if anything in the tally is not as the rulebook and register declare."""
    if tally.is_doubtful or any(not school or is_total(school) for school in register.ids):
        return None
    number_of = {school: number for number, school in enumerate(register.ids)}
    try:
        tables = {cut: _table(cut, rows, plan, number_of) for cut, rows in tally.cuts.items()}
    except (BadValueError, KeyError):
        return None
    return Counts(tally.rows, tables)


def schools_of_tally(tally: Tally) -> tuple[str, ...]:
    """The school ids that the roster names, in ascending order."""
    return tuple(sorted({school.strip() for rows in tally.cuts.values() for school, _, _ in rows}))


def _table(
    cut: Cut, rows: Sequence[TallyRow], plan: Plan, number_of: Mapping[str, int]
) -> CountTable:
    attributes = [plan.attributes[name] for name in cut]

    @cache
    def combination(texts: tuple[str, ...]) -> tuple[Value, ...]:
        return tuple(
            value_from_text(text.strip(), attribute)
            for text, attribute in zip(texts, attributes, strict=True)
        )

    counted: Counter[tuple[int, tuple[Value, ...]]] = Counter()
    for school, texts, students in rows:
        counted[number_of[school.strip()], combination(texts)] += students
    counted = +counted  # a row of 0 students is checked, and counts nobody
    combinations = sorted({values for _, values in counted}, key=_sort_key)
    index_of = {values: index for index, values in enumerate(combinations)}
    ordered = sorted((school, index_of[values], n) for (school, values), n in counted.items())
    return CountTable(
        cut,
        tuple(combinations),
        tuple(school for school, _, _ in ordered),
        tuple(index for _, index, _ in ordered),
        tuple(n for _, _, n in ordered),
    )


def _sort_key(values: tuple[Value, ...]) -> tuple[tuple[bool, Value], ...]:
    return tuple((isinstance(value, str), value) for value in values)
