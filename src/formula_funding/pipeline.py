"""The order of a run, and nothing else: rulebook and roster in, allocation out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.allocate.evaluation import Evaluation
from formula_funding.compile.checked_rulebook import CheckedRulebook, check_rulebook
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.acceptance import check_acceptable, warn_of_idle_acceptances
from formula_funding.diagnostics.problem import Problem, Problems, stop
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.allocation import Allocation
from formula_funding.model.inputs import Inputs
from formula_funding.model.ledger import Comparison
from formula_funding.model.plan import Plan
from formula_funding.model.progress import Progress
from formula_funding.read.former_codes import codes_of_today
from formula_funding.read.layout_from_yaml import layout_from_yaml
from formula_funding.read.register_from_table import register_from_table
from formula_funding.read.rulebook_from_yaml import rulebook_from_yaml
from formula_funding.rules.layout import Layout
from formula_funding.sources.remote import on_this_machine
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.comparison import compare_counts
from formula_funding.tally.data_from_files import Data, read_data
from formula_funding.tally.engines import remote_files

if TYPE_CHECKING:
    from formula_funding.audit.audit import Audit
    from formula_funding.model.kept import Kept

__all__ = [
    "Inputs",
    "Run",
    "audited",
    "check_data",
    "checked_rulebook",
    "kept_tally",
    "layout_for",
    "planned",
    "run",
    "workspace_for",
]

DEFAULT_LAYOUT = "layout.yaml"


@dataclass(frozen=True)
class Run:
    """A finished run: the allocation, what it was evaluated from, and the warnings.

    `rulebooks` are all files of the rulebook: its own first, then those that it is based on.
    """

    inputs: Inputs
    allocation: Allocation
    evaluation: Evaluation
    rulebooks: tuple[Path, ...]
    warnings: tuple[Problem, ...]

    def telling(self, progress: Progress) -> Run:
        """The same run; whoever writes it tells `progress` how many schools are done."""
        return replace(self, inputs=replace(self.inputs, progress=progress))


def run(inputs: Inputs) -> Run:
    """Rulebook and roster in, allocation out.

    Raises ProblemsFoundError with everything that is wrong in the first stage that finds
    anything wrong, and InvariantBrokenError if the program contradicts itself.
    """
    problems = Problems(inputs.accept)
    check_acceptable(inputs.accept, problems)
    checked, plan, layout = planned(inputs, problems)
    with workspace_for(inputs) as workspace, deep_recursion():
        data = read_data(inputs, plan, layout, problems, workspace, banded_by=[plan])
        allocation, evaluation = allocation_from_counts(plan, data.counts, data.register, problems)
        if inputs.engine == "plain":
            from formula_funding.judge.second_opinion import check_student_by_student

            check_student_by_student(allocation, data.rows_one_by_one())
    comparison = _comparison(inputs, allocation, layout, problems)
    problems.stop_if_errors()
    warn_of_idle_acceptances(inputs.accept, problems)
    ledger = replace(
        allocation.ledger, accepted=(*data.accepted, *problems.accepted), comparison=comparison
    )
    allocation = replace(allocation, ledger=ledger)
    return Run(inputs, allocation, evaluation, checked.files, problems.warnings)


def audited(
    inputs: Inputs, weight: str | None = None, wealth: str | None = None
) -> tuple[Audit, tuple[Problem, ...]]:
    """Run, then audit. `weight` and `wealth` are columns of the register.

    Raises ProblemsFoundError as `run` does.
    """
    from formula_funding.audit.audit import LEAST_WEIGHT, audit_of, number_of_schools

    finished = run(inputs)
    allocation, problems = finished.allocation, Problems()
    plan, register = allocation.plan, allocation.register
    table = inputs.schools or (None if allocation.ledger.students else inputs.rosters[0])
    path = None if table is None else on_this_machine(table)
    also = [attribute for attribute in plan.attributes.values() if attribute.protected]
    for column, least in ((weight, LEAST_WEIGHT), (wealth, None)):
        if column is not None:
            also.append(number_of_schools(column, least, plan))
    if path is None and (weight is not None or wealth is not None):
        stop(
            codes.NO_REGISTER,
            "need weights and wealth are columns of the register, but none is given",
            hint="give it with --schools FILE",
        )
    if path is not None and also:
        layout = layout_for(inputs, finished.rulebooks, plan, problems)
        with workspace_for(inputs) as workspace:
            register = register_from_table(path, layout.schools, plan, problems, workspace, also)
    with deep_recursion():
        audit = audit_of(allocation, finished.evaluation, register, weight, wealth)
    return audit, finished.warnings


def workspace_for(inputs: Inputs) -> Workspace:
    """The folder of a run, and what opens the URLs among its inputs."""
    remote = remote_files(inputs.engine, inputs.master, inputs.resources)
    return Workspace(inputs.limits, inputs.progress, inputs.resources.folder, remote)


def checked_rulebook(path: Path, problems: Problems) -> CheckedRulebook:
    """Read and check a rulebook. Raises ProblemsFoundError with all its problems."""
    return check_rulebook(rulebook_from_yaml(path, problems), problems)


def check_data(inputs: Inputs, problems: Problems) -> tuple[Plan, Data]:
    """Check a rulebook and the data for it, row by row, without computing anything."""
    check_acceptable(inputs.accept, problems)
    _, plan, layout = planned(inputs, problems)
    with workspace_for(inputs) as workspace:
        data = read_data(inputs, plan, layout, problems, workspace, banded_by=[plan])
    return plan, data


def kept_tally(inputs: Inputs, also: Sequence[str]) -> tuple[Kept, tuple[Problem, ...]]:
    """Count a roster once and for all, by the attributes that the rules read and those of `also`.

    Raises ProblemsFoundError with everything that is wrong in the rulebook or the data.
    """
    from formula_funding.tally.keeping import kept_from_files

    problems = Problems(inputs.accept)
    check_acceptable(inputs.accept, problems)
    checked, plan, layout = planned(inputs, problems)
    with workspace_for(inputs) as workspace:
        named = replace(inputs, layout=layout_file(inputs, checked.files))
        kept = kept_from_files(named, checked.files, plan, layout, also, problems, workspace)
    warn_of_idle_acceptances(inputs.accept, problems)
    return kept, problems.warnings


def _comparison(
    inputs: Inputs, allocation: Allocation, layout: Layout, problems: Problems
) -> Comparison | None:
    """The school's students held against the previous run's, if one is given."""
    if inputs.previous is None:
        return None
    from formula_funding.read.previous_run import previous_run

    now = dict(zip(allocation.register.ids, allocation.ledger.students, strict=False))
    today = codes_of_today(layout.roster.former_codes, allocation.plan.as_of)
    previous = previous_run(inputs.previous).under(today)
    return compare_counts(now, previous, inputs.threshold, problems)


def planned(inputs: Inputs, problems: Problems) -> tuple[CheckedRulebook, Plan, Layout]:
    """The rulebook, its plan for a run, and the layout of the data. Raises ProblemsFoundError."""
    checked = checked_rulebook(inputs.rulebook, problems)
    plan = plan_from_rulebook(checked, inputs.as_of, problems)
    return checked, plan, layout_for(inputs, checked.files, plan, problems)


def layout_for(inputs: Inputs, rulebooks: Sequence[Path], plan: Plan, problems: Problems) -> Layout:
    """The layout given, else the nearest beside the rulebook and its bases, else plain names."""
    path = layout_file(inputs, rulebooks)
    return layout_from_yaml(path, plan, problems) if path else Layout()


def layout_file(inputs: Inputs, rulebooks: Sequence[Path]) -> Path | None:
    """Where the layout of a run stands; None if there is none."""
    beside = [file.parent / DEFAULT_LAYOUT for file in rulebooks]
    return inputs.layout or next((path for path in beside if path.is_file()), None)
