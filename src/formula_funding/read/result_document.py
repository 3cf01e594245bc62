"""What `funding compute -o FILE.json` wrote, read again: the amounts and students of schools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Accepted, Place, Problem, stop
from formula_funding.exact.number_text import number_from_written
from formula_funding.rules.fields import Title


@dataclass(frozen=True)
class Result:
    """An earlier result. `amounts` are in units of 10^-`places`, by school and line.

    `students` are those by school; empty where the rulebook counted nobody. `accepted` are the
    findings that an officer overruled.
    """

    file: str
    title: Title
    measure: str | None
    places: int
    names: Mapping[str, str]
    amounts: Mapping[str, Mapping[str, int]]
    students: Mapping[str, int]
    lines: Mapping[str, Title]
    accepted: tuple[Accepted, ...]


def document_from_file(path: Path) -> dict[str, Any]:
    """The JSON document. Raises ProblemsFoundError for a file that can't be read as one."""
    place = Place(path.as_posix())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "can't be read").lower()
        stop(codes.FILE_NOT_FOUND, f"can't open the file: {reason}", place)
    except UnicodeDecodeError:
        stop(codes.NOT_TEXT, "the file is not UTF-8 text", place)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        stop_for_no_result(place)
    return document


def stop_for_no_result(place: Place) -> NoReturn:
    """Raise ProblemsFoundError: the file is something else."""
    stop(
        codes.NOT_AN_EXPLANATION,
        "the file is no result of a previous run",
        place,
        "give the document that `funding compute … -o FILE.json` wrote",
    )


def result_from_file(path: Path) -> Result:
    """Read a result. Raises ProblemsFoundError for another file."""
    document = document_from_file(path)
    try:
        return _result(document, path.as_posix())
    except (ValueError, LookupError, TypeError, AttributeError):
        stop_for_no_result(Place(path.as_posix()))


def _result(document: dict[str, Any], file: str) -> Result:
    method = document["explanation"]["method"]
    places = int(method["places"])
    schools = document["schools"]
    points = document["points"]
    students = {entry["id"]: int(entry["students"]) for entry in document["ledger"]["schools"]}
    return Result(
        file,
        Title(**method["title"]),
        points["en"] if points else document["currency"],
        places,
        {school["id"]: str(school["name"]) for school in schools},
        {
            school["id"]: {
                str(line["id"]): _units(line["amount"], places) for line in school["lines"]
            }
            for school in schools
        },
        students if any(students.values()) else {},
        {item["line"]: Title(**item["title"]) for item in method["items"] if "line" in item},
        tuple(
            Accepted(Problem(codes.CODES[one["code"]], str(one["message"])), str(one["reason"]))
            for one in document["ledger"]["accepted"]
        ),
    )


def _units(amount: str, places: int) -> int:
    units: Fraction = number_from_written(amount) * 10**places
    if units.denominator != 1:
        raise ValueError("finer than the smallest coin")
    return units.numerator
