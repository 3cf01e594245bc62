"""What the fields of rulebooks and scenarios are made of: exact figures, dates, titles.

All scalars arrive as text; here they become what they mean, or a problem with a hint.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from formula_funding.exact.number_text import NotANumberError, number_from_text, ratio_from_text
from formula_funding.rules.period import Period, period_from_text


class Fields(BaseModel):
    """A block of named fields, which is built when it is first read: most are parts of others."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )


def _exact(value: Any, read: Callable[[str], Fraction] = number_from_text) -> Any:
    if isinstance(value, str):
        try:
            return read(value)
        except NotANumberError as error:
            raise PydanticCustomError(
                "not_a_number",
                "a number is needed, not `{text}`",
                {"text": value, "hint": error.hint},
            ) from None
    return value


def _ratio(value: Any) -> Any:
    return _exact(value, ratio_from_text)


def _day(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise PydanticCustomError(
                "wrong",
                "a date is needed, not `{text}`",
                {"text": value, "hint": "write 2025-01-31"},
            )
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError(
                "wrong", "`{text}` is no day of the calendar", {"text": value}
            ) from None
    return value


def _day_or_period(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}", value):
        raise PydanticCustomError(
            "wrong",
            "a date or a period of months is needed, not `{text}`",
            {"text": value, "hint": f"for the whole year write {value}-01..{value}-12"},
        )
    if not isinstance(value, str) or ".." not in value:
        return _day(value)
    period = period_from_text(value)
    if period is None:
        raise PydanticCustomError(
            "wrong",
            "a date or a period of months is needed, not `{text}`",
            {"text": value, "hint": "write 2025-01-31, or 2025-01..2025-12"},
        )
    return period


def _flag(value: Any) -> Any:
    if isinstance(value, str):
        if value not in {"true", "false"}:
            raise PydanticCustomError(
                "wrong",
                "`{text}` is neither true nor false",
                {"text": value, "hint": "write true or false"},
            )
        return value == "true"
    return value


Exact = Annotated[Fraction, BeforeValidator(_exact)]
Ratio = Annotated[Fraction, BeforeValidator(_ratio)]
Day = Annotated[date, BeforeValidator(_day)]
DayOrPeriod = Annotated[date | Period, BeforeValidator(_day_or_period)]
Flag = Annotated[bool, BeforeValidator(_flag)]


class Title(Fields):
    """A text for readers, in English, Russian or both; a missing language shows the other."""

    en: str = ""
    ru: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: Any) -> Any:
        return {"en": value, "ru": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _some_language(self) -> Title:
        if not self.en and not self.ru:
            raise PydanticCustomError(
                "wrong", "a title needs a text", {"hint": "write {en: …, ru: …}"}
            )
        return self

    def in_language(self, language: str) -> str:
        """The text in `en` or `ru`; in the other language where one is missing."""
        return (self.ru or self.en) if language == "ru" else (self.en or self.ru)

    def as_json(self) -> dict[str, str]:
        """The text in both languages, as documents hold it."""
        return {"en": self.in_language("en"), "ru": self.in_language("ru")}
