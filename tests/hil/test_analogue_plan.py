"""Plans of analogue inputs: channels, clocks, rates and scales against constants of their own; refusals."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bitloop.errors import BuildError
from bitloop_hil.benches.qemu_sensors import in_qemu
from bitloop_hil.boards import board_file, names
from bitloop_hil.datalogger.analogue import Analogue
from bitloop_hil.datalogger.plan import Wish, plan
from tests.hil.test_buses import IN_CATALOG, pins
from tests.hil.test_chips import changed

__all__ = ["pins"]  # a fixture

F412 = Wish("NUCLEO-F412ZG", "analogue", 10_000.0, samples=1024, pins="A0,A1")
BOARDS = [name for name in names() if (chip := board_file(name).chip) and chip.adc]

# Data sheets, "pin definitions": channel n of ADC1. PA0 to PA7, PB0, PB1, PC0 to PC5 in this order.
_PINS = [*(f"PA{n}" for n in range(8)), "PB0", "PB1", *(f"PC{n}" for n in range(6))]
_L4 = [5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 1, 2, 3, 4, 13, 14]  # DS10198 table 16
CHANNELS = {
    "stm32c0": dict(
        zip([*_PINS[:8], "PA11", "PA12", "PB0", "PB1"], [*range(8), 11, 12, 17, 18], strict=True)
    ),  # DS13867
    "stm32f1": dict(zip(_PINS, range(16), strict=True)),  # DS5319 table 5
    "stm32f4": dict(zip(_PINS, range(16), strict=True)),  # DS8626 table 7 and its siblings
    "stm32l0": dict(zip(_PINS[:10], range(10), strict=True)),  # DS10668 table 15
    "stm32l4": dict(zip(_PINS, _L4, strict=True)),
}
PORTS = {
    "stm32c0": 0x5000_0000,
    "stm32f1": 0x4001_0800,
    "stm32f4": 0x4002_0000,
    "stm32l0": 0x5000_0000,
    "stm32l4": 0x4800_0000,
}
# Highest clock of the ADC (data sheets, "ADC characteristics"), cycles of a conversion beside sampling.
LIMITS = {
    "stm32c0": (35e6, 12.5),
    "stm32f1": (14e6, 12.5),
    "stm32f4": (36e6, 12),
    "stm32l0": (16e6, 12.5),
    "stm32l4": (80e6, 12.5),
}
# The timer's triggers by the code in EXTSEL:
# RM0490 (ADC, external triggers), RM0008 table 67, RM0090 table 70, RM0377 table 64, RM0351 table 108.
TRIGGERS = {
    "stm32c0": ("TIM3", 3, 0x4000_0400),
    "stm32f1": ("TIM3", 4, 0x4000_0400),
    "stm32f4": ("TIM2", 6, 0x4000_0000),
    "stm32l0": ("TIM2", 2, 0x4000_0000),
    "stm32l4": ("TIM6", 13, 0x4000_1000),
}


def planned(wish: Wish) -> Analogue:
    source = plan(wish).source
    assert isinstance(source, Analogue)
    return source


@pytest.mark.parametrize("name", BOARDS)
def test_pins_reach_the_channels_of_the_data_sheet(name: str, pins: dict[str, dict[str, Any]]) -> None:
    chip, board = board_file(name).chip, pins[IN_CATALOG.get(name, name.upper())]
    assert chip is not None
    assert chip.adc is not None
    timer = chip.adc.timer
    assert (timer.name, timer.trigger, timer.base) == TRIGGERS[chip.family]
    taken = {chip.usart.tx.name, chip.usart.rx.name}
    for pin in chip.adc.pins:
        assert pin.channel == CHANNELS[chip.family][pin.pin]
        letter = ord(pin.pin[1]) - ord("A")
        assert pin.port == PORTS[chip.family] + 0x400 * letter
        assert pin.enable.bit == letter + (2 if chip.family == "stm32f1" else 0)
        assert pin.pin not in taken
        known = board["pins"].get(pin.pin)
        if known and known[0] != "RCC_CK_IN":  # a clock that the probe of a Nucleo-32 could drive PA0 with
            assert known[0] in (f"ADCx_IN{pin.channel}", f"ADC1_IN{pin.channel}")
            assert f"ARD_{pin.name} " in known[1] + " "


@pytest.mark.parametrize("rate", [1.0, 1000.0, 44_100.0, 100_000.0])
@pytest.mark.parametrize("name", BOARDS)
def test_the_adc_stays_within_its_limits(name: str, rate: float) -> None:
    file = board_file(name)
    assert file.chip is not None
    assert file.chip.adc is not None
    some = [pin.name for pin in file.chip.adc.pins][: 1 if rate > 40_000 else 2]
    source = planned(Wish(name, "analogue", rate, samples=64, pins=",".join(some)))
    most, conversion = LIMITS[file.chip.family]
    assert source.adc_hz <= most
    busy = len(some) * (source.sampling_cycles + conversion) / float(source.adc_hz)
    assert busy < 0.91 / rate
    assert source.sampling_cycles / source.adc_hz > 1e-6  # 12 bits from 10 kiloohms within all capacitances
    assert float(source.hz) == pytest.approx(rate, rel=1e-3)
    assert source.prescale <= 65536
    assert source.counts <= 65536
    assert source.skew == pytest.approx((source.sampling_cycles + conversion) / float(source.adc_hz))


def test_the_true_rate_is_a_division_of_the_timer() -> None:
    source = planned(replace(F412, rate=44_100.0, pins="A0"))
    assert source.hz == Fraction(100_000_000, 2268)
    assert source.remarks()[0] == "TIM2 divides 100000000 Hz by 2268: the true rate is 44091.71 Hz"
    assert planned(replace(F412, rate=1.0)).hz == pytest.approx(1.0, rel=1e-5)


def test_a_current_sensor_is_a_line_through_its_zero() -> None:
    measured = plan(replace(F412, unit="A", per_unit="0.185", zero="1.65", quantity="current")).source.measured
    assert (measured.quantity, measured.unit, measured.letters, measured.width) == ("current", "A", "ab", 2)
    scale = measured.scales[0]
    at = [Fraction(raw * scale.multiplier + scale.offset, scale.divisor) for raw in (0, 2048, 4095)]
    assert at == [-Fraction(1650, 185), 0, (Fraction(4095 * 33, 40960) - Fraction(165, 100)) / Fraction(185, 1000)]
    assert measured.decimals == 3
    inverted = plan(replace(F412, unit="A", per_unit="-0.1")).source.measured.scales[0]
    assert Fraction(2048 * inverted.multiplier, inverted.divisor) == Fraction(-33, 2)


def test_the_l0_converts_channels_in_the_order_of_their_numbers() -> None:
    source = planned(Wish("NUCLEO-L031K6", "analog", 1000.0, samples=16, pins="A5,A0"))
    assert [pin.pin for pin in source.pins] == ["PA6", "PA0"]
    assert [pin.pin for pin in source.scan] == ["PA0", "PA6"]
    assert source.ring.places == (1, 0)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"pins": ""}, "analogue inputs need --pins; choose from A0 (PA3), A1 (PC0), A2 (PC3), A3 (PC1), A4 (PC4), A5"),
    ({"pins": "A0,"}, "'A0,' has no pin behind or before a comma; choose from A0 (PA3),"),
    ({"pins": "A0,PB10"}, "PB10 of nucleo-f412zg is no input of ADC1; choose from A0 (PA3),"),
    ({"pins": "A0,PA3"}, "--pins A0,PA3 names a pin twice, or more than 8; choose from"),
    ({"rate": 60_000.0}, "not 2 pins x 60000 Hz = 120000 conversions/s; choose --rate 1 to 50000"),
    ({"rate": 0.5}, "not 0.5 Hz; choose --rate 1 to 50000"),
    ({"rate": None}, "analogue inputs need --rate; choose 1 to 50000 Hz"),
    ({"rate": float("inf")}, "not inf Hz"),
    ({"rate": float("nan")}, "not nan Hz; choose --rate 1 to 50000"),
    ({"axes": "x"}, "analogue inputs have no --axes: --pins says which and in which order; leave it out"),
    ({"range": 2}, "analogue inputs have no --range: every one takes 0 V to 3.3 V; leave it out"),
    ({"shield": "x-nucleo-iks4a1"}, "analogue inputs have no --shield"),
    ({"unit": "A"}, "--unit and --per-unit (volts per unit) belong together, and --zero (volts at 0) to them"),
    ({"zero": "1.65"}, "--unit and --per-unit (volts per unit) belong together"),
    ({"unit": "A", "per_unit": "much"}, "--per-unit 'much' has to be a number of volts, with up to six decimals"),
    ({"unit": "A", "per_unit": "\u0663"}, "--per-unit '\u0663' has to be a number of volts"),
    ({"unit": "A", "per_unit": "0"}, "--per-unit 0 says that the voltage does not change"),
    ({"unit": "amperes, say", "per_unit": "1"}, "--unit 'amperes, say' has to be up to 8 letters, digits and signs"),
    (
        {"unit": "A", "per_unit": "0.123457", "zero": "99999.123457"},
        "are too far from 1, or have more digits than fit",
    ),
    ({"unit": "A", "per_unit": "999999"}, "--per-unit 999999 and --zero 0 are too far from 1"),
    ({"board": "nucleo-h743zi"}, "bitloop has no analogue inputs of nucleo-h743zi; choose one of b-l475e-iot01a,"),
    ({"sensor": "LIS2DW12"}, "--pins, --unit, --per-unit and --zero are for --sensor analogue, not for LIS2DW12"),
    (
        {"rate": 50_000.0, "continuous": True, "binary": True},
        "ANALOGUE sends 4 bytes x 50000 Hz = 200000 bytes/s, 205258 with their frames, and 921600 baud carry 92160 of"
        " which 87552 are counted on; choose up to 20000 Hz, fewer axes or --baud 2160610 and more",
    ),
    (
        {"board": "nucleo-l031k6", "samples": 3000, "pins": "A0"},
        "a signal of 3000 samples x 2 bytes takes 6000 bytes and nucleo-l031k6 has about 4736 bytes of RAM for it;",
    ),
    (
        {"board": "nucleo-l031k6", "samples": 3000, "binary": True},
        "has about 4864 bytes of RAM for it;",
    ),
    (
        {"board": "nucleo-l031k6", "rate": 98_900.0, "pins": "A0"},
        "TIM2 divides 32000000 Hz by whole numbers, which meets no 98900 Hz to a thousandth; the nearest rates are"
        " 98765.43 and 99071.21 Hz",
    ),
]


@pytest.mark.parametrize(("wrong", "says"), REFUSED)
def test_what_is_not_possible_is_one_sentence(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(BuildError) as caught:
        plan(replace(F412, **wrong))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_qemu_has_no_adc() -> None:
    with pytest.raises(BuildError, match="QEMU's machines have no ADC1; choose a sensor behind a bus"):
        in_qemu(plan(F412))


def test_a_line_that_is_fast_enough_carries_it() -> None:
    made = plan(replace(F412, rate=20_000.0, continuous=True, binary=True))
    assert made.baud == 921_600
    assert plan(replace(F412, rate=50_000.0, continuous=True, binary=True, baud=3_125_000)).baud == 3_125_000


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("trigger = 13", "trigger = 99", "trigger = 99 has to be 0 to 15"),
        ("channel = 14", "channel = 140", "channel = 140 has to be 0 to 18"),
        ('name = "A0", pin = "PC5"', 'name = "A0", pin = "A0"', "chip.adc.pins.A0.pin = 'A0' is no pin"),
        ("millivolts = 3300", "millivolts = 3", "millivolts = 3 has to be 1000 to 5000"),
        ("switches = 0x2C", "switch = 0x2C", "[chip.adc] has the unknown field 'switch'"),
    ],
)
def test_what_is_wrong_in_a_board_file_is_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"mine\.toml") as caught:
        changed(old, new, tmp_path)
    assert says in str(caught.value)
