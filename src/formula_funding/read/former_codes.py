"""Codes that schools once had: which of them a row may still give, and what is told of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import SHOWN, Place, Problems
from formula_funding.diagnostics.wording import counted
from formula_funding.rules.layout import FormerCode


def codes_of_today(former: Mapping[str, FormerCode], as_of: date | None) -> dict[str, str]:
    """Former code → the code on the day of the run, through every change that was made by then.

    Without a day every change is made. No code may come back to itself.
    """
    changed = {
        code: entry.now
        for code, entry in former.items()
        if as_of is None or entry.since is None or entry.since <= as_of
    }

    def last(code: str) -> str:
        while code in changed:
            code = changed[code]
        return code

    return {code: last(code) for code in changed}


def tell_former_codes(
    rows: Mapping[tuple[str, str], int], today: Mapping[str, str], problems: Problems
) -> None:
    """Tell which former codes stand in a roster. `rows` are counted by file and former code."""
    used = sorted({code for _, code in rows})
    if used:
        shown = ", ".join(f"`{code}` is now `{today[code]}`" for code in used[:SHOWN])
        problems.add(
            codes.FORMER_CODES_USED,
            f"{counted(sum(rows.values()), 'row')} with {counted(len(used), 'former code')} of "
            f"schools: {shown}" + (", …" if len(used) > SHOWN else ""),
            Place(min(file for file, _ in rows)),
        )


def check_former_codes(
    today: Mapping[str, str], register: Collection[str], file: str, problems: Problems
) -> None:
    """A code that the layout calls a former one must not be that of a school of the register."""
    for code in sorted(today.keys() & set(register)):
        problems.add(
            codes.FORMER_CODE_IN_USE,
            f"the register has a school `{code}`, which the layout calls a former code of "
            f"`{today[code]}`",
            Place(file),
            "remove one of them, or give the day `since` which the code is a former one",
        )
