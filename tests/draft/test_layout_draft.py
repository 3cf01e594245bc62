"""`funding roster draft`: a first layout, with every guess marked and nothing accepted silently."""

from __future__ import annotations

import gzip
import io
import re
import sys
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.conftest import Finished, Funding
from tests.sources.bundles import VERSION_1_1, write_bundle

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students:
  grade: 1..11
  needs: {values: {none: {en: None, ru: Нет}, special: {en: Special, ru: Особые}}}
  fte: ratio
  since: date
schools: {remote: truth, status: [ordinary, gymnasium]}
parameters: {norm: {kind: money, value: 100}}
lines:
  base:
    title: Base
    for: each student
    when: (needs = none or grade > 0) and since > 2000-01-01
    amount: norm * fte
  road: {title: Road, for: each school, when: remote, amount: norm}
"""
EXPORT = """\
Контингент на 01.09.2025;;;;;;
Код школы;ФИО;Код ученика;Класс;Особые потребности;Ставка;Зачислен
0101;Иванов Иван;У1;1А;нет;1,0;01.09.2024
0101;Петров Пётр;У2;10Б;ОВЗ;0,5;15.09.2024
0102;Сидоров Сидор;У3;2А;–;1,0;01.09.2023
Итого;;;;;2,5;
"""
SCHOOLS = "Код;Наименование;Удалённая;Статус\n0101;Холм;да;ordinary\n0102;Дол;нет;гимназия\n"
MARKS = re.compile("!guess |!guess$", re.MULTILINE)


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "export.csv").write_bytes(EXPORT.encode("cp1251"))
    (tmp_path / "schools.csv").write_text(SCHOOLS, encoding="utf-8")


def draft(funding: Funding, *words: str) -> str:
    finished = funding("roster", "draft", *words, "--rulebook", "rulebook.yaml")
    assert (finished.exit_code, finished.stderr) == (0, "")
    return finished.stdout


def body(text: str) -> list[str]:
    """The lines of a draft without the comment above."""
    return text.split("\n\n", 1)[1].splitlines()


def confirmed(text: str, **chosen: str) -> str:
    """The draft as an officer leaves it: guesses confirmed, choices made."""
    for key, value in chosen.items():
        text = re.sub(rf'^(\s*"?{key}"?:) !choose', rf"\1 {value}", text, flags=re.MULTILINE)
    assert "!choose" not in text.split("\n\n", 1)[1]
    return MARKS.sub("", text)


def compute(funding: Funding, *words: str) -> Finished:
    return funding("compute", "rulebook.yaml", *words, "--format", "csv")


def test_a_russian_export_is_drafted_by_its_names_and_values(funding: Funding) -> None:
    assert body(draft(funding, "export.csv", "--schools", "schools.csv")) == [
        "roster:",
        "  encoding: !guess cp1251  # read so, its letters make Russian words",
        '  delimiter: ";"  # nothing else splits the header',
        "  header_row: !guess 2  # the row above it looks like a title",
        "  columns:",
        "    school_id: !guess Код школы  # by its name and values",
        "    student_id: !guess Код ученика  # by its name",
        "    grade: !guess Класс  # by its name and values",
        "    needs: !guess Особые потребности  # by its name",
        "    fte: !guess Ставка  # by its name and values",
        "    since: !guess Зачислен  # by its values",
        '  numbers: !guess "1234,50"  # all texts are so written; or: `1 234,50`, `1.234,50`',
        "  dates: !guess 31.01.2025  # all texts are so written",
        "  values:",
        "    grade: !guess",
        "      1А: 1",
        "      2А: 2",
        "      10Б: 10",
        "    needs: !guess",
        "      ОВЗ: !choose  # one of none, special",
        "      нет: none",
        '      "–": !choose  # one of none, special',
        "  skip:",
        "    Код школы:",
        "      - !guess Итого  # a row of totals",
        "schools:",
        "  encoding: utf-8",
        '  delimiter: ";"  # nothing else splits the header',
        "  columns:",
        "    school_id: !guess Код  # by its name",
        "    name: !guess Наименование  # by its name",
        "    remote: !guess Удалённая  # by its values",
        "    status: !guess Статус  # by its name and values",
        "  values:",
        "    status:",
        "      гимназия: !choose  # one of ordinary, gymnasium",
    ]


def test_a_draft_is_refused_until_every_mark_was_looked_at(
    funding: Funding, tmp_path: Path
) -> None:
    text = draft(funding, "export.csv", "--schools", "schools.csv")
    (tmp_path / "layout.yaml").write_text(text, encoding="utf-8")
    words = ("export.csv", "--schools", "schools.csv", "--layout", "layout.yaml")
    shown = [(p.code, p.at) for p in compute(funding, *words).problems]
    marked = [
        ("L002" if "!guess" in line else "L010", f"layout.yaml:{number}")
        for number, line in enumerate(text.splitlines(), 1)
        if "!guess" in line.partition("#")[0] or "!choose" in line.partition("#")[0]
    ]
    assert [(code, at.rpartition(":")[0]) for code, at in shown] == marked


def test_a_confirmed_draft_pays_as_the_same_students_in_a_plain_table_do(
    funding: Funding, tmp_path: Path
) -> None:
    text = confirmed(
        draft(funding, "export.csv", "--schools", "schools.csv"),
        **{"ОВЗ": "special", "–": "none", "гимназия": "gymnasium"},
    )
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "plain.csv").write_text(
        "student_id,school_id,grade,needs,fte,since\nУ1,0101,1,none,1,2024-09-01\n"
        "У2,0101,10,special,0.5,2024-09-15\nУ3,0102,2,none,1,2023-09-01\n"
    )
    (tmp_path / "register.csv").write_text(
        "school_id,name,remote,status\n0101,Холм,yes,ordinary\n0102,Дол,no,gymnasium\n"
    )
    drafted = compute(
        funding, "export.csv", "--schools", "schools.csv", "--layout", "mine.yaml"
    ).stdout
    assert drafted == compute(funding, "plain.csv", "--schools", "register.csv").stdout
    assert "250.00" in drafted


def test_columns_named_as_in_the_rulebook_need_nobody_to_confirm_them(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "plain.csv").write_text(
        "school_id,grade,needs,fte,since\n0101,1,none,1,2024-09-01\n"
    )
    text = draft(funding, "plain.csv")
    assert "!" not in "".join(body(text))
    (tmp_path / "layout.yaml").write_text(text)
    (tmp_path / "register.csv").write_text("school_id,name,remote\n0101,Hill,yes\n")
    words = ("plain.csv", "--schools", "register.csv", "--layout", "layout.yaml")
    assert compute(funding, *words).exit_code == 0


def test_the_sheet_and_the_header_of_a_workbook_are_guesses(
    funding: Funding, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Пояснения к выгрузке"])
    sheet = book.create_sheet("Ученики")
    sheet.append(["Школа № 1"])
    sheet.append(["Код школы", "Класс", "Ставка"])
    sheet.append(["0101", 5, 0.5])
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "school.xlsx")
    assert body(draft(funding, "school.xlsx"))[:7] == [
        "roster:",
        "  sheet: !guess Ученики  # or: `Sheet`",
        "  header_row: !guess 2  # the row above it looks like a title",
        "  hidden_rows: !choose  # rows are hidden: write read or skip",
        "  columns:",
        "    school_id: !guess Код школы  # by its name",
        "    grade: !guess Класс  # by its name and values",
    ]


def test_a_column_for_each_grade_becomes_counted_rows(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text("Школа,1 класс,10 класс\n0101,1 200,7\n", encoding="utf-8")
    lines = body(draft(funding, "wide.csv"))
    at = lines.index("  counts: !guess")
    assert lines[at:] == [
        *("  counts: !guess", "    1 класс:", "      grade: 1"),
        *("    10 класс:", "      grade: 10"),
    ]
    assert "  numbers: !guess 1 234.50  # all texts are so written; or: `1 234,50`" in lines


def test_a_column_of_numbers_of_students_is_a_guess(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "counted.csv").write_text("Школа,Класс,Численность\n0101,1,12\n", encoding="utf-8")
    assert "  students: !guess Численность  # by its name" in draft(funding, "counted.csv")


def test_numbers_beside_ids_that_are_only_guessed_must_be_chosen_or_refused(
    funding: Funding, tmp_path: Path
) -> None:
    """Else each row would be paid as one student without a word."""
    (tmp_path / "counted.csv").write_text(
        "Школа,Номер учащегося,Класс,Количество детей\n0101,1,1,12\n0101,2,2,9\n", encoding="utf-8"
    )
    (chosen,) = [
        line for line in draft(funding, "counted.csv").splitlines() if "  students:" in line
    ]
    assert chosen.startswith("  students: !choose  # `Количество детей` if it says")


def test_a_drafted_layout_holds_no_ids_and_no_names(funding: Funding, tmp_path: Path) -> None:
    """A column of names that is called like an attribute is told of, but not listed."""
    rows = "".join(f"У{i:03};0101;Иванов-{i};1\n" for i in range(30))
    (tmp_path / "named.csv").write_text(
        "Код ученика;Школа;Потребности;Класс\n" + rows, encoding="utf-8"
    )
    text = draft(funding, "named.csv")
    assert "Иванов" not in text
    assert "У0" not in text
    assert text.splitlines()[-1] == (
        "# The column `Потребности` has 30 texts that are no values of `needs`, too many to list: "
        "is this the column?"
    )


def test_of_many_files_the_words_of_all_are_listed_and_odd_ones_are_told(
    funding: Funding, tmp_path: Path
) -> None:
    folder = tmp_path / "rosters"
    folder.mkdir()
    (folder / "a.csv").write_text("Школа;Потребности\n0101;нет\n", encoding="utf-8")
    (folder / "b.csv").write_text("Школа;Потребности\n0102;ОВЗ\n", encoding="utf-8")
    (folder / "c.csv").write_text("Школа;Прочее\n0103;1\n", encoding="utf-8")
    (folder / "d.csv").write_text("Школа;Потребности\n0103\n", encoding="utf-8")
    lines = body(draft(funding, "rosters"))
    assert "      ОВЗ: !choose  # one of none, special" in lines
    assert lines[-2:] == [
        "# rosters/c.csv has other columns; it lacks `Потребности`.",
        "# rosters/d.csv: 1 row of another length than the header.",
    ]


def test_compressed_and_parquet_files_are_drafted_too(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "export.csv.gz").write_bytes(gzip.compress(EXPORT.encode("cp1251")))
    plain, packed = draft(funding, "export.csv"), draft(funding, "export.csv.gz")
    assert body(plain) == body(packed)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT '0101' AS Школа, 5 AS Класс) TO '{tmp_path / 'p.parquet'}'"
        )
    lines = body(draft(funding, "p.parquet"))
    assert "    grade: !guess Класс  # by its name and values" in lines
    assert not any("encoding" in line for line in lines)


def test_odd_texts_of_a_file_stay_texts_in_the_layout(funding: Funding, tmp_path: Path) -> None:
    """What stands in a cell can neither end a comment nor become YAML."""
    odd = 'a: [b\n"#x'
    header = 'school_id,needs,"col: {x"\n'
    (tmp_path / "odd.csv").write_text(header + '0101,"a: [b\n""#x",1\n0101,none,1\n')
    text = draft(funding, "odd.csv")
    assert '      "a: [b\\n\\"#x": !choose  # one of none, special' in body(text)
    (tmp_path / "layout.yaml").write_text(text)
    shown = compute(funding, "odd.csv", "--layout", "layout.yaml").problems
    assert {problem.code for problem in shown} == {"L010"}
    assert odd not in text


def test_the_layout_is_written_to_a_new_file(funding: Funding, tmp_path: Path) -> None:
    words = ("roster", "draft", "export.csv", "--rulebook", "rulebook.yaml", "-o", "out.yaml")
    finished = funding(*words)
    assert (finished.exit_code, finished.stdout) == (0, "")
    assert finished.stderr.splitlines() == [
        "Wrote out.yaml: 13 marked !guess, 2 marked !choose.",
        "  funding roster check rulebook.yaml export.csv --layout out.yaml  # once none is left",
    ]
    written = (tmp_path / "out.yaml").read_bytes()
    assert [p.code for p in funding(*words).errors] == ["O001"]
    assert funding(*words, "--force").exit_code == 0
    assert (tmp_path / "out.yaml").read_bytes() == written


def test_standard_input_is_drafted_as_the_file_is(
    funding: Funding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.TextIOWrapper(io.BytesIO((tmp_path / "export.csv").read_bytes()))
    monkeypatch.setattr(sys, "stdin", given)
    assert body(draft(funding, "-")) == body(draft(funding, "export.csv"))


def test_a_title_that_speaks_of_thousands_makes_a_guess_of_the_scale(
    funding: Funding, tmp_path: Path
) -> None:
    rulebook = RULEBOOK.replace("fte: ratio", "fte: ratio\n  cost: money").replace(
        "* fte", "+ cost"
    )
    (tmp_path / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
    (tmp_path / "export.csv").write_text(
        'school_id,grade,needs,since,"cost, тыс. руб."\n0101,1,none,2024-09-01,12\n'
    )
    drafted = body(draft(funding, "export.csv"))
    assert "    cost: !guess 1000  # so says the name of `cost, тыс. руб.`" in drafted


def test_dates_in_the_names_of_files_are_guessed_where_no_column_gives_them(
    funding: Funding, tmp_path: Path
) -> None:
    for name in ("2024-09", "2025-01"):
        (tmp_path / f"roster_{name}.csv").write_text(
            "school_id,grade,needs,fte\n0101,1,none,1\n0101,2,none,1\n"
        )
    files = ("roster_2024-09.csv", "roster_2025-01.csv")
    text = draft(funding, *files)
    assert body(text)[-5:] == [
        "  by_file: !guess",
        '    "*2024-09*":',
        "      since: 2024-09-01",
        '    "*2025-01*":',
        "      since: 2025-01-01",
    ]
    (tmp_path / "layout.yaml").write_text(confirmed(text))
    schools = "school_id,remote,status\n0101,no,ordinary\n"
    (tmp_path / "schools.csv").write_text(schools)
    finished = compute(funding, *files, "--schools", "schools.csv")
    assert "0101,,4,400.00" in finished.stdout, finished.stderr
    (tmp_path / "roster_2025-01.csv").rename(tmp_path / "roster_new.csv")
    assert "since: !choose" in draft(funding, files[0], "roster_new.csv")


def test_codes_that_the_register_lacks_are_told(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text("school_id,remote,status\n0101,no,ordinary\n")
    assert draft(funding, "export.csv", "--schools", "schools.csv").splitlines()[-1] == (
        "# The register lacks 1 code of `Код школы`: `0102` (did you mean `0101`?). Codes that "
        "schools once had stand under `former_codes`, with those that followed."
    )


def test_codes_that_have_lost_their_zeros_are_told_though_the_register_has_none_of_them(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "export.csv").write_text(
        "school_id,grade,needs,fte,since\n101,1,none,1,2024-09-01\n9,2,none,1,2024-09-01\n"
    )
    note = draft(funding, "export.csv", "--schools", "schools.csv").splitlines()[-1]
    assert (
        "lacks 1 code of `school_id`: `101` (leading zeros lost? the register has `0101`)" in note
    )


def test_a_bundle_is_drafted_for_the_day_of_the_rulebook_where_days_matter(
    funding: Funding, tmp_path: Path
) -> None:
    """One enrolment ends before the other begins: some day must be meant."""
    days = (
        "classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n"
        "x,00125,a,student,2024-09-01,2025-01-01\nx,00126,b,student,2025-02-01,2025-06-01\n"
    )
    write_bundle(tmp_path / "bundle.zip", VERSION_1_1 | {"enrollments": days})
    said = funding("roster", "draft", "bundle.zip", "--rulebook", "rulebook.yaml")
    assert [problem.code for problem in said.errors] == ["D062"]
    dated = RULEBOOK.replace("currency: RUB", "currency: RUB\nas_of: 2025-03-01")
    (tmp_path / "rulebook.yaml").write_text(dated, encoding="utf-8")
    assert body(draft(funding, "bundle.zip"))[:2] == [
        "roster:",
        "  count_dates: !guess 2025-03-01  # the rulebook's as_of; enrolments begin and end on "
        "different days",
    ]


def test_a_cell_without_a_value_is_no_word_to_choose_for(funding: Funding, tmp_path: Path) -> None:
    """A total below, as a program writes it that calculates nothing."""
    book = openpyxl.Workbook()
    for row in (["school_id", "grade", "needs", "fte", "since"], ["0101", 1, "none", 1, "x"]):
        book.worksheets[0].append(row)
    book.worksheets[0].append(["Razem", "=SUM(B2:B2)", None, "=SUM(D2:D2)"])
    book.save(tmp_path / "export.xlsx")
    said = draft(funding, "export.xlsx")
    assert "\ufdd0" not in said
    assert "Razem  # a row of totals" in said


def test_a_rulebook_has_no_guesses(funding: Funding, tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK.replace("title: City", "title: !guess City"))
    assert [p.code for p in compute(funding, "export.csv").errors] == ["Y005"]
