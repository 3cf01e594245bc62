"""What is shown on a terminal can neither steer it nor act when it is copied to a shell."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from formula_funding.cli.console import quoted
from tests.conftest import Funding


@pytest.mark.skipif(os.name == "nt", reason="other shells part words by other rules")
@pytest.mark.parametrize("text", ["", "a b", "$(id)", "`id`", "it's", "a;b", "école/№1", "a-1.csv"])
def test_a_shell_takes_a_quoted_word_for_itself(text: str) -> None:
    assert shlex.split(quoted(text)) == [text]


RULEBOOK = """\
rulebook: city
title: City
currency: RUB
parameters:
  norm: {kind: money, value: 10}
lines:
  base: {title: Base, for: each student, amount: norm}
"""


def test_an_id_that_steers_a_terminal_is_never_printed_as_it_is(
    funding: Funding, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("rulebook.yaml", "roster.csv", "schools.csv")]
    for file, text in zip(files, (RULEBOOK, *["school_id\n\x1b[31mA`id`\nB\n"] * 2), strict=True):
        file.write_text(text, encoding="utf-8")
    rulebook, roster, schools = map(str, files)
    given = (rulebook, roster, "--schools", schools)
    computed = funding("compute", *given, "-o", str(tmp_path / "out.csv"))
    explained = funding("explain", *given, "--school", "C")
    assert (computed.exit_code, explained.exit_code) == (0, 1)
    for shown in (computed.stdout, computed.stderr, explained.stderr):
        assert "\x1b" not in shown
    assert "--school B" in computed.stderr
