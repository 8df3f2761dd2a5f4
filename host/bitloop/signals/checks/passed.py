"""What a project's filter leaves of a frequency: nobody has to be warned of what no library will see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bitloop.kernels.base import Stage
from bitloop.kernels.biquad import Biquad

_LEAST = 0.5


def passes(before: Sequence[Stage], fraction: float) -> bool:
    """Whether at least half the amplitude is left at that fraction of the rate (0 is the level)."""
    z = np.exp(-2j * np.pi * fraction)
    gain = 1.0
    for stage in before:
        if isinstance(stage, Biquad):
            b0, b1, b2, a1, a2 = stage.sections.astype(np.float64).T
            gain *= float(np.abs(np.prod((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z))))
    return gain >= _LEAST
