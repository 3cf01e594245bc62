"""A projection as its author wrote it: how students go on from year to year."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from formula_funding.rules.fields import Fields, Ratio, Title

OTHERS = "others"
"""Stands for all values, or years, that are not named."""


def _for_others(value: Any) -> Any:
    return {OTHERS: value} if isinstance(value, str) else value


class Projection(Fields):
    """Cohorts that climb a ladder, such as the grades, a step a year.

    `ladder` is an attribute of students and `order` its values from the first to the last, by
    default as declared; students with other values stay as they are. `retention` gives for each
    value which share of its students stands one step higher a year later (`others: 100%`);
    those of the last value leave. `intake` gives for each calendar year how many enter the first
    value, a number or a change on the year before (`others: +0%`). `indexation` raises figures
    by so many per cent in every year in which no newer figure takes effect. One share or one
    intake alone, `intake: +2%`, is that of all.
    """

    projection: str
    title: Title
    ladder: str
    order: list[str] = Field(default_factory=list)
    retention: Annotated[dict[str, Ratio], BeforeValidator(_for_others)] = Field(
        default_factory=dict
    )
    intake: Annotated[dict[str, str], BeforeValidator(_for_others)] = Field(default_factory=dict)
    indexation: dict[str, str] = Field(default_factory=dict)
