"""The form of an explanation document: what of it is needed to compute every amount again.

Numbers and formulas are read as such; what the calculation gives stays text, to be compared.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    FailFast,
    Field,
    PlainValidator,
    Tag,
)

from formula_funding.exact.instalments import Remainder
from formula_funding.exact.number_text import MAX_DIGITS, number_from_written
from formula_funding.exact.rounding import RoundingMode
from formula_funding.explain.document import FORMAT
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import Aggregate, Tree
from formula_funding.formula.tree_as_json import tree_from_json


class Part(BaseModel):
    """Of an object in the document, the members that are read; there are others besides."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", defer_build=True)


def _number(text: Any) -> Fraction:
    if not isinstance(text, str):
        raise ValueError("numbers are texts")
    return number_from_written(text)


def _unit(text: Any) -> Fraction:
    unit = _number(text)
    if unit <= 0:
        raise ValueError("nothing is rounded to it")
    return unit


def _day(text: Any) -> date:
    if not isinstance(text, str):
        raise ValueError("dates are texts")
    return date.fromisoformat(text)


def _aggregate(data: Any) -> Aggregate:
    tree = tree_from_json(data)
    if not isinstance(tree, Aggregate):
        raise ValueError("no aggregate")
    return tree


def _formula(data: Any) -> Tree:
    return tree_from_json(data)


Number = Annotated[Fraction, PlainValidator(_number)]
Unit = Annotated[Fraction, PlainValidator(_unit)]
Day = Annotated[date, PlainValidator(_day)]
Formula = Annotated[Tree, PlainValidator(_formula)]
Count = Annotated[int, Field(ge=0)]
Level = Literal["system", "school", "student"]
Given = str | bool | None
"""A value as the document writes it; None for a number that does not exist."""


# the method


class AttributeForm(Part):
    name: str
    level: Level
    kind: Annotated[Kind, BeforeValidator(Kind)]


class RateForm(Part):
    key: list[str]
    value: Number


class SolvedForm(Part):
    """What a figure was solved for by, and what was found; one of the three sums is given."""

    so_that: str
    at_most: str | None = None
    at_least: str | None = None
    nearest_to: str | None = None
    between: Annotated[list[Number], Field(min_length=2, max_length=2)]
    to: Unit
    value: Number
    sum: Number
    target: Number
    remainder: Number
    next: Number | None
    sum_at_next: Number | None


class ParameterForm(Part):
    name: str
    values: list[RateForm]
    solved: SolvedForm | None = None


class RoundingForm(Part):
    to: Unit
    mode: Annotated[RoundingMode, BeforeValidator(RoundingMode)]


class BandForm(Part):
    name: str
    value: str | None
    low: Number | None
    high: Number | None
    without_high: bool


class BandingForm(Part):
    name: str
    level: Level
    bands_of: str
    bands: list[BandForm]


class CalculationForm(Part):
    name: str
    level: Level
    kind: Annotated[Kind, BeforeValidator(Kind)]
    tree: Formula


class LineForm(Part):
    line: str
    paid_for: Annotated[Literal["each student", "each school"], Field(alias="for")]
    amount_tree: Formula
    when_tree: Formula | None
    rounding: RoundingForm
    in_force_from: Day | None
    in_force_until: Day | None


def _sort_of_item(data: Any) -> str:
    sorts = ("line", "bands") if isinstance(data, dict) else ()
    return next((sort for sort in sorts if sort in data), "calculation")


ItemForm = Annotated[
    Annotated[LineForm, Tag("line")]
    | Annotated[BandingForm, Tag("bands")]
    | Annotated[CalculationForm, Tag("calculation")],
    Discriminator(_sort_of_item),
]


class InstalmentForm(Part):
    name: str
    share: Number


class PaymentForm(Part):
    instalments: Annotated[list[InstalmentForm], Field(min_length=1)]
    rounding: RoundingForm
    remainder: Annotated[Remainder, BeforeValidator(Remainder)]


class MethodForm(Part):
    attributes: list[AttributeForm]
    parameters: list[ParameterForm]
    items: list[ItemForm]
    places: Annotated[int, Field(ge=0, le=MAX_DIGITS)]
    payment: PaymentForm | None


# schools


class StudentsForm(Part):
    values: dict[str, Given]
    students: Count


class PricedForm(StudentsForm):
    rate: str
    amount: str


class AggregateForm(Part):
    tree: Annotated[Aggregate, PlainValidator(_aggregate)]
    groups: list[StudentsForm]
    value: Given


class StepForm(Part):
    name: str
    value: Given


class ExplainedLineForm(Part):
    id: str
    groups: list[PricedForm] | None = None
    unrounded: str
    amount: str


class PaidForm(Part):
    name: str
    amount: str


class ExplainedSchoolForm(Part):
    id: str
    facts: dict[str, Given]
    aggregates: list[AggregateForm]
    steps: list[StepForm]
    lines: list[ExplainedLineForm]
    total: str
    instalments: list[PaidForm]


class ExplanationForm(Part):
    format: Annotated[int, Field(ge=FORMAT, le=FORMAT)]
    method: MethodForm
    system: list[StepForm]
    schools: Annotated[list[ExplainedSchoolForm], FailFast()]


# what became of every row and student


class AccountForm(Part):
    rows: Count
    left_out: dict[str, Count]
    students: Count
    excluded: Count


class FileForm(AccountForm):
    file: str


class SchoolForm(AccountForm):
    id: str


class ExcludedForm(Part):
    school: str
    students: Count


class ChangedForm(Part):
    id: str
    before: Count | None
    now: Count | None


class PreviousForm(Part):
    threshold: Number
    changed: list[ChangedForm]


class LedgerForm(Part):
    rows_read: Count
    rows_counted: Count
    rows_left_out: dict[str, Count]
    students_read: Count
    students_funded: Count
    students_excluded: Count
    excluded: Annotated[list[ExcludedForm], FailFast()]
    files: list[FileForm]
    schools: Annotated[list[SchoolForm], FailFast()]
    unknown_schools: list[SchoolForm]
    without_students: list[str]
    previous: PreviousForm | None


# the whole


class ListedLineForm(Part):
    id: str
    amount: str


class ListedSchoolForm(Part):
    id: str
    total: str
    lines: list[ListedLineForm]


class PointsForm(Part):
    en: str


class DocumentForm(Part):
    """A document of `funding compute -o FILE.json`."""

    currency: str | None
    points: PointsForm | None
    as_of: Day | None
    total: str
    schools: Annotated[list[ListedSchoolForm], FailFast()]
    ledger: LedgerForm
    explanation: ExplanationForm
