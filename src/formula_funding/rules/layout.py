"""The layout: how the columns of a source become the rulebook's attributes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

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


class SchoolsLayout(TableLayout):
    """The register of schools, or the table of schools that a rulebook works on.

    `only` keeps the rows with these values, of a file that holds several years, say.
    `identical_rows: once` keeps one of several rows that are alike in all that is read.
    `accounting` names columns with amounts as accountants print them: `($1,013)` is -1013.
    """

    only: dict[str, str] = Field(default_factory=dict)
    identical_rows: Literal["error", "once"] = "error"
    accounting: tuple[str, ...] = ()


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
    schools: SchoolsLayout = SchoolsLayout()
    tables: dict[str, RosterLayout] = Field(default_factory=dict)
