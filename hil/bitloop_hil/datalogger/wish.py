"""What a user asks of a datalogger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """Empty and 0 mean the usual: the sensor's first quantity and range, all its axes. Without a sensor or a `rate`
    (Hz), what is possible is said.

    `pins` (A0,A1), `unit`, `per_unit` (volts) and `zero` (volts) are of analogue inputs. `samples` is
    the length of a signal per axis, which a continuous logger does not have.
    """

    board: str
    sensor: str = ""
    rate: float | None = None
    samples: int = 0
    quantity: str = ""
    range: int = 0
    axes: str = ""
    binary: bool = False
    continuous: bool = False
    baud: int = 0
    shield: str = ""
    pins: str = ""
    unit: str = ""
    per_unit: str = ""
    zero: str = ""
