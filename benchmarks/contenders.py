"""The nation's formula as somebody writes it by hand, in floats: Polars, and all by name.

`python -m benchmarks.contenders NAME ROSTER SCHOOLS OUT` computes one row per school: school_id and
an amount for each line, as Parquet, or CSV by pandas. Each runs in a
process of its own and imports only its library.
"""

from __future__ import annotations

import sys
from typing import Any

from benchmarks import nation_measures as facts
from benchmarks.nation import ROSTER
from benchmarks.nation_in_duckdb import by_duckdb, by_plain_duckdb


def by_polars(roster: str, schools: str, out: str) -> None:
    """Lazy, by the streaming engine."""
    import polars as pl  # type: ignore[import-not-found]  # a contender, no dependency

    texts = {name: pl.Int32 if name == "grade" else pl.String for name in ROSTER}
    read = pl.scan_parquet if roster.endswith(".parquet") else pl.scan_csv
    frame = read(roster) if read is pl.scan_parquet else pl.scan_csv(roster, schema=texts)

    def holds(condition: facts.Condition) -> Any:
        parts = [
            pl.col(name) == is_ if isinstance(is_, str) else pl.col(name).is_between(*is_)
            for name, is_ in condition.items()
        ]
        return pl.all_horizontal(parts)

    tiers = pl.max_horizontal(
        pl.col(name).replace_strict({w: float(r) for w, r in rates.items()})
        for name, rates in facts.TIERS.items()
    )
    counted = frame.group_by("school_id").agg(
        *(
            (holds(condition).sum() * float(rate)).round(2).alias(name)
            for name, (condition, rate) in facts.measures().items()
        ),
        tiers.sum().round(2).alias("tiers"),
        pl.len().cast(pl.Int64).alias("pupils"),
        pl.col("deprivation").is_in(["middle", "high"]).sum().cast(pl.Int64).alias("deprived"),
    )
    pupils, deprived = pl.col("pupils"), pl.col("deprived")
    register = pl.scan_csv(schools, schema_overrides={"school_id": pl.String})
    priced = counted.join(register, on="school_id").with_columns(
        pl.col("area").replace_strict({w: float(r) for w, r in facts.LUMP.items()}).alias("lump"),
        (float(facts.SITE) * pl.col("sites")).round(2).alias("sites_line"),
        (float(facts.SMALL) * (1 - ((pupils - facts.SMALL_FROM) / facts.TAPER).clip(0, 1)))
        .round(2)
        .alias("small"),
        (float(facts.CONCENTRATION) * (deprived - float(facts.THRESHOLD) * pupils).clip(0))
        .round(2)
        .alias("concentration"),
    )
    names = [*facts.measures(), "tiers", "lump", "sites_line", "small", "concentration"]
    rest = (float(facts.MINIMUM) * pupils - pl.sum_horizontal(names)).clip(0).round(2)
    priced.select("school_id", *names, rest.alias("minimum_line")).collect(
        engine="streaming"
    ).write_parquet(out)


def by_pandas(roster: str, schools: str, out: str) -> None:
    """The fastest writing; see nation_in_pandas.py, which imports pandas."""
    from benchmarks.nation_in_pandas import calculated

    calculated(roster, schools, out)


def by_plain_pandas(roster: str, schools: str, out: str) -> None:
    """The writing that comes to mind first."""
    from benchmarks.nation_in_pandas import calculated

    calculated(roster, schools, out, plainly=True)


def by_openfisca(roster: str, schools: str, out: str) -> None:
    """The fastest writing; see nation_in_openfisca.py, which imports OpenFisca."""
    from benchmarks.nation_in_openfisca import calculated

    calculated(roster, schools, out)


def by_plain_openfisca(roster: str, schools: str, out: str) -> None:
    """The usual writing: an amount for each student and line."""
    from benchmarks.nation_in_openfisca import calculated

    calculated(roster, schools, out, plainly=True)


CONTENDERS = {
    "duckdb": by_duckdb,
    "duckdb-plain": by_plain_duckdb,
    "polars": by_polars,
    "pandas": by_pandas,
    "pandas-plain": by_plain_pandas,
    "openfisca": by_openfisca,
    "openfisca-plain": by_plain_openfisca,
}

if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](*sys.argv[2:])
