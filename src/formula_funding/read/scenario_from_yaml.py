"""A scenario's YAML file to a `Scenario`, with the place of every field."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.read.merged_nodes import Nodes
from formula_funding.read.nodes_from_yaml import Places, nodes_from_yaml
from formula_funding.read.rulebook_from_yaml import model_from_data
from formula_funding.rules.scenario import Scenario

RULES = "rules"


@dataclass(frozen=True)
class PlacedScenario:
    """A scenario, its file, and where each of its fields stands."""

    file: Path
    scenario: Scenario
    places: Places

    @property
    def rules(self) -> Nodes | None:
        """The changes of rules with the places of everything in them, if there are any."""
        if self.scenario.rules is None:
            return None
        here = self.places.value((RULES,))
        values, keys = (
            {path[1:]: place for path, place in places.items() if path[:1] == (RULES,)}
            for places in (self.places.values, self.places.keys)
        )
        places = Places(self.places.file, values | {(): here}, keys)
        return Nodes(self.scenario.rules, places)


def scenario_from_yaml(file: Path, problems: Problems) -> PlacedScenario:
    """Read a scenario. Raises ProblemsFoundError with all problems of its fields."""
    data, places = nodes_from_yaml(file, problems)
    scenario, _ = model_from_data(Scenario, data, places, problems)
    if scenario is not None and not (
        scenario.changes_rules
        or scenario.set
        or scenario.changes_schools
        or scenario.budget is not None
    ):
        problems.add(
            codes.SCENARIO_EMPTY,
            f"the scenario `{scenario.scenario}` changes nothing",
            Place(places.file),
            "write `set`, `rulebook`, `as_of`, `budget`, or a change of schools: `merge`, `grow`…",
        )
    if scenario is not None and scenario.crosswalk and scenario.rulebook is None:
        problems.add(
            codes.SCENARIO_CROSSWALK,
            "`crosswalk` turns our words into those of another rulebook, but none is named",
            places.key(("crosswalk",)),
            "add `rulebook: ../other-city/rulebook.yaml`, or leave the crosswalk out",
        )
    problems.stop_if_errors()
    assert scenario is not None
    return PlacedScenario(file, scenario, places)
