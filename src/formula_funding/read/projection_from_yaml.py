"""A projection's YAML file to a `Projection`, with the place of every field."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from formula_funding.diagnostics.problem import Problems
from formula_funding.read.nodes_from_yaml import Places, nodes_from_yaml
from formula_funding.read.rulebook_from_yaml import model_from_data
from formula_funding.rules.projection import Projection


@dataclass(frozen=True)
class PlacedProjection:
    """A projection, and where each of its fields stands."""

    projection: Projection
    places: Places


def projection_from_yaml(file: Path, problems: Problems) -> PlacedProjection:
    """Read a projection. Raises ProblemsFoundError with all problems of its fields."""
    data, places = nodes_from_yaml(file, problems)
    projection, _ = model_from_data(Projection, data, places, problems)
    problems.stop_if_errors()
    assert projection is not None
    return PlacedProjection(projection, places)
