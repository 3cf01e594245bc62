"""SQL takes away the white space that Python does, and no other sign."""

from __future__ import annotations

from itertools import product

import duckdb

from formula_funding.tally.roster_sql import school_of_parts

SIGNS = [
    *("", "a", "é", "1", "!", "~", " ", "\t", "\n", "\r", "\x0b", "\x1c", "\x1f", "\x7f", "\x85"),
    *("\xa0", "\u1680", "\u2003", "\u200b", "\u2028", "\u3000", "\ufeff", "\x00"),
]


def test_an_id_is_trimmed_as_python_strips_it() -> None:
    texts = ["".join(signs) for signs in product(SIGNS, repeat=3)]
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT {school_of_parts(['text'])} FROM (SELECT unnest($1) AS text)", [texts]
        ).fetchall()
    assert [text for (text,) in found] == [text.strip() for text in texts]
