"""The school that `--school` or `--letter` asks for."""

from __future__ import annotations

from collections.abc import Mapping

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import stop
from formula_funding.diagnostics.wording import did_you_mean

_NAMED = 3
"""So many schools of a name are told with their ids."""


def check_school(asked: str, names: Mapping[str, str]) -> None:
    """Stop if no school has the id that is asked for; `names` are those of all, by id."""
    if asked not in names:
        stop(
            codes.UNKNOWN_SCHOOL_ASKED,
            f"there is no school `{asked}` in the allocation",
            hint=did_you_mean(asked, names, listed=False)
            or _of_this_number(asked, names)
            or _of_this_name(asked, names)
            or did_you_mean(asked, names)
            or "give its id in the register",
        )


def _of_this_number(asked: str, names: Mapping[str, str]) -> str | None:
    """The only id that is this number with leading zeros, or without them."""
    bare = asked.strip().lstrip("0")
    same = [school for school in names if school.lstrip("0") == bare] if bare.isdecimal() else []
    return f"with its zeros the id is `{same[0]}`" if len(same) == 1 else None


def _of_this_name(asked: str, names: Mapping[str, str]) -> str | None:
    """The ids of the few schools that are called so."""
    word = asked.strip().casefold()
    meant = [f"`{school}` is {name}" for school, name in names.items() if word in name.casefold()]
    if not word or not 0 < len(meant) <= _NAMED:
        return None
    return f"schools are asked for by id: {', '.join(meant)}"
