"""Orders about what a board's sensors feel: a motion to replay, what was made of it, an oscillator that is off.

{"do": "replay", "sensor": ..., "quantity": ..., "values": PATH.npy, "rate_hz": ..., "repeat": ..., "noise": ...,
 "seed": ...}
{"do": "produced", "sensor": ..., "quantity": ..., "to": PATH.npy}      answered with the index of the first: "first"
{"do": "detune", "sensor": ..., "deviation": ...}
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.sensors import Sensors
from bitloop_hil.benches.virtual.sensors.motion import Motion


def order(sensors: Sensors, command: dict[str, Any]) -> dict[str, Any] | None:
    """Do what a command says; returns what belongs into the answer, None for commands that are not about sensors."""
    match command:
        case {"do": "replay", "sensor": str(sensor), "quantity": str(quantity), "values": str(path), **how}:
            rate, noise = _number(how, "rate_hz"), _number(how, "noise")
            motion = Motion.of(quantity, _load(Path(path)), rate, how.get("repeat") is True, noise, _seed(how))
            sensors[sensor].replay(quantity, motion)
        case {"do": "produced", "sensor": str(sensor), "quantity": str(quantity), "to": str(path)}:
            produced = sensors[sensor].produced(quantity)
            np.save(path, produced.words, allow_pickle=False)
            return {"first": produced.first}
        case {"do": "detune", "sensor": str(sensor), **how}:
            sensors[sensor].detune(_number(how, "deviation"))
        case _:
            return None
    return {}


def _load(path: Path) -> NDArray[np.float64]:
    try:
        values = np.load(path, allow_pickle=False)
        return np.asarray(values, dtype=np.float64)
    except (OSError, ValueError, EOFError) as error:
        raise ProbeError(f"the motion {path} is no .npy file of numbers ({error})") from error


def _number(how: dict[str, Any], name: str) -> float:
    value = how.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ProbeError(f"{name} has to be a number, not {value!r}")
    return float(value)


def _seed(how: dict[str, Any]) -> int:
    value = how.get("seed")
    if not isinstance(value, int) or isinstance(value, bool):
        raise ProbeError(f"a seed is a whole number from 0, not {value!r}")
    return value
