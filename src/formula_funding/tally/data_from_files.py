"""Files to counts: the register read, the roster counted, every problem placed.

The fast path detects: an engine counts texts, and each distinct text is checked once. The slow
path explains: if anything is wrong, the roster is read again row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from formula_funding.compile.counted_in_bands import pieces_counted
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
    Accepted,
    InvariantBrokenError,
    Place,
    Problems,
    ProblemsFoundError,
    stop,
)
from formula_funding.diagnostics.wording import counted, did_you_mean
from formula_funding.exact.pieces import Pieces
from formula_funding.model.counts import Counts, Cut, LeftOut, RowsRead, declared
from formula_funding.model.inputs import Inputs
from formula_funding.model.plan import STUDENTS, Plan
from formula_funding.model.register import Register
from formula_funding.model.url import Given
from formula_funding.read.former_codes import check_former_codes, tell_former_codes
from formula_funding.read.nobody_counted import why_nobody_counts, without_rows
from formula_funding.read.register_from_table import register_from_table, school_attributes_read
from formula_funding.read.roster import Roster, open_roster
from formula_funding.read.roster_rows import (
    RosterReading,
    RosterRow,
    read_row_by_row,
    rows_of_roster,
)
from formula_funding.rules.layout import Layout, RosterLayout
from formula_funding.sources.files_given import files_meant
from formula_funding.sources.remote import on_this_machine
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.best_of_rows import best_counts
from formula_funding.tally.changed_codes import warn_of_changed_codes
from formula_funding.tally.counted_once import Asked
from formula_funding.tally.counts_from_tally import (
    asked_of,
    counts_from_tally,
    tally_of,
)
from formula_funding.tally.engines import engine
from formula_funding.tally.in_bands import counts_in_bands, roster_in_bands
from formula_funding.tally.kept_key import is_kept_tally
from formula_funding.tally.plain_engine import PlainEngine
from formula_funding.tally.sound_roster import (
    former_codes_of,
    lacks_rows_of_a_file,
    sound_counts,
)
from formula_funding.tally.tally import (
    Engine,
    Tally,
    attributes_counted,
    counts_students,
    cuts_of,
    ledger_cut,
)

if TYPE_CHECKING:
    from formula_funding.tally.kept_roster import KeptRoster


@dataclass(frozen=True)
class Data:
    """The schools, the roster and the counts.

    `rosters` are those of students, if the rules count any, and of the rulebook's other tables.
    `kept` is the tally that stands in place of the roster of students, if one does.
    """

    register: Register
    rosters: Mapping[str, Roster]
    counts: Counts
    kept: KeptRoster | None = None

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """What an officer overruled when the roster was tallied."""
        return self.kept.kept.accepted if self.kept else ()

    def rows_one_by_one(self) -> dict[str, Iterable[RosterRow]]:
        """The rows of all files, for a second opinion; problems of the files are known."""
        found: dict[str, Iterable[RosterRow]] = {
            units: rows_of_roster(roster, self.register, Problems())
            for units, roster in self.rosters.items()
        }
        return found if self.kept is None else {STUDENTS: self.kept.rows(), **found}

    @property
    def roster(self) -> Roster | None:
        """The roster of students; none for rules on figures per school."""
        return self.rosters.get(STUDENTS)


def read_data(
    inputs: Inputs,
    plan: Plan,
    layout: Layout,
    problems: Problems,
    workspace: Workspace,
    also: Cut | None = None,
    *,
    banded_by: Sequence[Plan] = (),
    counter: Engine | None = None,
) -> Data:
    """Read the register, find the roster's columns, count the students by what the plan needs.

    They are counted by the cut `also` too. Numbers that lie in the same bands of all plans of
    `banded_by` are not told apart; such counts are of no use to any other plan. The students are
    counted by `counter`, if one is given, in place of the engine that the inputs name. Raises
    ProblemsFoundError with everything that is wrong in the data.
    """
    pieces = pieces_counted(*banded_by)
    data = _schools_and_students(inputs, plan, layout, problems, workspace, also, pieces, counter)
    counts: dict[str, Counts] = {}
    rosters = dict(data.rosters)
    for name in _tables_read(plan, inputs, data.register, problems):
        table_layout = layout.tables.get(name, RosterLayout())
        pieces = pieces_counted(*banded_by, units=name)
        rosters[name], counts[name] = _count_units(
            name, inputs, table_layout, plan, data.register, problems, workspace, pieces
        )
    return replace(data, rosters=rosters, counts=replace(data.counts, units=counts))


def _schools_and_students(
    inputs: Inputs,
    plan: Plan,
    layout: Layout,
    problems: Problems,
    workspace: Workspace,
    also: Cut | None,
    pieces: Mapping[str, Pieces],
    counter: Engine | None,
) -> Data:
    if not counts_students(plan):
        table = _only_table(inputs, problems)
        register = register_from_table(table, layout.schools, plan, problems, workspace)
        name = table.as_posix()
        read = [RowsRead(name, school, (), 1, 0) for school in register.ids]
        read += [
            RowsRead(name, "", (), rows, 0, reason) for reason, rows in register.left_out.items()
        ]
        return Data(register, {}, Counts({}, tuple(read)))
    if not inputs.rosters:
        stop(
            codes.NO_ROSTER,
            "the rulebook counts students, but no roster is given",
            Place(inputs.rulebook.as_posix()),
            "name the roster after the rulebook",
        )
    register = register_given(inputs, plan, layout, problems, workspace)
    paths = files_meant(inputs.rosters, workspace.limits, problems)
    cuts, ledger, needed = _needed(plan, also)
    file = kept_among(paths)
    if file is not None:
        from formula_funding.tally.kept_file import read_kept
        from formula_funding.tally.kept_roster import kept_roster

        kept = kept_roster(read_kept(file), file, plan, needed, register, inputs, problems)
        register = kept.register
        counts = Counts({cut: kept.table(cut) for cut in cuts}, kept.read(ledger))
        data = Data(register, {}, counts, kept)
    else:
        roster = students_roster(paths, plan, needed, layout, problems, workspace)
        roster = roster_in_bands(roster, pieces)
        register, counts = count_students(roster, register, cuts, ledger, inputs, problems, counter)
        data = Data(register, {STUDENTS: roster}, counts)
    if pieces:
        data = replace(data, counts=counts_in_bands(counts, pieces, ledger))
    smallest = min(counts.tables.values(), key=lambda table: len(table.schools))
    filled = {
        school
        for school, students in zip(smallest.schools, smallest.students, strict=True)
        if students
    }
    empty = [school for i, school in enumerate(register.ids) if i not in filled]
    warn_of_empty_schools(empty, inputs.schools, problems)
    return data


def _needed(plan: Plan, also: Cut | None) -> tuple[tuple[Cut, ...], Cut, Cut]:
    """The cuts of students, that of the ledger, and the attributes that a roster must give."""
    cuts = cuts_of(plan)
    if also is not None and also not in cuts:
        cuts = (*cuts, also)
    return cuts, ledger_cut(plan), declared(plan, [*attributes_counted(plan), *(also or ())])


def students_asked(
    inputs: Inputs,
    plan: Plan,
    layout: Layout,
    workspace: Workspace,
    also: Cut | None = None,
    *,
    banded_by: Sequence[Plan] = (),
) -> Asked | None:
    """What `read_data` will ask an engine for, if the roster's own files are counted.

    None where they must be copied first or fetched, and where anything is wrong with them.
    """
    problems = Problems(inputs.accept)
    try:
        paths = files_meant(inputs.rosters, workspace.limits, problems)
        if not counts_students(plan) or not all(map(_may_be_scanned, paths)):
            return None
        cuts, ledger, needed = _needed(plan, also)
        roster = students_roster(paths, plan, needed, layout, problems, workspace)
    except ProblemsFoundError:
        return None
    if [file.table.source for file in roster.files] != list(paths):
        return None
    return asked_of(roster_in_bands(roster, pieces_counted(*banded_by)), cuts, ledger)


def _may_be_scanned(given: Given) -> bool:
    """Whether engines may read a file as it stands; of Parquet files, some are kept tallies."""
    return isinstance(given, Path) and (
        given.suffix.lower() in {".csv", ".tsv", ".txt"}
        or (given.suffix.lower() == ".parquet" and not is_kept_tally(given))
    )


def kept_among(paths: Sequence[Given]) -> Path | None:
    """The kept tally that stands in place of a roster, if one does.

    Raises ProblemsFoundError if it stands beside other files.
    """
    kept = [path for path in paths if isinstance(path, Path) and is_kept_tally(path)]
    if kept and len(paths) > 1:
        stop(
            codes.TALLY_IN_THE_WRONG_PLACE,
            "a kept tally stands beside other files of a roster",
            Place(kept[0].as_posix()),
            "give it alone; or tally all files of the roster together",
        )
    return kept[0] if kept else None


def students_roster(
    paths: Sequence[Given],
    plan: Plan,
    needed: Cut,
    layout: Layout,
    problems: Problems,
    workspace: Workspace,
) -> Roster:
    """The roster of students with the columns of the attributes that are needed."""
    attributes = [plan.attributes[name] for name in needed]
    return open_roster(
        paths,
        layout.roster,
        attributes,
        problems,
        workspace,
        counting=plan.counting,
        as_of=plan.as_of,
    )


def count_students(
    roster: Roster,
    register: Register,
    cuts: Sequence[Cut],
    ledger: Cut,
    inputs: Inputs,
    problems: Problems,
    counter: Engine | None = None,
) -> tuple[Register, Counts]:
    """The counts by each cut and of the ledger's; without a register, the roster's own schools.

    Raises ProblemsFoundError with everything that is wrong in the rows.
    """
    roster = replace(roster, expected_schools=register.ids)
    counter = counter or engine(inputs.engine, inputs.master, inputs.resources)
    tally = tally_of(roster, cuts, ledger, counter)
    _check_former_codes(roster, register, inputs, problems)
    sound = sound_counts(tally, register, roster, cuts, ledger)
    if sound is not None and sound[1].has_rows_counted:
        tell_former_codes(former_codes_of(tally, roster), roster.codes_of_today, problems)
        problems.stop_if_errors()
        return sound
    reading = _read_row_by_row(roster, register, tally, problems)
    _check_codes(reading, register, roster, problems)
    return _counted_plainly(reading, roster, register, problems, cuts, ledger)


def tables_counted(plan: Plan, inputs: Inputs, problems: Problems) -> list[str]:
    """The rulebook's tables that its formulas read. A file given for no table is a problem."""
    for name in inputs.tables:
        if name not in plan.tables:
            problems.add(
                codes.UNKNOWN_NAME,
                f"the rulebook has no table `{name}`",
                hint=did_you_mean(name, plan.tables),
            )
    return [name for name in plan.tables if cuts_of(plan, name)]


