"""A sound roster is known by its counts alone; whatever else it may be, rows tell one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.model.counts import Counts, Cut, LeftOut
from formula_funding.model.register import Register
from formula_funding.read.roster import Roster
from formula_funding.read.roster_rows import RosterReading
from formula_funding.tally.counts_from_tally import (
    are_doubtful,
    counts_from_tally,
    schools_of_tally,
    tally_of,
)
from formula_funding.tally.tally import Engine, Tally


def sound_counts(
    tally: Tally, register: Register, roster: Roster, cuts: Sequence[Cut], ledger: Cut
) -> tuple[Register, Counts] | None:
    """The counts of a roster of students; without a register, the roster's own schools.

    None if anything in it may be wrong.
    """
    if roster.has_unsure_students or lacks_rows_of_a_file(tally, roster):
        return None
    if not register.is_given:
        ids = schools_of_tally(tally, roster)
        if are_doubtful(ids, roster):
            return None
        register = Register(ids, ("",) * len(ids), {}, is_given=False)
    counts = counts_from_tally(tally, register, roster, cuts, ledger)
    return None if counts is None else (register, counts)


def lacks_rows_of_a_file(tally: Tally, roster: Roster) -> bool:
    """Whether some file of a roster has no row."""
    filled = {number for number, *_ in tally.ledger} | {number for number, _ in tally.left_out}
    return len(filled) < len(roster.files)


def reading_if_sound(
    roster: Roster, register: Register, engine: Engine
) -> tuple[RosterReading | None, Collection[str] | None]:
    """What reading a roster row by row would find, as an engine counts it; who may stand twice.

    No reading if anything may be wrong, so that it must be read. Every attribute of `roster` is
    looked at, whatever lines read it. For the students see `Tally.may_stand_twice`.
    """
    cuts: list[Cut] = [(), *((name,) for name in roster.attributes)]
    try:
        tally = tally_of(replace(roster, expected_schools=register.ids), cuts, (), engine)
    except ProblemsFoundError:
        return None, None
    sound = sound_counts(tally, register, roster, cuts, ())
    if sound is None:
        return None, tally.may_stand_twice
    students, rows, named = Counter[str](), Counter[str](), set[str]()
    for entry in sound[1].read:
        rows[entry.file] += entry.rows
        if entry.school:
            named.add(entry.school)
        if entry.left_out is None:
            students[entry.school] += entry.students
    for file in roster.files:
        # They were left out of the copy that is read.
        rows[file.table.name] -= sum(file.table.left_out.values())
    left_out: dict[str, Counter[LeftOut]] = {name: Counter() for name in roster.names}
    for (number, reason), found in tally.left_out.items():
        left_out[roster.names[number]][reason] += found
    former = former_codes_of(tally, roster)
    return RosterReading(students, rows, named, former, left_out), tally.may_stand_twice


def former_codes_of(tally: Tally, roster: Roster) -> Counter[tuple[str, str]]:
    """How many rows of each file name a school by each of its former codes."""
    rows = Counter[tuple[str, str]]()
    for number, text, _, found, _ in tally.ledger:
        if text.strip() in roster.codes_of_today:
            rows[roster.names[number], text.strip()] += found
    return rows
