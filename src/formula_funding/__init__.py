"""Formula Funding: rosters and a rulebook in, what each school gets out, exact and explained."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
"""As in typing, which takes longer to import than to do without."""

if TYPE_CHECKING:
    from typing import Any

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
_OF_PROBLEMS = {"InvariantBrokenError", "Place", "Problem", "ProblemsFoundError"}


def __getattr__(name: str) -> Any:
    """What the package offers is imported when it is first asked for: the command line is quick."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "diagnostics.problem" if name in _OF_PROBLEMS else "api"
    return getattr(import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return __all__
