"""What becomes of a student who stands in several rows of a roster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class SameStudent(Enum):
    """What a rulebook says of one student in several rows on one count date.

    ERROR: nobody stands twice. MAIN_ENROLMENT: only the row marked as the main one counts.
    SPLIT_FTE: every row counts, and their full-time equivalents add up to at most 1.
    """

    ERROR = "error"
    MAIN_ENROLMENT = "main_enrolment"
    SPLIT_FTE = "split_fte"


class Fault(Enum):
    """What is wrong with the rows of one student on one count date."""

    TWICE = "twice"
    NO_MAIN = "no_main"
    SEVERAL_MAIN = "several_main"
    TOO_MUCH = "too_much"


@dataclass(frozen=True)
class Counting:
    """The rule of a rulebook, with the attributes of students that it reads.

    `main` is the truth that marks the main enrolment, `fte` the number of the split;
    `count_date` tells the dates apart on which everybody is counted anew.
    """

    same_student: SameStudent = SameStudent.ERROR
    main: str | None = None
    fte: str | None = None
    count_date: str | None = None

    @property
    def attribute(self) -> str | None:
        """The attribute by which several rows of one student are judged."""
        return self.main or self.fte

    @property
    def attributes(self) -> tuple[str, ...]:
        """All attributes that the rule reads of a row."""
        return tuple(name for name in (self.attribute, self.count_date) if name is not None)

    def fault(self, values: Sequence[bool | Fraction]) -> Fault | None:
        """What is wrong with a student in whose rows the attribute has these values."""
        match self.same_student:
            case SameStudent.MAIN_ENROLMENT:
                mains = sum(value is True for value in values)
                return None if mains == 1 else Fault.SEVERAL_MAIN if mains else Fault.NO_MAIN
            case SameStudent.SPLIT_FTE:
                return Fault.TOO_MUCH if sum(values, Fraction(0)) > 1 else None
        return Fault.TWICE if len(values) > 1 else None


EACH_STUDENT_ONCE = Counting()
"""The rule of a rulebook that says nothing of counting."""
