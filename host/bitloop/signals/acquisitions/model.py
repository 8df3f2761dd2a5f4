"""What an acquisition folder describes (active components, tags), and what was read from a component."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.acquisitions.fields import Fields
from bitloop.signals.log import Log

Bytes = NDArray[np.uint8]
Times = NDArray[np.float64]

TYPES = {
    "int8": "i1",
    "uint8": "u1",
    "int16": "<i2",
    "uint16": "<u2",
    "int24": "int24",
    "int32": "<i4",
    "uint32": "<u4",
    "float": "<f4",
    "double": "<f8",
}
"""How descriptions spell the type of a value, some with `_t` behind it; NumPy has no name for 24 bits."""

_NAMES = {
    "acc": ("A_x", "A_y", "A_z"),
    "gyro": ("G_x", "G_y", "G_z"),
    "mag": ("M_x", "M_y", "M_z"),
    "press": ("PRESS",),
    "temp": ("TEMP",),
    "hum": ("HUM",),
    "mic": ("MIC",),
}
UNITS = {"acc": "g", "gyro": "dps", "mag": "G", "press": "hPa", "temp": "°C", "hum": "%", "mic": "Waveform"}
"""Units of a kind of sensor, as ST's exports write them."""


def read_type(fields: Fields, key: str) -> str:
    """One of the TYPES, or InputError."""
    kind = TYPES.get(fields.text(key).removesuffix("_t"))
    if kind is None:
        fields.refuse(key, f"one of {', '.join(TYPES)}")
    return kind


def type_size(kind: str) -> int:
    """Bytes of a value of one of the TYPES."""
    return 3 if kind == "int24" else np.dtype(kind).itemsize


@dataclass(frozen=True, slots=True)
class Layout:
    """One sample: a value of each of `kinds`, packed, in `size` bytes; what is behind them is not used."""

    kinds: tuple[str, ...]
    size: int

    def decode(self, raw: Bytes) -> NDArray[np.float32]:
        """(samples, size) bytes to (samples, values), float32."""
        if len(set(self.kinds)) == 1:
            used = raw[:, : len(self.kinds) * type_size(self.kinds[0])]
            return _decode(used, self.kinds[0])
        columns, start = [], 0
        for kind in self.kinds:
            columns.append(_decode(raw[:, start : start + type_size(kind)], kind))
            start += type_size(kind)
        return np.concatenate(columns, axis=1)


@dataclass(frozen=True, slots=True)
class Component:
    """A stream of a sensor, named as ST's tools do: `ism330dhcx_acc`.

    A frame is `per_frame` samples followed by a double, the time at its end; 0 stands for no times at all. The first
    frame begins at `offset` seconds. `packet` is the number of payload bytes behind each counter; None where the
    file has no counters. `hertz` is the rate the board believes in, None where it says nothing. `steady` is False
    where values come when something happens (the outputs of a decision tree or of an ISPU).
    """

    name: str
    path: Path
    axes: tuple[str, ...]
    units: tuple[str, ...]
    layout: Layout
    sensitivity: float
    per_frame: int
    offset: float
    packet: int | None
    hertz: float | None
    steady: bool = True

    @property
    def frame(self) -> int:
        """Bytes of a frame; of a sample where there are no times."""
        return self.per_frame * self.layout.size + 8 if self.per_frame else self.layout.size


@dataclass(frozen=True, slots=True)
class Tag:
    """A stretch of the acquisition somebody named, in seconds from its beginning; the end is not part of it."""

    label: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Acquisition:
    """A folder FP-SNS-DATALOG 1 or 2 wrote. `board` is what it was recorded with, as the firmware calls it."""

    folder: Path
    version: int
    board: str
    components: tuple[Component, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples are missing before sample `at` of what was read (its end, where nothing follows).

    `seconds` is when, None where there are no times; `samples` how many, None where nobody can tell.
    """

    at: int
    seconds: float | None
    samples: int | None
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """When frames of `per_frame` samples ended, and how long each took, in seconds."""

    ends: Times
    spans: Times
    per_frame: int = 1

    def seconds(self) -> Times:
        """Of every sample: equal steps from a frame's beginning that leave out its end; of a lone sample, its end."""
        if self.per_frame == 1:
            return self.ends
        steps = np.linspace(self.ends - self.spans, self.ends, self.per_frame, endpoint=False, axis=1)
        return steps.reshape(-1)


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """A component as read, with a clock where there are times; `unfinished` samples of a last frame without its time
    were left out, as ST's tools do."""

    log: Log
    clock: Clock | None
    gaps: tuple[Gap, ...] = ()
    unfinished: int = 0

    @property
    def times(self) -> Times | None:
        """(samples,): seconds, made anew each time; None where nobody knows."""
        return None if self.clock is None else self.clock.seconds()


def axis_names(kind: str, values: int, labels: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Names as in ST's exports for a kind of sensor (`acc`, `mic`, ...), else the kind with a label or a number."""
    names = _NAMES.get(kind, ())
    if len(names) == values:
        return names
    known = labels if len(labels) == values else tuple(map(str, range(1, values + 1)))
    return tuple(f"{kind.upper()}_{label}" for label in known)


def unit_name(unit: str) -> str:
    """The unit as ST's exports write it."""
    return {"gauss": "G", "Celsius": "°C", "celsius": "°C"}.get(unit, unit)


def _decode(raw: Bytes, kind: str) -> NDArray[np.float32]:
    if kind != "int24":
        return np.ascontiguousarray(raw).view(kind).astype(np.float32)
    wide = np.zeros((len(raw), raw.shape[1] // 3, 4), dtype=np.uint8)
    wide[:, :, 1:] = raw.reshape(len(raw), -1, 3)
    return (wide.view("<i4")[:, :, 0] >> 8).astype(np.float32)