def _tables_read(plan: Plan, inputs: Inputs, register: Register, problems: Problems) -> list[str]:
    """The rulebook's tables that its formulas read, each with a file."""
    read = tables_counted(plan, inputs, problems)
    for name in read:
        if name not in inputs.tables:
            problems.add(
                codes.NO_ROSTER,
                f"the rules count `{name}`, but no file of them is given",
                Place(inputs.rulebook.as_posix()),
                f"give it with --table {name}=FILE",
            )
    if read and not register.is_given:
        problems.add(
            codes.NO_REGISTER,
            "rules with tables of their own need a register of schools",
            hint="give it with --schools FILE",
        )
    problems.stop_if_errors()
    return read


def _count_units(
    units: str,
    inputs: Inputs,
    layout: RosterLayout,
    plan: Plan,
    register: Register,
    problems: Problems,
    workspace: Workspace,
    pieces: Mapping[str, Pieces],
) -> tuple[Roster, Counts]:
    """Count the units of one table by the cuts that the formulas read."""
    best = plan.tables[units].best
    wanted = cuts_of(plan, units)
    read = (declared(plan, best.names),) if best is not None else wanted
    attributes = [plan.attributes[name] for name in attributes_of_table(plan, units)]
    paths = files_meant([inputs.tables[units]], workspace.limits, problems)
    roster = open_roster(paths, layout, attributes, problems, workspace, units, as_of=plan.as_of)
    roster = replace(roster_in_bands(roster, pieces), expected_schools=register.ids)
    tally = tally_of(roster, read, (), engine(inputs.engine, inputs.master, inputs.resources))
    _check_former_codes(roster, register, inputs, problems)
    counts = counts_from_tally(tally, register, roster, read, ())
    if counts is None or not counts.has_rows_counted or lacks_rows_of_a_file(tally, roster):
        reading = _read_row_by_row(roster, register, tally, problems)
        _, counts = _counted_plainly(reading, roster, register, problems, read, ())
    else:
        tell_former_codes(former_codes_of(tally, roster), roster.codes_of_today, problems)
        problems.stop_if_errors()
    counts = counts if best is None else best_counts(counts, best, wanted)
    return roster, counts_in_bands(counts, pieces) if pieces else counts


