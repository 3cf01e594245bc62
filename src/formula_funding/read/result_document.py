"""What `funding compute -o FILE.json` wrote, read again: the amounts and students of schools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, FailFast, Field, ValidationError

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Accepted, Place, Problem, stop
from formula_funding.diagnostics.wording import member_named
from formula_funding.exact.number_text import MAX_DIGITS, NotANumberError, units_from_text
from formula_funding.model.measure import Measure
from formula_funding.rules.fields import Title
from formula_funding.sources.opening import not_opened


@dataclass(frozen=True)
class Result:
    """An earlier result. `amounts` are in units of 10^-`places`, by school and line.

    `students` are those by school; empty where the rulebook counted nobody. `accepted` are the
    findings that an officer overruled.
    """

    file: str
    title: Title
    measure: Measure
    places: int
    names: Mapping[str, str]
    amounts: Mapping[str, Mapping[str, int]]
    students: Mapping[str, int]
    lines: Mapping[str, Title]
    accepted: tuple[Accepted, ...]


class Part(BaseModel):
    """Of an object in the document, the members that are read; there are others besides."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", defer_build=True)


def _known(code: str) -> str:
    if code not in codes.CODES:
        raise ValueError("no code of a problem")
    return code


class _CountedSchool(Part):
    id: str
    students: Annotated[int, Field(ge=0, lt=10**12)]


class _Overruled(Part):
    code: Annotated[str, AfterValidator(_known)]
    message: str
    reason: str


class _Ledger(Part):
    schools: Annotated[tuple[_CountedSchool, ...], FailFast()]
    accepted: Annotated[tuple[_Overruled, ...], FailFast()]


class Counted(Part):
    """A document of which only the students of each school are read."""

    fingerprint: str
    ledger: _Ledger

    @property
    def students(self) -> dict[str, int]:
        return {school.id: school.students for school in self.ledger.schools}


class _Amount(Part):
    id: str
    amount: str


class _PaidSchool(Part):
    id: str
    name: str
    lines: Annotated[tuple[_Amount, ...], FailFast()]


class _Item(Part):
    line: str | None = None
    title: Title | None = None


class _Method(Part):
    title: Title
    places: Annotated[int, Field(ge=0, le=MAX_DIGITS)]
    items: Annotated[tuple[_Item, ...], FailFast()]


class _Explanation(Part):
    method: _Method


class _Paid(Counted):
    currency: str | None
    points: Title | None
    schools: Annotated[tuple[_PaidSchool, ...], FailFast()]
    explanation: _Explanation


Form = TypeVar("Form", bound=Part)
WAY_OUT = "give the document that `funding compute … -o FILE.json` wrote"
"""What to do about a file that is no such document."""


def document_text(path: Path) -> str:
    """The text of a document, however long. Raises ProblemsFoundError if the file has none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise not_opened(path, error) from None
    except UnicodeDecodeError:
        stop(codes.NOT_TEXT, "the file is not UTF-8 text", Place(path.as_posix()), WAY_OUT)


def document_from_file(path: Path, form: type[Form]) -> Form:
    """The JSON document. Raises ProblemsFoundError for a file that can't be read as one."""
    text = document_text(path)
    try:
        return form.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        _stop_for_no_result(Place(path.as_posix()), first["loc"])


def result_from_file(path: Path) -> Result:
    """Read a result. Raises ProblemsFoundError for another file."""
    document, file = document_from_file(path, _Paid), path.as_posix()
    method, students = document.explanation.method, document.students
    try:
        amounts = {
            school.id: {
                line.id: units_from_text(line.amount, method.places) for line in school.lines
            }
            for school in document.schools
        }
    except NotANumberError:
        _stop_for_no_result(Place(file), ("schools", "lines", "amount"))
    return Result(
        file,
        method.title,
        Measure(document.currency, document.points),
        method.places,
        {school.id: school.name for school in document.schools},
        amounts,
        students if any(students.values()) else {},
        {item.line: item.title for item in method.items if item.line and item.title},
        tuple(
            Accepted(Problem(codes.CODES[one.code], one.message), one.reason)
            for one in document.ledger.accepted
        ),
    )


def _stop_for_no_result(place: Place, at: tuple[str | int, ...]) -> NoReturn:
    """Raise ProblemsFoundError: the file is something else, to be seen `at` a member."""
    member = member_named(at)
    told = f": {member}" if member else ""
    stop(
        codes.NOT_AN_EXPLANATION,
        f"the file is no result of a previous run{told}",
        place,
        WAY_OUT,
    )
