"""What a datalogger says about its samples: exact scales, blocks of two widths, and what does not fit is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from bitloop.errors import LinkError
from bitloop_hil.link import packets as p
from bitloop_hil.link.samples import SensorInfo, read_block, read_sensor

TEMPERATURE = {"offset": -123_456, "multiplier": 160, "divisor": 7_301}
DESCRIBED = {
    "sensor": "LSM6DSL",
    "quantity": "acceleration",
    "unit": "g",
    "letters": "xy",
    "rate_millihertz": 1_660_000,
    "range": 4,
    "samples": 256,
    "block": 40,
    "width": 2,
}


def described(axes: list[dict[str, int]], **changed: Any) -> SensorInfo:
    tail = b"".join(p.AXIS.build(axis) for axis in axes)
    return read_sensor(p.SENSOR_REPLY.parse(p.SENSOR_REPLY.build(tail, **(DESCRIBED | changed))))


def block(values: bytes) -> bytes:
    return p.BLOCK.build(values, index=2**33, first=5, last=2**40, run=3, overruns=1)


def test_values_are_the_floats_nearest_to_the_exact_ones() -> None:
    info = described([{"offset": 0, "multiplier": 122, "divisor": 1_000_000}, TEMPERATURE])
    raw = np.array([[-32768, 32767], [1, -1]], dtype=np.int32)
    exact = [[axis.value(int(one)) for axis, one in zip(info.axes, row, strict=True)] for row in raw]
    assert exact[0][0] == Fraction(-32768 * 122, 1_000_000)
    assert exact[1][1] == Fraction(-160 - 123_456, 7_301)
    assert info.values(raw).tolist() == [[float(one) for one in row] for row in exact]
    assert (info.rate, info.letters, info.range) == (1660.0, "xy", 4)


@pytest.mark.parametrize(("width", "dtype"), [(2, "<i2"), (4, "<i4")])
def test_blocks_hold_signed_values_of_either_width(width: int, dtype: str) -> None:
    info = described([TEMPERATURE, TEMPERATURE], width=width)
    sent = np.array([[-3, 7], [300, -32768]], dtype=dtype)
    read = read_block(block(sent.tobytes()), info)
    assert read.raw.tolist() == sent.tolist()
    assert (read.index, read.first, read.last, read.run, read.overruns) == (2**33, 5, 2**40, 3, 1)
    assert read_block(block(b""), info).raw.shape == (0, 2)


def test_what_does_not_fit_together_is_refused() -> None:
    info = described([TEMPERATURE, TEMPERATURE])
    with pytest.raises(LinkError, match="a BLOCK of 6 bytes holds no whole samples of 2 values with 2 bytes each"):
        read_block(block(bytes(6)), info)
    for axes, changed in (([TEMPERATURE], {}), ([TEMPERATURE] * 2, {"width": 3}), ([], {"letters": ""})):
        with pytest.raises(LinkError, match="does not fit together"):
            described(axes, **changed)
    for wrong in ({"divisor": 0}, {"multiplier": 0}):
        with pytest.raises(LinkError, match="an axis without a scale"):
            described([TEMPERATURE, TEMPERATURE | wrong])
