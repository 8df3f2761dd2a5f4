"""Edge Impulse's acquisition format as JSON (specification: docs.edgeimpulse.com, Data acquisition, JSON | CBOR).

Units have to be those of SenML, where `g` is a gram; what SenML has no name for is converted to what it has. Files
are not signed: their algorithm is `none`, their signature 64 zeros.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BitloopError
from bitloop.signals.shape.files import to_csv

_SENML = {
    "": ("/", 1.0),
    "Waveform": ("/", 1.0),
    "LSB": ("count", 1.0),
    "g": ("m/s2", 9.80665),
    "mg": ("m/s2", 0.00980665),
    "m/s2": ("m/s2", 1.0),
    "m/s²": ("m/s2", 1.0),
    # SenML knows no speed of rotation; this is what Edge Impulse's own firmware writes
    "dps": ("deg/s", 1.0),
    "mdps": ("deg/s", 1e-3),
    "G": ("T", 1e-4),
    "gauss": ("T", 1e-4),
    "Pa": ("Pa", 1.0),
    "hPa": ("Pa", 100.0),
    "°C": ("Cel", 1.0),
    "degC": ("Cel", 1.0),
    "%": ("%RH", 1.0),
    "%RH": ("%RH", 1.0),
    "A": ("A", 1.0),
    "V": ("V", 1.0),
}


@dataclass(frozen=True, slots=True)
class Device:
    """What recorded it: type (`device_type`), rate in Hz, and a name and unit per axis."""

    kind: str
    rate_hz: float
    axes: tuple[str, ...]
    units: tuple[str, ...]


def acquisition(x: NDArray[np.float32], device: Device) -> bytes:
    """The JSON of one recording of float32 (samples, axes). BitloopError where a unit is none that can be told."""
    pairs = [_senml(unit) for unit in device.units]
    factors = np.array([factor for _, factor in pairs], dtype=np.float64)
    scaled = x if (factors == 1).all() else (x * factors).astype(np.float32)
    payload = {
        "device_type": device.kind,
        "interval_ms": 1000 / device.rate_hz,
        "sensors": [{"name": name, "units": unit} for name, (unit, _) in zip(device.axes, pairs, strict=True)],
    }
    about = {
        "protected": {"ver": "v1", "alg": "none"},
        "signature": "0" * 64,
        "payload": payload,
    }
    # the shortest decimals of float32 are numbers of JSON as well, and json.dumps would write those of float64
    values = "],\n[".join(to_csv(scaled).decode().splitlines())
    head = json.dumps(about, ensure_ascii=False, allow_nan=False).removesuffix("}}")
    return f'{head}, "values": [\n[{values}]\n]}}}}\n'.encode()


def _senml(unit: str) -> tuple[str, float]:
    if unit not in _SENML:
        known = ", ".join(name for name in _SENML if name)
        raise BitloopError(f"Edge Impulse has no name for the unit {unit[:20]!r}; say --units with one of {known}")
    return _SENML[unit]
