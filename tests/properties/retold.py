"""The same world told otherwise: as changes of another rulebook, or with several rows a student."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from functools import partial

from hypothesis import strategies as st

from formula_funding.exact.number_text import units_text
from formula_funding.model.plan import Plan
from formula_funding.pipeline import Run
from tests.properties.formulas import Habits
from tests.properties.worlds import Row, World, worlds

_HEADING = re.compile(r"^(?=\w)", re.MULTILINE)
_ENTRY = re.compile(r"^(?=  \w)", re.MULTILINE)
_NAMED = ("define", "parameters", "steps", "lines", "require")
"""The sections of which each entry may stand in either file."""


@st.composite
def as_changes(draw: st.DrawFn, world: World) -> World:
    """A rulebook based on another one, which also holds what the changes remove or replace."""
    base: list[str] = []
    changes: list[str] = []
    for section in _HEADING.split(world.rulebook)[1:]:
        heading, *entries = _ENTRY.split(section)
        if heading.partition(":")[0] not in _NAMED:
            (changes if heading.startswith(("rulebook", "title", "version")) else base).append(
                section
            )
            continue
        chosen = [draw(st.booleans()) for _ in entries]
        moved = [entry for entry, is_moved in zip(entries, chosen, strict=True) if is_moved]
        kept = [entry for entry, is_moved in zip(entries, chosen, strict=True) if not is_moved]
        if heading.startswith("parameters"):
            kept.append("  needless: {kind: money, value: 5}\n")
        if heading.startswith("lines"):
            kept.append("  gone: {title: Gone, for: each school, amount: budget}\n")
        if moved:
            changes.append(heading + "".join(moved))
        base.append(heading + "".join(kept))
    changes.append("based_on: base.yaml\n")
    changes.append("without: [lines.gone, parameters.needless]\n")
    files = {
        "base.yaml": "rulebook: base\ntitle: {en: Last year, ru: Прошлый год}\n" + "".join(base)
    }
    return replace(world, rulebook="".join(changes), files=files)


COUNTING = {
    "main_enrolment": ("is_main: truth", "{same_student: main_enrolment, main: is_main}"),
    "split_fte": ("presence: {range: 0..1}", "{same_student: split_fte, fte: presence}"),
    "count_date": ("counted_on: date", "{same_student: error, count_date: counted_on}"),
}
"""What a rulebook declares beside the attributes of students, and how it counts."""


def one_by_one(world: World) -> list[Row]:
    """A row for each student, without the column of their number."""
    return [
        {name: text for name, text in row.items() if name != "students"}
        for row in world.students
        for _ in range(int(row["students"]))
    ]


@st.composite
def with_enrolments(draw: st.DrawFn, world: World, policy: str) -> World:
    """Each student by name: with rows that do not count, or in two rows that both do."""
    students = one_by_one(world) or [
        {name: text for name, text in world.students[0].items() if name != "students"}
    ]
    rows: list[Row] = []
    for number, row in enumerate(students):
        match policy:
            case "main_enrolment":
                rows.append({"student_id": f"s{number}", "is_main": "yes"} | row)
                if draw(st.booleans()):
                    school = draw(st.sampled_from(world.schools))["school_id"]
                    second = {"student_id": f"s{number}", "is_main": "no"} | row
                    rows.append(second | {"school_id": school})
            case "split_fte":
                rows.append({"student_id": f"s{number // 2}", "presence": "0.5"} | row)
            case _:
                rows.append({"student_id": f"s{number}", "counted_on": "2025-01-01"} | row)
    attribute, counting = COUNTING[policy]
    text = world.rulebook.replace("  born: date\n", f"  born: date\n  {attribute}\n", 1)
    text = text.replace("define:\n", f"counting: {counting}\ndefine:\n", 1)
    return replace(world, rulebook=text, students=tuple(rows))


LEGACY = Habits(reads_status=True, legacy=True)


TOLD = (
    worlds(),
    worlds(LEGACY),
    worlds().flatmap(as_changes),
    *(worlds().flatmap(partial(with_enrolments, policy=policy)) for policy in COUNTING),
)
"""Every construct of the language occurs in some of these worlds."""


def with_example(world: World, finished: Run) -> World:
    """The world with a worked example that states what a run found."""
    allocation, plan = finished.allocation, finished.allocation.plan
    gives = {
        school: {
            name: units_text(amounts[i], allocation.places)
            for name, amounts in allocation.lines.items()
        }
        for i, school in enumerate(allocation.register.ids)
    }
    example = {
        "title": {"en": "As computed", "ru": "Как рассчитано"},
        "source": "act",
        **_date(plan),
        "schools": {row["school_id"]: _without(row, "school_id", "name") for row in world.schools},
        "students": [_placed(row) for row in world.students],
        "tables": {
            name: [_placed(_without(row, name)) | {"number": row.get(name, "1")} for row in rows]
            for name, rows in world.tables.items()
        },
        "gives": gives,
    }
    text = json.dumps({"as_computed": example}, ensure_ascii=False)
    return replace(world, rulebook=f"{world.rulebook}examples: {text}\n")


def _date(plan: Plan) -> dict[str, str]:
    when = plan.period or plan.as_of
    return {} if when is None else {"as_of": str(when)}


def _placed(row: Row) -> dict[str, str]:
    return _without(row, "school_id", "name") | {"in": row["school_id"]}


def _without(row: Row, *names: str) -> dict[str, str]:
    return {name: text for name, text in row.items() if name not in names}


def amounts(finished: Run) -> dict[str, tuple[Fraction, ...]]:
    """The amount of each line for each school in the register's order."""
    allocation = finished.allocation
    unit = 10**allocation.places
    return {
        name: tuple(Fraction(amount, unit) for amount in found)
        for name, found in sorted(allocation.lines.items())
    }
