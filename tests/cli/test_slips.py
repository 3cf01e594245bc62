"""Slips of whoever types a command are told with the way out."""

from __future__ import annotations

from errno import EACCES
from pathlib import Path

import pytest

from formula_funding.sources.opening import not_opened
from tests.cli.conftest import DATA
from tests.conftest import Funding

City = tuple[str, ...]
RULEBOOK, ROSTER, OPTION, SCHOOLS = DATA
IN_BRACES = "scenario: up\ntitle: Up\nset: {norm[primary]: +5%}\n"
WORKBOOK = "out.xlsx"


@pytest.fixture
def files(funding: Funding, city: City, tmp_path: Path) -> Path:
    """The city, a scenario, results of a run, and a register of many schools."""
    (tmp_path / "up.yaml").write_text(IN_BRACES.replace("{", "\n  ").replace("}", ""), "utf-8")
    (tmp_path / "braces.yaml").write_text(IN_BRACES, "utf-8")
    for output in (WORKBOOK, "out.json"):
        assert funding("compute", *city, "-o", output).exit_code == 0
    ids = "".join(f"{number:03},ordinary,no\n" * 3 for number in range(1, 20))
    (tmp_path / "thrice.csv").write_text(f"school_id,status,remote\n{ids}", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("compute", "city", ROSTER), "Y001", "name a file in it"),
        (("compute", "town/rulebook.yaml", ROSTER), "Y001", "there is no folder `town`"),
        (("compute", "city/rulebok.yaml", ROSTER), "Y001", "did you mean `rulebook.yaml`?"),
        (
            ("compute", RULEBOOK, "city/rostr.csv", OPTION, SCHOOLS),
            *("Y001", "did you mean `roster.csv`?"),
        ),
        (("compute", *DATA, "--previous", "out.jsn"), "Y001", "did you mean `out.json`?"),
        (("compare", *DATA, "--with", "nix.yaml"), "Y001", ""),
        (("replay", "out.jsn"), "Y001", "did you mean `out.json`?"),
        (("compute", WORKBOOK, ROSTER), "Y002", "give a YAML file, not a workbook"),
        (
            ("compute", *DATA, "--previous", WORKBOOK),
            *("Y002", "give the document that `funding compute … -o FILE.json` wrote"),
        ),
        (
            ("compute", *DATA, "--layout", SCHOOLS),
            *("R003", "a YAML file is needed here, not a table"),
        ),
        (("compare", *DATA, "--with", ROSTER), "R003", "a YAML file is needed here, not a table"),
        (
            ("compare", *DATA, "--with", "braces.yaml"),
            "Y003",
            "within { } a name with square brackets stands in quotation marks, "
            "or on a line of its own",
        ),
        (
            ("compute", RULEBOOK, ROSTER, OPTION, "thrice.csv"),
            "D010",
            "is this the roster? the register has one row for each school; "
            "if the id has more columns, name them in a layout",
        ),
        (("explain", *DATA, "--school", "x"), "O004", "known here: `001`, `002`, `003`"),
        (("explain", *DATA, "--school", "01"), "O004", "did you mean `001`?"),
        (
            ("explain", *DATA, "--school", "gymnasium"),
            *("O004", "schools are asked for by id: `002` is Gymnasium 2"),
        ),
        (
            ("compare", *DATA, "--with", "up.yaml", "--letter", "gymnasium"),
            *("O004", "schools are asked for by id: `002` is Gymnasium 2"),
        ),
        (
            ("verify", "out.json"),
            *("D001", "give a workbook that `funding compute -o FILE.xlsx` wrote"),
        ),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else None,
)
def test_a_slip_is_told_once_with_the_way_out(
    funding: Funding, files: Path, words: City, code: str, hint: str
) -> None:
    assert files.is_dir()
    errors = funding(*words).errors
    assert [(problem.code, problem.hint) for problem in errors] == [(code, hint)]


def test_a_file_that_may_not_be_read_is_told_with_whom_to_ask(tmp_path: Path) -> None:
    (problem,) = not_opened(
        tmp_path / "x.csv", PermissionError(EACCES, "Permission denied")
    ).problems
    assert problem.message == "can't open the file: permission denied"
    assert problem.hint == "ask for the right to read it"


def test_one_school_that_stands_twice_is_told_by_its_id(funding: Funding, files: Path) -> None:
    register = files / SCHOOLS
    register.write_text(register.read_text("utf-8") + "001,Twice,ordinary,no\n", "utf-8")
    (error,) = funding("compute", *DATA).errors
    assert (error.code, error.says) == ("D010", "the school id `001` stands twice")


