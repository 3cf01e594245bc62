"""A scenario as its author wrote it: what would be otherwise than in the base."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from formula_funding.rules.fields import Day, Exact, Fields, Ratio, Title


class Opening(Fields):
    """A school that does not exist yet: `{school: "09", name: New, with: {remote: no}}`.

    It has no students until some are moved to it. `with` tells what the rules read of schools.
    """

    school: Annotated[str, Field(min_length=1)]
    name: str = ""
    with_: dict[str, str] = Field(default_factory=dict, alias="with")


class Merger(Fields):
    """Schools that become one: `{schools: ["01", "02"], into: "01"}`.

    The school that remains keeps its own attributes and gets the students of all. Numbers of a
    school that the rules read (an area, say) must be told by `with`: nobody else knows them.
    """

    schools: Annotated[list[str], Field(min_length=1)]
    into: str
    with_: dict[str, str] = Field(default_factory=dict, alias="with")


def _all_to_one(value: Any) -> Any:
    return {value: "100%"} if isinstance(value, str) else value


class Closure(Fields):
    """A school that ceases: `{school: "02", to: "01"}`, or `to: {"01": 60%, "03": 40%}`.

    The shares of its students make the whole. A school without students needs no `to`.
    """

    school: str
    to: Annotated[dict[str, Ratio], BeforeValidator(_all_to_one)] = Field(default_factory=dict)


class Move(Fields):
    """Students who change school: `{students: 30, from: "01", to: "09", where: stage = primary}`.

    `students` is a number, or a share in per cent of those who are meant; all if it is not given.
    """

    students: str = "100%"
    from_: str = Field(alias="from")
    to: str
    where: str | None = None


class Growth(Fields):
    """More or fewer students: `{by: +5%, where: stage = primary, schools: ["01", "02"]}`.

    `by` is a share in per cent or a number of students (+14); without `where` all students are
    meant, without `schools` those of all schools.
    """

    by: str
    where: str | None = None
    schools: Annotated[list[str] | None, Field(min_length=1)] = None


class Scenario(Fields):
    """What would be otherwise: the rulebook, its date, its figures, the schools, the students.

    `set` gives figures in force by name, `norm[primary]: 170_000` or `norm: +5%`; `rulebook` is
    another rulebook, or the same with changes (`based_on`), named from the scenario's file;
    `budget` scales all lines of all schools to a fixed sum, by largest remainder.

    Schools and students are changed in one order, whatever the order in the file: `open`,
    `merge`, `close`, `move`, `grow`.
    """

    scenario: str
    title: Title
    rulebook: str | None = None
    as_of: Day | None = None
    set: dict[str, str] = Field(default_factory=dict)
    budget: Exact | None = None
    open: list[Opening] = Field(default_factory=list)
    merge: list[Merger] = Field(default_factory=list)
    close: list[Closure] = Field(default_factory=list)
    move: list[Move] = Field(default_factory=list)
    grow: list[Growth] = Field(default_factory=list)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions that say which students are meant, each once."""
        texts = [move.where for move in self.move] + [growth.where for growth in self.grow]
        return tuple(dict.fromkeys(text for text in texts if text is not None))

    @property
    def changes_schools(self) -> bool:
        """Whether any school or student would be otherwise."""
        return bool(self.open or self.merge or self.close or self.move or self.grow)
