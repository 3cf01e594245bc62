"""The engines by name; one is imported only when it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problem, ProblemsFoundError
from formula_funding.model.resources import Resources
from formula_funding.sources.remote import RemoteFiles
from formula_funding.tally.tally import Engine

ENGINES = {
    "auto": "formula_funding.tally.automatic_engine:AutomaticEngine",
    "duckdb": "formula_funding.tally.duckdb_engine:DuckdbEngine",
    "plain": "formula_funding.tally.plain_engine:PlainEngine",
}
SPARK = "spark"


def engine(name: str, master: str | None = None, resources: Resources | None = None) -> Engine:
    """The engine of a name of ENGINES, or Spark's; `master` is where Spark runs.

    What a cluster may use, its own settings say; `resources` bound what runs on this machine.

    Raises KeyError for another name, and ProblemsFoundError if Spark is not installed.
    """
    if name == SPARK:
        return _spark_engine(master, resources)
    module, _, class_name = ENGINES[name].partition(":")
    found: Engine = getattr(import_module(module), class_name)(resources)
    return found


def remote_files(
    name: str, master: str | None = None, resources: Resources | None = None
) -> RemoteFiles | None:
    """What opens URLs for an engine; None where nothing does, as for all but Spark."""
    if name != SPARK:
        return None
    with _spark_installed():
        from formula_funding.tally.spark_files import SparkFiles
    return SparkFiles(master, resources)


def _spark_engine(master: str | None, resources: Resources | None) -> Engine:
    with _spark_installed():
        from formula_funding.tally.spark_engine import SparkEngine
    return SparkEngine(master, resources)


@contextmanager
def _spark_installed() -> Iterator[None]:
    """Raises ProblemsFoundError if the modules of Spark, imported within, are not there."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise ProblemsFoundError(
            [
                Problem(
                    codes.SPARK_MISSING,
                    f"Spark is not installed: Python has no module `{missing.name}`",
                    hint="pip install 'formula-funding[spark]'; it needs Java 17 or newer too",
                )
            ]
        ) from None
