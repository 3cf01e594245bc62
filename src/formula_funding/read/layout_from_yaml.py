"""A layout's YAML file to a `Layout`, checked against the rulebook's names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import SCHOOLS
from formula_funding.model.plan import STUDENTS, Attribute, Plan
from formula_funding.read.nodes_from_yaml import Mark, Path_, Places, nodes_from_yaml
from formula_funding.read.rulebook_from_yaml import model_from_data
from formula_funding.read.value_from_text import BadValueError, value_from_text
from formula_funding.rules.layout import Layout, RosterLayout, TableLayout

ROSTER_NAMES = ("school_id", "student_id")
SCHOOL_NAMES = ("school_id", "name")
NUMBERS = frozenset({Kind.COUNT, Kind.RATIO, Kind.NUMBER, Kind.MONEY})
GUESS, CHOOSE = "!guess", "!choose"
"""What stands in a drafted layout before a value that a person must look at."""
MARKS = {
    GUESS: Mark(
        codes.UNCONFIRMED,
        "this is a guess that nobody has confirmed",
        f"compare it with the file; if it is right, delete `{GUESS}`",
    ),
    CHOOSE: Mark(
        codes.NOT_CHOSEN,
        "this must be chosen by a person",
        f"write what is right in place of `{CHOOSE}`, or delete the entry",
    ),
}


def layout_from_yaml(file: Path, plan: Plan, problems: Problems) -> Layout:
    """Read a layout. Raises ProblemsFoundError with all its problems."""
    data, places = nodes_from_yaml(file, problems, MARKS)
    problems.stop_if_errors()
    layout, _ = model_from_data(Layout, data, places, problems)
    if layout is not None:
        _check(layout, plan, places, problems)
    problems.stop_if_errors()
    assert layout is not None
    return layout


def _check(layout: Layout, plan: Plan, places: Places, problems: Problems) -> None:
    for name in layout.tables:
        if name not in plan.tables:
            problems.add(
                codes.UNKNOWN_COLUMN_NAME,
                f"the rulebook has no table `{name}`",
                places.key(("tables", name)),
                did_you_mean(name, plan.tables),
            )
    _check_columns(layout.schools, SCHOOLS, ("schools",), plan, places, problems)
    rosters: list[tuple[RosterLayout, str, Path_]] = [
        (layout.roster, STUDENTS, ("roster",)),
        *((layout.tables[name], name, ("tables", name)) for name in layout.tables),
    ]
    for roster, units, path in rosters:
        _check_columns(roster, units, path, plan, places, problems)
        _check_given(roster.counts, "counts", units, path, plan, places, problems)
        _check_given(roster.by_file, "by_file", units, path, plan, places, problems)
        _check_given_once(roster, path, places, problems)
        _check_former_codes(roster, path, places, problems)
    _check_one_student_per_row(layout.roster, places, problems)


def _check_columns(
    table: TableLayout, units: str, path: Path_, plan: Plan, places: Places, problems: Problems
) -> None:
    own = SCHOOL_NAMES if units == SCHOOLS else ROSTER_NAMES
    declared = {a.name: a for a in plan.attributes.values() if a.units == units}
    for section, known in (
        ("columns", [*own, *declared]),
        ("values", list(declared)),
        ("constants", [*declared, STUDENTS] if units == STUDENTS else list(declared)),
        ("scale", [name for name, a in declared.items() if a.kind in NUMBERS]),
    ):
        for name in getattr(table, section):
            if name not in known:
                problems.add(
                    codes.UNKNOWN_COLUMN_NAME,
                    f"the rulebook declares no number `{name}`"
                    if section == "scale"
                    else f"the rulebook declares no `{name}`",
                    places.key((*path, section, name)),
                    did_you_mean(name, known),
                )
    for name, words in table.values.items():
        for word, value in words.items():
            _check_value(declared.get(name), value, (*path, "values", name, word), places, problems)
    for name, value in table.constants.items():
        _check_value(declared.get(name), value, (*path, "constants", name), places, problems)
        if name in table.columns:
            problems.add(
                codes.BAD_LAYOUT,
                f"`{name}` is given by a column and by a constant",
                places.key((*path, "constants", name)),
                "remove one of them",
            )


def _check_value(
    attribute: Attribute | None, value: str, path: Path_, places: Places, problems: Problems
) -> None:
    """What the layout gives in place of a cell must be a value of the attribute."""
    if attribute is None:
        return
    try:
        value_from_text(value, attribute)
    except BadValueError as error:
        hint = did_you_mean(value, attribute.values) if attribute.values else None
        problems.add(
            codes.UNKNOWN_COLUMN_NAME,
            f"`{value}` is no value of `{attribute.name}`",
            places.value(path),
            hint or f"expected: {error.expected}",
        )


def _check_given(
    entries: Mapping[str, Mapping[str, str]],
    section: str,
    units: str,
    at: Path_,
    plan: Plan,
    places: Places,
    problems: Problems,
) -> None:
    """Each column of a wide table, and each file, must say the same of its students: which grade,
    which sex, which count date.
    """
    declared = {a.name: a for a in plan.attributes.values() if a.units == units}
    said_by = {name: entry for entry, values in entries.items() for name in values}
    for entry, values in entries.items():
        for name, value in values.items():
            path = (*at, section, entry, name)
            if name not in declared:
                problems.add(
                    codes.UNKNOWN_COLUMN_NAME,
                    f"the rulebook declares no `{name}` for {units}",
                    places.key(path),
                    did_you_mean(name, declared),
                )
            else:
                _check_value(declared[name], value, path, places, problems)
        unsaid = (said_by.keys() & declared.keys()) - values.keys()
        for name in sorted(unsaid) if values.keys() <= declared.keys() else ():
            problems.add(
                codes.BAD_LAYOUT,
                f"`{said_by[name]}` says which `{name}` its students have, but `{entry}` does not",
                places.key((*at, section, entry)),
                f"give `{name}` to all of them, or to none",
            )


def _check_given_once(roster: RosterLayout, at: Path_, places: Places, problems: Problems) -> None:
    """What each file says of its students stands nowhere else."""
    elsewhere = set(roster.columns).union(roster.constants, *roster.counts.values())
    for pattern, values in roster.by_file.items():
        for name in sorted(values.keys() & elsewhere):
            problems.add(
                codes.BAD_LAYOUT,
                f"`{name}` is given by the file and elsewhere in the layout",
                places.key((*at, "by_file", pattern, name)),
                "remove one of them",
            )


def _check_one_student_per_row(roster: RosterLayout, places: Places, problems: Problems) -> None:
    """`constants: {students: 1}` says that a row is one student, and nothing may deny it."""
    number = roster.constants.get(STUDENTS, "1")
    if number != "1":
        problems.add(
            codes.BAD_LAYOUT,
            f"each row would stand for `{number}` students",
            places.value(("roster", "constants", STUDENTS)),
            "write 1 where each row is one student, or name the column of numbers: students: …",
        )
    if STUDENTS in roster.constants and (roster.students is not None or roster.counts):
        problems.add(
            codes.BAD_LAYOUT,
            "the number of students in a row is given by a column and by a constant",
            places.key(("roster", "constants", STUDENTS)),
            "remove one of them",
        )


def _check_former_codes(
    roster: RosterLayout, at: Path_, places: Places, problems: Problems
) -> None:
    """A code may be followed by another and that by a third, but only onwards in time."""
    former = roster.former_codes
    for code, entry in former.items():
        place = places.key((*at, "former_codes", code))
        seen, now = {code}, entry.now
        while now in former and now not in seen:
            seen.add(now)
            now = former[now].now
        if now == code:
            problems.add(
                codes.BAD_LAYOUT,
                f"the code `{code}` comes back to itself",
                place,
                "give for each former code the one that followed",
            )
        following = former.get(entry.now)
        if following is not None and (following.since or date.min) < (entry.since or date.min):
            problems.add(
                codes.BAD_LAYOUT,
                f"the code `{code}` becomes `{entry.now}`, which was given up before",
                place,
                f"correct `since`, or give the code that followed `{entry.now}`",
            )
