"""The order of a run, and nothing else: rulebook and roster in, allocation out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.allocate.evaluation import Evaluation
from formula_funding.compile.checked_rulebook import CheckedRulebook, check_rulebook
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
    InvariantBrokenError,
    Place,
    Problem,
    Problems,
    stop,
)
from formula_funding.diagnostics.wording import counted
from formula_funding.exact.number_text import units_text
from formula_funding.formula.weight import deep_recursion
from formula_funding.judge.evaluate import NoSuchNumberError
from formula_funding.judge.student_by_student import amounts_student_by_student
from formula_funding.model.allocation import Allocation
from formula_funding.model.counts import Counts
from formula_funding.model.plan import Plan
from formula_funding.model.register import Register
from formula_funding.read.layout_from_yaml import layout_from_yaml
from formula_funding.read.register_from_table import register_from_table, school_attributes_read
from formula_funding.read.roster import Roster, open_roster, rows_of_roster
from formula_funding.read.rulebook_from_yaml import rulebook_from_yaml
from formula_funding.rules.layout import Layout
from formula_funding.tally.counts_from_tally import counts_from_tally, schools_of_tally
from formula_funding.tally.plain_engine import PlainEngine
from formula_funding.tally.tally import Engine, counts_students, cuts_of

ENGINES = {
    "duckdb": "formula_funding.tally.duckdb_engine:DuckdbEngine",
    "plain": "formula_funding.tally.plain_engine:PlainEngine",
}
DEFAULT_LAYOUT = "layout.yaml"


@dataclass(frozen=True)
class Inputs:
    """What a run is given."""

    rulebook: Path
    rosters: tuple[Path, ...]
    schools: Path | None = None
    layout: Path | None = None
    as_of: date | None = None
    engine: str = "duckdb"


@dataclass(frozen=True)
class Run:
    """A finished run: the allocation, what it was evaluated from, and the warnings."""

    inputs: Inputs
    allocation: Allocation
    evaluation: Evaluation
    warnings: tuple[Problem, ...]


def run(inputs: Inputs) -> Run:
    """Rulebook and roster in, allocation out.

    Raises ProblemsFoundError with everything that is wrong in the first stage that finds
    anything wrong, and InvariantBrokenError if the program contradicts itself.
    """
    problems = Problems()
    checked = checked_rulebook(inputs.rulebook, problems)
    plan = plan_from_rulebook(checked, inputs.as_of, problems)
    layout = _layout(inputs, plan, problems)
    register, roster, counts = _read(inputs, plan, layout, problems)
    with deep_recursion():
        allocation, evaluation = allocation_from_counts(plan, counts, register, problems)
        if inputs.engine == "plain":
            _judge(allocation, roster, problems)
    return Run(inputs, allocation, evaluation, problems.warnings)


def checked_rulebook(path: Path, problems: Problems) -> CheckedRulebook:
    """Read and check a rulebook. Raises ProblemsFoundError with all its problems."""
    return check_rulebook(rulebook_from_yaml(path, problems), problems)


def check_data(inputs: Inputs, problems: Problems) -> tuple[Plan, Counts]:
    """Check a rulebook and the data for it, row by row, without computing anything."""
    checked = checked_rulebook(inputs.rulebook, problems)
    plan = plan_from_rulebook(checked, inputs.as_of, problems)
    _, _, counts = _read(inputs, plan, _layout(inputs, plan, problems), problems)
    return plan, counts


def _layout(inputs: Inputs, plan: Plan, problems: Problems) -> Layout:
    """The layout given, else the one beside the rulebook, else the plain names."""
    beside = inputs.rulebook.parent / DEFAULT_LAYOUT
    path = inputs.layout or (beside if beside.is_file() else None)
    return layout_from_yaml(path, plan, problems) if path else Layout()


def _read(
    inputs: Inputs, plan: Plan, layout: Layout, problems: Problems
) -> tuple[Register, Roster | None, Counts]:
    if not counts_students(plan):
        register = register_from_table(
            _only_table(inputs, problems), layout.schools, plan, problems
        )
        return register, None, Counts(len(register.ids), {})
    if not inputs.rosters:
        stop(
            codes.NO_ROSTER,
            "the rulebook counts students, but no roster is given",
            Place(inputs.rulebook.as_posix()),
            "name the roster after the rulebook",
        )
    register = _register(inputs, plan, layout, problems)
    cuts = cuts_of(plan)
    attributes = tuple(name for name in plan.attributes if any(name in cut for cut in cuts))
    roster = open_roster(inputs.rosters, layout.roster, attributes, problems)
    tally = _engine(inputs.engine).tally(roster, cuts)
    if not register.is_given:
        ids = schools_of_tally(tally)
        register = Register(ids, ("",) * len(ids), {}, is_given=False)
    counts = counts_from_tally(tally, plan, register)
    if counts is None or counts.rows == 0:
        register, counts = _read_slowly(roster, plan, register, problems)
    _warn_of_empty_schools(counts, register, inputs, problems)
    return register, roster, counts


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
    return tables[0]


def _register(inputs: Inputs, plan: Plan, layout: Layout, problems: Problems) -> Register:
    if inputs.schools is not None:
        return register_from_table(inputs.schools, layout.schools, plan, problems)
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


def _engine(name: str) -> Engine:
    module, _, engine = ENGINES[name].partition(":")
    found: Engine = getattr(import_module(module), engine)()
    return found


def _read_slowly(
    roster: Roster, plan: Plan, register: Register, problems: Problems
) -> tuple[Register, Counts]:
    """Row by row, to place whatever the engine stumbled over. Usually raises.

    Where no register is given, the schools are those that were read here.
    """
    schools = {row.school for row in rows_of_roster(roster, plan, register, problems)}
    if not schools and not problems.has_errors:
        for file in roster.files:
            problems.add(
                codes.EMPTY_FILE,
                "the file has a header but no row",
                Place(file.table.name),
                "export it again",
            )
    problems.stop_if_errors()
    if not register.is_given:
        ids = tuple(sorted(schools))
        register = Register(ids, ("",) * len(ids), {}, is_given=False)
    counts = counts_from_tally(PlainEngine().tally(roster, cuts_of(plan)), plan, register)
    if counts is None:
        raise InvariantBrokenError("the roster reads well row by row, but can't be counted")
    return register, counts


def _warn_of_empty_schools(
    counts: Counts, register: Register, inputs: Inputs, problems: Problems
) -> None:
    filled = {
        school
        for table in counts.tables.values()
        for school, students in zip(table.schools, table.students, strict=True)
        if students
    }
    empty = [school for i, school in enumerate(register.ids) if i not in filled]
    if empty:
        shown = ", ".join(f"`{school}`" for school in empty[:5])
        problems.add(
            codes.SCHOOL_WITHOUT_STUDENTS,
            f"no student in the roster for {counted(len(empty), 'school')} of the register: {shown}"
            + (" and others" if len(empty) > 5 else ""),
            Place(inputs.schools.as_posix()) if inputs.schools else None,
        )


def _judge(allocation: Allocation, roster: Roster | None, problems: Problems) -> None:
    """Price everything a second time, student by student; a difference of a kopeck stops."""
    plan, register = allocation.plan, allocation.register
    rows = rows_of_roster(roster, plan, register, problems) if roster else ()
    try:
        judged = amounts_student_by_student(plan, rows, register)
    except NoSuchNumberError:
        raise InvariantBrokenError("only the judge finds a division by zero") from None
    for name, amounts in judged.items():
        for i, amount in enumerate(amounts):
            if amount * 10**plan.places != allocation.lines[name][i]:
                paid = units_text(allocation.lines[name][i], plan.places)
                raise InvariantBrokenError(
                    f"line `{name}` of school `{register.ids[i]}`: "
                    f"{paid} by counts, {amount} student by student"
                )
