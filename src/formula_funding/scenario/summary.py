"""What a comparison comes to: totals, who gains and loses, how far, by which causes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import ne

from formula_funding.scenario.difference import TOGETHER, Compared, Difference


@dataclass(frozen=True)
class Outcome:
    """Schools of one kind: how many gain, lose, stay; their money before and after, in coins."""

    kind: str
    gain: int
    lose: int
    rest: int
    before: int
    after: int


@dataclass(frozen=True)
class Total:
    """A line, or a cause, over all schools: coins before and after, or what it makes."""

    name: str
    before: int
    after: int
    schools: int
    """How many schools it moves."""

    @property
    def change(self) -> int:
        return self.after - self.before


def outcome(kind: str, differences: Iterable[Difference]) -> Outcome:
    """What becomes of some schools."""
    found = list(differences)
    gain, lose = sum(d.change > 0 for d in found), sum(d.change < 0 for d in found)
    return Outcome(
        kind,
        gain,
        lose,
        len(found) - gain - lose,
        sum(d.before for d in found),
        sum(d.after for d in found),
    )


def outcomes_by_kind(compared: Compared) -> list[Outcome]:
    """What becomes of the schools of each kind; none where they are not told apart."""
    if compared.by is None:
        return []
    kinds = sorted({d.kind for d in compared.differences})
    return [outcome(kind, (d for d in compared.differences if d.kind == kind)) for kind in kinds]


def totals_of_lines(compared: Compared) -> list[Total]:
    """Each line over all schools."""
    totals: list[Total] = []
    for line in dict.fromkeys(line for d in compared.differences for line in d.lines):
        before = [d.base.get(line, 0) for d in compared.differences]
        after = [d.scenario.get(line, 0) for d in compared.differences]
        moved = sum(map(ne, before, after))
        totals.append(Total(line, sum(before), sum(after), moved))
    return totals


def totals_of_causes(compared: Compared) -> list[Total]:
    """What each cause that moves any school makes of all, and what they make only together."""
    made: dict[str, list[int]] = {cause: [] for cause in compared.causes}
    for d in compared.differences:
        for cause, amount in d.causes.items():
            made[cause].append(amount)
    together = [d.together for d in compared.differences if d.together]
    if together:
        made[TOGETHER] = together
    return [
        Total(cause, 0, sum(amounts), sum(map(bool, amounts))) for cause, amounts in made.items()
    ]


STEPS: Sequence[tuple[int | None, int | None]] = (
    (None, -10),
    (-10, -5),
    (-5, 0),
    (0, 5),
    (5, 10),
    (10, None),
)
"""Changes in per cent: the lower end belongs to a step, the upper one to the next."""


def histogram(compared: Compared) -> list[tuple[int | None, int | None, int]]:
    """For each of STEPS how many schools change so; without those that had nothing before."""
    percents = [d.share * 100 for d in compared.differences if d.share is not None]
    return [
        (
            low,
            high,
            sum((low is None or low <= p) and (high is None or p < high) for p in percents),
        )
        for low, high in STEPS
    ]
