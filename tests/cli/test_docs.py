"""`funding docs`: the method in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Funding

RULES = Path(__file__).parents[2] / "rules"
RULEBOOKS = sorted(RULES.rglob("rulebook.yaml"))
MOSCOW = RULES / "moscow" / "2024-2025" / "rulebook.yaml"


def _id(path: Path) -> str:
    return path.parent.relative_to(RULES).as_posix()


def _text(shown: str) -> str:
    return shown.replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("rulebook", RULEBOOKS, ids=_id)
def test_every_rulebook_has_its_method_in_words(
    funding: Funding, rulebook: Path, language: str
) -> None:
    """The document has one title, numbered sections and tables whose rows are equally wide."""
    finished = funding("docs", rulebook, "--lang", language)
    assert finished.exit_code == 0
    lines = finished.stdout.splitlines()
    assert [line[:2] for line in lines if line.startswith("# ")] == ["# "]
    sections = [line for line in lines if line.startswith("## ")]
    assert [line.split(".")[0] for line in sections] == [
        f"## {n}" for n in range(1, len(sections) + 1)
    ]
    for table in re.findall(r"(?:^\|.*\n)+", finished.stdout, flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


def test_all_versions_of_a_figure_are_shown_the_newest_first(funding: Funding) -> None:
    """A table of figures has a column for each date, and the one in force is marked."""
    shown = _text(funding("docs", MOSCOW, "--as-of", "2024-10-01").stdout)
    assert "| Stage | from 1 January 2025 | from 1 September 2024 (applied) |" in shown
    assert "| grades 1 to 4 | 160,300 | 147,800 |" in shown
    assert "| Source | [2] | [1] |" in shown
    assert "- In force: from 1 January 2025 (not in force on this date)" in shown


def test_a_period_shows_its_figures_in_order_of_time_and_marks_all_that_apply(
    funding: Funding, tmp_path: Path
) -> None:
    """What an empty cell is read as is told in the language of the document."""
    (tmp_path / "book.yaml").write_text(
        "rulebook: b\ntitle: B\ncurrency: RUB\nas_of: 2008-01..2008-12\n"
        "students:\n  home: {kind: truth, if_empty: no}\n  fte: {range: 0..1, if_empty: 0.5}\n"
        "  grade: [a, b]\n"
        "parameters:\n  p:\n    kind: money\n    by: grade\n    values:\n"
        "      2008-01-01: {a: 1, b: 2}\n      2008-02-01: {a: 3, b: 4}\n"
        "      2009-01-01: {a: 5, b: 6}\n"
        "lines:\n  l: {title: L, for: each student, when: not home, amount: 'p[grade] * fte'}\n",
        encoding="utf-8",
    )
    shown = _text(funding("docs", "book.yaml", "--lang", "ru").stdout)
    assert (
        "| с 1 января 2008 г. (применяется) | с 1 февраля 2008 г. (применяется) "
        "| с 1 января 2009 г. |"
    ) in shown
    assert "**home**: да или нет; пустая ячейка читается как нет" in shown
    assert "пустая ячейка читается как 0,5" in shown


def test_formulas_and_conditions_are_in_words(funding: Funding) -> None:
    """Names stand by their titles, also those whose figures have no value on the date."""
    shown = _text(funding("docs", MOSCOW, "--as-of", "2024-10-01", "--lang", "ru").stdout)
    assert "- При условии: *Уровень образования* = дошкольные группы кратк" in shown
    assert "- Сумма: *Норматив на ребёнка в группе кратковременного пребывания* × *Коэф" in shown
    assert "short_stay" not in shown
    assert "(защищённый признак)" in shown


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "- If: *x* in (1, 3–5) and *y* in 2–4\n- Amount: if(*x* in (1, 2), 7, *p*)\n"),
        ("ru", "- При условии: *x* в (1; 3–5) и *y* в 2–4\n- Сумма: если(*x* в (1; 2); 7; *p*)\n"),
    ],
)
def test_the_members_of_a_list_are_told_from_what_follows_them(
    funding: Funding, tmp_path: Path, language: str, told: str
) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(
        "rulebook: b\ntitle: B\ncurrency: RUB\nschools: {x: count, y: count}\n"
        "parameters: {p: {kind: money, value: 1}, q: {kind: money, value: 7}}\n"
        "lines: {l: {title: L, for: each school, when: 'x in [1, 3..5] and y in 2..4', "
        "amount: 'if(x in [1, 2], q, p)'}}\n"
    )
    shown = _text(funding("docs", book, "--lang", language).stdout)
    assert told.replace("7", "*q*") in shown


def test_text_of_a_rulebook_is_not_taken_for_markdown(funding: Funding, tmp_path: Path) -> None:
    """Signs of Markdown and line breaks in titles stay text."""
    book = tmp_path / "book.yaml"
    book.write_text(
        "rulebook: b\ntitle: |\n  A *b* | c\n  # <d>\ncurrency: RUB\nlegacy: Kept\n"
        "parameters: {p: {kind: money, value: 1}}\n"
        "lines: {a: {title: A, for: each school, amount: p, until: 2026-01-01}}\n"
    )
    shown = funding("docs", book).stdout
    assert shown.startswith("# A \\*b\\* \\| c # \\<d>\n")
    assert "> **LEGACY SCHEME, for comparison only.** Kept" in shown
    assert "- In force: until 1 January 2026, that day excluded" in shown


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        ("{a: ..<1.5, b: 1.5..<1_500, c: 1_500..}", ["below 1.5", "from 1.5, but below 1,500"]),
        ("{a: ..-1, b: 0, c: 1..3, d: [4, 5..]}", ["up to −1", "0", "1–3", "4; 5 or more"]),
    ],
)
def test_ranges_of_bands_are_in_words(
    funding: Funding, tmp_path: Path, bands: str, told: list[str]
) -> None:
    """Each end of a band says to whom it belongs."""
    book = tmp_path / "book.yaml"
    book.write_text(
        "rulebook: b\ntitle: B\ncurrency: RUB\n"
        f"schools: {{x: {{kind: number, whole: {str('1.5' not in bands).lower()}}}}}\n"
        f"define: {{size: {{from: x, bands: {bands}}}}}\n"
        "parameters: {p: {kind: money, value: 1}}\n"
        "lines: {l: {title: L, for: each school, when: size = a, amount: p}}\n"
    )
    shown = funding("docs", book).stdout
    for text in told:
        assert f" | {text} |" in shown


def test_a_rulebook_with_problems_prints_no_document(funding: Funding, tmp_path: Path) -> None:
    """Only a sound rulebook is put into words."""
    (tmp_path / "bad.yaml").write_text("rulebook: b\ntitle: B\ncurrency: RUB\nlines: {}\n")
    finished = funding("docs", "bad.yaml")
    assert (finished.exit_code, finished.stdout) == (1, "")


def test_a_table_by_two_keys_has_a_column_for_each(funding: Funding, tmp_path: Path) -> None:
    """What a version lacks is shown as a dash; `as_of` is called the date of the calculation."""
    book = tmp_path / "book.yaml"
    book.write_text(
        "rulebook: b\ntitle: B\ncurrency: RUB\n"
        "students: {grade: [a, b], place: [x, y], born: date}\n"
        "parameters:\n  p:\n    kind: money\n    by: [grade, place]\n    values:\n"
        "      2024-01-01: {a: {x: 1.5}}\n      2025-01-01: {a: {x: 2, y: 3}}\n"
        "lines:\n  l:\n    title: L\n    for: each student\n"
        "    when: born < as_of and grade = a and place = x\n    amount: p[grade, place]\n"
    )
    finished = funding("docs", book)
    assert finished.exit_code == 0, finished.stderr
    assert "| grade | place | from 1 January 2025 (applied) | from" in finished.stdout
    assert "| a | x | 2.00 | 1.50 |\n| a | y | 3.00 | — |" in finished.stdout
    assert "- If: *born* < *date of the calculation* and *grade* = a" in finished.stdout


def test_what_is_proved_is_told_with_its_exceptions(funding: Funding) -> None:
    """A monotone rating says so, and names the line that may lower it with the reason."""
    rating = RULES / "moscow" / "contribution-rating-2016-2017" / "rulebook.yaml"
    english = _text(funding("docs", rating).stdout)
    assert "one more student never lowers the total of a school" in english
    assert "- **Exams, grade 11**: A graduate removed from an exam lowers" in english
    assert "- Exception: A graduate removed from an exam lowers" in english
    russian = _text(funding("docs", rating, "--lang", "ru").stdout)
    assert "ещё один учащийся никогда не снижает итог школы" in russian
    assert "- **ЕГЭ**: Удаление с экзамена снижает баллы" in russian


def test_printed_figures_and_their_arithmetic_are_told(funding: Funding, tmp_path: Path) -> None:
    """A figure stands in full, as it is printed with all its decimals, and as it is derived."""
    rulebook = tmp_path / "rulebook.yaml"
    rulebook.write_text(
        "{rulebook: aid, title: Aid, currency: USD, students: {grade: [low, high]},\n"
        "parameters: {rate: {kind: money, value: 4_122.545645, printed: 4_122.50},\n"
        "norm: {by: grade, values: {2020-01-01: {low: 1.126, high: 2}},\n"
        "  printed: {2020-01-01: {low: 1.13}}},\n"
        "half: {kind: ratio, value: 1/2}, one: {value: 2, derived: half * 4}},\n"
        'lines: {aid: {title: Aid, for: each student, amount: "rate * norm[grade] * one"}}}\n',
        encoding="utf-8",
    )
    english = _text(funding("docs", rulebook).stdout)
    assert "- As printed: 4,122.50" in english
    assert "- As printed: from 1 January 2020, low: 1.13" in english
    assert "- Derived: *half* × 4" in english
    russian = _text(funding("docs", rulebook, "--lang", "ru").stdout)
    assert "- В печатном тексте: 4 122,50" in russian
    assert "- Выводится: *half* × 4" in russian


def test_codes_and_instalments_are_told(funding: Funding, tmp_path: Path) -> None:
    """Words of the budget stand beside their line, the shares of the instalments in a table."""
    (tmp_path / "book.yaml").write_text(
        "rulebook: b\ntitle: B\ncurrency: RUB\nparameters: {norm: {kind: money, value: 1}}\n"
        'lines: {a: {title: A, for: each school, amount: norm, codes: {kosgu: "211"}}}\n'
        "payment: {instalments: {may: 1/3, june: 2/3}, remainder: first}\n"
    )
    told = funding("docs", "book.yaml").stdout
    assert "- Codes: kosgu 211\n" in told
    assert "| may | 1/3 |\n| june | 2/3 |\n" in told
    assert "half up); what rounding leaves over goes to the first" in told