@pytest.fixture
def everything(funding: Funding, files: Path) -> Path:
    """The city's files, and one of each kind that the program reads or writes."""
    (files / "layout.yaml").write_text("roster: {columns: {school_id: School}}\n", "utf-8")
    (files / "years.yaml").write_text("projection: years\ntitle: Years\nladder: grade\n", "utf-8")
    for output in ("out.csv", "out.lines.csv"):
        assert funding("compute", *DATA, "-o", output).exit_code == 0
    assert funding("compute", *DATA, "--lang", "ru", "-o", "ru.xlsx").exit_code == 0
    kept = ("--rulebook", RULEBOOK, OPTION, SCHOOLS, "-o", "kept.parquet")
    assert funding("tally", ROSTER, *kept).exit_code == 0
    return files


COMPUTE = ("compute", RULEBOOK, ROSTER, OPTION, SCHOOLS)
COMPARE = ("compare", *DATA, "--with")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((*COMPUTE, "--layout", RULEBOOK), "a rulebook, not a layout"),
        ((*COMPUTE, "--layout", "up.yaml"), "a scenario, not a layout"),
        ((*COMPUTE, "--layout", "out.json"), "the result of a run, not a layout"),
        (("compute", "layout.yaml", ROSTER), "a layout, not a rulebook"),
        (("compute", "up.yaml", ROSTER), "a scenario, not a rulebook"),
        (("check", "years.yaml"), "a projection, not a rulebook"),
        (("check", "out.json"), "the result of a run, not a rulebook"),
        ((*COMPARE, RULEBOOK), "a rulebook, not a scenario"),
        ((*COMPARE, "layout.yaml"), "a layout, not a scenario"),
        (("project", *DATA, "--years", "2", "--cohorts", "up.yaml"), "a scenario, not a proj"),
        (("compute", RULEBOOK, SCHOOLS, OPTION, SCHOOLS), "a register of schools, not a roster"),
        (("compute", RULEBOOK, SCHOOLS, OPTION, ROSTER), "a roster, not the register of schools"),
        (("compute", RULEBOOK, ROSTER, OPTION, "kept.parquet"), "a tally that `funding tally`"),
        *(
            (("compute", RULEBOOK, *words), "an allocation that `funding compute` wrote, no")
            for output in ("out.csv", "out.lines.csv", "out.xlsx", "ru.xlsx")
            for words in ((output, OPTION, SCHOOLS), (ROSTER, OPTION, output))
        ),
        (
            ("compute", RULEBOOK, "out.json", OPTION, SCHOOLS),
            "a table ending in `.json` can't be read",
        ),
        (
            ("compute", RULEBOOK, RULEBOOK, OPTION, SCHOOLS),
            "a table ending in `.yaml` can't be read",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_file_in_the_place_of_another_is_told_as_what_it_is(
    funding: Funding, everything: Path, words: City, told: str
) -> None:
    assert everything.is_dir()
    (problem,) = funding(*words).errors
    assert told in problem.says
    assert problem.hint


def test_a_roster_with_a_misspelt_column_is_still_a_roster(funding: Funding, files: Path) -> None:
    """What has some of the columns of a roster, or one much like them, is taken for a roster."""
    text = (files / ROSTER).read_text("utf-8").replace("student_id", "name", 1)
    for column in ("grades", "class"):
        (files / "slip.csv").write_text(text.replace("grade", column, 1), "utf-8")
        (problem,) = funding("compute", RULEBOOK, "slip.csv", OPTION, SCHOOLS).errors
        assert problem.says == "the file has no column `grade`"


@pytest.mark.parametrize(
    ("name", "text", "code", "exit_code"),
    [("nowhere.yaml", None, "Y001", 3), ("broken.yaml", "a: [", "Y003", 1)],
)
def test_a_rulebook_that_can_not_be_tested_is_told_beside_those_that_can(
    funding: Funding, files: Path, name: str, text: str | None, code: str, exit_code: int
) -> None:
    """It was passed over in silence: all others were as stated."""
    if text is not None:
        (files / name).write_text(text, "utf-8")
    finished = funding("test", name, RULEBOOK)
    assert [problem.code for problem in finished.errors] == [code]
    assert finished.exit_code == exit_code
    assert "All as stated" not in finished.stdout


def test_the_next_commands_of_a_new_example_can_be_copied(funding: Funding) -> None:
    shown = funding("init", "my city").stderr
    assert "funding check 'my city/rulebook.yaml'" in shown or '"my city' in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("compute", *DATA, "--lang", "pl"), "'pl' is not one of 'en', 'ru'"),
        (("compute", *DATA, "--engine", "fast"), "'fast' is not one of 'auto', 'duckdb'"),
        (("roster", "check", *DATA, "--format", "pdf"), "'pdf' is not one of 'text', 'json'"),
    ],
)
def test_a_word_that_an_option_does_not_know_is_told_with_those_it_knows(
    funding: Funding, files: Path, words: City, told: str
) -> None:
    assert files.is_dir()
    said = funding(*words)
    assert said.exit_code == 2
    assert told in " ".join(said.stderr.split())
    assert "Value error" not in said.stderr
