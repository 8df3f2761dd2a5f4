"""Clock trees of the virtual boards' chips: what firmware asks for, what it gets, and what it is told."""

from __future__ import annotations

import pytest

from bitloop.errors import BuildError
from bitloop_hil.benches.virtual.devices.clock_tree import Number
from bitloop_hil.benches.virtual.devices.family import family
from bitloop_hil.benches.virtual.devices.registers import Field
from tests.hil.chip_bench import ChipBench

BOARDS = (
    "b-l475e-iot01a",
    "nucleo-l432kc",
    "nucleo-f412zg",
    "nucleo-f429zi",
    "nucleo-f103rb",
    "stm32f0discovery",
    "nucleo-l031k6",
    "nucleo-f767zi",
    "nucleo-h743zi",
    "nucleo-c031c6",
    "steval-stwinkt1b",
    "b-u585i-iot02a",
)
AFTER_RESET = (4_000_000, 4_000_000, 16_000_000, 16_000_000, 8_000_000, 8_000_000, 2_097_152, 16_000_000, 64_000_000)
AFTER_RESET += (12_000_000, 4_000_000, 4_000_000)
L4, F4, F1, H7 = 0x40021000, 0x40023800, 0x40021000, 0x58024400
HSI, HSE, PLL = 1 << 8, 1 << 16, 1 << 24


def start_l4_pll(bench: ChipBench, times: int, divider: int = 0) -> None:
    """HSI16 * times / (2 + 2 * divider)."""
    bench.change(L4, HSI, HSI)
    bench.wait(L4, HSI << 2, HSI << 2)
    bench.write(L4 + 0x0C, 2 | times << 8 | 1 << 24 | divider << 25)
    bench.change(L4, PLL, PLL)
    bench.wait(L4, PLL << 1, PLL << 1)


@pytest.mark.parametrize(("board", "hertz"), list(zip(BOARDS, AFTER_RESET, strict=True)))
def test_a_chip_starts_with_the_oscillator_its_manual_says(board: str, hertz: int) -> None:
    bench = ChipBench(board)
    assert bench.clock.hertz == hertz
    assert bench.notes == []


def test_an_oscillator_takes_its_time_and_a_switch_waits_for_it() -> None:
    bench = ChipBench("nucleo-l432kc")
    bench.change(L4, HSI, HSI)
    bench.change(L4 + 8, 3, 1)
    assert not bench.read(L4) & HSI << 2
    assert bench.read(L4 + 8) >> 2 & 3 == 0
    assert bench.clock.hertz == 4_000_000
    bench.wait(L4, HSI << 2, HSI << 2)
    assert bench.seconds() == pytest.approx(1e-6, abs=3e-7)
    assert bench.read(L4 + 8) >> 2 & 3 == 1
    assert bench.clock.hertz == 16_000_000


@pytest.mark.parametrize(
    ("times", "divider", "hertz"), [(10, 0, 80_000_000), (8, 0, 64_000_000), (20, 3, 40_000_000)]
)
def test_the_pll_of_an_l4_multiplies_and_divides(times: int, divider: int, hertz: int) -> None:
    bench = ChipBench("b-l475e-iot01a")
    start_l4_pll(bench, times, divider)
    bench.change(L4 + 8, 3, 3)
    assert bench.clock.hertz == hertz
    bench.change(L4 + 8, 0xF << 4, 9 << 4)  # AHB: a quarter
    assert bench.clock.hertz == hertz // 4
    assert bench.notes == []


def test_settings_of_a_running_pll_count_when_it_starts_again() -> None:
    bench = ChipBench("b-l475e-iot01a")
    start_l4_pll(bench, 10)
    bench.change(L4 + 8, 3, 3)
    bench.write(L4 + 0x0C, 2 | 8 << 8 | 1 << 24)
    assert bench.clock.hertz == 80_000_000
    bench.change(L4 + 8, 3, 1)
    bench.change(L4, PLL, 0)
    bench.change(L4, PLL, PLL)
    bench.wait(L4, PLL << 1, PLL << 1)
    bench.change(L4 + 8, 3, 3)
    assert bench.clock.hertz == 64_000_000


