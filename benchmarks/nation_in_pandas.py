"""The nation's formula in pandas, in floats, written twice: plainly and fast.

The plain writing reads the file as pandas does and, for each line, keeps the rows that count and
sizes them by school. The fast one has DuckDB hand over the columns of a Parquet file, with words as
categories, and adds up masks.
"""

# mypy: ignore-errors

from __future__ import annotations

import pandas as pd

from benchmarks import nation_measures as facts

USED = ["school_id", "grade", *facts.ATTRIBUTES]
TYPES = {name: "int32" if name == "grade" else "str" for name in USED}


def read_plainly(roster: str) -> pd.DataFrame:
    """The columns that the formula needs, as pandas reads them: Parquet by pyarrow."""
    if roster.endswith(".parquet"):
        return pd.read_parquet(roster, columns=USED)
    return pd.read_csv(roster, usecols=USED, dtype=TYPES)


def read_fast(roster: str) -> pd.DataFrame:
    """The same with words as categories."""
    if roster.endswith(".parquet"):
        import duckdb

        words = (f"{name}::ENUM{words} AS {name}" for name, words in facts.ATTRIBUTES.items())
        selected = ", ".join(["school_id", "grade", *words])
        frame = duckdb.execute(f"SELECT {selected} FROM '{roster}'").df()
    else:
        frame = pd.read_csv(roster, usecols=USED, dtype=TYPES)
    for name in USED:
        if name != "grade" and frame[name].dtype != "category":
            frame[name] = frame[name].astype("category")
    return frame


def calculated(roster: str, schools: str, out: str, *, plainly: bool = False) -> None:
    """Read, count, price, write CSV."""
    frame = (read_plainly if plainly else read_fast)(roster)
    school = frame["school_id"]
    ids = sorted(school.unique()) if plainly else school.cat.categories
    found = pd.DataFrame(index=pd.Index(ids, name="school_id"))
    for name, (condition, rate) in facts.measures().items():
        mask = pd.Series(data=True, index=frame.index)
        for attribute, is_ in condition.items():
            cells = frame[attribute]
            mask &= cells == is_ if isinstance(is_, str) else cells.between(*is_)
        found[name] = (_students(frame, mask, plainly) * float(rate)).round(2)
    tiers = pd.concat(
        [
            frame[name].map({w: float(r) for w, r in rates.items()}).astype(float)
            for name, rates in facts.TIERS.items()
        ],
        axis=1,
    ).max(axis=1)
    found["tiers"] = tiers.groupby(school, observed=False).sum().round(2)
    pupils = school.value_counts()
    deprived = _students(frame, frame["deprivation"].isin(["middle", "high"]), plainly)
    register = pd.read_csv(schools, dtype={"school_id": str}).set_index("school_id")
    found["lump"] = register["area"].map({w: float(r) for w, r in facts.LUMP.items()})
    found["sites_line"] = (register["sites"] * float(facts.SITE)).round(2)
    taper = 1 - ((pupils - facts.SMALL_FROM) / facts.TAPER).clip(0, 1)
    found["small"] = (taper * float(facts.SMALL)).round(2)
    over = (deprived - float(facts.THRESHOLD) * pupils).clip(lower=0)
    found["concentration"] = (over * float(facts.CONCENTRATION)).round(2)
    lacking = float(facts.MINIMUM) * pupils - found.sum(axis=1)
    found["minimum_line"] = lacking.clip(lower=0).round(2)
    found.fillna(0).to_csv(out)


def _students(frame: pd.DataFrame, mask: pd.Series, plainly: bool) -> pd.Series:
    """How many rows of each school meet a condition."""
    if plainly:
        return frame[mask].groupby("school_id").size()
    return mask.groupby(frame["school_id"], observed=False).sum()
