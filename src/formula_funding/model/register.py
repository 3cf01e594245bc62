"""The schools of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from formula_funding.model.plan import Value


@dataclass(frozen=True)
class Register:
    """School ids in ascending order, with names and attributes in the same order.

    `is_given` is false where no register was given and the ids are those of the roster.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    attributes: Mapping[str, tuple[Value, ...]]
    is_given: bool
