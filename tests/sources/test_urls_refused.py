"""URLs where nothing opens them: refused with a way out, and never with a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from formula_funding.model.url import Url, given_from_text
from tests.conftest import Funding

URL = "s3a://bucket/rosters/"
CITY = ("my-city/rulebook.yaml", "my-city/roster.csv", "--schools", "my-city/schools.csv")
RULEBOOK, _, *SCHOOLS = CITY


@pytest.fixture(autouse=True)
def city(funding: Funding, tmp_path: Path) -> None:
    assert funding("init", "my-city").exit_code == 0
    (tmp_path / "more.yaml").write_text("scenario: s\ntitle: More\nset: {norm: +5%}\n")
    (tmp_path / "cohorts.yaml").write_text("projection: p\ntitle: Years\nladder: grade\n")


@pytest.mark.parametrize(
    "words",
    [
        ("compute", RULEBOOK, URL, *SCHOOLS),
        ("compute", RULEBOOK, URL, *SCHOOLS, "--engine", "plain"),
        ("explain", RULEBOOK, URL, *SCHOOLS, "--school", "001"),
        ("audit", RULEBOOK, URL, *SCHOOLS),
        ("check", RULEBOOK, URL, *SCHOOLS),
        ("compare", RULEBOOK, URL, *SCHOOLS, "--with", "more.yaml"),
        ("sweep", RULEBOOK, URL, *SCHOOLS, "--vary", "norm=0%..1%..1%"),
        ("solve", RULEBOOK, URL, *SCHOOLS, "--parameter", "norm", "--budget", "1"),
        ("project", RULEBOOK, URL, *SCHOOLS, "--cohorts", "cohorts.yaml", "--years", "1"),
        ("tally", URL, "--rulebook", RULEBOOK, *SCHOOLS, "-o", "kept.parquet"),
    ],
)
def test_a_url_is_refused_where_spark_does_not_count(
    funding: Funding, words: tuple[str, ...]
) -> None:
    finished = funding(*words)
    [problem] = finished.errors
    assert (problem.code, problem.at, finished.exit_code) == ("S028", URL, 3)
    assert "--engine spark" in problem.hint
    assert "copy" in problem.hint


@pytest.mark.parametrize(
    "words",
    [
        ("compute", "https://example.org/rulebook.yaml", CITY[1]),
        ("compute", *CITY[:2], "--schools", "hdfs://node/schools.csv", "--engine", "duckdb"),
        ("compute", *CITY, "--layout", "file:///data/layout.yaml"),
        ("roster", "draft", URL, "--rulebook", RULEBOOK),
    ],
)
def test_what_is_read_here_alone_is_no_url(funding: Funding, words: tuple[str, ...]) -> None:
    finished = funding(*words)
    [problem] = finished.errors
    assert (problem.code, finished.exit_code) == ("Y001", 3), finished.stderr
    assert "copy any other file to this machine" in problem.hint


def test_a_url_is_no_roster_to_check(funding: Funding) -> None:
    finished = funding("roster", "check", RULEBOOK, URL)
    told = " ".join((finished.stdout + finished.stderr).split())
    assert finished.exit_code == 3
    assert "(not `funding roster`)" in told
    assert "copy any other file to this machine" in told


@pytest.mark.parametrize("url", ["s3a://key:secret@bucket/roster.csv", "hdfs://me:secret@nn/r.csv"])
def test_a_password_in_a_url_is_refused_and_not_shown(funding: Funding, url: str) -> None:
    finished = funding("compute", RULEBOOK, url, *SCHOOLS)
    assert [problem.code for problem in finished.errors] == ["S031"]
    assert "secret" not in finished.stdout + finished.stderr


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("hdfs://nn:8020/rosters/2026/", Url("hdfs://nn:8020/rosters/2026/")),
        ("hdfs:///rosters/*.parquet", Url("hdfs:///rosters/*.parquet")),
        ("abfss://data@account.dfs.core.windows.net/r", None),
        ("C://rosters/roster.csv", Path("C://rosters/roster.csv")),
        ("rosters//roster.csv", Path("rosters/roster.csv")),
        ("-", Path("-")),
    ],
)
def test_a_url_has_a_scheme_of_two_letters_and_two_slashes(
    text: str, meant: Url | Path | None
) -> None:
    found = given_from_text(text)
    assert found == (meant or Url(text))
    assert found.as_posix() == (text if isinstance(found, Url) else Path(text).as_posix())
    assert not (isinstance(found, Url) and found.has_password)