def attributes_of_table(plan: Plan, units: str) -> tuple[str, ...]:
    """The attributes that a table beside the students must give, in declared order."""
    best = plan.tables[units].best
    read = [name for cut in cuts_of(plan, units) for name in cut]
    return declared(plan, best.names if best is not None else read)


def _check_codes(
    reading: RosterReading, register: Register, roster: Roster, problems: Problems
) -> None:
    """Report school codes that look changed, if some are known and some are not."""
    if reading.unknown and reading.named:
        empty = sorted(set(register.ids) - reading.named)
        warn_of_changed_codes(reading.unknown, empty, roster.names[0], problems)


def _check_former_codes(
    roster: Roster, register: Register, inputs: Inputs, problems: Problems
) -> None:
    """Note each former code of the layout that is one of today."""
    if register.is_given:
        file = (inputs.schools or inputs.rosters[0]).as_posix()
        check_former_codes(roster.codes_of_today, register.ids, file, problems)


def _only_table(inputs: Inputs, problems: Problems) -> Path:
    """A rulebook without students works on one table, of schools."""
    tables = [*inputs.rosters, *([inputs.schools] if inputs.schools else [])]
    if len(tables) != 1:
        problems.add(
            codes.WRONG_VALUE,
            "the rulebook counts no students and needs one table, of schools",
            Place(inputs.rulebook.as_posix()),
            "give one file",
        )
    problems.stop_if_errors()
    return on_this_machine(tables[0])


