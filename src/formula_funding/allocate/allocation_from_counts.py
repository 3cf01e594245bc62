"""Plan and counts to allocation: evaluate every line, then write the ledger."""

from __future__ import annotations

from collections import Counter

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.ledger_from_counts import ledger_from_counts
from formula_funding.allocate.requirements import check_requirements, value_shown
from formula_funding.allocate.solved import plan_with_found_figures
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import InvariantBrokenError, Problems
from formula_funding.diagnostics.wording import counted
from formula_funding.exact.column import Column, over_common_denominator
from formula_funding.formula.narrow import decided
from formula_funding.formula.tree import Lookup, walk_outside_aggregates
from formula_funding.model.allocation import Allocation
from formula_funding.model.counts import Counts
from formula_funding.model.ledger import Ledger
from formula_funding.model.plan import Plan
from formula_funding.model.register import Register

_SHOWN = 5
MAX_DIGITS = 32
MAX_AMOUNT = 10**MAX_DIGITS


def allocation_from_counts(
    plan: Plan, counts: Counts, register: Register, problems: Problems
) -> tuple[Allocation, Evaluation]:
    """What each school gets, and the evaluation that the explanation is told from.

    Raises ProblemsFoundError where a formula divides by zero, a figure can't be found, or the data
    is not as the rulebook requires.
    """
    plan = plan_with_found_figures(plan, counts, register, problems)
    evaluation = Evaluation(plan, counts, register, problems)
    check_requirements(evaluation, problems)
    lines = {line.name: in_units(evaluation.line(line.name), plan.places) for line in plan.lines}
    for name, amounts in lines.items():
        if max(amounts, default=0) >= MAX_AMOUNT or min(amounts, default=0) <= -MAX_AMOUNT:
            problems.add(
                codes.AMOUNT_TOO_LONG, f"`{name}` comes out with more than {MAX_DIGITS} digits"
            )
    problems.stop_if_errors()
    ledger = ledger_from_counts(evaluation)
    _warn_of_excluded(ledger, problems)
    _warn_of_unused_rates(evaluation, problems)
    return Allocation(plan, register, lines, ledger), evaluation


def in_units(amounts: Column, places: int) -> tuple[int, ...]:
    """Rounded amounts as whole numbers of 10^-places."""
    numerators, denominator = over_common_denominator(amounts)
    factor, rest = divmod(10**places, denominator)
    if not rest:
        return tuple(numerators if factor == 1 else [n * factor for n in numerators])
    units = [divmod(n * 10**places, denominator) for n in numerators]
    if any(rest for _, rest in units):
        raise InvariantBrokenError("an amount is finer than the currency's smallest unit")
    return tuple(quotient for quotient, _ in units)


def _warn_of_excluded(ledger: Ledger, problems: Problems) -> None:
    if not ledger.excluded:
        return
    kinds: Counter[str] = Counter()
    for entry in ledger.excluded:
        kinds[
            ", ".join(f"{name} {value_shown(value)}" for name, value in entry.values.items())
        ] += entry.students
    largest = sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))[:_SHOWN]
    shown = "; ".join(f"{kind}: {students:,}" for kind, students in largest)
    are = "is" if ledger.students_excluded == 1 else "are"
    problems.add(
        codes.NOT_FUNDED,
        f"{counted(ledger.students_excluded, 'student')} {are} funded by no line ({shown}"
        + ("; …)" if len(kinds) > _SHOWN else ")"),
        None,
        "if they should be funded, look at the conditions of the lines; "
        "the ledger in the .json output lists them by school",
    )


def _warn_of_unused_rates(evaluation: Evaluation, problems: Problems) -> None:
    """Tell which rates of a table that prices students no student of the roster uses."""
    used: dict[str, set[tuple[str | None, ...]]] = {}
    possible: dict[str, set[tuple[str, ...]]] = {}
    for line in evaluation.plan.lines_in_force:
        if not line.per_student:
            continue
        units = evaluation.groups(line.trees).units
        applies = units.truths(line.when) if line.when is not None else [True] * units.length
        for node in walk_outside_aggregates(line.amount):
            if isinstance(node, Lookup):
                keys = units.keys(node)
                used.setdefault(node.table, set()).update(
                    key for key, holds in zip(keys, applies, strict=True) if holds
                )
                possible.setdefault(node.table, set()).update(
                    key
                    for key in evaluation.plan.parameters[node.table].values
                    if line.when is None or decided(line.when, node.known(key)) is not False
                )
    for table, keys_used in used.items():
        parameter = evaluation.plan.parameters[table]
        unused = [
            ", ".join(key)
            for key in parameter.values
            if key in possible[table] and key not in keys_used
        ]
        if unused:
            shown = "; ".join(unused[:_SHOWN]) + ("; …" if len(unused) > _SHOWN else "")
            problems.add(
                codes.UNUSED_RATE,
                f"no student uses {counted(len(unused), 'rate')} of `{table}`: {shown}",
                parameter.place,
            )