def test_what_the_core_runs_on_cannot_be_switched_off() -> None:
    bench = ChipBench("b-l475e-iot01a")
    start_l4_pll(bench, 10)
    bench.change(L4 + 8, 3, 3)
    bench.change(L4, PLL, 0)
    bench.change(L4, HSI, 0)
    assert bench.read(L4) & (PLL | HSI) == PLL | HSI
    assert bench.clock.hertz == 80_000_000
    assert any("switches pll off" in note for note in bench.notes)
    assert any("switches hsi off" in note for note in bench.notes)


def test_limits_of_pll_and_bus_are_noted_with_both_figures() -> None:
    bench = ChipBench("b-l475e-iot01a")
    start_l4_pll(bench, 40)
    bench.change(L4 + 8, 3, 3)
    assert "pll has 640 MHz at its VCO; the chip allows 64 to 344 MHz" in bench.notes
    assert "hclk runs at 320 MHz; the chip allows 80 MHz at voltage range 1" in bench.notes


def test_too_few_wait_states_are_noted_and_enough_are_not() -> None:
    bench = ChipBench("b-l475e-iot01a", waits=3)
    start_l4_pll(bench, 10)
    bench.change(L4 + 8, 3, 3)
    expected = "80 MHz with 3 wait states of the flash, which are too few: it needs 4 at voltage range 1"
    assert bench.notes == [expected]
    bench = ChipBench("b-l475e-iot01a", waits=4)
    start_l4_pll(bench, 10)
    bench.change(L4 + 8, 3, 3)
    assert bench.notes == []


def test_a_low_voltage_lowers_the_limits() -> None:
    bench = ChipBench("b-l475e-iot01a", waits=4)
    bench.change(L4 + 0x58, 1 << 28, 1 << 28)
    bench.change(0x40007000, 3 << 9, 2 << 9)
    assert bench.read(0x40007014) & 1 << 10  # settles
    bench.wait(0x40007014, 1 << 10, 0)
    start_l4_pll(bench, 10)
    bench.change(L4 + 8, 3, 3)
    assert any("allows 26 MHz at voltage range 2" in note for note in bench.notes)


def test_firmware_that_waits_in_vain_for_a_crystal_sees_time_pass_and_may_give_up() -> None:
    bench = ChipBench("nucleo-f103rb", hse_hz=0)
    bench.change(F1, HSE, HSE)
    for _ in range(500):
        assert not bench.read(F1) & HSE << 1
        assert bench.next()
    assert bench.seconds() == pytest.approx(0.5, rel=0.01)
    assert any("oscillator hse, which this board does not have" in note for note in bench.notes)
    bench.change(F1, HSE, 0)
    assert not bench.next()


def test_over_drive_lets_an_f429_reach_180_mhz_and_without_it_that_is_noted() -> None:
    for overdrive in (False, True):
        bench = ChipBench("nucleo-f429zi", waits=5)
        bench.change(F4, HSE, HSE)
        bench.wait(F4, HSE << 1, HSE << 1)
        bench.write(F4 + 4, 4 | 180 << 6 | 1 << 22 | 8 << 24)
        bench.change(F4 + 8, 0xFC00, 5 << 10 | 4 << 13)
        bench.change(F4 + 0x40, 1 << 28, 1 << 28)
        assert not bench.read(0x40007004) & 1 << 14  # no voltage scale without the PLL
        bench.change(F4, PLL, PLL)
        bench.wait(F4, PLL << 1, PLL << 1)
        bench.wait(0x40007004, 1 << 14, 1 << 14)
        for bit in (16, 17) if overdrive else ():
            bench.change(0x40007000, 1 << bit, 1 << bit)
            bench.wait(0x40007004, 1 << bit, 1 << bit)
        bench.change(F4 + 8, 3, 2)
        assert bench.clock.hertz == 180_000_000
        assert bool(bench.notes) != overdrive, bench.notes


def test_an_h7_wants_its_supply_confirmed_before_its_voltage() -> None:
    bench = ChipBench("nucleo-h743zi")
    bench.change(0x58024818, 3 << 14, 3 << 14)
    assert bench.read(0x58024818) >> 14 & 3 == 1
    assert any("before the supply" in note for note in bench.notes)
    assert not bench.read(0x58024804) & 1 << 13
    bench.write(0x5802480C, 2)
    bench.wait(0x58024804, 1 << 13, 1 << 13)
    bench.write(0x5802480C, 5)
    assert bench.read(0x5802480C) & 7 == 2  # once only
    bench.change(0x58024818, 3 << 14, 3 << 14)
    assert not bench.read(0x58024818) & 1 << 13
    bench.wait(0x58024818, 1 << 13, 1 << 13)
    assert bench.read(0x58024804) >> 14 & 3 == 3


