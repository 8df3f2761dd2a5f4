"""Printed values, from the firmware's own C on this machine: exact, rounded half away from zero, without floats."""

from __future__ import annotations

import ctypes
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bitloop import resources
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain

_C = b"""\
#include "apps/datalogger/decimal.h"

__attribute__((visibility("default"), used)) size_t print(int32_t raw, int32_t offset, int32_t multiplier,
                                                         uint32_t divisor, char out[]);

size_t print(int32_t raw, int32_t offset, int32_t multiplier, uint32_t divisor, char out[])
{
    const struct bl_axis axis = {offset, multiplier, divisor};
    return bl_decimal(raw, &axis, out);
}
"""
_SENSOR = "#define BL_AXES 1u\n#define BL_SENSOR_WIDTH 4\n#define BL_TEXT_DECIMALS {0}u\n#define BL_TEXT_SCALE {1}\n"
_LONGEST = 64


@cache
def _library(decimals: int) -> Any:
    own = {"decimal.c": _C, "sensor.h": _SENSOR.format(decimals, 10**decimals).encode()}
    sources = Sources.of(resources.firmware(), "apps/datalogger/decimal.h", "sensors/source.h") | Sources(own)
    library = ctypes.CDLL(str(Toolchain("zig", target("host")).shared(sources, Flags("-O2"), "decimal.so")))
    library.print.restype = ctypes.c_size_t
    library.print.argtypes = [ctypes.c_int32, ctypes.c_int32, ctypes.c_int32, ctypes.c_uint32, ctypes.c_char_p]
    return library


def printed(raw: int, scale: tuple[int, int, int], decimals: int) -> str:
    out = ctypes.create_string_buffer(_LONGEST)
    size: int = _library(decimals).print(raw, *scale, out)
    return out.raw[:size].decode("ascii")


def expected(raw: int, scale: tuple[int, int, int], decimals: int) -> str:
    offset, multiplier, divisor = scale
    with localcontext() as context:
        context.prec = 60
        value = Decimal(raw * multiplier + offset) / Decimal(divisor)
        rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):f}"


def test_values_look_as_people_write_them() -> None:
    assert printed(-32768, (0, 61, 1_000_000), 6) == "-1.998848"
    assert printed(0, (0, 61, 1_000_000), 6) == "0.000000"
    assert printed(1, (0, 3, 2000), 4) == "0.0015"
    assert printed(-1, (0, 7, 100), 2) == "-0.07"
    assert printed(4_150_272, (0, 1, 4096), 4) == "1013.2500"
    assert printed(-1, (0, 1, 4096), 4) == "-0.0002"
    assert printed(-1, (0, 1, 1_000_000), 4) == "0.0000"


@given(st.integers(-32768, 32767), st.sampled_from([61, 122, 244, 488, 4375]))
def test_every_raw_value_is_told_by_its_text(raw: int, step: int) -> None:
    assert Decimal(printed(raw, (0, step, 1_000_000), 6)) == Decimal(raw * step).scaleb(-6)


@given(
    st.integers(-(1 << 23), (1 << 23) - 1),
    st.integers(-(1 << 26), 1 << 26),
    st.integers(-4096, 4096).filter(bool),
    st.integers(1, 1 << 20),
)
def test_calibrated_values_are_rounded_half_away_from_zero(raw: int, offset: int, rise: int, run: int) -> None:
    assert printed(raw, (offset, rise, run), 4) == expected(raw, (offset, rise, run), 4)
