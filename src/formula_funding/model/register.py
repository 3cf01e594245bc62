"""The schools of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from formula_funding.model.counts import LeftOut
from formula_funding.model.plan import Value


@dataclass(frozen=True)
class Register:
    """School ids in ascending order, with names and attributes in the same order.

    `is_given` is false where no register was given and the ids are those of the roster.
    `left_out` are rows of its file that are no school of the run.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    attributes: Mapping[str, tuple[Value, ...]]
    is_given: bool
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
