"""Formula Funding: rosters and a rulebook in, what each school gets out, exact and explained."""

from formula_funding.api import Comparison, Result, compare, compute
from formula_funding.diagnostics.problem import (
    InvariantBrokenError,
    Place,
    Problem,
    ProblemsFoundError,
)

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "InvariantBrokenError",
    "Place",
    "Problem",
    "ProblemsFoundError",
    "Result",
    "__version__",
    "compare",
    "compute",
]
