"""An attribute of students as tests of engines need it."""

from __future__ import annotations

from formula_funding.formula.kinds import Kind, Level
from formula_funding.model.plan import STUDENTS, Attribute


def text_attribute(name: str) -> Attribute:
    """One that takes any text, and none."""
    return Attribute(
        name=name,
        level=Level.STUDENT,
        kind=Kind.TEXT,
        title=None,
        values={},
        low=None,
        high=None,
        whole=False,
        protected=False,
        if_empty="",
        units=STUDENTS,
    )
