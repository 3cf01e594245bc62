"""The statement of a school shows each group's quantity × rate = amount, in both languages."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from formula_funding.cli.statement import show_statement
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.pipeline import Inputs, Run, run

PROJECT = Path(__file__).parents[2]
CITY = PROJECT / "sample_data" / "city"


@pytest.fixture(scope="module")
def city() -> Run:
    return run(
        Inputs(
            PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml",
            (CITY / "roster.csv",),
            CITY / "schools.csv",
        )
    )


def _written(number: Decimal, language: str) -> str:
    """1,234.50 or 1 234,50; the no-break space is turned into a plain one by `_statement`."""
    text = f"{number:,}"
    return text.replace(",", " ").replace(".", ",") if language == "ru" else text


def _statement(finished: Run, index: int, language: str) -> str:
    """The statement as one line of text with single spaces."""
    explainer = Explainer(finished.allocation, finished.evaluation)
    screen = io.StringIO()
    show_statement(
        explainer.school(index),
        finished.allocation.plan,
        language,
        Console(file=screen, width=200),
    )
    return " ".join(screen.getvalue().replace("\u00a0", " ").split())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_group_of_every_school_is_shown_as_a_calculation(city: Run, language: str) -> None:
    explainer = Explainer(city.allocation, city.evaluation)
    groups = 0
    for index in range(len(city.allocation.register.ids)):
        text = _statement(city, index, language)
        school = explainer.school(index)
        assert school.id in text
        for explained in school.lines:
            for group in explained.groups:
                groups += 1
                rate = Decimal(group.rate.numerator) / Decimal(group.rate.denominator)
                rate = rate.quantize(Decimal("0.01"))
                students = _written(Decimal(group.students), language)
                amount = _written(group.students * rate, language)
                assert f"{students} × {_written(rate, language)} = {amount}" in text
        total = Decimal(school.total).scaleb(-2)
        assert f"{_written(total, language)} RUB" in text
    assert groups > 500


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Statement of allocation", "Base funding", "Source:", "as of 1 January 2025")),
        (
            "ru",
            ("Расчёт финансирования", "Базовое финансирование", "Источник:", "1 января 2025 г."),
        ),
    ],
)
def test_the_statement_speaks_the_readers_language(
    city: Run, language: str, words: tuple[str, ...]
) -> None:
    text = _statement(city, 0, language)
    for word in words:
        assert word in text
