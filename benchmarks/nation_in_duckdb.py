"""The nation's formula as a DuckDB query in floats, written twice: plainly and fast.

The plain writing says `count(*) FILTER (WHERE …)` for each line. The fast one is the fastest of
those tried. Least processor time of 4 whole processes at 3 million students, plain = 1, on a busy
machine; from CSV most of it is the reading of the file:

| counting                                                              | Parquet | CSV  |
|-----------------------------------------------------------------------|---------|------|
| `count(*) FILTER (WHERE …)`, tiers summed as doubles                  | 1.00    | 1.00 |
| the same with tiers as whole cents                                    | 1.00    |      |
| the same, base lines added up from those of their grades              | 0.91    |      |
| `sum((…)::INT)`                                                       | 0.72    | 0.92 |
| by school, grade and need first, then by school                       | 0.69    |      |
| three conditions in one sum, 16 bits each, one CASE per condition     | 0.50    |      |
| the same, one CASE per attribute, by school and grade first           | 0.53    | 0.74 |
| the same by school alone, the first tier that applies                 | 0.48    | 0.76 |

School codes as integers, four conditions in one sum and options of `read_csv` gained nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks import nation_measures as facts
from benchmarks.nation import ROSTER

BITS, PER_SUM = 16, 3
"""A school has fewer than 65,536 students, so that one sum counts three conditions."""
Slot = tuple[str, str, str]
"""A condition that is counted: its name, a column, and what stands in it."""


def by_duckdb(roster: str, schools: str, out: str) -> None:
    """The fastest writing."""
    import duckdb

    duckdb.execute(_priced(counted_fast(source(roster)), schools, out))


def by_plain_duckdb(roster: str, schools: str, out: str) -> None:
    """The writing that comes to mind first."""
    import duckdb

    duckdb.execute(_priced(counted_plainly(source(roster)), schools, out))


def counted_plainly(rows: str) -> str:
    """Per school: pupils, deprived, tiers, and how many students each line pays for."""
    counts = [
        f"count(*) FILTER (WHERE {_sql(condition)}) AS {name}"
        for name, (condition, _) in facts.measures().items()
    ]
    tiers = ", ".join(
        f"CASE {attribute} " + " ".join(f"WHEN '{w}' THEN {r}" for w, r in rates.items()) + " END"
        for attribute, rates in facts.TIERS.items()
    )
    return f"""counted AS (SELECT school_id, {", ".join(counts)},
        sum(greatest({tiers})::DOUBLE) AS tiers, count(*) AS pupils,
        count(*) FILTER (WHERE deprivation IN ('middle', 'high')) AS deprived
        FROM {rows} GROUP BY school_id)"""


def counted_fast(rows: str) -> str:
    """The same columns, several conditions counted in one sum."""
    grades = [(f"books_{grade}", "grade", str(grade)) for grade in range(1, 12)]
    words = [
        (f"{attribute}_{word}", attribute, f"'{word}'")
        for attribute, rates in facts.WORDS.items()
        for word in rates
    ]
    words.append(("deprived", "deprivation IN ('middle', 'high')", "true"))
    slots = [*_batches(grades), *_batches(words)]
    sums = [_packed(batch) for batch in slots]
    for stage, (low, high) in facts.STAGES.items():
        needs = [(f"{n}_{stage}", "need", f"'{n}'") for n in ("speech", "learning", "severe")]
        slots.append(needs)
        sums.append(f"CASE WHEN grade BETWEEN {low} AND {high} THEN {_packed(needs)} ELSE 0 END")
    packed = ", ".join(f"sum({what}) AS sum_{number}" for number, what in enumerate(sums))
    counts = [
        f"(sum_{number}::BIGINT >> {BITS * place}) & {2**BITS - 1} AS {name}"
        for number, batch in enumerate(slots)
        for place, (name, _, _) in enumerate(batch)
    ]
    for stage, (low, high) in facts.STAGES.items():
        books = " + ".join(f"books_{grade}" for grade in range(low, high + 1))
        counts.append(f"{books} AS base_{stage}")
    tiers = sorted(
        ((_cents(r), a, w) for a, rates in facts.TIERS.items() for w, r in rates.items()),
        reverse=True,
    )
    highest = " ".join(f"WHEN {a} = '{word}' THEN {cents}" for cents, a, word in tiers if cents)
    return f"""packed AS (SELECT school_id, {packed}, sum(CASE {highest} ELSE 0 END) AS cents,
        count(*) AS pupils FROM {rows} GROUP BY school_id),
      counted AS (SELECT school_id, pupils, cents / 100 AS tiers, {", ".join(counts)}
        FROM packed)"""


def _priced(counted: str, schools: str, out: str) -> str:
    """The counts times their rates, and what schools get besides, written to `out`."""
    lines = ", ".join(
        f"round({name} * {rate}::DOUBLE, 2) AS {name}"
        for name, (_, rate) in facts.measures().items()
    )
    lump = " ".join(f"WHEN '{word}' THEN {rate}" for word, rate in facts.LUMP.items())
    before = " + ".join(
        [*facts.measures(), "tiers", "lump", "sites_line", "small", "concentration"]
    )
    return f"""COPY (WITH {counted},
      priced AS (SELECT school_id, pupils, {lines}, round(tiers, 2) AS tiers,
        (CASE area {lump} END)::DOUBLE AS lump,
        round({facts.SITE}::DOUBLE * sites::INTEGER, 2) AS sites_line,
        round({facts.SMALL}::DOUBLE
          * (1 - least(1, greatest(0, (pupils - {facts.SMALL_FROM}) / {facts.TAPER}))), 2) AS small,
        round({facts.CONCENTRATION}::DOUBLE
          * greatest(0, counted.deprived - {facts.THRESHOLD}::DOUBLE * pupils), 2) AS concentration
        FROM counted JOIN read_csv('{schools}', all_varchar = true) USING (school_id))
      SELECT * EXCLUDE (pupils),
        round(greatest(0, {facts.MINIMUM}::DOUBLE * pupils - ({before})), 2) AS minimum_line
      FROM priced) TO '{out}' (FORMAT parquet)"""


def source(roster: str) -> str:
    """The file as DuckDB reads it, its columns trusted to be what they should."""
    if roster.endswith(".parquet"):
        return f"'{roster}'"
    columns = ", ".join(
        f"{name}: '{'INTEGER' if name == 'grade' else 'VARCHAR'}'" for name in ROSTER
    )
    return f"read_csv('{roster}', columns = {{{columns}}}, header = true)"


def _sql(condition: facts.Condition) -> str:
    return " AND ".join(
        f"{name} = '{is_}'" if isinstance(is_, str) else f"{name} BETWEEN {is_[0]} AND {is_[1]}"
        for name, is_ in condition.items()
    )


def _batches(slots: list[Slot]) -> list[list[Slot]]:
    return [slots[start : start + PER_SUM] for start in range(0, len(slots), PER_SUM)]


def _packed(batch: Iterable[Slot]) -> str:
    """A whole number with a 1 in the bits of each condition that holds."""
    columns: dict[str, list[str]] = {}
    for place, (_, column, is_) in enumerate(batch):
        columns.setdefault(column, []).append(f"WHEN {is_} THEN {1 << (BITS * place)}")
    return " + ".join(f"CASE {c} {' '.join(when)} ELSE 0 END" for c, when in columns.items())


def _cents(rate: str) -> int:
    euros, _, cents = rate.partition(".")
    return int(euros) * 100 + int(cents or 0)
