"""The page from an export to an allocation: its files are what it shows."""

from __future__ import annotations

import re
import subprocess
import sys

from formula_funding import compute
from tests.docs.documents import PROJECT, blocks, commands

PAGE = PROJECT / "docs" / "from-your-export.md"
FILES = PROJECT / "sample_data" / "your_export"
EXAMPLE = PROJECT / "sample_data" / "worked_example"
RULEBOOK = PROJECT / "rules" / "moscow" / "2024-2025" / "rulebook.yaml"


def test_the_files_are_what_their_program_makes() -> None:
    made = subprocess.run([sys.executable, FILES / "make_export.py", "--check"], check=False)
    assert made.returncode == 0


def test_the_layout_of_the_page_is_the_draft_with_every_mark_looked_at() -> None:
    layout = (FILES / "layout.yaml").read_text(encoding="utf-8")
    assert blocks(PAGE, "yaml") == [layout]
    draft = "\n".join(commands(PAGE)[0].shown).split("\n\n")[1]
    confirmed = re.sub(r"  # .*| !guess(?= |$)", "", draft, flags=re.MULTILINE)
    for drafted, written in (
        ("НОДА: !choose", "НОДА: motor"),
        ("ОВЗ: !choose", "ОВЗ: special"),
        ("нет: !choose", "нет: none"),
        ("      12 А: !choose\n", ""),
        ("      2 А: 2", "      1 А: 1\n      2 А: 2"),
        ("Код школы:\n      - Итого", "Код школы: Итого"),
    ):
        assert drafted in confirmed
        confirmed = confirmed.replace(drafted, written)
    assert f"{confirmed}\n" == layout


def test_the_mended_files_are_paid_as_the_worked_example_is() -> None:
    schools = EXAMPLE / "schools.csv"
    mended = compute(
        RULEBOOK,
        [FILES / "mended" / "register.csv", FILES / "mended" / "0415.xlsx"],
        schools=schools,
        layout=FILES / "layout.yaml",
    )
    plain = compute(RULEBOOK, EXAMPLE / "roster.csv", schools=schools)
    assert mended.schools.equals(plain.schools)
