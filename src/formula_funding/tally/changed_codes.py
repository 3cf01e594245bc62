"""Codes that only seem to be unknown: a register and a roster of which one was recoded.

England once misallocated 370 million pounds because the codes of one county's schools had changed
in one file and not in the other, and the total still looked plausible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import counted

_AT_LEAST = 3
"""So many schools must be missing on both sides, unless the codes end alike."""


def warn_of_changed_codes(
    unknown: Mapping[str, int], empty: Sequence[str], file: str, problems: Problems
) -> None:
    """Report codes that look changed.

    `unknown` are the roster's students by codes that the register lacks, `empty` the register's
    schools that the roster does not name.
    """
    pair = _alike(sorted(unknown), sorted(empty))
    few, many = sorted((len(unknown), len(empty)))
    if pair is None and (few < _AT_LEAST or many > 2 * few):
        return
    students = counted(sum(unknown.values()), "student")
    looks = f" (`{pair[1]}` has become `{pair[0]}`?)" if pair else ""
    problems.add(
        codes.CODES_CHANGED,
        f"{counted(len(unknown), 'school')}{_beginning(unknown)} with {students} "
        f"{'is' if len(unknown) == 1 else 'are'} not in the register, and "
        f"{counted(len(empty), 'school')} of the register{_beginning(empty)} have no student: "
        f"it looks as if the codes had been changed{looks}",
        Place(file),
        "correct the codes in one of the files, or tell the former codes in a layout; "
        "nothing is paid until they agree",
    )


def _alike(unknown: Sequence[str], empty: Sequence[str]) -> tuple[str, str] | None:
    """A pair of codes, if all codes end as before and only their beginnings differ."""
    if len(unknown) < 2 or len(empty) < 2:
        return None
    ends = {code.removeprefix(_common(unknown)): code for code in unknown}
    former = {code.removeprefix(_common(empty)): code for code in empty}
    shared = sorted(ends.keys() & former.keys())
    if len(shared) < len(ends) or not all(shared):
        return None
    return ends[shared[0]], former[shared[0]]


def _common(codes_: Sequence[str]) -> str:
    """The longest common beginning."""
    first, last = min(codes_), max(codes_)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return first[:same]


def _beginning(codes_: Mapping[str, int] | Sequence[str]) -> str:
    common = _common(list(codes_))
    return f" (`{common}…`)" if len(codes_) > 1 and common.strip("0") else ""
