"""Files to a kept tally: a roster counted once by everything that rules may read of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems, stop
from formula_funding.diagnostics.wording import counted, did_you_mean
from formula_funding.formula.kinds import Level
from formula_funding.model.counts import CountTable, Cut, declared
from formula_funding.model.inputs import Inputs
from formula_funding.model.kept import Kept, Source, groups_of
from formula_funding.model.plan import STUDENTS, Plan
from formula_funding.model.url import Given, Url
from formula_funding.rules.layout import Layout
from formula_funding.sources.files_given import files_meant
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.data_from_files import (
    count_students,
    kept_among,
    register_given,
    students_roster,
)
from formula_funding.tally.kept_roster import text_kept
from formula_funding.tally.tally import attributes_counted, counts_students

_CHUNK = 1_000_000
_FEW = 100
"""Of fewer students most are alone in any tally."""


def kept_from_files(
    inputs: Inputs,
    rulebooks: Sequence[Path],
    plan: Plan,
    layout: Layout,
    also: Sequence[str],
    problems: Problems,
    workspace: Workspace,
) -> Kept:
    """Count a roster by the attributes that the plan reads, and those of `also`, together.

    Raises ProblemsFoundError with everything that is wrong in the data.
    """
    place = Place(inputs.rulebook.as_posix())
    if not counts_students(plan):
        stop(
            codes.TALLY_IN_THE_WRONG_PLACE,
            "the rulebook counts no students, so there is nothing to tally",
            place,
            "give its table of schools to the commands as it is",
        )
    cut = _kept_attributes(plan, also, place, problems)
    paths = files_meant(inputs.rosters, workspace.limits, problems)
    tally = kept_among(paths)
    if tally is not None or not paths:
        stop(
            codes.TALLY_IN_THE_WRONG_PLACE if tally else codes.NO_ROSTER,
            "a tally is made from a roster, and this is a tally" if tally else "no roster is given",
            Place(tally.as_posix()) if tally else place,
            "give the roster that was tallied" if tally else "name the roster",
        )
    register = register_given(inputs, plan, layout, problems, workspace)
    roster = students_roster(paths, plan, cut, layout, problems, workspace)
    _, counts = count_students(roster, register, (cut,), cut, inputs, problems)
    problems.stop_if_errors()
    count_date = plan.counting.count_date
    kept = Kept(
        plan.rulebook,
        plan.version,
        str(plan.period or plan.as_of or ""),
        str(plan.as_of or "") if layout.roster.former_codes else None,
        cut,
        {name: plan.attributes[name].if_empty for name in cut},
        plan.counting,
        _dates(counts.tables[cut].combinations, cut, count_date) if count_date else (),
        roster.names,
        tuple(_sources(inputs, rulebooks, paths)),
        groups_of(counts.read, roster.names, cut, text_kept),
        problems.accepted,
    )
    _warn_of_single_students(kept, counts.tables[cut], problems)
    return kept


def _warn_of_single_students(kept: Kept, table: CountTable, problems: Problems) -> None:
    """Warn where the attributes tell most students apart."""
    if not kept.cut or kept.students < _FEW or 2 * kept.alone <= kept.students:
        return
    number = {
        name: len({values[i] for values in table.combinations}) for i, name in enumerate(kept.cut)
    }
    name = max(number, key=lambda name: number[name])
    problems.add(
        codes.TALLY_OF_SINGLE_STUDENTS,
        f"{kept.alone:,} of {counted(kept.students, 'student')} are alone in their group; "
        f"`{name}` has {counted(number[name], 'value')}",
        Place(kept.files[0]),
        "keep the tally as you keep a roster, or let the rules read a coarser attribute",
    )


def _kept_attributes(plan: Plan, also: Sequence[str], place: Place, problems: Problems) -> Cut:
    """What the rules read of students and what is kept besides, in declared order."""
    students = [
        name
        for name, attribute in plan.attributes.items()
        if (attribute.level, attribute.units) == (Level.STUDENT, STUDENTS)
    ]
    for name in also:
        if name not in students:
            problems.add(
                codes.UNKNOWN_NAME,
                f"`--also` names `{name}`, which is no attribute of students in the rulebook",
                place,
                did_you_mean(name, students),
            )
    problems.stop_if_errors()
    return declared(plan, [*attributes_counted(plan), *also])


def _dates(combinations: Sequence[tuple[object, ...]], cut: Cut, name: str) -> tuple[str, ...]:
    """The count dates on which somebody was counted, in ascending order."""
    return tuple(sorted({str(values[cut.index(name)]) for values in combinations}))


def _sources(
    inputs: Inputs, rulebooks: Sequence[Path], rosters: Sequence[Given]
) -> Iterator[Source]:
    """The files that decide what is counted, with their hashes."""
    for part, paths in (
        ("rulebook", rulebooks),
        ("roster", rosters),
        ("schools", [inputs.schools] if inputs.schools else []),
        ("layout", [inputs.layout] if inputs.layout else []),
    ):
        for path in paths:
            yield Source(part, path.as_posix(), _sha256(path))


def _sha256(path: Given) -> str:
    """The hash of a file, or of all files in a folder in the order of their names; none of what
    lies elsewhere."""
    if isinstance(path, Url):
        return ""
    found = hashlib.sha256()
    files = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
    if not all(file.is_file() for file in files):
        return ""
    for file in files:
        with file.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                found.update(chunk)
    return found.hexdigest()
