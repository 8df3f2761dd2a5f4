"""ADCs with timers and DMA: codes of replayed voltages, one by one and by a timer, in virtual time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.sensors.motion import Motion
from tests.hil.chip_bench import ChipBench

SUPPLY, TOP = 3.3, 4095
BOARDS = ["nucleo-f103rb", "nucleo-f412zg", "nucleo-l031k6", "nucleo-l432kc", "b-l475e-iot01a", "nucleo-c031c6"]
CR1, CR2, SR, EGR, CNT, PSC, ARR = 0x00, 0x04, 0x10, 0x14, 0x24, 0x28, 0x2C  # of a timer
PINS = {"b-l475e-iot01a": ("PC5", 14)}  # Arduino A0; PA0 elsewhere
F1, F4, L0, L4, L475, C0 = BOARDS


class Analogue:
    """Registers of a board's ADC and timer as firmware sets them; times at the clock the chip starts with."""

    def __init__(self, board: str) -> None:
        self.bench, self.board = ChipBench(board), board
        self.family = self.bench.chip.family
        self.pin, channel = PINS.get(board, ("PA0", {L4: 5}.get(board, 0)))
        self.adc = {"stm32f1": 0x40012400, "stm32f4": 0x40012000, "stm32l0": 0x40012400, "stm32c0": 0x40012400}.get(
            self.family, 0x50040000
        )
        self.timer = {"stm32f1": 0x40000400, "stm32c0": 0x40000400, "stm32l4": 0x40001000}.get(
            self.family, 0x40000000
        )
        self._enable()
        {F1: self._set_up_f1, F4: self._set_up_f4, L0: self._set_up_l0, C0: self._set_up_c0}.get(
            board, self._set_up_l4
        )(channel)

    def write(self, offset: int, value: int) -> None:
        self.bench.write(self.adc + offset, value)

    def read(self, offset: int) -> int:
        return self.bench.read(self.adc + offset)

    def feel(self, volts: np.ndarray, hertz: float) -> None:
        self.bench.sensors[self.pin].replay("voltage", Motion(volts[:, np.newaxis], hertz))

    def pace(self, ticks: int) -> None:
        """The timer's updates are triggers, every so many ticks."""
        for offset, value in ((PSC, 0), (ARR, ticks - 1), (CR2, 2 << 4), (EGR, 1), (SR, 0), (CR1, 1)):
            self.bench.write(self.timer + offset, value)

    def start(self, *, triggered: bool, dma: bool) -> None:
        if self.board == F1:
            control = 1 | dma << 8 | 1 << 20 | (4 if triggered else 7) << 17
            self.write(0x08, control)
            if not triggered:
                self.write(0x08, control | 1 << 22)
        elif self.board == F4:
            control = 1 | dma << 8 | 1 << 9 | (6 << 24 | 1 << 28 if triggered else 0)
            self.write(0x08, control)
            if not triggered:
                self.write(0x08, control | 1 << 30)
        else:
            trigger = {L0: 2, C0: 3}.get(self.board, 13) << 6 | 1 << 10
            self.write(0x0C, dma | dma << 1 | (trigger if triggered else 0))
            self.write(0x08, self.read(0x08) | 4)

    def single(self) -> int:
        self.start(triggered=False, dma=False)
        ready = 0x00
        flag = 2 if self.family in ("stm32f1", "stm32f4") else 4
        self.bench.wait(self.adc + ready, flag, flag)
        return self.read(0x4C if flag == 2 else 0x40)

    def catch(self, memory: int, count: int) -> int:
        """DMA into a ring of so many words of 16 bits; returns the address of its counter."""
        if self.family == "stm32f4":
            stream = 0x40026410
            for offset, value in ((4, count), (8, self.adc + 0x4C), (12, memory)):
                self.bench.write(stream + offset, value)
            self.bench.write(stream, 1 << 13 | 1 << 11 | 1 << 10 | 1 << 8 | 1)
            return stream + 4
        data = 0x4C if self.family == "stm32f1" else 0x40
        for offset, value in ((4, count), (8, self.adc + data), (12, memory)):
            self.bench.write(0x40020008 + offset, value)
        self.bench.write(0x40020008, 1 << 10 | 1 << 8 | 1 << 7 | 1 << 5 | 1)
        return 0x4002000C

    def _enable(self) -> None:
        change = self.bench.change
        if self.family == "stm32f1":
            change(0x40021018, 1 << 9 | 4, 1 << 9 | 4)
            change(0x4002101C, 2, 2)
            change(0x40021014, 1, 1)
        elif self.family == "stm32f4":
            change(0x40023844, 1 << 8, 1 << 8)
            change(0x40023840, 1, 1)
            change(0x40023830, 1 | 1 << 22, 1 | 1 << 22)
        elif self.family == "stm32l0":
            change(0x40021034, 1 << 9, 1 << 9)
            change(0x40021038, 1, 1)
            change(0x4002102C, 1, 1)
            change(0x40021030, 1, 1)
        elif self.family == "stm32c0":
            change(0x40021040, 1 << 20, 1 << 20)
            change(0x4002103C, 2, 2)
            change(0x40021034, 1, 1)
            change(0x40021038, 1, 1)
            self.bench.write(0x40020800, 5)  # the DMAMUX's first channel, to the ADC
        else:
            change(0x4002104C, 1 << 13 | 5, 1 << 13 | 5)
            change(0x40021058, 1 << 4, 1 << 4)
            change(0x40021048, 1, 1)

    def _set_up_f1(self, channel: int) -> None:
        self.bench.change(0x40010800, 0xF, 0)  # PA0 to analogue
        self.write(0x34, channel)
        self.write(0x08, 1)

    def _set_up_f4(self, channel: int) -> None:
        self.bench.change(0x40020000, 3, 3)
        self.write(0x34, channel)
        self.write(0x08, 1)

    def _set_up_l0(self, channel: int) -> None:
        self.bench.change(0x50000000, 3, 3)
        self.write(0x10, 3 << 30)  # the bus's clock
        self.write(0x28, 1 << channel)
        self._switch_on()

    def _set_up_c0(self, channel: int) -> None:
        self.bench.change(0x50000000, 3, 3)
        self.write(0x10, 3 << 30)  # PCLK
        assert not self.read(0) & 1 << 13
        self.write(0x28, 1 << channel)
        assert self.read(0) & 1 << 13  # CCRDY
        self.write(0, 1 << 13)
        assert not self.read(0) & 1 << 13
        self._switch_on()

    def _set_up_l4(self, channel: int) -> None:
        if self.board == L475:
            self.bench.change(0x4800082C, 1 << 5, 1 << 5)  # PC5 in ASCR
        self.write(0x308, 1 << 16)
        self.write(0x30, channel << 6)
        self._switch_on()

    def _switch_on(self) -> None:
        self.write(0x08, 1 << 28)
        self.write(0x08, 1 << 28 | 1 << 31)
        self.bench.wait(self.adc + 0x08, 1 << 31, 0)
        self.write(0x08, 1 << 28 | 1)
        self.bench.wait(self.adc, 1, 1)


