"""The number of students by school in the JSON document of a previous run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, stop


@dataclass(frozen=True)
class PreviousRun:
    """`file` as the user named it, the document's fingerprint, students by school id."""

    file: str
    fingerprint: str
    students: Mapping[str, int]


def previous_run(path: Path) -> PreviousRun:
    """Read what `funding compute -o FILE.json` wrote.

    Raises ProblemsFoundError for another file.
    """
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
        schools = document["ledger"]["schools"]
        students = {str(school["id"]): _whole(school["students"]) for school in schools}
        return PreviousRun(place.file, str(document["fingerprint"]), students)
    except (ValueError, LookupError, TypeError, RecursionError):
        stop(
            codes.NOT_AN_EXPLANATION,
            "the file is no result of a previous run",
            place,
            "give the document that `funding compute … -o FILE.json` wrote",
        )


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("no number of students")
    return value
