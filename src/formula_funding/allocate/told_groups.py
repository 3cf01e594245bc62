"""How a reader is told of a group of students: by bands where only they matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from formula_funding.allocate.units import Units, value_at
from formula_funding.model.plan import Value


def told(
    values: Mapping[str, Value], by: Mapping[str, Sequence[str]], units: Units, unit: int
) -> dict[str, Value]:
    """The values of a unit's attributes; in place of one counted in bands, the definitions `by`
    which it is told (see `told_by`), with their values."""
    found: dict[str, Value] = {}
    for name, value in values.items():
        if name not in by:
            found[name] = value
            continue
        for definition in by[name]:
            known = value_at(units.read(definition), unit)
            if known is not None:
                found[definition] = known
    return found
