"""A kept tally in place of a roster: its groups read as the values of a rulebook, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import counted
from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.kinds import Level
from formula_funding.model.counts import CountTable, Cut, LeftOut, RowsRead, declared
from formula_funding.model.inputs import Inputs
from formula_funding.model.kept import Kept
from formula_funding.model.plan import STUDENTS, Plan, Value
from formula_funding.model.register import Register
from formula_funding.read.roster_rows import RosterRow
from formula_funding.read.unknown_school import hint_for_unknown
from formula_funding.read.value_from_text import BadValueError, expected, value_from_text
from formula_funding.rules.scenario import Crosswalk
from formula_funding.tally.changed_codes import warn_of_changed_codes
from formula_funding.tally.counts_from_tally import RowKey, rows_read, table_of
from formula_funding.tally.tally import attributes_counted

_SHOWN = 5


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
    values: Mapping[str, Mapping[Value, Value]]
    register: Register

    def table(self, cut: Cut) -> CountTable:
        """The students by school and the attributes of a cut."""
        at = [self.kept.cut.index(name) for name in cut]
        number_of = {school: number for number, school in enumerate(self.register.ids)}
        found: Counter[tuple[int, tuple[Value, ...]]] = Counter()
        for group in self.kept.groups:
            number = number_of.get(group.school)
            if group.left_out is None and number is not None:
                found[number, tuple(group.values[i] for i in at)] += group.students
        return table_of(cut, found, lambda texts: self._values(cut, texts))

    def read(self, ledger: Cut) -> tuple[RowsRead, ...]:
        """What became of the rows of each file and school, told apart by the ledger's cut."""
        at = [self.kept.cut.index(name) for name in ledger]
        file_number = {name: number for number, name in enumerate(self.kept.files)}
        known = frozenset(self.register.ids)
        entries: list[tuple[RowKey, int, int]] = []
        for group in self.kept.groups:
            left_out = group.left_out
            if left_out is None and group.school not in known:
                left_out = LeftOut.UNKNOWN_SCHOOL
            texts = () if left_out else tuple(group.values[i] for i in at)
            key = (file_number[group.file], group.school, self._values(ledger, texts), left_out)
            entries.append((key, group.rows, 0 if left_out else group.students))
        return rows_read(self.kept.files, entries)

    def rows(self) -> Iterator[RosterRow]:
        """The groups as rows of a roster that is already counted."""
        known = frozenset(self.register.ids)
        for group in self.kept.groups:
            if group.left_out is None and group.students and group.school in known:
                values = self._values(self.kept.cut, group.values)
                by_name = dict(zip(self.kept.cut, values, strict=True))
                yield RosterRow(group.school, by_name, group.students)

    def _values(self, cut: Cut, texts: tuple[Value, ...]) -> tuple[Value, ...]:
        """The values of some texts; none for rows that are left out."""
        return tuple(self.values[name][text] for name, text in zip(cut, texts, strict=False))


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

    def theirs(group: RowsRead) -> RowsRead:
        if group.left_out is not None:
            return group
        values = tuple(
            walks[name].theirs(str(group.values[at[name]]))
            if name in at
            else str(walks[name].always)
            for name in cut
        )
        return group._replace(values=values)

    if_empty = {name: plan.attributes[name].if_empty for name in cut}
    for name in at:
        text = kept.if_empty[sources[name]]
        if_empty[name] = None if text is None else walks[name].theirs(text)
    return replace(kept, cut=cut, if_empty=if_empty, groups=tuple(map(theirs, kept.groups)))


def _schools_named(kept: Kept) -> tuple[str, ...]:
    """The schools that the roster named, as a run without a register finds them."""
    counted_or_beside = (None, LeftOut.NOT_MAIN_ENROLMENT)
    named = {group.school for group in kept.groups if group.left_out in counted_or_beside}
    return tuple(sorted(named))


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

    def values(self, needed: Cut) -> dict[str, dict[Value, Value]]:
        """For each attribute, its texts as values; those that nobody reads stay texts."""
        counted_groups = [g.values for g in self._kept.groups if g.left_out is None]
        found: dict[str, dict[Value, Value]] = {}
        for i, name in enumerate(self._kept.cut):
            found[name] = {text: text for text in {texts[i] for texts in counted_groups}}
            if name in needed:
                self._read(name, found[name], needed)
        return found

    def _read(self, name: str, texts: dict[Value, Value], needed: Cut) -> None:
        """Read the texts of one attribute in place."""
        attribute, wrong = self._plan.attributes[name], 0
        for text in texts:
            try:
                texts[text] = value_from_text(str(text), attribute)
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
        unknown: Counter[str] = Counter()
        for group in self._kept.groups:
            if group.left_out is LeftOut.UNKNOWN_SCHOOL and group.school in known:
                self._otherwise(
                    f"the school `{group.school}` was not in the register when the tally was "
                    "counted, and its rows were left out",
                    self._kept.cut,
                )
            elif group.left_out is None and group.school not in known:
                unknown[group.school] += group.students
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
