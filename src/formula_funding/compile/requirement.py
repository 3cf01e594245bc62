"""A condition on the data that a rulebook presumes, checked and made ready."""

from __future__ import annotations

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.formula.checking import Checked
from formula_funding.formula.kinds import Kind, Level
from formula_funding.model.plan import Calculation, Role
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules.rulebook import Requirement


def requirement(
    name: str, given: Requirement, checked: Checked, places: Places, problems: Problems
) -> Calculation:
    """The requirement as a calculation; what is no condition of schools goes to `problems`."""
    path: Path_ = ("require", name, "that")
    if checked.kind not in (Kind.TRUTH, Kind.UNKNOWN):
        problems.add(
            codes.WRONG_KIND,
            f"`that` needs a condition, not {checked.kind.in_words}",
            places.value(path),
            "compare something: enrolled <= capacity",
        )
    if checked.level > Level.SCHOOL:
        problems.add(
            codes.WRONG_LEVEL,
            f"`{name}` is asked of each school, but reads an attribute of a student",
            places.value(path),
            "count those who break it: count(students where …) = 0",
        )
    return Calculation(
        name,
        Role.REQUIRED if given.otherwise == "stop" else Role.EXPECTED,
        checked.level,
        Kind.TRUTH,
        checked.tree,
        given.that,
        given.title,
        given.source,
        places.key(path[:-1]),
    )
