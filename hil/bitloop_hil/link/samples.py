"""What a datalogger sends: the sensor it describes, and blocks of its raw samples (docs/protocol.md)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LinkError
from bitloop_hil.link import packets as p

_DTYPES = {2: "<i2", 4: "<i4"}


@dataclass(frozen=True, slots=True)
class AxisScale:
    """What a raw value of an axis means: (raw * multiplier + offset) / divisor units, exactly."""

    offset: int
    multiplier: int
    divisor: int

    def value(self, raw: int) -> Fraction:
        """The value in units, without rounding."""
        return Fraction(raw * self.multiplier + self.offset, self.divisor)


@dataclass(frozen=True, slots=True)
class SensorInfo:
    """What a datalogger records. `letters` has one letter per axis; `rate` is nominal, in Hz; `range` 0: no choice.

    `samples` is the length of a signal, 0 from a continuous logger; a block holds up to `block` samples of values
    with `width` bytes.
    """

    sensor: str
    quantity: str
    unit: str
    letters: str
    rate: float
    range: int
    samples: int
    block: int
    width: int
    axes: tuple[AxisScale, ...]

    def values(self, raw: NDArray[np.int32]) -> NDArray[np.float64]:
        """Raw samples (samples, axes) in units: the float64 nearest to the exact value."""
        multiplier = np.array([axis.multiplier for axis in self.axes], dtype=np.int64)
        offset = np.array([axis.offset for axis in self.axes], dtype=np.int64)
        divisor = np.array([axis.divisor for axis in self.axes], dtype=np.float64)
        scaled: NDArray[np.float64] = (raw.astype(np.int64) * multiplier + offset) / divisor
        return scaled


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Samples of one run: `raw` int32 (samples, axes), the first of which is number `index`; ticks of first and last.

    `overruns` counts how often the sensor's memory has overflowed until then.
    """

    index: int
    first: int
    last: int
    run: int
    overruns: int
    raw: NDArray[np.int32]


def read_sensor(reply: dict[str, Any]) -> SensorInfo:
    """The fields of a SENSOR_REPLY as a `SensorInfo`; LinkError where they do not fit together."""
    size, letters, tail = p.AXIS.sizeof(), reply["letters"], reply["tail"]
    parts = [p.AXIS.parse(tail[at : at + size]) for at in range(0, len(tail) - size + 1, size)]
    axes = tuple(AxisScale(part["offset"], part["multiplier"], part["divisor"]) for part in parts)
    if not axes or len(tail) != size * len(letters) or reply["width"] not in _DTYPES:
        raise LinkError(
            f"the datalogger describes axes {letters!r} in {len(tail)} bytes and values of {reply['width']} bytes,"
            " which does not fit together; flash an image this bitloop built"
        )
    if any(axis.divisor == 0 or axis.multiplier == 0 for axis in axes) or reply["rate_millihertz"] == 0:
        raise LinkError("the datalogger describes an axis without a scale or a rate of 0 Hz; flash its image again")
    return SensorInfo(
        sensor=reply["sensor"],
        quantity=reply["quantity"],
        unit=reply["unit"],
        letters=letters,
        rate=reply["rate_millihertz"] / 1000,
        range=reply["range"],
        samples=reply["samples"],
        block=reply["block"],
        width=reply["width"],
        axes=axes,
    )


def read_block(payload: bytes, sensor: SensorInfo) -> Block:
    """The payload of a BLOCK; LinkError where it holds no whole samples of that sensor."""
    fields = p.BLOCK.parse(payload)
    tail, axes = fields["tail"], len(sensor.axes)
    if len(tail) % (sensor.width * axes):
        raise LinkError(
            f"a BLOCK of {len(tail)} bytes holds no whole samples of {axes} values with {sensor.width} bytes each"
        )
    raw = np.frombuffer(tail, dtype=_DTYPES[sensor.width]).astype(np.int32).reshape(-1, axes)
    return Block(fields["index"], fields["first"], fields["last"], fields["run"], fields["overruns"], raw)
