"""The number of students of each school, held against that of the previous run."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import counted
from formula_funding.exact.number_text import number_to_text
from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.model.ledger import Changed, Comparison

if TYPE_CHECKING:
    from formula_funding.read.previous_run import PreviousRun

_SHOWN = 5


def compare_counts(
    now: Mapping[str, int], previous: PreviousRun, threshold: Fraction, problems: Problems
) -> Comparison:
    """Find the schools that changed by more than `threshold`, and report them.

    A school that is in one of the runs only has changed, unless it has no student in the other.
    """
    changed = [
        Changed(school, before, after)
        for school in sorted({*now, *previous.students})
        for before, after in [(previous.students.get(school), now.get(school))]
        if _differs(before or 0, after or 0, threshold)
    ]
    if changed:
        largest = sorted(changed, key=lambda c: (-abs((c.now or 0) - (c.before or 0)), c.school))
        shown = "; ".join(_told(change) for change in largest[:_SHOWN])
        problems.add(
            codes.COUNTS_CHANGED,
            f"{counted(len(changed), 'school')} {'differs' if len(changed) == 1 else 'differ'} "
            f"from the previous run by more than {number_to_text(threshold * 100)}% of their "
            f"students: {shown}" + ("; …" if len(changed) > _SHOWN else ""),
            Place(previous.file),
            "look for a missing file or changed codes; if the numbers are right: "
            f'--accept {codes.COUNTS_CHANGED.id} --reason "…", or another --threshold',
        )
    return Comparison(previous.fingerprint, threshold, tuple(changed))


def _differs(before: int, now: int, threshold: Fraction) -> bool:
    return abs(now - before) > threshold * before


def _told(change: Changed) -> str:
    before, now = change.before, change.now
    numbers = f"`{change.school}` " + " → ".join(
        "none" if number is None else f"{number:,}" for number in (before, now)
    )
    if not before:
        return numbers
    share = round_fraction(Fraction(100 * ((now or 0) - before), before), Rounding(Fraction(1)))
    return f"{numbers} ({'+' if share > 0 else ''}{number_to_text(share)}%)"
