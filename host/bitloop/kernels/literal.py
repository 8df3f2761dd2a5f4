"""Numbers as C spells them."""

from __future__ import annotations

import numpy as np


def float_literal(value: float | np.float32) -> str:
    """The shortest C literal of type float that reads back as the nearest float32: 0.1 becomes `0.1f`."""
    return f"{np.float32(value)!s}f"