def test_an_h7_pll_counts_its_fraction() -> None:
    bench = ChipBench("nucleo-h743zi")
    bench.write(H7 + 0x28, 32 << 4)  # 64 MHz / 32
    bench.write(H7 + 0x34, 4096 << 3)  # a half
    bench.write(H7 + 0x2C, 0x01FF0001)
    bench.write(H7 + 0x30, 99 | 1 << 9 | 1 << 16 | 1 << 24)
    bench.change(H7, PLL, PLL)
    bench.wait(H7, PLL << 1, PLL << 1)
    bench.change(H7 + 0x10, 7, 3)
    assert bench.clock.hertz == 100_500_000  # 2 MHz * 100.5 / 2


def test_reset_flags_are_told_until_they_are_cleared() -> None:
    bench = ChipBench("b-l475e-iot01a")
    assert bench.read(L4 + 0x94) >> 24 == 0x0C
    bench.change(L4 + 0x94, 1 << 23, 1 << 23)
    assert bench.read(L4 + 0x94) >> 23 == 0


@pytest.mark.parametrize("text", ["NAME[3]", "CR[32]", "CR[1:3]", "CR", "cr[1]"])
def test_a_field_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BuildError, match="is not a field"):
        Field.parse(text, {"CR": 0})


def test_numbers_of_fields() -> None:
    field = Field.parse("CR[7:4]", {"CR": 0x10})
    assert Number(field, plus=1).of({0x10: 0x2F}) == 3
    assert Number(field, values=(5, 6, 7)).of({0x10: 0x2F}) == 7
    assert Number(field, values=(5, 6)).of({0x10: 0x2F}) == 0
    words = {0x10: 0xFFFF}
    field.put(words, 1)
    assert words == {0x10: 0xFF1F}


def test_unknown_families_and_parts_are_told_apart() -> None:
    with pytest.raises(BuildError, match="family 'stm32g9'"):
        family("stm32g9", "STM32G900")
    with pytest.raises(BuildError, match="STM32L475VG"):
        family("stm32l4", "STM32L999")


@pytest.mark.parametrize(
    ("range_", "booster", "waits", "says"),
    [
        (3, True, 4, []),
        (3, True, 3, ["160 MHz with 3 wait states of the flash, which are too few: it needs 4 at voltage range 1"]),
        (3, False, 4, ["hclk runs at 160 MHz; the chip allows 55 MHz at voltage range 1"]),
        (2, True, 4, ["hclk runs at 160 MHz; the chip allows 110 MHz at voltage range 2"]),
    ],
)
def test_a_u5_needs_its_voltage_its_booster_and_its_waits(
    range_: int, booster: bool, waits: int, says: list[str]
) -> None:
    """RM0456 10.5.4 and table 54: 160 MHz in range 1 with the booster and 4 wait states."""
    rcc, vosr = 0x46020C00, 0x4602080C
    bench = ChipBench("b-u585i-iot02a", waits=waits)
    bench.change(rcc + 0x94, 4, 4)
    bench.write(vosr, range_ << 16)
    assert not bench.read(vosr) & 1 << 15
    bench.wait(vosr, 1 << 15, 1 << 15)
    if booster:
        bench.write(vosr, range_ << 16 | 1 << 18)
        bench.wait(vosr, 1 << 14, 1 << 14)
    bench.change(rcc, HSI, HSI)
    bench.wait(rcc, 1 << 10, 1 << 10)
    bench.write(rcc + 0x28, 2 | 3 << 2 | 1 << 18)
    bench.write(rcc + 0x34, 1 << 24 | 1 << 16 | 1 << 9 | 19)
    bench.write(rcc + 0x20, 4 << 4 | 4 << 8)
    bench.change(rcc, PLL, PLL)
    bench.wait(rcc, PLL << 1, PLL << 1)
    bench.change(rcc + 0x1C, 3, 3)
    assert bench.clock.hertz == 160_000_000
    assert [note for note in bench.notes if "pclk" not in note][: len(says) or 1] == says
