"""What a run is given, from the options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import typer

from formula_funding.cli.options import EngineName
from formula_funding.model.inputs import DEFAULT_THRESHOLD, Inputs
from formula_funding.model.limits import Limits, limits_from_texts
from formula_funding.model.resources import Resources
from formula_funding.model.url import Given, given_from_text
from formula_funding.rules.period import Period


def inputs_from_options(
    rulebook: Path,
    roster: Sequence[str | Path] | None,
    schools: Path | None,
    layout: Path | None,
    table: list[str] | None,
    as_of: date | Period | None,
    limit: list[str] | None,
    *,
    accept: list[str] | None = None,
    reason: list[str] | None = None,
    previous: Path | None = None,
    threshold: Fraction = DEFAULT_THRESHOLD,
    engine: EngineName = EngineName.AUTO,
    master: str | None = None,
    memory_limit: str | None = None,
    temp_dir: Path | None = None,
) -> Inputs:
    """The inputs of a run, as the options of the same names give them.

    Raises BadParameter (wrong usage, exit code 2) where options don't fit together.
    """
    return Inputs(
        rulebook,
        tuple(map(given_from_text, roster or ())),
        schools,
        layout,
        as_of,
        engine=engine.value,
        master=_spark_master(engine, master),
        tables=_table_files(table or ()),
        accept=_accepted_codes(accept or (), reason or ()),
        previous=previous,
        threshold=threshold,
        limits=raised_limits(limit),
        resources=Resources(memory_limit, temp_dir),
    )


def raised_limits(given: list[str] | None) -> Limits:
    """The limits with those of `--limit`; wrong usage (exit code 2) if one is none."""
    try:
        return limits_from_texts(given or ())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _spark_master(engine: EngineName, master: str | None) -> str | None:
    if master is not None and engine is not EngineName.SPARK:
        raise typer.BadParameter("--master says where Spark runs; add --engine spark")
    return master


def _table_files(given: Sequence[str]) -> dict[str, Given]:
    """The files of `--table NAME=FILE`."""
    found: dict[str, Given] = {}
    for text in given:
        name, sign, file = text.partition("=")
        if not (name and sign and file):
            raise typer.BadParameter(f"`{text}` names no table; write --table classes=classes.csv")
        if name in found:
            raise typer.BadParameter(f"the table `{name}` is given twice")
        found[name] = given_from_text(file)
    return found


def _accepted_codes(codes: Sequence[str], reasons: Sequence[str]) -> dict[str, str]:
    """Each `--accept CODE` with its `--reason`."""
    if len(codes) != len(reasons):
        raise typer.BadParameter("every --accept CODE needs its --reason, and the other way round")
    return {code.upper(): reason.strip() for code, reason in zip(codes, reasons, strict=True)}
