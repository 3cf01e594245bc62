"""A roster counted once for several readings of it, as far as they take its rows alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from formula_funding.diagnostics.problem import ProblemsFoundError
from formula_funding.model.counts import Cut
from formula_funding.read.roster import Roster
from formula_funding.tally.tally import Engine, Tally


@dataclass(frozen=True)
class Asked:
    """What an engine is asked of a roster: the students by each cut, the rows by the ledger's."""

    roster: Roster
    cuts: tuple[Cut, ...]
    ledger: Cut

    def is_alike(self, other: Asked) -> bool:
        """Whether both take the same texts of the same rows; one may ask for more attributes."""
        ours, theirs = self.roster, other.roster
        read = ours.readers.keys() & theirs.readers.keys()
        return (
            self.ledger == other.ledger
            and _without_attributes(ours) == _without_attributes(theirs)
            and all(ours.readers[name] == theirs.readers[name] for name in read)
            and all(ours.bands.get(name) == theirs.bands.get(name) for name in read)
            and all(
                one.attributes.get(name) == two.attributes.get(name)
                for one, two in zip(ours.files, theirs.files, strict=True)
                for name in read
            )
        )

    def holds(self, other: Asked) -> bool:
        """Whether the answer to this one contains that to the other."""
        return set(self.cuts) >= set(other.cuts) and self.is_alike(other)

    def with_all_of(self, other: Asked) -> Asked:
        """What both ask for, who are alike."""
        ours, theirs = self.roster, other.roster
        files = tuple(
            replace(one, attributes={**one.attributes, **two.attributes})
            for one, two in zip(ours.files, theirs.files, strict=True)
        )
        readers, bands = {**ours.readers, **theirs.readers}, {**ours.bands, **theirs.bands}
        roster = replace(ours, files=files, readers=readers, bands=bands)
        return Asked(roster, tuple(dict.fromkeys((*self.cuts, *other.cuts))), self.ledger)


class CountedOnce:
    """An engine that counts together what is `foreseen`, and tells each who asks what is asked.

    Another `engine` counts; what was not foreseen, and what can't be counted well together, it
    counts when it is asked for.
    """

    def __init__(self, engine: Engine, foreseen: Sequence[Asked]) -> None:
        self._engine = engine
        self._together = _together(foreseen)
        self._counted: dict[int, Tally | None] = {}

    def tally(self, roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally:
        """See `Engine.tally`."""
        asked = Asked(roster, tuple(cuts), ledger)
        for number, together in enumerate(self._together):
            if together.holds(asked):
                if number not in self._counted:
                    # Engines are told which schools to expect; this changes no count.
                    known = replace(together.roster, expected_schools=roster.expected_schools)
                    self._counted[number] = self._well_counted(replace(together, roster=known))
                tally = self._counted[number]
                if tally is not None:
                    return replace(tally, cuts={cut: tally.cuts[cut] for cut in cuts})
        return self._engine.tally(roster, cuts, ledger)

    def _well_counted(self, asked: Asked) -> Tally | None:
        """The answer; None where each must ask for itself, to be told what is wrong."""
        try:
            tally = self._engine.tally(asked.roster, asked.cuts, asked.ledger)
        except ProblemsFoundError:
            return None
        return None if tally.is_doubtful else tally


def _together(foreseen: Sequence[Asked]) -> list[Asked]:
    """What is asked for more than once, or by several who are alike."""
    groups: list[list[Asked]] = []
    for asked in foreseen:
        group = next((one for one in groups if all(map(asked.is_alike, one))), None)
        if group is None:
            groups.append([asked])
        else:
            group.append(asked)
    return [_union(group) for group in groups if len(group) > 1]


def _union(group: Sequence[Asked]) -> Asked:
    whole, *others = group
    for other in others:
        whole = whole.with_all_of(other)
    return whole


def _without_attributes(roster: Roster) -> Roster:
    """What is left of a roster for whoever reads none of its attributes."""
    files = tuple(replace(file, attributes={}) for file in roster.files)
    return replace(roster, files=files, readers={}, bands={}, expected_schools=())
