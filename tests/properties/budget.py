"""How many random worlds a property is tried on: few and always the same, or many new ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

EXPLORING = int(os.environ.get("FUNDING_EXPLORE", "0"))
"""`FUNDING_EXPLORE=50 pytest tests/properties` tries fifty times as many, each time others."""


def worlds_tried(number: int) -> settings:
    """Settings for a property that is tried on so many worlds."""
    return settings(
        max_examples=number * max(EXPLORING, 1),
        derandomize=not EXPLORING,
        deadline=None,
        database=None,
        # With Phase.shrink added, a failing world is made smaller, which takes minutes.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
