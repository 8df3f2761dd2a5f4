"""Whatever firmware writes, and in whatever order: models answer with bytes, devices with words, nothing breaks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitloop_hil.benches.virtual.sensors import MODELS
from tests.hil.chip_bench import ChipBench
from tests.hil.fitted import on_i2c, on_spi
from tests.hil.sensor_bench import SensorBench

_BYTE = st.integers(0, 255)
_WORD = st.one_of(st.integers(0, 0xFFFFFFFF), st.integers(0, 31).map(lambda bit: 1 << bit), st.integers(0, 255))
_STEPS = st.lists(st.tuples(st.sampled_from("wrp"), st.integers(0, 127), _BYTE), max_size=60)


@pytest.mark.parametrize("name", MODELS)
@given(steps=_STEPS)
@settings(max_examples=60, deadline=None)
def test_a_model_survives_any_firmware(name: str, steps: list[tuple[str, int, int]]) -> None:
    chip = SensorBench(name)
    known = sorted(chip.model.REGISTERS)
    for what, place, value in steps:
        address = known[place % len(known)] if place < 100 else place
        if what == "w":
            chip.model.write(address, value)
        elif what == "r":
            assert 0 <= chip.model.read(address) <= 255
            assert 0 <= chip.model.after(address) <= 127
        else:
            chip.wait(value / 2550)
    for address in range(128):
        assert 0 <= chip.model.read(address) <= 255


_I2C1, _I2C2, _SPI, _ADC, _TIMER = 0x40005400, 0x40005800, 0x40013000, 0x50040000, 0x40000000
_SPI4 = 0x40013400
_F1_ADC, _F1_TIMER = 0x40012400, 0x40000400
_DEVICES = {
    "I2C version 1": (lambda: ChipBench(on_i2c("nucleo-f103rb", "LSM6DSL", 0x6A)), (_I2C1,), (0x4002101C, 1 << 21)),
    "I2C version 2": (lambda: ChipBench("b-l475e-iot01a"), (_I2C2,), (0x40021058, 1 << 22)),
    "SPI version 1": (lambda: ChipBench(on_spi("nucleo-f412zg", "LIS3DSH")), (_SPI,), (0x40023844, 1 << 12)),
    "SPI version 2": (lambda: ChipBench(on_spi("nucleo-l432kc", "LIS3DSH")), (_SPI,), (0x40021060, 1 << 12)),
    "SPI version 3": (lambda: ChipBench(on_spi("nucleo-h743zi", "LIS3DSH")), (_SPI4,), (0x580244F0, 1 << 13)),
    "GPDMA": (lambda: ChipBench("b-u585i-iot02a"), (0x40020050, 0x400200A0), (0x46020C88, 1)),
    "ADC and timer of the L4": (lambda: ChipBench("nucleo-l432kc"), (_ADC, _TIMER), (0x4002104C, 1 << 13)),
    "ADC and timer of the F1": (lambda: ChipBench("nucleo-f103rb"), (_F1_ADC, _F1_TIMER), (0x40021018, 1 << 9)),
}
_TIMER_CLOCKS = {0x40000000: (0x40021058, 1), 0x40000400: (0x4002101C, 2)}


@pytest.mark.parametrize("name", _DEVICES)
@given(steps=st.lists(st.tuples(st.sampled_from("wrp"), st.integers(0, 31), _WORD, st.sampled_from([1, 2, 4]))))
@settings(max_examples=60, deadline=None)
def test_a_device_survives_any_firmware(name: str, steps: list[tuple[str, int, int, int]]) -> None:
    make, bases, (register, bit) = _DEVICES[name]
    bench = make()
    bench.change(register, bit, bit)
    for base in bases:
        if base in _TIMER_CLOCKS:
            at, mask = _TIMER_CLOCKS[base]
            bench.change(at, mask, mask)
    for what, place, value, size in steps:
        address = bases[place % len(bases)] + 4 * (place % 24)
        if what == "w":
            bench.write(address, value & (1 << 8 * size) - 1, size)
        elif what == "r":
            assert 0 <= bench.read(address, size) < 1 << 8 * size
        else:
            for _ in range(place):
                bench.next()
