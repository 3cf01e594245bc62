"""Python's search for garbage, which took a fifth of a short run and found nothing."""

from __future__ import annotations

import gc
import sys

OBJECTS_AT_ONCE = 1_000_000
"""New objects between two searches; 700 are Python's own choice."""


def search_rarely() -> None:
    """Search rarely, and not only while importing: the threshold holds to the end of the run.

    Whatever is imported stays to the end, so that importing needs no search.
    """
    gc.set_threshold(OBJECTS_AT_ONCE)


def spare_what_is_imported() -> None:
    """No later search looks at what there is now, at the end of the program least of all.

    Done once, for in a longer process the second time would keep real garbage; and before DuckDB
    is imported, whose types must be searched, or they are told of as leaks.
    """
    if not gc.get_freeze_count() and "duckdb" not in sys.modules:
        gc.freeze()
