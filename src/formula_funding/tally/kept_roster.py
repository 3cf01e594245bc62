"""A kept tally in place of a roster: its groups read as the values of a rulebook, and counted."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import counted
from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.kinds import Level
from formula_funding.model.counts import CountTable, Cut, LeftOut, RowsRead, declared
from formula_funding.model.inputs import Inputs
from formula_funding.model.kept import REASONS, Kept
from formula_funding.model.plan import STUDENTS, Plan, Value
from formula_funding.model.register import Register
from formula_funding.read.roster_rows import RosterRow
from formula_funding.read.unknown_school import hint_for_unknown
from formula_funding.read.value_from_text import BadValueError, expected, value_from_text
from formula_funding.rules.scenario import Crosswalk
from formula_funding.tally.changed_codes import warn_of_changed_codes
from formula_funding.tally.kept_groups import GroupsAdded
from formula_funding.tally.tally import attributes_counted

_SHOWN = 5
_UNKNOWN_SCHOOL = REASONS.index(LeftOut.UNKNOWN_SCHOOL)


def text_kept(value: Value) -> str:
    """A value as a tally keeps it: as rulebooks write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return number_to_text(value)
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True)
class KeptRoster:
    """A kept tally as a rulebook and a register read it.

    `values` reads the texts of each attribute; those of attributes that nobody reads stay texts.
    Groups of schools that the register lacks are left out, as an officer decided.
    """

    kept: Kept
    values: Mapping[str, Mapping[str, Value]]
    register: Register

    def table(self, cut: Cut) -> CountTable:
        """The students by school and the attributes of a cut."""
        return self._added.table(cut, self._at(cut), lambda texts: self._values(cut, texts))

    def read(self, ledger: Cut) -> tuple[RowsRead, ...]:
        """What became of the rows of each file and school, told apart by the ledger's cut."""
        at = self._at(ledger)
        return self._added.read(self.kept.files, at, lambda texts: self._values(ledger, texts))

    def rows(self) -> Iterator[RosterRow]:
        """The groups as rows of a roster that is already counted."""
        groups, cut, known = self.kept.groups, self.kept.cut, frozenset(self.register.ids)
        for i, (number, students) in enumerate(zip(groups.school, groups.students, strict=True)):
            school = groups.schools[number]
            if groups.left_out[i] == 0 and students and school in known:
                texts = [t[c[i]] for t, c in zip(groups.texts, groups.values, strict=True)]
                by_name = dict(zip(cut, self._values(cut, texts), strict=True))
                yield RosterRow(school, by_name, students)

    @cached_property
    def _added(self) -> GroupsAdded:
        return GroupsAdded(self.kept.groups, self.register.ids)

    def _at(self, cut: Cut) -> list[int]:
        return [self.kept.cut.index(name) for name in cut]

    def _values(self, cut: Cut, texts: Sequence[str]) -> tuple[Value, ...]:
        return tuple(self.values[name][text] for name, text in zip(cut, texts, strict=True))


def kept_roster(
    kept: Kept,
    file: Path,
    plan: Plan,
    needed: Cut,
    register: Register,
    inputs: Inputs,
    problems: Problems,
) -> KeptRoster:
    """Read a tally by a plan that needs some attributes of students.

    Without a register, the schools are those of the tally. Raises ProblemsFoundError if the tally
    lacks an attribute, was counted by other rules, or names a school that the register lacks.
    """
    if inputs.crosswalk:
        kept = _across(kept, inputs.crosswalk, plan)
    check = _Check(kept, file, plan, inputs, problems)
    check.attributes(needed)
    check.counting(needed)
    problems.stop_if_errors()
    values = check.values(needed)
    if register.is_given:
        check.schools(register)
    else:
        ids = _schools_named(kept)
        register = Register(ids, ("",) * len(ids), {}, is_given=False)
    problems.stop_if_errors()
    return KeptRoster(kept, values, register)


def _across(kept: Kept, crosswalk: Mapping[str, Crosswalk], plan: Plan) -> Kept:
    """The tally in the words of a plan whose attributes come from ours by a crosswalk."""
    walks = {
        name: crosswalk.get(name, Crosswalk())
        for name in plan.attributes
        if _is_of_students(name, plan)
    }
    sources = {name: walk.from_ or name for name, walk in walks.items() if walk.always is None}
    cut = tuple(name for name in walks if name not in sources or sources[name] in kept.cut)
    at = {name: kept.cut.index(sources[name]) for name in cut if name in sources}

    texts, numbers = [], []
    for name in cut:
        if name in at:
            texts.append(tuple(map(walks[name].theirs, kept.groups.texts[at[name]])))
            numbers.append(kept.groups.values[at[name]])
        else:
            texts.append((str(walks[name].always),))
            numbers.append(array("q", bytes(8 * len(kept.groups))))
    if_empty = {name: plan.attributes[name].if_empty for name in cut}
    for name in at:
        text = kept.if_empty[sources[name]]
        if_empty[name] = None if text is None else walks[name].theirs(text)
    groups = replace(kept.groups, texts=tuple(texts), values=tuple(numbers))
    return replace(kept, cut=cut, if_empty=if_empty, groups=groups)


def _schools_named(kept: Kept) -> tuple[str, ...]:
    """The schools that the roster named, as a run without a register finds them."""
    return kept.schools_with(None, LeftOut.NOT_MAIN_ENROLMENT)


