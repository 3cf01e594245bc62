"""`funding new`: a commented rulebook to start from."""

from __future__ import annotations

import re
from pathlib import Path

from formula_funding.rules.rulebook import Rulebook
from tests.conftest import Funding


def test_the_new_rulebook_is_sound_and_its_example_comes_out(funding: Funding) -> None:
    """What is written passes `check` without a warning, `test` and `docs`."""
    assert funding("new", "mine.yaml").exit_code == 0
    checked = funding("check", "mine.yaml")
    assert (checked.exit_code, checked.problems) == (0, [])
    assert funding("test", "mine.yaml").exit_code == 0
    assert funding("docs", "mine.yaml").exit_code == 0


def test_every_section_is_shown(funding: Funding, tmp_path: Path) -> None:
    """Each field of a rulebook stands in it, if only as a comment."""
    funding("new", "mine.yaml")
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    for name in Rulebook.model_fields:
        assert re.search(rf"^(# )?{name}:", text, flags=re.MULTILINE), name


def test_an_existing_file_is_left_alone(funding: Funding, tmp_path: Path) -> None:
    """`new` never overwrites, and hints at no option that it does not have."""
    (tmp_path / "mine.yaml").write_text("precious")
    finished = funding("new", "mine.yaml")
    assert finished.exit_code != 0
    assert "--force" not in finished.stderr
    assert (tmp_path / "mine.yaml").read_text() == "precious"
