"""What a rulebook declares and nothing uses: attributes, definitions, bands."""

from __future__ import annotations

from collections.abc import Iterator

from formula_funding.analysis.possible import Possible
from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.model.plan import Banding, direct_reads


def names_used(checked: CheckedRulebook) -> set[str]:
    """The names that a formula, a band, a table of figures or a worked example reads."""
    used = {name for item in checked.items for name in direct_reads(item)}
    used |= {name for parameter in checked.rulebook.parameters.values() for name in parameter.by}
    for table in checked.rulebook.tables.values():
        used |= {table.best.of, *table.best.per} if table.best is not None else set()
    for example in checked.rulebook.examples.values():
        for name, stated in example.gives.items():
            used |= {name, *(stated if isinstance(stated, dict) else ())}
    return used


def unused_attributes(checked: CheckedRulebook) -> list[str]:
    """Declared attributes that nothing reads. Protected ones are there to be shown."""
    used = names_used(checked)
    return [n for n, a in checked.attributes.items() if n not in used and not a.protected]


def unused_definitions(checked: CheckedRulebook) -> list[str]:
    """Definitions that nothing reads."""
    used = names_used(checked)
    return [name for name in checked.rulebook.define if name not in used]


def unreachable_bands(checked: CheckedRulebook) -> Iterator[tuple[Banding, str]]:
    """Bands into which no possible value of their source falls."""
    possible = Possible(checked)
    for banding in checked.items:
        if isinstance(banding, Banding):
            reached = possible.bands_reached(banding)
            if reached is not None:
                yield from ((banding, band) for band in banding.values if band not in reached)