class _Check:
    """Holds a tally against what a rulebook and a register need."""

    def __init__(
        self, kept: Kept, file: Path, plan: Plan, inputs: Inputs, problems: Problems
    ) -> None:
        self._kept = kept
        self._place = Place(file.as_posix())
        self._plan = plan
        self._problems = problems
        self._file = file
        self._inputs = inputs

    def attributes(self, needed: Cut) -> None:
        """The tally holds every attribute that the rules read."""
        lacking = [name for name in needed if name not in self._kept.cut]
        if lacking:
            names = ", ".join(f"`{name}`" for name in lacking)
            holds = ", ".join(f"`{name}`" for name in self._kept.cut) or "no attribute"
            self._problems.add(
                codes.TALLY_LACKS,
                f"the rules read {names}, which the tally does not hold; it holds {holds}",
                self._place,
                self._make_again(needed),
            )

    def counting(self, needed: Cut) -> None:
        """The students were counted as this rulebook counts them."""
        if self._kept.counting != self._plan.counting:
            self._otherwise(
                "the rulebook counts students otherwise (`counting`) than the tally was counted",
                needed,
            )
        codes_of = self._kept.codes_of
        if codes_of is not None and codes_of != str(self._plan.as_of or ""):
            self._otherwise(
                f"former codes of schools were translated as of {codes_of or 'no date'}, and the "
                f"run is of {self._plan.as_of or 'no date'}",
                needed,
            )
        for name in needed:
            if name not in self._kept.cut:
                continue
            now, then = self._plan.attributes[name].if_empty, self._kept.if_empty.get(name)
            if now != then:
                told = [f"`{text}`" if text is not None else "an error" for text in (then, now)]
                self._otherwise(
                    f"an empty `{name}` was {told[0]} when the tally was counted, and is {told[1]} "
                    "in the rulebook",
                    needed,
                )

    def values(self, needed: Cut) -> dict[str, dict[str, Value]]:
        """For each attribute, its texts as values; those that nobody reads stay texts."""
        found: dict[str, dict[str, Value]] = {}
        for name, texts in zip(self._kept.cut, self._kept.groups.texts, strict=True):
            found[name] = {text: text for text in texts}
            if name in needed:
                self._read(name, found[name], needed)
        return found

    def _read(self, name: str, texts: dict[str, Value], needed: Cut) -> None:
        """Read the texts of one attribute in place."""
        attribute, wrong = self._plan.attributes[name], 0
        for text in texts:
            try:
                texts[text] = value_from_text(text, attribute)
            except BadValueError:
                wrong += 1
        if wrong:
            self._otherwise(
                f"{counted(wrong, 'value')} of `{name}` in the tally "
                f"{'is' if wrong == 1 else 'are'} not as the rulebook declares it: "
                f"{expected(attribute)}",
                needed,
            )

    def schools(self, register: Register) -> None:
        """The register has every school, and none that was left out as unknown."""
        known = set(register.ids)
        groups = self._kept.groups
        is_known = [school in known for school in groups.schools]
        unknown: Counter[str] = Counter()
        for number, reason, students in zip(
            groups.school, groups.left_out, groups.students, strict=True
        ):
            if is_known[number] and reason == _UNKNOWN_SCHOOL:
                self._otherwise(
                    f"the school `{groups.schools[number]}` was not in the register when the "
                    "tally was counted, and its rows were left out",
                    self._kept.cut,
                )
            elif not is_known[number] and reason == 0:
                unknown[groups.schools[number]] += students
        for school in sorted(unknown)[:_SHOWN]:
            self._problems.add(
                codes.UNKNOWN_SCHOOL,
                f"the register has no school `{school}`",
                self._place,
                hint_for_unknown(school, known),
            )
        if len(unknown) > _SHOWN:
            more = counted(len(unknown) - _SHOWN, "school")
            message = f"the register lacks {more} more of the tally"
            self._problems.add(codes.UNKNOWN_SCHOOL, message, self._place)
        named = set(_schools_named(self._kept))
        if unknown and named & known:
            empty = sorted(known - named)
            warn_of_changed_codes(unknown, empty, self._place.file, self._problems)

    def _otherwise(self, message: str, needed: Cut) -> None:
        hint = self._make_again(needed)
        self._problems.add(codes.TALLY_COUNTED_OTHERWISE, message, self._place, hint)

    def _make_again(self, needed: Sequence[str]) -> str:
        """The command that makes the tally that is needed, with what this one holds already."""
        counted_anyway = attributes_counted(self._plan)
        also = [
            f"--also {name}"
            for name in declared(self._plan, [*needed, *self._kept.cut])
            if name not in counted_anyway and _is_of_students(name, self._plan)
        ]
        rulebook, as_of = self._inputs.rulebook.as_posix(), self._inputs.as_of
        also += [f"--as-of {as_of}"] if as_of else []
        given = {source.part: source.file for source in self._kept.sources}
        options = [f"--{part} {given[part]}" for part in ("schools", "layout") if part in given]
        rosters = [source.file for source in self._kept.sources if source.part == "roster"]
        words = ["funding tally", *(rosters or ["ROSTER"]), "--rulebook", rulebook]
        again = " ".join([*words, *options, *also, "-o", self._file.as_posix(), "--force"])
        return f"make it again from the roster: {again}"


def _is_of_students(name: str, plan: Plan) -> bool:
    attribute = plan.attributes.get(name)
    return attribute is not None and (attribute.level, attribute.units) == (Level.STUDENT, STUDENTS)
