"""The engines by name; one is imported only when it is used."""

from __future__ import annotations

from importlib import import_module

from formula_funding.tally.tally import Engine

ENGINES = {
    "duckdb": "formula_funding.tally.duckdb_engine:DuckdbEngine",
    "plain": "formula_funding.tally.plain_engine:PlainEngine",
}


def engine(name: str) -> Engine:
    """The engine of a name of ENGINES. Raises KeyError for another."""
    module, _, class_name = ENGINES[name].partition(":")
    found: Engine = getattr(import_module(module), class_name)()
    return found
