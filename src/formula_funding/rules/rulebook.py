"""The rulebook as its author wrote it: the fields of the YAML file, typed, nothing computed yet.

Shorthands (`grade: 1..11`, `needs: [none, special]`, `enrolled: count`, a title or a formula as
plain text) are spelt out here, so that later stages know one form only.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from formula_funding.exact.instalments import Remainder
from formula_funding.exact.number_text import (
    NotANumberError,
    number_from_text,
)
from formula_funding.exact.rounding import RoundingMode
from formula_funding.exact.solving import Direction
from formula_funding.rules.fields import Day, DayOrPeriod, Exact, Fields, Flag, Ratio, Title
from formula_funding.rules.instalments import instalments_alike, making_the_whole
from formula_funding.rules.worked_examples import Example

PROTECTED_BY_DEFAULT = frozenset(
    {
        *("status", "type", "ownership", "legal_form", "name", "school_id"),
        *("статус", "тип", "вид", "собственность", "название", "наименование"),
    }
)
"""Attributes of a school that may not decide money unless the rulebook says `protected: false`."""
_SPAN = re.compile(r"(-?[0-9][0-9_.]*?)?\.\.(<?)(-?[0-9][0-9_.]*)?")


class Source(Fields):
    """An act, order or page from which figures are taken."""

    title: Title
    published: Day | None = None
    page: str | None = None
    url: str | None = None
    note: Title | None = None


class RoundingRule(Fields):
    """`rounding: {to: 0.01, mode: half up}` or just the unit."""

    to: Exact = Fraction(1, 100)
    mode: RoundingMode = RoundingMode.HALF_UP

    @model_validator(mode="before")
    @classmethod
    def _unit_only(cls, value: Any) -> Any:
        return {"to": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _positive_unit(self) -> RoundingRule:
        if self.to <= 0:
            raise PydanticCustomError("wrong", "the unit of rounding must be above 0", {})
        return self


def _condition_only(value: Any) -> Any:
    return {"that": value} if isinstance(value, str) else value


class Requirement(Fields):
    """A condition on the data that the regulation presumes, of each school or of the system."""

    that: Formula
    title: Title | None = None
    otherwise: Literal["stop", "warn"] = "stop"
    source: str | None = None

    _shorthand = model_validator(mode="before")(_condition_only)


class Payment(Fields):
    """A school's total in instalments: how many alike, or the share of each by name.

    `remainder` says where goes what their rounding leaves over.
    """

    instalments: Annotated[
        dict[str, Ratio], BeforeValidator(instalments_alike), AfterValidator(making_the_whole)
    ]
    rounding: RoundingRule = RoundingRule()
    remainder: Remainder


class Span(Fields):
    """A range of numbers; an end that is None is open. `1..4` owns both ends, `1..<4` not 4."""

    low: Fraction | None = None
    high: Fraction | None = None
    without_high: bool = False


def span_from_text(text: str) -> Span | None:
    """Read `1..4`, `0..<15`, `15..` or `..14`; None if the text is no range."""
    match = _SPAN.fullmatch(text)
    if match is None or match.group(1) is match.group(3) is None:
        return None
    low, high = (number_from_text(end) if end else None for end in match.group(1, 3))
    return Span(low=low, high=high, without_high=match.group(2) == "<")


def _span(value: Any) -> Any:
    if isinstance(value, str):
        try:
            span = span_from_text(value)
        except NotANumberError:
            span = None
        if span is None:
            raise PydanticCustomError(
                "wrong",
                "a range is needed, not `{text}`",
                {"text": value, "hint": "write 1..11, 0.. or ..5"},
            )
        return span
    return value


AttributeKind = Literal["category", "number", "count", "ratio", "money", "truth", "date", "text"]


class Attribute(Fields):
    """A fact that the roster gives of a student, or the register of a school."""

    kind: AttributeKind = "category"
    title: Title | None = None
    values: dict[str, Title | None] = Field(default_factory=dict)
    range: Annotated[Span | None, BeforeValidator(_span)] = None
    whole: Flag = False
    protected: Flag | None = None
    if_empty: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: Any) -> Any:
        if isinstance(value, list):
            value = {"values": value}
        elif isinstance(value, str):
            value = {"range": value, "whole": "true"} if ".." in value else {"kind": value}
        if not isinstance(value, dict):
            return value
        spelt = dict(value)
        if "range" in spelt and "kind" not in spelt:
            spelt["kind"] = "number"
        if "values" in spelt:
            spelt["values"] = _values(spelt["values"])
        return spelt

    @model_validator(mode="after")
    def _fits_together(self) -> Attribute:
        if self.kind == "category" and not self.values:
            raise PydanticCustomError(
                "wrong", "a category needs its values", {"hint": "write values: [a, b, c]"}
            )
        if self.kind != "category" and self.values:
            raise PydanticCustomError("wrong", "only a category has values", {})
        is_number = self.kind in {"number", "count", "ratio", "money"}
        for field in ("range", "whole"):
            if field in self.model_fields_set and getattr(self, field) and not is_number:
                raise PydanticCustomError(
                    "wrong", "only a number has `{field}`", {"field": field, "kind": self.kind}
                )
        low, high = (self.range.low, self.range.high) if self.range else (None, None)
        if low is not None and high is not None and low > high:
            raise PydanticCustomError(
                "wrong", "the range is empty", {"hint": "write the smaller end first"}
            )
        if self.if_empty is not None and self.values and self.if_empty not in self.values:
            raise PydanticCustomError("wrong", "`if_empty` must be one of the values", {})
        return self


def _values(value: Any) -> Any:
    """A list of values, with whole ranges spelt out, or values with their titles."""
    if isinstance(value, list):
        words = [item for item in value if isinstance(item, str)]
        for word in (word for word in words if words.count(word) > 1):
            raise PydanticCustomError("wrong", "the value `{word}` stands twice", {"word": word})
        value = dict.fromkeys(words)
    if not isinstance(value, dict):
        return value
    spelt: dict[str, Any] = {}
    for word, title in value.items():
        span = span_from_text(word)
        if span is None:
            spelt[word] = title
            continue
        if span.low is None or span.high is None or span.high - span.low > 999:
            raise PydanticCustomError(
                "wrong", "the range `{text}` of values needs two near ends", {"text": word}
            )
        spelt |= {str(n): title for n in range(int(span.low), int(span.high) + 1)}
    return spelt


class Best(Fields):
    """Of several rows that are alike in `per`, the one with the largest `of` counts alone."""

    of: str
    per: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_name(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("per"), str):
            return {**value, "per": [value["per"]]}
        return value


class UnitTable(Fields):
    """A table of what is counted beside students: classes, rooms, events, exam results."""

    title: Title | None = None
    attributes: dict[str, Attribute] = Field(min_length=1)
    best: Best | None = None


Formula = Annotated[str, Field(min_length=1)]
Bands = dict[str, list[str]]
"""What each band holds: values of a category, or ranges."""


def _formula_only(value: Any) -> Any:
    return {"formula": value} if isinstance(value, str) else value


Sources = str | dict[str, str] | None
"""The key of a source; or, by the date from which it holds, several."""


class Definition(Fields):
    """A derived attribute: a formula, or bands of another attribute."""

    title: Title | None = None
    formula: Formula | None = None
    from_: str | None = Field(None, alias="from")
    bands: dict[str, list[str] | Bands] = Field(default_factory=dict)
    titles: dict[str, Title] = Field(default_factory=dict)
    source: Sources = None

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: Any) -> Any:
        value = _formula_only(value)
        if isinstance(value, dict) and isinstance(value.get("bands"), dict):
            return {**value, "bands": _spelt_bands(value["bands"])}
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Definition:
        if (self.formula is None) == (self.from_ is None):
            raise PydanticCustomError(
                "wrong", "a definition has either a formula or `from` with `bands`", {}
            )
        if self.from_ is not None and not self.bands:
            raise PydanticCustomError("wrong", "`from` needs `bands`", {})
        unknown = sorted(set(self.titles) - set(self.band_names))
        if unknown:
            raise PydanticCustomError(
                "wrong", "`titles` names `{band}`, which is no band", {"band": unknown[0]}
            )
        return self

    @property
    def bands_of_all_days(self) -> Bands:
        """The bands that stand under no date."""
        return {name: held for name, held in self.bands.items() if isinstance(held, list)}

    @property
    def bands_by_day(self) -> dict[str, Bands]:
        """The bands that stand under dates."""
        return {day: bands for day, bands in self.bands.items() if isinstance(bands, dict)}

    @property
    def band_names(self) -> list[str]:
        """The bands of all dates, each once: those of the latest first."""
        latest_first = sorted(self.bands_by_day, reverse=True)
        by_day = [name for day in latest_first for name in self.bands_by_day[day]]
        return list(dict.fromkeys([*self.bands_of_all_days, *by_day]))


def _spelt_bands(bands: dict[str, Any]) -> dict[str, Any]:
    """Bands, perhaps by date, with one member of a band as a list too."""
    spelt: dict[str, Any] = {}
    for name, held in bands.items():
        if isinstance(held, dict):
            spelt[name] = _spelt_bands(held)
        else:
            spelt[name] = [held] if isinstance(held, str) else held
    return spelt


class Solve(Fields):
    """How a figure is found: so that one sum of the system meets another.

    `solve: {so_that: total_share, at_most: budget, between: 0..1, to: 0.0001}`.
    """

    so_that: Formula
    at_most: Formula | None = None
    at_least: Formula | None = None
    nearest_to: Formula | None = None
    between: Annotated[Span, BeforeValidator(_span)]
    to: Exact

    @model_validator(mode="after")
    def _fits_together(self) -> Solve:
        given = [d for d in Direction if getattr(self, d.value) is not None]
        if len(given) != 1:
            raise PydanticCustomError(
                "wrong",
                "`solve` needs exactly one of `at_most`, `at_least` and `nearest_to`",
                {"hint": "write {so_that: total_share, at_most: budget, between: 0..1, to: 0.01}"},
            )
        if self.to <= 0:
            raise PydanticCustomError("wrong", "`to` is the unit of the figure, above 0", {})
        low, high = self.between.low, self.between.high
        if low is None or high is None or self.between.without_high or low >= high:
            raise PydanticCustomError(
                "wrong", "`between` needs two ends, the smaller first", {"hint": "write 0..1"}
            )
        if -(-low // self.to) >= high // self.to:
            raise PydanticCustomError(
                "wrong", "`between` holds fewer than two multiples of `to`", {}
            )
        return self

    @property
    def direction(self) -> Direction:
        """On which side of the target the sum must stay."""
        return next(d for d in Direction if getattr(self, d.value) is not None)

    @property
    def target(self) -> str:
        """The formula of the sum that is to be met."""
        return str(getattr(self, self.direction.value))


SourcesOfFigures = str | dict[str, str | dict[str, str]] | None
"""As Sources; a table may also name a source for each value of its first key."""


class Parameter(Fields):
    """A figure of the regulation: one value or a table, for one time or by effective date."""

    kind: Literal["money", "count", "ratio", "number"] = "number"
    title: Title | None = None
    unit: Title | None = None
    by: tuple[str, ...] = ()
    value: Any = None
    values: Any = None
    solve: Solve | None = None
    printed: Any = None
    derived: Formula | None = None
    source: SourcesOfFigures = None

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"value": value}
        if isinstance(value, dict) and isinstance(value.get("by"), str):
            return {**value, "by": [value["by"]]}
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Parameter:
        if self.solve is not None and self.by:
            raise PydanticCustomError(
                "wrong",
                "what is solved for is one figure, not a table",
                {"hint": "solve for a factor, and multiply the table by it"},
            )
        if self.derived is not None and (self.by or self.solve is not None):
            raise PydanticCustomError(
                "wrong",
                "only a single figure has `derived`: it checks the figure that is used",
                {"hint": "leave `derived` out, or make a step of the formula"},
            )
        if self.printed is not None and self.solve is not None:
            raise PydanticCustomError(
                "wrong",
                "what is solved for has no `printed` figure",
                {"hint": "give the printed figure as its `value`"},
            )
        if len(set(self.by)) < len(self.by):
            raise PydanticCustomError(
                "wrong", "`by` names a key twice", {"hint": "each key once: [stage, place]"}
            )
        if sum(given is not None for given in (self.value, self.values, self.solve)) != 1:
            raise PydanticCustomError(
                "wrong",
                "a parameter has either `value` or `values` or `solve`",
                {"hint": "value: 5728, or values: {2025-01-01: 160_300}, or values by key"},
            )
        return self


class Step(Fields):
    """A named number on the way: shown in the explanation, not paid."""

    formula: Formula
    title: Title | None = None
    source: Sources = None

    _shorthand = model_validator(mode="before")(_formula_only)


class Line(Fields):
    """A line of the allocation: what is paid.

    `codes` are words of the budget that go with it: `{kosgu: "211", cost_type: labour}`.
    """

    title: Title
    for_: Literal["each student", "each school"] = Field(alias="for")
    amount: Formula
    when: Formula | None = None
    rounding: RoundingRule | None = None
    codes: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    source: Sources = None
    from_: Day | None = Field(None, alias="from")
    until: Day | None = None
    may_lower: Title | None = None


class Counting(Fields):
    """What becomes of a student who stands in several rows of a roster.

    `main` names the truth that marks the main enrolment, `fte` the number whose sum is at most
    1, `count_date` the attribute by which a student is counted anew.
    """

    same_student: Literal["error", "main_enrolment", "split_fte"] = "error"
    main: str | None = None
    fte: str | None = None
    count_date: str | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Counting:
        for field, policy in (("main", "main_enrolment"), ("fte", "split_fte")):
            if (getattr(self, field) is not None) != (self.same_student == policy):
                raise PydanticCustomError(
                    "wrong",
                    "`{field}` and `same_student: {policy}` belong together",
                    {"field": field, "policy": policy},
                )
        return self


class Base(Fields):
    """The rulebook that this one is based on, as `based_on` names it, with its own title."""

    file: str
    title: Title | None = None


class Rulebook(Fields):
    """A funding formula: who is counted, by which figures, in which lines.

    Where it is based on another one, the fields are those of both; `without` names what the
    other one has and this one has not.
    """

    based_on: Base | None = None
    without: tuple[str, ...] = ()

    rulebook: str
    title: Title
    version: str = "1"
    currency: str | None = None
    points: Title | None = None
    as_of: DayOrPeriod | None = None
    legacy: Title | None = None
    monotone: Flag = False
    sources: dict[str, Source] = Field(default_factory=dict)
    rounding: RoundingRule = RoundingRule()
    students: dict[str, Attribute] = Field(default_factory=dict)
    schools: dict[str, Attribute] = Field(default_factory=dict)
    tables: dict[str, UnitTable] = Field(default_factory=dict)
    counting: Counting = Counting()
    define: dict[str, Definition] = Field(default_factory=dict)
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    steps: dict[str, Step] = Field(default_factory=dict)
    lines: dict[str, Line]
    payment: Payment | None = None
    require: dict[str, Requirement] = Field(default_factory=dict)
    examples: dict[str, Example] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_measure(self) -> Rulebook:
        if (self.currency is None) == (self.points is None):
            raise PydanticCustomError(
                "wrong",
                "a rulebook pays money or gives points: write `currency` or `points`",
                {"hint": "currency: RUB, or points: {en: points, ru: баллы}"},
            )
        return self
