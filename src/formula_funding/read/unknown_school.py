"""What may be meant by a code that the register lacks."""

from __future__ import annotations

from collections.abc import Collection

from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.read.spoiled_codes import code_before


def without_zeros(code: str) -> str:
    """A code as programs leave it that take it for a number: `003` is `3`, and so is `3.0`."""
    whole = code.removesuffix(".0")
    return whole.lstrip("0") if whole.isdecimal() else code


def hint_for_unknown(code: str, known: Collection[str]) -> str:
    """A hint naming the known code that lost its zeros or became a date, or the closest one."""
    bare = without_zeros(code)
    same = [o for o in known if without_zeros(o) == bare] if bare.isdecimal() else []
    if len(same) == 1:
        why = "leading zeros lost?" if code.isdecimal() else "taken for a number?"
        return f"{why} the register has `{same[0]}`"
    before = code_before(code, known)
    if before is not None:
        return f"a code taken for a date? the register has `{before}`"
    return did_you_mean(code, known) or "add the school to the register"
