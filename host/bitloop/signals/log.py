"""A continuous log: what one sensor measured without a break, before it is cut into signals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """`x` is float32 (samples, axes), in the order measured, with a name and a unit ("" if unknown) per axis.

    `rate_hz` is the true sampling rate where it was measured, else the nominal one; None where nobody knows. `label`
    is what the machine did: a class name, `regular`, `abnormal`, or nothing.
    """

    name: str
    x: NDArray[np.float32]
    rate_hz: float | None
    axes: tuple[str, ...]
    units: tuple[str, ...]
    label: str = ""