def register_given(
    inputs: Inputs, plan: Plan, layout: Layout, problems: Problems, workspace: Workspace
) -> Register:
    """The register; one without schools where none is given and no rule needs one."""
    if inputs.schools is not None:
        return register_from_table(inputs.schools, layout.schools, plan, problems, workspace)
    needed = school_attributes_read(plan)
    if needed:
        problems.add(
            codes.NO_REGISTER,
            "the rules read " + ", ".join(f"`{name}`" for name in needed) + " of the schools, "
            "but no register of schools is given",
            hint="give it with --schools FILE",
        )
        problems.stop_if_errors()
    problems.add(
        codes.CODES_UNCHECKED,
        "no register of schools is given: school codes can't be checked and names are unknown",
        hint="give it with --schools FILE",
    )
    return Register((), (), {}, is_given=False)


def _read_row_by_row(
    roster: Roster, register: Register, tally: Tally, problems: Problems
) -> RosterReading:
    """Read every row, to place whatever the engine stumbled over, and tell of former codes."""
    reading = read_row_by_row(roster, register, may_stand_twice=tally.may_stand_twice)
    tell_former_codes(reading.former, roster.codes_of_today, problems)
    for problem in reading.problems:
        problems.add_problem(problem)
    return reading


def _counted_plainly(
    reading: RosterReading,
    roster: Roster,
    register: Register,
    problems: Problems,
    cuts: Sequence[Cut],
    ledger: Cut,
) -> tuple[Register, Counts]:
    """The counts of a roster that was read row by row. Usually raises ProblemsFoundError.

    Where no register is given, the schools are those that were read.
    """
    problems.stop_if_errors()
    tally = tally_of(roster, cuts, ledger, PlainEngine())
    if not reading.students:
        remaining = {roster.names[number] for number, *_ in tally.ledger}
        left_out = {name: set[LeftOut]() for name in roster.names}
        for number, reason in tally.left_out:
            left_out[roster.names[number]].add(reason)
        tables = [file.table for file in roster.files]
        for problem in why_nobody_counts(tables, left_out, remaining):
            problems.add_problem(problem)
    else:
        for problem in without_rows([file.table for file in roster.files], reading.rows):
            problems.add_problem(problem)
    problems.stop_if_errors()
    if not register.is_given:
        ids = tuple(sorted(reading.students))
        register = Register(ids, ("",) * len(ids), {}, is_given=False)
    counts = counts_from_tally(
        tally,
        register,
        roster,
        cuts,
        ledger,
        accept_unknown=problems.accepts(codes.UNKNOWN_SCHOOL),
    )
    if counts is None:
        raise InvariantBrokenError("the roster reads well row by row, but can't be counted")
    return register, counts


def warn_of_empty_schools(empty: Sequence[str], register: Path | None, problems: Problems) -> None:
    """Warn of schools of the register without a student."""
    if empty:
        shown = ", ".join(f"`{school}`" for school in empty[:5])
        problems.add(
            codes.SCHOOL_WITHOUT_STUDENTS,
            f"no student in the roster for {counted(len(empty), 'school')} of the register: {shown}"
            + (" and others" if len(empty) > 5 else ""),
            Place(register.as_posix()) if register else None,
        )
