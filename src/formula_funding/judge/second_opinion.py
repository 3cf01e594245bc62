"""Holds an allocation by counts against the judge's, student by student."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from formula_funding.diagnostics.problem import InvariantBrokenError
from formula_funding.exact.number_text import units_text
from formula_funding.judge.evaluate import NoSuchNumberError
from formula_funding.judge.solved import wrongly_found
from formula_funding.judge.student_by_student import amounts_student_by_student
from formula_funding.model.allocation import Allocation
from formula_funding.read.roster_rows import RosterRow


def check_student_by_student(
    allocation: Allocation, rows: Mapping[str, Iterable[RosterRow]]
) -> None:
    """Price everything a second time, student by student.

    `rows` are those of students, and of the units of the rulebook's other tables, by their names.

    Raises InvariantBrokenError where one kopeck differs.
    """
    plan, register = allocation.plan, allocation.register
    if plan.solved:
        rows = {units: list(found) for units, found in rows.items()}
    for name in wrongly_found(plan, rows, register) if plan.solved else ():
        raise InvariantBrokenError(f"the judge does not find `{name}` to be what it is said to be")
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
