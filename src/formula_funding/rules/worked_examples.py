"""The worked examples of a rulebook, as their author wrote them."""

from __future__ import annotations

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from formula_funding.rules.fields import DayOrPeriod, Exact, Fields, Title


class ExampleStudents(Fields):
    """Some alike students of a worked example: `{students: 22, grade: 3, needs: none}`.

    `in` names their school where the example has several.
    """

    model_config = ConfigDict(frozen=True, extra="allow")
    students: str = "1"
    in_: str | None = Field(None, alias="in")

    @property
    def given(self) -> dict[str, str]:
        """The attributes that the example states, as text."""
        return {name: str(value) for name, value in (self.model_extra or {}).items()}


class ExampleUnits(Fields):
    """Some alike rows of a table of a worked example: `{number: 3, kind: evening}`."""

    model_config = ConfigDict(frozen=True, extra="allow")
    number: str = "1"
    in_: str | None = Field(None, alias="in")

    @property
    def given(self) -> dict[str, str]:
        """The attributes that the example states, as text."""
        return {name: str(value) for name, value in (self.model_extra or {}).items()}


class Example(Fields):
    """Schools whose amounts are known: from a publication, or computed by hand.

    One school is described by `school`, several by `schools`, by their ids; `given` and `gives`
    then have the ids too, and names of the system's steps beside them. `given` are values of
    steps and figures that the example starts from.
    """

    title: Title | None = None
    source: str | None = None
    as_of: DayOrPeriod | None = None
    school: dict[str, str] = Field(default_factory=dict)
    schools: dict[str, dict[str, str]] = Field(default_factory=dict)
    students: list[ExampleStudents] = Field(default_factory=list)
    tables: dict[str, list[ExampleUnits]] = Field(default_factory=dict)
    given: dict[str, str | dict[str, str]] = Field(default_factory=dict)
    gives: dict[str, Exact | dict[str, Exact]]

    @model_validator(mode="after")
    def _one_way(self) -> Example:
        if self.school and self.schools:
            raise PydanticCustomError(
                "wrong",
                "an example has either `school` or `schools`",
                {"hint": "give each of several schools under `schools`, by its id"},
            )
        return self
