"""Arrays of numpy as plain arrays, whose numbers are Python's own: nothing computed can wrap."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def whole_numbers(numbers: np.ndarray[Any, Any]) -> array[int]:
    """A copy of whole numbers of up to 64 bits."""
    import numpy as np

    found = array("q")
    found.frombytes(np.ascontiguousarray(numbers, dtype=np.int64).view(np.uint8).data)
    return found
