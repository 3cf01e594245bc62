"""A scenario as its author wrote it: what would be otherwise than in the base."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from formula_funding.rules.fields import Day, Exact, Fields, Title


class Merger(Fields):
    """Schools that become one: `{schools: ["01", "02"], into: "01"}`.

    The school that remains keeps its own attributes and gets the students of all. Numbers of a
    school that the rules read (an area, say) must be told by `with`: nobody else knows them.
    """

    schools: Annotated[list[str], Field(min_length=1)]
    into: str
    with_: dict[str, str] = Field(default_factory=dict, alias="with")


class Scenario(Fields):
    """What would be otherwise: the rulebook, its date, its figures, the schools.

    `set` gives figures in force by name, `norm[primary]: 170_000` or `norm: +5%`; `rulebook` is
    another rulebook, or the same with changes (`based_on`), named from the scenario's file;
    `budget` scales all lines of all schools to a fixed sum, by largest remainder.
    """

    scenario: str
    title: Title
    rulebook: str | None = None
    as_of: Day | None = None
    set: dict[str, str] = Field(default_factory=dict)
    budget: Exact | None = None
    merge: list[Merger] = Field(default_factory=list)
