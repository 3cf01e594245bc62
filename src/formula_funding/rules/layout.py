"""The layout: how the columns of a source become the rulebook's attributes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]


class TableLayout(BaseModel):
    """The columns of one table.

    `columns` gives for a name of the rulebook (or `school_id`, `student_id`, `name`) the
    column of the file; an id may be made of several columns, joined by a hyphen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    delimiter: str = Field(",", min_length=1, max_length=1)
    columns: dict[str, Columns] = Field(default_factory=dict)


class RosterLayout(TableLayout):
    """A roster, or rows that are already counted.

    `students` names a column that says for how many students a row stands. `counts` gives for
    each column of a wide table the attributes of the students that it counts.
    """

    students: str | None = None
    counts: dict[str, dict[str, str]] = Field(default_factory=dict)


class Layout(BaseModel):
    """How to read the roster and the register of schools."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roster: RosterLayout = RosterLayout()
    schools: TableLayout = TableLayout()
