"""What is shown on a terminal can neither steer it nor act when it is copied to a shell."""

from __future__ import annotations

import json
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


def test_a_result_of_others_can_t_steer_a_terminal(funding: Funding, tmp_path: Path) -> None:
    for name, text in (("rulebook.yaml", RULEBOOK), ("roster.csv", "school_id\nA\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert funding("compute", "rulebook.yaml", "roster.csv", "-o", "out.json").exit_code == 0
    found = json.loads((tmp_path / "out.json").read_bytes())
    steering = "\x1b[31mred"
    found["currency"] = steering
    found["schools"][0] |= {"id": steering, "name": steering}
    found["explanation"]["method"]["title"] = {"en": steering, "ru": steering}
    (tmp_path / "out.json").write_text(json.dumps(found), encoding="utf-8")
    compared = funding("compare", "out.json", "out.json")
    assert compared.exit_code == 0
    assert compared.stdout.count("\ufffd[31mred") == 4
    assert "\x1b" not in compared.stdout


def test_an_id_that_steers_a_terminal_is_never_printed_as_it_is(
    funding: Funding, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("rulebook.yaml", "roster.csv", "schools.csv")]
    for file, text in zip(files, (RULEBOOK, *["school_id\n\x1b[31mA`id`\nB\n"] * 2), strict=True):
        file.write_text(text, encoding="utf-8")
    rulebook, roster, schools = map(str, files)
    given = (rulebook, roster, "--schools", schools)
    computed = funding("compute", *given, "-o", str(tmp_path / "out.csv"))
    unknown = funding("explain", *given, "--school", "C")
    explained = funding("explain", *given, "--school", "\x1b[31mA`id`")
    assert (computed.exit_code, unknown.exit_code, explained.exit_code) == (0, 1, 0)
    for shown in (computed.stdout, computed.stderr, unknown.stderr, explained.stdout):
        assert "\x1b" not in shown
    assert "--school B" in computed.stderr
