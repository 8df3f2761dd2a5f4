"""Small acquisitions made up for tests, byte by byte as the firmware of ST's dataloggers writes them."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

RATE = 100.0
SAMPLES = 20
"""Samples of a frame."""
FRAME = SAMPLES * 3 * 2 + 8
PAYLOAD = 60
BEGIN = 0.5

Files = dict[str, bytes]


def values(frames: int) -> np.ndarray[Any, np.dtype[np.int16]]:
    """(samples, 3): every value another one."""
    return np.arange(frames * SAMPLES * 3, dtype=np.int16).reshape(-1, 3) - 200


def payload(frames: int, rest: int = 0, ends: Sequence[float] | None = None) -> bytes:
    """Frames with the time at the end of each, and the first `rest` bytes of one more."""
    made = b""
    for n, part in enumerate(np.split(values(frames + 1), frames + 1)):
        end = BEGIN + (n + 1) * SAMPLES / RATE if ends is None or n >= len(ends) else ends[n]
        made += part.astype("<i2").tobytes() + struct.pack("<d", end)
    return made[: frames * FRAME + rest]


def packets(data: bytes, size: int = PAYLOAD, lost: Sequence[int] = (), first: int = 0) -> bytes:
    """The data behind counters, without the packets numbered in `lost`; what fills no packet is left out."""
    whole = [(n, data[n * size : (n + 1) * size]) for n in range(len(data) // size)]
    return b"".join(struct.pack("<I", (first + (n + 1) * size) & 0xFFFFFFFF) + p for n, p in whole if n not in lost)


def v2(dat: bytes | None = None, info: Mapping[str, Any] | None = None, **sensor: Any) -> Files:
    """A folder of FP-SNS-DATALOG 2 with one accelerometer; the keywords replace fields of its description."""
    about = {
        "c_type": 0,
        "data_type": "int16",
        "dim": 3,
        "enable": True,
        "ioffset": BEGIN,
        "measodr": RATE,
        "samples_per_ts": SAMPLES,
        "sd_dps": PAYLOAD + 4,
        "sensitivity": 0.5,
        "usb_dps": 30,
    }
    config = {"devices": [{"components": [{"firmware_info": {"alias": "STWIN"}}, {"imu_acc": about | sensor}]}]}
    about_all = {"interface": 0, "start_time": "2024-09-16T15:21:49.000Z", "tags": []}
    return {
        "device_config.json": json.dumps(config).encode(),
        "acquisition_info.json": json.dumps(about_all | dict(info or {})).encode(),
        "imu_acc.dat": packets(payload(5, 52)) if dat is None else dat,
    }


def v1(dat: bytes | None = None, tags: Sequence[Mapping[str, Any]] = (), **status: Any) -> Files:
    """A folder of FP-SNS-DATALOG 1 with one accelerometer; the keywords replace fields of its state."""
    described = {"dataType": "int16_t", "dimensions": 3, "dimensionsLabel": ["x", "y", "z"], "sensorType": "ACC"}
    state = {"ODR": 104, "ODRMeasured": RATE, "initialOffset": BEGIN, "isActive": True}
    state |= {"samplesPerTs": SAMPLES, "sensitivity": 0.5}
    sensor = {
        "name": "IMU",
        "sensorDescriptor": {"subSensorDescriptor": [described | {"unit": "g"}]},
        "sensorStatus": {"subSensorStatus": [state | status]},
    }
    return {
        "DeviceConfig.json": json.dumps({"device": {"deviceInfo": {"alias": "STWIN"}, "sensor": [sensor]}}).encode(),
        "AcquisitionInfo.json": json.dumps({"Tags": list(tags)}).encode(),
        "IMU_ACC.dat": payload(5, 52) if dat is None else dat,
    }
