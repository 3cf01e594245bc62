"""Schools that become one: their students are counted together, nothing else moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.model.counts import Counts, CountTable, count_table
from formula_funding.model.plan import Value
from formula_funding.model.register import Register


def successors(
    merging: Sequence[str], into: str, ids: Sequence[str], place: Place, problems: Problems
) -> dict[str, str]:
    """Each school that ceases and the one that takes its students.

    Unknown schools and a school merged with itself go to `problems`.
    """
    others = [school for school in dict.fromkeys(merging) if school != into]
    for school in (*others, into):
        if school not in ids:
            problems.add(
                codes.SCENARIO_NAME,
                f"there is no school `{school}`",
                place,
                did_you_mean(school, ids),
            )
    if not others or len(set(merging)) < len(merging):
        problems.add(
            codes.SCENARIO_VALUE,
            f"the school `{into}` is merged with itself",
            place,
            "name at least two schools, each once",
        )
    return dict.fromkeys(others, into)


def with_new_values(
    given: Mapping[str, Value],
    into: str,
    register: Register,
    place: Place,
    problems: Problems,
) -> Register:
    """The register with the values that a school has after its merger.

    A number of a school that the rules read and that is not given goes to `problems`.
    """
    for name, values in register.attributes.items():
        if name not in given and any(isinstance(value, Fraction) for value in values):
            problems.add(
                codes.SCENARIO_VALUE,
                f"the rules read `{name}` of a school, and the merger does not say what it becomes",
                place,
                f"add it: with: {{{name}: …}}",
            )
    if into not in register.ids:
        return register
    at = register.ids.index(into)
    attributes = {
        name: (*values[:at], given.get(name, values[at]), *values[at + 1 :])
        for name, values in register.attributes.items()
    }
    return replace(register, attributes=attributes)


def merged_register(register: Register, goes_to: Mapping[str, str]) -> Register:
    """The register without the schools that cease; the others keep their attributes."""
    kept = [i for i, school in enumerate(register.ids) if school not in goes_to]
    return replace(
        register,
        ids=tuple(register.ids[i] for i in kept),
        names=tuple(register.names[i] for i in kept),
        attributes={
            name: tuple(values[i] for i in kept) for name, values in register.attributes.items()
        },
    )


def merged_counts(counts: Counts, register: Register, goes_to: Mapping[str, str]) -> Counts:
    """The counts over the schools that remain; nobody is lost."""
    kept = merged_register(register, goes_to).ids
    number = {school: i for i, school in enumerate(kept)}
    moved = [number[goes_to.get(school, school)] for school in register.ids]
    return Counts(
        {cut: _moved(table, moved) for cut, table in counts.tables.items()},
        tuple(
            entry._replace(school=goes_to.get(entry.school, entry.school)) for entry in counts.read
        ),
        {name: merged_counts(units, register, goes_to) for name, units in counts.units.items()},
    )


def _moved(table: CountTable, moved: Sequence[int]) -> CountTable:
    counted: Counter[tuple[int, int]] = Counter()
    for school, kind, students in zip(
        table.schools, table.combination, table.students, strict=True
    ):
        counted[kind, moved[school]] += students
    return count_table(table.cut, table.combinations, counted)
