"""The number of students by school in the JSON document of a previous run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from formula_funding.read.result_document import Counted, document_from_file


@dataclass(frozen=True)
class PreviousRun:
    """`file` as the user named it, the document's fingerprint, students by school id."""

    file: str
    fingerprint: str
    students: Mapping[str, int]

    def under(self, codes_of_today: Mapping[str, str]) -> PreviousRun:
        """The same under the codes that have since taken the place of former ones."""
        students = Counter[str]()
        for school, number in self.students.items():
            students[codes_of_today.get(school, school)] += number
        return replace(self, students=students)


def previous_run(path: Path) -> PreviousRun:
    """Read what `funding compute -o FILE.json` wrote.

    Raises ProblemsFoundError for another file.
    """
    document = document_from_file(path, Counted)
    return PreviousRun(path.as_posix(), document.fingerprint, document.students)
