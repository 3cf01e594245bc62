"""Both languages have every word, and numbers are written as their readers write them."""

from __future__ import annotations

import ast
import re
import string
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics.problem import Problems
from formula_funding.exact.rounding import RoundingMode
from formula_funding.formula.aggregates import AGGREGATES
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.language import words as module
from formula_funding.language.audit_words import audit_word
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import (
    amount_text,
    count_text,
    date_text,
    localised,
    number_text,
    period_text,
    written_text,
)
from formula_funding.language.search_words import search_words
from formula_funding.language.words import LANGUAGES, Words
from formula_funding.model.explanation import ZeroReason
from formula_funding.pipeline import checked_rulebook
from formula_funding.rules.period import Period

SOURCE = Path(__file__).parents[2] / "src" / "formula_funding"
WORDS = module._WORDS
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


@pytest.mark.parametrize("key", WORDS)
def test_a_word_stands_in_both_languages_with_the_same_places_to_fill(key: str) -> None:
    english, russian = (Words(language)(key) for language in LANGUAGES)
    assert english.strip()
    assert not CYRILLIC.search(english)
    fields = [
        sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
        for text in (english, russian)
    ]
    assert fields[0] == fields[1]
    letters = re.sub(r"\{\w+\}", "", russian)
    assert CYRILLIC.search(letters) or not any(letter.isalpha() for letter in letters)


@pytest.mark.parametrize("key", module._WORDS_IN_POINTS)
def test_a_word_in_points_stands_for_a_word_of_money_and_fills_the_same_places(key: str) -> None:
    for language in LANGUAGES:
        in_money, in_points = Words(language)(key), Words(language, in_points=True)(key)
        assert in_money != in_points
        assert re.findall(r"\{\w+\}", in_money) == re.findall(r"\{\w+\}", in_points)


def test_every_word_that_the_program_asks_for_exists() -> None:
    asked: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if isinstance(node.func, ast.Name):
                called = node.func.id
            first = node.args[0]
            if called in {"words", "_words"} and isinstance(first, ast.Constant):
                asked.add(str(first.value))
    assert len(asked) > 20
    assert asked <= set(WORDS)


def test_every_reason_and_every_way_of_rounding_has_a_word() -> None:
    for reason in ZeroReason:
        key = "rate_zero" if reason is ZeroReason.RATE else reason.value
        assert key in WORDS
    for mode in RoundingMode:
        assert mode.value in WORDS


@pytest.mark.parametrize("name", [*FUNCTIONS, *AGGREGATES, CONDITIONAL, "and", "or", "not", "in"])
def test_every_word_of_a_formula_is_russian_for_russian_readers(name: str) -> None:
    assert Words("en").of_formula(name) == name
    russian = Words("ru").of_formula(name)
    assert CYRILLIC.search(russian) or russian == "ln"


