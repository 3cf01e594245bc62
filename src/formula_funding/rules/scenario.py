"""A scenario as its author wrote it: what would be otherwise than in the base."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from formula_funding.rules.fields import DayOrPeriod, Exact, Fields, Ratio, Title
from formula_funding.rules.rulebook import span_from_text


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


def _words(value: Any) -> Any:
    """Words with whole ranges spelt out: `1..4: primary` is one entry for each grade."""
    if not isinstance(value, dict):
        return value
    spelt: dict[str, Any] = {}
    for word, theirs in value.items():
        span = span_from_text(word) if ".." in word else None
        if span is None or span.low is None or span.high is None or span.high - span.low > 999:
            spelt[word] = theirs
        else:
            spelt |= {str(n): theirs for n in range(int(span.low), int(span.high) + 1)}
    return spelt


class Crosswalk(Fields):
    """How an attribute of another rulebook comes from ours.

    `category: {from: needs, values: {none: general, motor: severe}}` gives for our word theirs;
    words that both have need no entry. Without `from`, it is our attribute of the same name;
    `always` gives everybody one value.
    """

    from_: str | None = Field(None, alias="from")
    values: Annotated[dict[str, str], BeforeValidator(_words)] = Field(default_factory=dict)
    always: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Crosswalk:
        if self.always is not None and (self.from_ is not None or self.values):
            raise PydanticCustomError("wrong", "`always` stands alone: it needs no `from`", {})
        return self

    def theirs(self, word: str) -> str:
        """Our word in their rulebook."""
        return self.values.get(word, word)


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

    `set` gives figures in force by name, `norm[primary]: 170_000`, `norm: +5%` or a whole table;
    `rulebook` is another rulebook, named from the scenario's file, and `crosswalk` says how its
    attributes come from ours; `rules` are changes laid over the rulebook, as a rulebook that is
    `based_on` it would state them: lines added, replaced or left out (`without`).
    `budget` scales all lines of all schools to a fixed sum, by largest remainder.

    Schools and students are changed in one order, whatever the order in the file: `open`,
    `merge`, `close`, `move`, `grow`.
    """

    scenario: str
    title: Title
    rulebook: str | None = None
    as_of: DayOrPeriod | None = None
    crosswalk: dict[str, Crosswalk] = Field(default_factory=dict)
    rules: dict[str, Any] | None = None
    set: dict[str, str | dict[str, Any]] = Field(default_factory=dict)
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
    def changes_rules(self) -> bool:
        """Whether the rulebook itself or its date would be otherwise."""
        return any(given is not None for given in (self.rulebook, self.as_of, self.rules))

    @property
    def changes_schools(self) -> bool:
        """Whether any school or student would be otherwise."""
        return bool(self.open or self.merge or self.close or self.move or self.grow)
