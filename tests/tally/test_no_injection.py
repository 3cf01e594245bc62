"""Names of files and columns, and what stands in cells, are data to the engine and never SQL."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

import formula_funding
from tests import spark
from tests.plain_rulebook import RULEBOOK

ROSTER = "school_id,g\n1,a\n1,b\n2,b\n"
ENGINES = pytest.mark.parametrize("engine", spark.ENGINES)
HOSTILE = [
    "'; DROP TABLE joint; --",
    '"; DROP TABLE joint; --',
    "') UNION ALL SELECT 'x', 'a', 1, 1, 0 --",
    "x' OR '1'='1",
    "$1",
    "?",
    "{name}",
    "%s",
    "a;b",
    "\\",
    "//",
    "\u202e",
]

no_windows = pytest.mark.skipif(os.name == "nt", reason="Windows allows no such file names")


def _total(folder: Path, *rosters: Path, engine: str, layout: Path | None = None) -> str:
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    found = formula_funding.compute(
        folder / "rulebook.yaml",
        list(rosters),
        engine=engine,
        master=spark.master_of(engine),
        layout=layout,
    )
    return str(found.total)


@no_windows
@ENGINES
@pytest.mark.parametrize(
    "name",
    [
        *("it's.csv", 'the "roster".csv', "a b.csv", "a;b.csv", "--.csv", "~.csv", "$HOME.csv"),
        *("[1].csv", "r*.csv", "r?.csv", "{a,b}.csv", "%41.csv", "ведомость.csv", "s3:x.csv"),
        "') UNION ALL SELECT 1 --.csv",
    ],
)
def test_a_file_is_read_whatever_its_name(tmp_path: Path, name: str, engine: str) -> None:
    if engine == "spark" and ":" in name:
        pytest.skip("Hadoop, by which Spark reads, has no names with a colon")
    path = tmp_path / name
    path.write_text(ROSTER, encoding="utf-8")
    assert _total(tmp_path, path, engine=engine) == "120.00"


@no_windows
@ENGINES
@pytest.mark.parametrize("name", ["r*", "r?", "r[12]", "*", "[r]1"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_name_like_a_pattern_means_one_file_and_not_its_neighbours(
    tmp_path: Path, name: str, ending: str, engine: str
) -> None:
    source = tmp_path / "source.csv"
    source.write_text(ROSTER, encoding="utf-8")
    for other in ("r1", "r2", name):
        path = tmp_path / f"{other}.{ending}"
        if ending == "csv":
            path.write_bytes(source.read_bytes())
            continue
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (FROM read_csv('{source}', all_varchar = true)) "
                f"TO '{tmp_path}/new.parquet' (FORMAT parquet)"
            )
        (tmp_path / "new.parquet").rename(path)
    assert _total(tmp_path, tmp_path / f"{name}.{ending}", engine=engine) == "120.00"


@ENGINES
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_folder_named_like_a_column_gives_the_file_no_column(
    tmp_path: Path, ending: str, engine: str
) -> None:
    folder = tmp_path / "g=b" / "school_id=9"
    folder.mkdir(parents=True)
    path = folder / "roster.csv"
    path.write_text(ROSTER, encoding="utf-8")
    if ending == "parquet":
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (FROM read_csv('{path}', all_varchar = true, hive_partitioning = false)) "
                f"TO '{folder}/roster.parquet' (FORMAT parquet)"
            )
        path = folder / "roster.parquet"
    assert _total(tmp_path, path, engine=engine) == "120.00"


@ENGINES
def test_a_file_is_found_from_the_folder_in_which_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("~.csv", "-.csv"):
        Path(name).write_text(ROSTER, encoding="utf-8")
        assert _total(tmp_path, Path(name), engine=engine) == "120.00"


@ENGINES
@pytest.mark.parametrize("name", HOSTILE)
def test_a_column_may_have_any_name(tmp_path: Path, name: str, engine: str) -> None:
    path, layout = tmp_path / "roster.csv", tmp_path / "layout.yaml"
    quoted = name.replace('"', '""')
    path.write_text(f'school_id,"{quoted}","other {quoted}"\n1,a,b\n1,b,a\n2,b,a\n', "utf-8")
    in_yaml = name.replace("'", "''")
    layout.write_text(f"roster: {{columns: {{g: '{in_yaml}'}}}}\n", encoding="utf-8")
    assert _total(tmp_path, path, engine=engine, layout=layout) == "120.00"


@ENGINES
@pytest.mark.parametrize("text", HOSTILE)
def test_a_school_may_have_any_id(tmp_path: Path, text: str, engine: str) -> None:
    path = tmp_path / "roster.csv"
    quoted = text.replace('"', '""')
    path.write_text(f'school_id,g\n"{quoted}",a\n"{quoted}",b\n2,b\n', encoding="utf-8")
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    found = formula_funding.compute(
        tmp_path / "rulebook.yaml", path, engine=engine, master=spark.master_of(engine)
    )
    totals = dict(zip(found.schools["school_id"], map(str, found.schools["total"]), strict=True))
    assert totals == {text: "110.00", "2": "10.00"}


@ENGINES
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_value_is_a_value_that_the_rulebook_does_not_declare(
    tmp_path: Path, text: str, engine: str
) -> None:
    path = tmp_path / "roster.csv"
    quoted = text.replace('"', '""')
    path.write_text(f'school_id,g\n1,a\n1,"{quoted}"\n', encoding="utf-8")
    with pytest.raises(formula_funding.ProblemsFoundError) as raised:
        _total(tmp_path, path, engine=engine)
    [error] = [problem for problem in raised.value.problems if problem.is_error]
    assert error.code.id == "D007"
    assert error.place is not None
    assert error.place.line == 3
    assert text not in str(raised.value)