def test_two_functions_never_share_a_russian_name() -> None:
    names = {*FUNCTIONS, *AGGREGATES, CONDITIONAL}
    assert len({Words("ru").of_formula(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "english", "russian"),
    [
        ("0", "0", "0"),
        ("999.9", "999.9", "999,9"),
        ("1000", "1,000", "1\u00a0000"),
        ("1234567.80", "1,234,567.80", "1\u00a0234\u00a0567,80"),
        ("-1234.5", "\u22121,234.5", "\u22121\u00a0234,5"),
        ("-0.05", "\u22120.05", "\u22120,05"),
        ("11/15", "11/15", "11/15"),
    ],
)
def test_a_number_has_the_separators_of_its_readers(text: str, english: str, russian: str) -> None:
    assert localised(text, "en") == english
    assert localised(text, "ru") == russian


def test_an_amount_has_at_least_the_currencys_decimals_and_never_loses_one() -> None:
    assert amount_text(Fraction(5), 2, "en") == "5.00"
    assert amount_text(Fraction("1234.5678"), 2, "ru") == "1\u00a0234,5678"
    assert amount_text(Fraction(11, 15), 2, "en") == "11/15"


def test_a_number_without_end_is_cut_and_says_so() -> None:
    assert number_text(Fraction(1, 3), "en") == "1/3"
    assert number_text(Fraction(-200000, 3), "ru") == "\u221266\u00a0666,666666…"


def test_a_date_is_written_in_words() -> None:
    assert date_text(date(2025, 1, 1), "en") == "1 January 2025"
    assert date_text(date(2024, 9, 30), "ru") == "30 сентября 2024 г."


@pytest.mark.parametrize(
    ("months", "english", "russian"),
    [
        (12, "September 2024 to August 2025", "сентябрь 2024 г. – август 2025 г."),
        (1, "September 2024", "сентябрь 2024 г."),
    ],
)
def test_a_period_is_written_in_months(months: int, english: str, russian: str) -> None:
    period = Period(date(2024, 9, 1), months)
    assert period_text(period, "en") == english
    assert period_text(period, "ru") == russian


@pytest.mark.parametrize(
    ("written", "russian"),
    [
        ("95_000", "95\u00a0000"),
        ("+2.5%", "+2,5%"),
        ("-0.5 %", "−0,5%"),
        ("1234567.5", "1\u00a0234\u00a0567,5"),
        ("11/15", "11/15"),
        ("{…}", "{…}"),
    ],
)
def test_a_figure_of_a_scenario_is_told_as_its_readers_write_numbers(
    written: str, russian: str
) -> None:
    assert written_text(written, "ru") == russian


def test_counts_within_sentences_have_grouped_thousands() -> None:
    assert count_text(1234, "ru") == "1\u00a0234"
    assert Words("en")("gain_lose", gain=1234, lose=0, rest=5) == (
        "Schools that gain: 1,234, lose: 0, unchanged: 5"
    )
    assert audit_word("cliffs", "ru", n=12345) == "Обрывы: 12\u00a0345"
    assert search_words("points_left_out", "en", shown=41, all=1001).startswith("41 of 1,001")


_BOOK = """\
rulebook: words
title: Words
currency: RUB
as_of: 2025-01-01
students:
  needs: {values: {none: {en: no needs, ru: без потребностей}, special: }}
  language: {values: {none: {en: no language, ru: без языка}, tatar: }}
  since: date
schools:
  district: text
tables:
  rooms: {title: {en: Rooms, ru: Помещения}, attributes: {area: number}}
parameters:
  rate: {kind: money, by: language, values: {none: 0, tatar: 5}}
lines:
  line: {title: Line, for: each school, amount: '%s'}
"""


@pytest.mark.parametrize(
    ("formula", "english", "russian"),
    [
        ("count(students) * rate[none]", "count(students)", "число(учащихся)"),
        (
            "count(students where language = none) * rate[tatar]",
            "count(students where language = no language)",
            "число(учащихся, где language = без языка)",
        ),
        (
            "count(students where language in [none, tatar]) * rate[tatar]",
            "language in (no language, tatar)",
            "language в (без языка; tatar)",
        ),
        ("count(students where needs != none) * rate[tatar]", "≠ no needs", "≠ без потребностей"),
        ("count(students) * rate[none]", "rate [no language]", "rate [без языка]"),
        (
            "count(students where since >= 2024-09-01) * rate[tatar]",
            "since ≥ 1 September 2024",
            "since ≥ 1 сентября 2024 г.",
        ),
        (
            "count(rooms) * rate[tatar]",
            "count(“Rooms”)",
            "число(строк таблицы «Помещения»)",
        ),
        (
            "sum(area of rooms) * rate[tatar]",
            "sum(area of “Rooms”)",
            "сумма(area по таблице «Помещения»)",
        ),
        (
            "count(schools by district) * rate[tatar]",
            "count(schools by district)",
            "число(школ по признаку district)",
        ),
    ],
)
def test_a_formula_is_told_in_the_words_of_its_readers(
    formula: str, english: str, russian: str, tmp_path: Path
) -> None:
    """`none` is a value of two attributes; each is told by its own title."""
    rulebook = tmp_path / "rulebook.yaml"
    rulebook.write_text(_BOOK % formula, encoding="utf-8")
    problems = Problems()
    plan = plan_from_rulebook(checked_rulebook(rulebook, problems), None, problems)
    told = [Labels(plan, language).formula(plan.lines[0].amount) for language in LANGUAGES]
    assert english in told[0]
    assert russian in told[1]