def codes(volts: np.ndarray) -> np.ndarray:
    """What 12 bits make of volts: steps of 3.3 V / 4096."""
    return np.clip(np.rint(volts / SUPPLY * 4096), 0, TOP).astype(int)


@pytest.mark.parametrize("board", BOARDS)
def test_a_single_conversion(board: str) -> None:
    chip = Analogue(board)
    for volts, code in ((0.0, 0), (1.0, 1241), (3.2992, 4095), (5.0, 4095), (-1.0, 0)):
        chip.feel(np.array([volts]), 1.0)
        assert chip.single() == code
    assert chip.bench.notes == []


@pytest.mark.parametrize("board", BOARDS)
def test_a_timer_paces_conversions_into_a_ring(board: str) -> None:
    chip = Analogue(board)
    bench, ring, length = chip.bench, chip.bench.ram + 0x100, 64
    ticks = max(20, bench.clock.hertz // 100_000)
    hertz = bench.clock.hertz / ticks
    volts = np.random.default_rng(4).uniform(0, SUPPLY, 1000)
    counter = chip.catch(ring, length)
    chip.start(triggered=True, dma=True)
    chip.pace(ticks)
    chip.feel(volts, hertz)
    bench.pass_time(100.9 / hertz)
    assert bench.read(counter) == length - 100 % length
    produced = bench.sensors[chip.pin].produced("voltage").words[:, 0]
    assert np.array_equal(produced, codes(volts)[1:101])  # the first trigger comes a period after the start
    kept = np.frombuffer(bench.load(ring, 2 * length), "<u2")
    assert np.array_equal(np.roll(kept, -(100 % length)), produced[-length:])
    assert bench.notes == []


def test_half_and_full_rings_interrupt_in_time() -> None:
    chip = Analogue(L4)
    bench = chip.bench
    chip.catch(bench.ram, 32)
    bench.write(0x40020008, 0)
    bench.write(0x40020008, 1 << 10 | 1 << 8 | 1 << 7 | 1 << 5 | 3 << 1 | 1)
    chip.start(triggered=True, dma=True)
    chip.pace(400)  # 10 kHz
    start = bench.seconds()
    moments = []
    for bits in (4, 2):
        while not bench.lines.get(11):
            assert bench.next()
        moments.append(bench.seconds() - start)
        assert bench.read(0x40020000) & 6 == bits
        bench.write(0x40020004, 0xF)
    assert moments == pytest.approx([16e-4, 32e-4], abs=2e-5)


@pytest.mark.parametrize(("board", "cycles"), [(F1, 14 * 2), (F4, 15 * 2), (L4, 15)])
def test_a_conversion_takes_its_cycles(board: str, cycles: int) -> None:
    chip = Analogue(board)
    chip.single()
    start = chip.bench.seconds()
    chip.single()
    assert chip.bench.seconds() - start == pytest.approx(cycles / chip.bench.clock.hertz, rel=0.1)


def test_sequences_convert_channel_after_channel() -> None:
    chip = Analogue(L4)
    bench = chip.bench
    bench.sensors["PA0"].replay("voltage", Motion(np.array([[1.0]]), 1.0))
    bench.sensors["PA1"].replay("voltage", Motion(np.array([[2.0]]), 1.0))
    chip.write(0x30, 5 << 6 | 6 << 12 | 1)
    chip.catch(bench.ram, 8)
    chip.start(triggered=True, dma=True)
    chip.pace(400)
    bench.pass_time(4.5e-4)
    assert np.frombuffer(bench.load(bench.ram, 16), "<u2").tolist() == [1241, 2482] * 4


def test_results_nobody_fetches_are_an_overrun() -> None:
    chip = Analogue(L4)
    chip.start(triggered=True, dma=False)
    chip.pace(400)
    chip.bench.pass_time(1e-3)
    assert chip.read(0) & 0x14 == 0x14
    chip.read(0x40)
    chip.write(0, 0x18)
    assert not chip.read(0) & 0x1C
    chip.write(0x08, 1 << 28 | 1 | 16)  # ADSTP
    chip.bench.pass_time(1e-3)
    assert not chip.read(0) & 4


def test_the_timer_counts_and_tells_updates() -> None:
    chip = Analogue(L4)
    bench = chip.bench
    chip.pace(4000)  # 1 ms at 4 MHz
    bench.pass_time(0.0005)
    assert bench.read(chip.timer + CNT) == pytest.approx(2000, abs=2)
    assert bench.read(chip.timer + SR) == 0
    start = bench.seconds()
    bench.wait(chip.timer + SR, 1, 1)
    assert bench.seconds() - start == pytest.approx(0.0005, rel=0.01)
    bench.write(chip.timer + SR, 0)
    assert bench.read(chip.timer + SR) == 0
    bench.write(chip.timer + CR1, 0)
    held = bench.read(chip.timer + CNT)
    bench.pass_time(0.01)
    assert (bench.read(chip.timer + CNT), bench.read(chip.timer + SR)) == (held, 0)


def wrong_pin(chip: Analogue) -> None:
    chip.bench.change(0x48000000, 3, 0)
    chip.single()


def too_slow(chip: Analogue) -> None:
    chip.write(0x14, 7 << 15)  # 640.5 cycles of sampling
    chip.start(triggered=True, dma=False)
    chip.pace(400)


def without_regulator(chip: Analogue) -> None:
    chip.bench.change(0x4002102C, 1 << 13, 1 << 13)  # a reset of the peripheral
    chip.bench.change(0x4002102C, 1 << 13, 0)
    chip.write(0x08, 1)


def interrupts(chip: Analogue) -> None:
    chip.write(0x04, 4)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (wrong_pin, "PA0 is not switched to analogue"),
        (too_slow, "TIM6 triggers ADC1 every 100.000 µs, and a sequence takes 163.250 µs"),
        (without_regulator, "ADC1 is switched on before its regulator is"),
        (interrupts, "interrupts of ADC1 are not modelled"),
    ],
)
def test_what_is_wrong_is_noted(wrong: Callable[[Analogue], None], says: str) -> None:
    chip = Analogue(L4)
    wrong(chip)
    assert says in chip.bench.notes


def test_the_l475_connects_its_pins_by_switches() -> None:
    chip = Analogue(L475)
    chip.bench.write(0x4800082C, 0)
    chip.single()
    assert chip.bench.notes == ["PC5 is not connected to ADC1: its bit in ASCR is off"]


def test_pins_feel_voltages_only() -> None:
    chip = Analogue(L4)
    with pytest.raises(ProbeError, match="the pin PA0 does not measure 'acceleration', but voltage"):
        chip.bench.sensors["PA0"].produced("acceleration")
    with pytest.raises(ProbeError, match="has no oscillator"):
        chip.bench.sensors["PA0"].detune(0.01)
